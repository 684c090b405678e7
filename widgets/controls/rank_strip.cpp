// SPDX-License-Identifier: GPL-3.0-or-later
#include "controls/rank_strip.hpp"

#include <QContextMenuEvent>
#include <QHelpEvent>
#include <QMenu>
#include <QMouseEvent>
#include <QPainter>
#include <QToolTip>
#include <algorithm>
#include <cmath>

#include "controls/chip.hpp"
#include "theme/theme.hpp"

namespace kvloupe {
namespace {

constexpr int kHeight = 48;
constexpr double kTop = 4;     // above the highest bar
constexpr double kLayers = 3;  // below the bars: the mark of the current layer
constexpr int kPage = 8;

}  // namespace

RankStrip::RankStrip(Target target, QWidget* parent) : QWidget(parent), target_(target) {
  setFocusPolicy(Qt::StrongFocus);
  setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
  setTarget(target);
  connect(&Theme::instance(), &Theme::changed, this, qOverload<>(&QWidget::update));
}

void RankStrip::setTarget(Target target) {
  target_ = target;
  setAccessibleName(tr("%1 ranks, layer by layer").arg(chipLetter(target)));
  update();
}

void RankStrip::setBars(std::vector<Bar> bars, int dim) {
  if (bars == bars_ && dim == dim_) return;
  bars_ = std::move(bars);
  dim_ = std::max(1, dim);
  current_ = std::clamp(current_, 0, std::max(0, static_cast<int>(bars_.size()) - 1));
  say();
  update();
}

QSize RankStrip::sizeHint() const { return {120, kHeight}; }

QRectF RankStrip::columnRect(int layer) const {
  const double each = double(width()) / double(std::max<std::size_t>(1, bars_.size()));
  return {layer * each, 0, each, double(height())};
}

double RankStrip::heightOf(int rank) const {
  const double bottom = height() - kLayers;
  return bottom - (bottom - kTop) * rank / dim_;
}

int RankStrip::layerAt(double x) const {
  const int layers = static_cast<int>(bars_.size());
  const int layer = static_cast<int>(std::floor(x / std::max(1, width()) * layers));
  return std::clamp(layer, 0, std::max(0, layers - 1));
}

int RankStrip::rankAt(double y) const {
  const double bottom = height() - kLayers;
  const double share = (bottom - y) / (bottom - kTop);
  return std::clamp(static_cast<int>(std::lround(share * dim_)), 1, dim_);
}

QString RankStrip::wordsOf(int layer) const {
  const Bar& bar = bars_[static_cast<std::size_t>(layer)];
  const QString words = bar.untouched
                            ? tr("Layer %1: %2 untouched").arg(layer).arg(chipLetter(target_))
                            : tr("Layer %1: %2 rank %3 of %4")
                                  .arg(layer)
                                  .arg(chipLetter(target_))
                                  .arg(bar.rank)
                                  .arg(dim_);
  return bar.apart ? tr("%1, set apart").arg(words) : words;
}

void RankStrip::say() {
  if (bars_.empty()) return;
  setAccessibleDescription(wordsOf(current_));
}

void RankStrip::setCurrent(int layer) {
  if (bars_.empty()) return;
  current_ = std::clamp(layer, 0, static_cast<int>(bars_.size()) - 1);
  say();
  update();
}

void RankStrip::paintEvent(QPaintEvent*) {
  QPainter painter(this);
  const Palette& colors = kvloupe::palette();
  const DataColors& own = colors.of(target_);
  const double bottom = height() - kLayers;
  painter.fillRect(QRectF(0, bottom, width(), 1), colors.axis);
  for (int layer = 0; layer < static_cast<int>(bars_.size()); ++layer) {
    const Bar& bar = bars_[static_cast<std::size_t>(layer)];
    const QRectF column = columnRect(layer);
    const double gap = column.width() >= 4 ? 1 : 0;
    const double top = heightOf(bar.rank);
    const QRectF body(column.left() + gap / 2, top, column.width() - gap, bottom - top);
    QColor fill = isEnabled() ? own.fill : colors.disabled;
    // As the slider says: pale. Set apart: solid, with its outline.
    if (!bar.apart) fill.setAlphaF(0.35F);
    painter.fillRect(body, fill);
    if (bar.apart) {
      painter.setPen(QPen(own.line, 1));
      painter.drawRect(body.adjusted(0.5, 0.5, -0.5, -0.5));
    }
    if (hasFocus() && layer == current_)
      painter.fillRect(QRectF(column.left(), bottom + 1, column.width(), kLayers - 1), colors.ink);
  }
}

/// Every layer that the stroke from the last position crossed.
void RankStrip::paintTo(const QPointF& position) {
  const QPointF from = last_.value_or(position);
  last_ = position;
  const int first = layerAt(from.x()), last = layerAt(position.x());
  const int step = last >= first ? 1 : -1;
  std::map<int, int> ranks;
  for (int layer = first;; layer += step) {
    const double x = layer == last ? position.x() : columnRect(layer).center().x();
    const double width = position.x() - from.x();
    const double part = std::abs(width) < 1 ? 1 : std::clamp((x - from.x()) / width, 0.0, 1.0);
    const int rank = rankAt(from.y() + part * (position.y() - from.y()));
    if (bars_[static_cast<std::size_t>(layer)].rank != rank) ranks[layer] = rank;
    if (layer == last) break;
  }
  setCurrent(last);
  if (!ranks.empty()) emit ranksPainted(ranks);
}

void RankStrip::mousePressEvent(QMouseEvent* event) {
  if (event->button() != Qt::LeftButton || bars_.empty()) return QWidget::mousePressEvent(event);
  last_.reset();
  emit paintingStarted();
  paintTo(event->position());
}

void RankStrip::mouseMoveEvent(QMouseEvent* event) {
  if (last_) paintTo(event->position());
}

void RankStrip::mouseReleaseEvent(QMouseEvent* event) {
  if (event->button() != Qt::LeftButton || !last_) return QWidget::mouseReleaseEvent(event);
  last_.reset();
  emit paintingEnded();
}

void RankStrip::keyPressEvent(QKeyEvent* event) {
  if (bars_.empty()) return QWidget::keyPressEvent(event);
  const int rank = bars_[static_cast<std::size_t>(current_)].rank;
  const auto change = [&](int to) {
    const int clamped = std::clamp(to, 1, dim_);
    if (clamped != rank) emit ranksPainted({{current_, clamped}});
  };
  switch (event->key()) {
    case Qt::Key_Left:
      return setCurrent(current_ - 1);
    case Qt::Key_Right:
      return setCurrent(current_ + 1);
    case Qt::Key_Up:
      return change(rank + 1);
    case Qt::Key_Down:
      return change(rank - 1);
    case Qt::Key_PageUp:
      return change(rank + kPage);
    case Qt::Key_PageDown:
      return change(rank - kPage);
    case Qt::Key_Home:
      return change(1);
    case Qt::Key_End:
      return change(dim_);
    case Qt::Key_Delete:
    case Qt::Key_Backspace:
      emit layerCleared(current_);
      return;
    default:
      QWidget::keyPressEvent(event);
  }
}

void RankStrip::contextMenuEvent(QContextMenuEvent* event) {
  if (bars_.empty()) return;
  const bool byMouse = event->reason() == QContextMenuEvent::Mouse;
  const int layer = byMouse ? layerAt(event->pos().x()) : current_;
  setCurrent(layer);
  // No loop of its own: another model may take this strip away while the menu is open.
  auto* menu = new QMenu(this);
  menu->setAttribute(Qt::WA_DeleteOnClose);
  menu->addAction(tr("Leave layer %1 untouched").arg(layer), this,
                  [this, layer] { emit layerUntouched(layer); });
  menu->addAction(tr("Layer %1 as the others").arg(layer), this,
                  [this, layer] { emit layerCleared(layer); })
      ->setEnabled(bars_[static_cast<std::size_t>(layer)].apart);
  menu->popup(event->globalPos());
}

bool RankStrip::event(QEvent* event) {
  if (event->type() == QEvent::ToolTip && !bars_.empty()) {
    const auto* help = static_cast<QHelpEvent*>(event);
    QToolTip::showText(help->globalPos(), wordsOf(layerAt(help->pos().x())), this);
    return true;
  }
  return QWidget::event(event);
}

}  // namespace kvloupe
