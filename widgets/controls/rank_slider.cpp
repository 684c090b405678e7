// SPDX-License-Identifier: GPL-3.0-or-later
#include "controls/rank_slider.hpp"

#include <QPainter>
#include <QStyleOptionSlider>
#include <QWheelEvent>
#include <algorithm>
#include <cmath>

#include "controls/chip.hpp"
#include "theme/style_painting.hpp"
#include "theme/theme.hpp"

namespace kvloupe {
namespace {

constexpr int kSliderHeight = 56;
constexpr double kTickTop = 9;       // below the groove's centre
constexpr double kLabelTop = 14;     // of the tick labels
constexpr double kMarkTop = -9.5;    // upper edge of the triangles
constexpr double kMarkText = -23.5;  // upper edge of the marks' labels
constexpr double kTextHeight = 13;
constexpr double kLabelGap = 4;

QFont labelFont() { return font(TextRole::Caption); }

/// A label centred over x, moved inside the widget.
QRectF labelRect(const QString& text, double x, double top, double width) {
  const double length = QFontMetricsF(labelFont()).horizontalAdvance(text) + 1;
  const double left = std::clamp(x - length / 2, 0.0, std::max(0.0, width - length));
  return {left, top, length, kTextHeight};
}

}  // namespace

RankSlider::RankSlider(Target target, int fullRank, QWidget* parent)
    : QSlider(Qt::Horizontal, parent), target_(target) {
  setRange(1, std::max(1, fullRank));
  setValue(maximum());
  setSingleStep(1);
  setPageStep(8);
  setFocusPolicy(Qt::StrongFocus);
  setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
  setTarget(target);
  connect(&Theme::instance(), &Theme::changed, this, qOverload<>(&QWidget::update));
}

void RankSlider::setTarget(Target target) {
  target_ = target;
  setAccessibleName(chipLetter(target) + QStringLiteral(" rank"));
  update();
}

void RankSlider::setFullRank(int fullRank) {
  setMaximum(std::max(1, fullRank));
  update();
}

void RankSlider::setMarks(std::vector<Mark> marks) {
  if (marks == marks_) return;
  marks_ = std::move(marks);
  update();
}

std::vector<RankSlider::Mark> RankSlider::labelledMarks() const {
  std::vector<Mark> labelled;
  std::vector<QRectF> taken;
  for (const Mark& mark : marks_) {
    const QRectF rect = labelRect(mark.label, positionOf(mark.rank), 0, width());
    const QRectF wide = rect.adjusted(-kLabelGap, 0, kLabelGap, 0);
    if (std::any_of(taken.begin(), taken.end(),
                    [&](const QRectF& r) { return r.intersects(wide); }))
      continue;
    taken.push_back(rect);
    labelled.push_back(mark);
  }
  return labelled;
}

std::vector<int> RankSlider::tickRanks() const {
  std::vector<int> ranks = {1};
  for (int quarter = 1; quarter <= 4; ++quarter) {
    const int rank = std::max(1, static_cast<int>(std::lround(maximum() * quarter / 4.0)));
    if (rank != ranks.back()) ranks.push_back(rank);
  }
  return ranks;
}

QRect RankSlider::handleRect() const {
  QStyleOptionSlider option;
  initStyleOption(&option);
  return style()->subControlRect(QStyle::CC_Slider, &option, QStyle::SC_SliderHandle, this);
}

double RankSlider::positionOf(int rank) const {
  QStyleOptionSlider option;
  initStyleOption(&option);
  option.sliderPosition = std::clamp(rank, minimum(), maximum());
  return QRectF(sliderPart(option, QStyle::SC_SliderHandle)).center().x();
}

QSize RankSlider::sizeHint() const { return {280, kSliderHeight}; }

QSize RankSlider::minimumSizeHint() const { return {160, kSliderHeight}; }

void RankSlider::paintEvent(QPaintEvent*) {
  const Palette& p = kvloupe::palette();
  const DataColors& colors = p.of(target_);
  QStyleOptionSlider option;
  initStyleOption(&option);
  const QRect handle = sliderPart(option, QStyle::SC_SliderHandle);
  const double centre = QRectF(handle).center().y();

  QPainter painter(this);
  painter.setRenderHint(QPainter::Antialiasing);
  painter.setFont(labelFont());

  double freeFrom = -1;
  const std::vector<int> ticks = tickRanks();
  for (const int rank : ticks) {
    const double x = std::floor(positionOf(rank));
    painter.fillRect(QRectF(x, centre + kTickTop, 1, 4), p.controlBorder);
    const QRectF place = labelRect(QString::number(rank), x + 0.5, centre + kLabelTop, width());
    if (place.left() < freeFrom) continue;
    freeFrom = place.right() + kLabelGap;
    painter.setPen(isEnabled() ? p.secondText : p.disabled);
    painter.drawText(place, Qt::AlignCenter, QString::number(rank));
  }

  const QColor markColor = isEnabled() ? p.secondText : p.disabled;
  for (const Mark& mark : marks_) {
    const double x = positionOf(mark.rank);
    painter.setPen(Qt::NoPen);
    painter.setBrush(markColor);
    painter.drawPolygon(
        QPolygonF({QPointF(x - 4, centre + kMarkTop), QPointF(x + 4, centre + kMarkTop),
                   QPointF(x, centre + kMarkTop + 5.5)}));
  }
  painter.setPen(markColor);
  for (const Mark& mark : labelledMarks())
    painter.drawText(labelRect(mark.label, positionOf(mark.rank), centre + kMarkText, width()),
                     Qt::AlignCenter, mark.label);

  if (isSliderDown()) option.state |= QStyle::State_Sunken;
  paintSlider(painter, option, handle, colors.fill, colors.line);
}

void RankSlider::wheelEvent(QWheelEvent* event) {
  if (!hasFocus()) {
    event->ignore();
    return;
  }
  const int steps = event->angleDelta().y() / 120;
  if (steps != 0) setValue(value() + steps * singleStep());
  event->accept();
}

}  // namespace kvloupe
