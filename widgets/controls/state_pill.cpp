// SPDX-License-Identifier: GPL-3.0-or-later
#include "controls/state_pill.hpp"

#include <QPainter>
#include <QPainterPath>
#include <algorithm>
#include <cmath>

#include "controls/ring_progress.hpp"
#include "theme/style_painting.hpp"
#include "theme/theme.hpp"
#include "types/format.hpp"

namespace kvloupe {
namespace {

constexpr int kPillHeight = 20;
constexpr int kPillPadding = 9;
constexpr int kMark = 12;
constexpr int kGap = 5;

QFont pillFont() { return font(TextRole::Caption); }

int pillWidth(const QString& text, bool mark) {
  return QFontMetrics(pillFont()).horizontalAdvance(text) + 2 * kPillPadding +
         (mark ? kMark + kGap : 0);
}

}  // namespace

StatePill::StatePill(QWidget* parent) : QWidget(parent) {
  setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
  connect(&Theme::instance(), &Theme::changed, this, qOverload<>(&QWidget::update));
}

void StatePill::setState(FigureState state, double progress, const QString& reason) {
  state_ = state;
  progress_ = std::clamp(std::isfinite(progress) ? progress : 0.0, 0.0, 1.0);
  setToolTip(!brief_ || text().isEmpty() ? reason
             : reason.isEmpty()          ? text()
                                         : text() + QStringLiteral(": ") + reason);
  setAccessibleName(text());
  setAccessibleDescription(reason);
  update();
}

void StatePill::setBrief(bool brief) {
  brief_ = brief;
  updateGeometry();
}

QString StatePill::text() const {
  switch (state_) {
    case FigureState::Empty:
      return {};
    case FigureState::Estimate:
      return tr("≈ estimate");
    case FigureState::Measuring:
      return tr("measuring %1")
          .arg(QString::fromStdString(
              formatProgress(static_cast<std::int64_t>(std::lround(progress_ * 10000)), 10000)));
    case FigureState::Measured:
      return tr("measured");
    case FigureState::Stale:
      return tr("stale");
    case FigureState::Failed:
      return tr("failed");
  }
  return {};
}

QSize StatePill::sizeHint() const {
  if (brief_) return {kPillHeight, kPillHeight};
  return {pillWidth(tr("measuring 100\u00a0%"), true), kPillHeight};
}

void StatePill::paintEvent(QPaintEvent*) {
  if (state_ == FigureState::Empty) return;
  const Palette& p = kvloupe::palette();
  QPainter painter(this);
  painter.setRenderHint(QPainter::Antialiasing);
  const bool mark = state_ != FigureState::Estimate;
  const QColor ink = state_ == FigureState::Failed  ? p.error
                     : state_ == FigureState::Stale ? p.disabled
                                                    : p.secondText;
  const QRectF pill(0, (height() - kPillHeight) / 2.0,
                    brief_ ? kPillHeight : pillWidth(text(), mark), kPillHeight);
  QPen border(state_ == FigureState::Failed     ? p.error
              : state_ == FigureState::Estimate ? p.controlBorder
                                                : p.line,
              1);
  if (state_ == FigureState::Estimate) border.setDashPattern({3, 2});
  painter.setPen(border);
  painter.setBrush(p.field);
  painter.drawRoundedRect(pill.adjusted(0.5, 0.5, -0.5, -0.5), kPillHeight / 2.0 - 0.5,
                          kPillHeight / 2.0 - 0.5);
  double x = kPillPadding;
  if (mark) {
    const QRectF place(brief_ ? pill.center().x() - kMark / 2.0 : x - 1,
                       pill.center().y() - kMark / 2.0, kMark, kMark);
    if (state_ == FigureState::Measuring)
      paintRing(painter, place, progress_);
    else
      paintIcon(painter,
                state_ == FigureState::Measured ? Icon::Check
                : state_ == FigureState::Stale  ? Icon::Stale
                                                : Icon::Warning,
                place, state_ == FigureState::Measured ? p.ok : ink);
    x += kMark + kGap;
  }
  painter.setPen(ink);
  painter.setFont(pillFont());
  if (brief_) {
    if (!mark) painter.drawText(pill, Qt::AlignCenter, text().left(1));
    return;
  }
  painter.drawText(QRectF(x, pill.top(), pill.right() - x, pill.height()),
                   Qt::AlignLeft | Qt::AlignVCenter | Qt::TextSingleLine, text());
}

}  // namespace kvloupe
