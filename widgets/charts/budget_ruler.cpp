// SPDX-License-Identifier: GPL-3.0-or-later
#include "charts/budget_ruler.hpp"

#include <QPainter>
#include <algorithm>
#include <cmath>

#include "charts/chart_ticker.hpp"
#include "theme/theme.hpp"
#include "types/format.hpp"

namespace kvloupe {
namespace {

constexpr double kEdge = 34;      // room for half a label
constexpr double kAxisUp = 40;    // from the lower edge
constexpr double kBudgetUp = 44;  // height of a budget's line
constexpr double kMarkUp = 22;    // of the mark above the axis
constexpr double kDot = 6;
constexpr double kTickRoom = 58;  // pixels that a label needs

}  // namespace

BudgetRuler::BudgetRuler(QWidget* parent) : QWidget(parent) {
  setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
  setAccessibleName(tr("ΔPPL against the budgets"));
  connect(&Theme::instance(), &Theme::changed, this, qOverload<>(&QWidget::update));
}

const std::vector<double>& BudgetRuler::budgets() {
  static const std::vector<double> kBudgets = {1, 3, 5};
  return kBudgets;
}

void BudgetRuler::setMark(const std::optional<Mark>& mark) {
  mark_ = mark;
  if (mark_ && !std::isfinite(mark_->deltaPplPercent)) mark_.reset();
  if (mark_ && mark_->interval &&
      !(std::isfinite(mark_->interval->low) && std::isfinite(mark_->interval->high)))
    mark_->interval.reset();
  if (!frozen_) fitRange();
  setAccessibleDescription(spoken());
  update();
}

void BudgetRuler::setFrozen(bool frozen) {
  frozen_ = frozen;
  if (frozen) return;
  fitRange();
  update();
}

void BudgetRuler::fitRange() {
  range_ = {0, 6};
  if (!mark_) return;
  const double low = mark_->interval ? mark_->interval->low : mark_->deltaPplPercent;
  const double high = mark_->interval ? mark_->interval->high : mark_->deltaPplPercent;
  if (high > 6) range_.high = stepUp(high);
  if (low < 0) range_.low = -stepUp(std::max(1.0, -low));
}

QString BudgetRuler::spoken() const {
  if (!mark_) return {};
  QStringList words{QString::fromStdString(formatDeltaPpl(mark_->deltaPplPercent))};
  if (mark_->interval)
    words << tr("95\u00a0%: %1")
                 .arg(QString::fromStdString(
                     formatDeltaPplInterval(mark_->deltaPplPercent, *mark_->interval)));
  if (mark_->state == FigureState::Estimate) words << tr("estimate");
  if (mark_->state == FigureState::Measuring) words << tr("measuring");
  if (mark_->state == FigureState::Stale) words << tr("stale");
  return words.join(QStringLiteral(", "));
}

double BudgetRuler::positionOf(double percent) const {
  const double inside = std::clamp(percent, range_.low, range_.high);
  return kEdge + (width() - 2 * kEdge) * (inside - range_.low) / (range_.high - range_.low);
}

void BudgetRuler::paintEvent(QPaintEvent*) {
  QPainter painter(this);
  painter.setRenderHint(QPainter::Antialiasing);
  const double axis = height() - kAxisUp;
  paintScale(painter, axis);
  if (mark_) paintMark(painter, axis);
}

void BudgetRuler::paintScale(QPainter& painter, double axis) const {
  const Palette& p = kvloupe::palette();
  painter.setPen(QPen(p.axis, 2));
  painter.drawLine(QPointF(positionOf(range_.low), axis), QPointF(positionOf(range_.high), axis));
  painter.setFont(kvloupe::font(TextRole::HallChart));
  const double room = positionOf(range_.high) - positionOf(range_.low);
  const double most = std::clamp(room / kTickRoom, 2.0, 8.0);
  const double step = std::max(1.0, stepUp((range_.high - range_.low) / most));
  const QString unit = QString::fromUtf8("\u00a0%");
  for (double tick = std::ceil(range_.low / step) * step; tick <= range_.high + 1e-9;
       tick += step) {
    const double x = positionOf(tick);
    painter.setPen(QPen(p.axis, 2));
    painter.drawLine(QPointF(x, axis), QPointF(x, axis + 8));
    painter.setPen(p.secondText);
    painter.drawText(
        QRectF(x - 50, axis + 10, 100, 24), Qt::AlignHCenter | Qt::AlignTop,
        tick + step > range_.high + 1e-9 ? signedTick(tick, 0) + unit : signedTick(tick, 0));
  }
  QPen dashes(p.axis, 2);
  dashes.setDashPattern({3, 2});
  painter.setPen(dashes);
  for (const double budget : budgets())
    painter.drawLine(QPointF(positionOf(budget), axis - kBudgetUp),
                     QPointF(positionOf(budget), axis));
  painter.setFont(kvloupe::font(TextRole::HallSmall));
  painter.setPen(p.secondText);
  const QString words = tr("budgets 1, 3 and 5\u00a0%");
  const double wide = QFontMetricsF(painter.font()).horizontalAdvance(words) + 2;
  const double middle = (positionOf(budgets().front()) + positionOf(budgets().back())) / 2;
  const double left = std::clamp(middle - wide / 2, 0.0, std::max(0.0, width() - wide));
  painter.drawText(QRectF(left, axis - kBudgetUp - 26, wide, 22), Qt::AlignCenter, words);
}

void BudgetRuler::paintMark(QPainter& painter, double axis) const {
  const Palette& p = kvloupe::palette();
  const DataColors& colors = p.of(mark_->role);
  const bool stale = mark_->state == FigureState::Stale;
  const QColor line = stale ? p.disabled : colors.line;
  const double y = axis - kMarkUp;
  const double x = positionOf(mark_->deltaPplPercent);
  if (mark_->interval) {
    QPen whisker(line, 3, Qt::SolidLine, Qt::FlatCap);
    if (mark_->state == FigureState::Estimate) whisker.setDashPattern({2.5, 1.5});
    painter.setPen(whisker);
    const double low = positionOf(mark_->interval->low), high = positionOf(mark_->interval->high);
    painter.drawLine(QPointF(low, y), QPointF(high, y));
    painter.setPen(QPen(line, 3));
    for (const double end : {low, high}) painter.drawLine(QPointF(end, y - 9), QPointF(end, y + 9));
  }
  painter.setPen(QPen(line, 2));
  painter.setBrush(stale || mark_->state == FigureState::Estimate ? p.panel : colors.fill);
  painter.drawEllipse(QPointF(x, y), kDot, kDot);
}

}  // namespace kvloupe
