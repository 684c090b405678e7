// SPDX-License-Identifier: GPL-3.0-or-later
#include "tables/loss_table.hpp"

#include <QHelpEvent>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QToolTip>
#include <algorithm>
#include <array>
#include <cmath>

#include "charts/attention_map.hpp"
#include "controls/labels.hpp"
#include "theme/theme.hpp"
#include "types/format.hpp"

namespace kvloupe {
namespace {

constexpr int kTitle = 34;
constexpr int kHead = 26;
constexpr int kRow = 25;
constexpr int kSide = 16;
constexpr int kSwatch = 10;
constexpr std::array<int, 3> kFigures = {48, 106, 158};  // right ends, from the first one's left

}  // namespace

LossTable::LossTable(QWidget* parent) : QWidget(parent) {
  setAccessibleName(tr("Largest losses"));
  setFocusPolicy(Qt::StrongFocus);
  setProperty("drawsOwnFocus", true);
  connect(&Theme::instance(), &Theme::changed, this, qOverload<>(&QWidget::update));
}

void LossTable::setData(const TokenTextView& view, const ColorScale& scale) {
  if (view == view_ && scale == scale_) return;
  const bool samePassage = view.passage == view_.passage;
  view_ = view;
  scale_ = scale;
  if (!samePassage) {
    worst_ = view_.passage ? worstFirst(*view_.passage) : std::vector<int>();
    std::erase_if(worst_, [this](int token) {
      return !(deltaNllOf(view_.passage->tokens[static_cast<std::size_t>(token)]) > 0);
    });
  }
  speak();
  update();
}

std::vector<int> LossTable::shown() const {
  const int room = std::max(0, (drawnSize().height() - kTitle - kHead) / kRow);
  const auto count = std::min(worst_.size(), static_cast<std::size_t>(room));
  return {worst_.begin(), worst_.begin() + static_cast<std::ptrdiff_t>(count)};
}

QRect LossTable::drawnRow(int row) const {
  return {0, kTitle + kHead + row * kRow, drawnSize().width(), kRow};
}

QRect LossTable::rowRect(int row) const {
  const QRectF drawn(drawnRow(row));
  return QRectF(drawn.topLeft() * magnification_, drawn.size() * magnification_).toAlignedRect();
}

void LossTable::setMagnification(double magnification) {
  magnification_ = magnification;
  updateGeometry();
  update();
}

QStringList LossTable::rowText(int row) const {
  const PassageToken& token =
      view_.passage->tokens[static_cast<std::size_t>(worst_[static_cast<std::size_t>(row)])];
  const auto p = [](float nll) {
    return QString::fromStdString(formatProbability(std::exp(-static_cast<double>(nll))));
  };
  return {tokenName(*view_.passage, token.id),
          QString::fromStdString(formatTokenLoss(deltaNllOf(token))), p(token.baselineNll),
          p(token.nll)};
}

void LossTable::speak() {
  QString spoken;
  for (int row = 0; row < std::min(20, static_cast<int>(worst_.size())); ++row)
    spoken += rowText(row).join(QStringLiteral(", ")) + QLatin1Char('\n');
  setAccessibleDescription(spoken);
}

QSize LossTable::minimumSizeHint() const {
  return QSize(220, kTitle + kHead + 3 * kRow) * magnification_;
}

bool LossTable::event(QEvent* event) {
  if (event->type() != QEvent::ToolTip) return QWidget::event(event);
  auto* help = static_cast<QHelpEvent*>(event);
  const int y = static_cast<int>(help->pos().y() / magnification_) - kTitle - kHead;
  const int row = y / kRow;
  const bool there = y >= 0 && row < static_cast<int>(shown().size());
  QToolTip::showText(help->globalPos(), there ? plainTip(rowText(row).first()) : QString(), this);
  return true;
}

void LossTable::paintEvent(QPaintEvent*) {
  QPainter painter(this);
  const Palette& p = kvloupe::palette();
  painter.fillRect(rect(), p.page);
  painter.scale(magnification_, magnification_);
  const QSize whole = drawnSize();
  painter.setFont(kvloupe::font(TextRole::Title));
  painter.setPen(p.ink);
  painter.drawText(QRect(kSide, 6, whole.width() - 2 * kSide, kTitle - 8), Qt::AlignVCenter,
                   tr("Largest losses"));
  painter.setFont(kvloupe::font(TextRole::Chart));
  painter.setPen(p.secondText);
  const std::vector<int> rows = shown();
  if (rows.empty()) {
    painter.drawText(QRect(kSide, kTitle, whole.width() - 2 * kSide, kHead), Qt::AlignVCenter,
                     view_.passage ? tr("no token of this window lost anything")
                                   : tr("tokens by what they lost, once read"));
    return;
  }
  const int figuresAt = whole.width() - kSide - kFigures.back();
  const auto write = [&](const QStringList& cells, int top, int height, int indent) {
    painter.drawText(QRect(kSide + indent, top, figuresAt - kSide - indent, height),
                     Qt::AlignLeft | Qt::AlignVCenter,
                     QFontMetrics(painter.font())
                         .elidedText(cells[0], Qt::ElideRight, figuresAt - kSide - indent - 4));
    for (std::size_t c = 0; c < kFigures.size(); ++c) {
      const int from = c == 0 ? 0 : kFigures[c - 1];
      painter.drawText(QRect(figuresAt + from, top, kFigures[c] - from, height),
                       Qt::AlignRight | Qt::AlignVCenter, cells[static_cast<qsizetype>(c) + 1]);
    }
  };
  write({tr("Token"), tr("ΔNLL"), tr("p before"), tr("p after")}, kTitle, kHead, 0);
  for (int row = 0; row < static_cast<int>(rows.size()); ++row) {
    const int token = rows[static_cast<std::size_t>(row)];
    const QRect place = drawnRow(row);
    if (token == view_.chosen) painter.fillRect(place, p.selectedRow);
    painter.setPen(p.line);
    painter.drawLine(place.topLeft(), place.topRight());
    const PassageToken& shownToken = view_.passage->tokens[static_cast<std::size_t>(token)];
    const double value =
        view_.color == TokenColor::Kl ? static_cast<double>(shownToken.kl) : deltaNllOf(shownToken);
    const QRectF swatch(kSide, place.center().y() - kSwatch / 2.0, kSwatch, kSwatch);
    painter.fillRect(swatch, scale_.color(value, p));
    painter.setPen(QPen(p.axis, 0.6));
    painter.drawRect(swatch);
    painter.setPen(view_.stale ? p.disabled : p.ink);
    write(rowText(row), place.top(), kRow, kSwatch + 8);
  }
  if (!hasFocus()) return;
  painter.setPen(QPen(p.ink, 2));
  painter.drawRect(QRectF(QPointF(), whole).adjusted(1, 1, -1, -1));
}

void LossTable::mousePressEvent(QMouseEvent* event) {
  const std::vector<int> rows = shown();
  for (int row = 0; row < static_cast<int>(rows.size()); ++row)
    if (rowRect(row).contains(event->position().toPoint()))
      emit tokenChosen(rows[static_cast<std::size_t>(row)]);
}

void LossTable::keyPressEvent(QKeyEvent* event) {
  const std::vector<int> rows = shown();
  const bool down = event->key() == Qt::Key_Down, up = event->key() == Qt::Key_Up;
  if ((!down && !up) || rows.empty()) return QWidget::keyPressEvent(event);
  const auto at = std::find(rows.begin(), rows.end(), view_.chosen);
  const int row = at == rows.end() ? -1 : static_cast<int>(at - rows.begin());
  const int next = std::clamp(row + (down ? 1 : -1), 0, static_cast<int>(rows.size()) - 1);
  emit tokenChosen(rows[static_cast<std::size_t>(next)]);
}

}  // namespace kvloupe
