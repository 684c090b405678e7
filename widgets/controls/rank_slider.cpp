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

/// Lengths from the centre of the groove.
struct Sizes {
  int height = 56;
  double tickTop = 9, tickLength = 4;
  double labelTop = 14;   // of the tick labels
  double markTop = -9.5;  // upper edge of the triangles
  double markHalf = 4, markHeight = 5.5;
  double markText = -23.5;  // upper edge of the marks' labels
  double textHeight = 13;
  double labelGap = 4;
  TextRole type = TextRole::Caption;
};

constexpr Sizes kDesk;
constexpr Sizes kHall{84, 15, 5, 21, -17, 6, 8, -38, 19, 6, TextRole::HallSmall};

const Sizes& sizesOf(const RankSlider& slider) { return slider.large() ? kHall : kDesk; }

/// A label centred over x, moved inside the widget.
QRectF labelRect(const Sizes& sizes, const QString& text, double x, double top, double width) {
  const double length = QFontMetricsF(font(sizes.type)).horizontalAdvance(text) + 1;
  const double left = std::clamp(x - length / 2, 0.0, std::max(0.0, width - length));
  return {left, top, length, sizes.textHeight};
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
  setAccessibleName(tr("%1 rank").arg(chipLetter(target)));
  update();
}

void RankSlider::setLarge(bool large) {
  setProperty("large", large);
  updateGeometry();
  update();
}

bool RankSlider::large() const { return property("large").toBool(); }

void RankSlider::setFullRank(int fullRank) {
  setMaximum(std::max(1, fullRank));
  update();
}

void RankSlider::setMarks(std::vector<Mark> marks) {
  if (marks == marks_) return;
  marks_ = std::move(marks);
  update();
}

void RankSlider::setGoal(std::optional<int> rank) {
  if (rank == goal_) return;
  goal_ = rank;
  update();
}

std::vector<RankSlider::Mark> RankSlider::labelledMarks() const {
  const Sizes& sizes = sizesOf(*this);
  std::vector<Mark> labelled;
  std::vector<QRectF> taken;
  for (const Mark& mark : marks_) {
    const QRectF rect = labelRect(sizes, mark.label, positionOf(mark.rank), 0, width());
    const QRectF wide = rect.adjusted(-sizes.labelGap, 0, sizes.labelGap, 0);
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
  return QRectF(sliderPart(option, QStyle::SC_SliderHandle, sliderHandle(this))).center().x();
}

QSize RankSlider::sizeHint() const { return {280, sizesOf(*this).height}; }

QSize RankSlider::minimumSizeHint() const { return {160, sizesOf(*this).height}; }

void RankSlider::paintEvent(QPaintEvent*) {
  const Palette& p = kvloupe::palette();
  const DataColors& colors = p.of(target_);
  QStyleOptionSlider option;
  initStyleOption(&option);
  const Sizes& sizes = sizesOf(*this);
  const QRect handle = sliderPart(option, QStyle::SC_SliderHandle, sliderHandle(this));
  const double centre = QRectF(handle).center().y();

  QPainter painter(this);
  painter.setRenderHint(QPainter::Antialiasing);
  painter.setFont(kvloupe::font(sizes.type));

  double freeFrom = -1;
  const std::vector<int> ticks = tickRanks();
  for (const int rank : ticks) {
    const double x = std::floor(positionOf(rank));
    painter.fillRect(QRectF(x, centre + sizes.tickTop, 1, sizes.tickLength), p.controlBorder);
    const QRectF place =
        labelRect(sizes, QString::number(rank), x + 0.5, centre + sizes.labelTop, width());
    if (place.left() < freeFrom) continue;
    freeFrom = place.right() + sizes.labelGap;
    painter.setPen(isEnabled() ? p.secondText : p.disabled);
    painter.drawText(place, Qt::AlignCenter, QString::number(rank));
  }

  const QColor markColor = isEnabled() ? p.secondText : p.disabled;
  for (const Mark& mark : marks_) {
    const double x = positionOf(mark.rank);
    painter.setPen(Qt::NoPen);
    painter.setBrush(markColor);
    painter.drawPolygon(QPolygonF({QPointF(x - sizes.markHalf, centre + sizes.markTop),
                                   QPointF(x + sizes.markHalf, centre + sizes.markTop),
                                   QPointF(x, centre + sizes.markTop + sizes.markHeight)}));
  }
  painter.setPen(markColor);
  for (const Mark& mark : labelledMarks())
    painter.drawText(
        labelRect(sizes, mark.label, positionOf(mark.rank), centre + sizes.markText, width()),
        Qt::AlignCenter, mark.label);

  if (isSliderDown()) option.state |= QStyle::State_Sunken;
  paintSlider(painter, option, handle, colors.fill, colors.line);
  if (!goal_) return;
  QPen dashes(p.ink, handle.height() / 10.0);
  dashes.setDashPattern({2, 1.6});
  painter.setPen(dashes);
  painter.setBrush(Qt::NoBrush);
  const double radius = handle.height() / 2.0 - 0.5;
  painter.drawEllipse(QPointF(positionOf(*goal_), centre), radius, radius);
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
