// SPDX-License-Identifier: GPL-3.0-or-later
#include "charts/plan_scatter.hpp"

#include <algorithm>
#include <cmath>

#include "charts/chart_plot.hpp"
#include "charts/marks.hpp"
#include "theme/fonts.hpp"

namespace kvloupe {
namespace {

constexpr double kRadius = 4.5;
constexpr double kTriangle = 5.5;
constexpr double kEdge = 6;    // of a triangle's centre from the edge of the axes
constexpr double kRing = 8.5;  // the current plan's ring is 17 wide
constexpr double kCap = 6;

QColor withAlpha(QColor color, double alpha) {
  color.setAlphaF(static_cast<float>(alpha));
  return color;
}

}  // namespace

PlanScatter::PlanScatter(PlanPlaneChart* chart) : ChartLayer(chart->plot()), chart_(chart) {}

QPointF PlanScatter::pixel(double ratio, double percent) const {
  return {mParentPlot->xAxis->coordToPixel(ratio), mParentPlot->yAxis->coordToPixel(percent)};
}

std::vector<PlanPlaneChart::Mark> PlanScatter::marks() const {
  const QCPRange x = mParentPlot->xAxis->range();
  const QCPRange y = mParentPlot->yAxis->range();
  const QRectF inside = area().adjusted(kEdge, kEdge, -kEdge, -kEdge);
  std::vector<PlanPlaneChart::Mark> result;
  for (std::size_t i = 0; i < chart_->data_.points.size(); ++i) {
    const PlanPlaneData::Point& point = chart_->data_.points[i];
    if (!std::isfinite(point.cacheRatio) || std::isnan(point.deltaPplPercent)) continue;
    PlanPlaneChart::Mark mark;
    mark.index = static_cast<int>(i);
    mark.outOfRange = !x.contains(point.cacheRatio) || !y.contains(point.deltaPplPercent);
    mark.below = point.deltaPplPercent < y.lower;
    mark.position = pixel(point.cacheRatio, std::clamp(point.deltaPplPercent, y.lower, y.upper));
    if (mark.outOfRange)
      mark.position = {std::clamp(mark.position.x(), inside.left(), inside.right()),
                       std::clamp(mark.position.y(), inside.top(), inside.bottom())};
    result.push_back(mark);
  }
  return result;
}

/// Where marks and the current plan's cross hairs are, so that a label keeps off them.
std::vector<QPointF> PlanScatter::takenPlaces() const {
  std::vector<QPointF> taken;
  const auto around = [&](const QPointF& at, double radius) {
    for (const double x : {-radius, 0.0, radius})
      for (const double y : {-radius, 0.0, radius}) taken.push_back(at + QPointF(x, y));
  };
  for (const PlanPlaneChart::Mark& mark : marks()) around(mark.position, kTriangle);
  if (!chart_->data_.current || chart_->exporting()) return taken;
  const PlanPlaneData::Current& current = *chart_->data_.current;
  const QPointF at = pixel(current.cacheRatio, current.deltaPplPercent.value_or(0));
  if (current.deltaPplPercent) {
    around({at.x(), std::clamp(at.y(), area().top() + kEdge, area().bottom() - kEdge)}, kRing);
    for (double x = area().left(); x < area().right(); x += 2) taken.emplace_back(x, at.y());
  }
  for (double y = area().top(); y < area().bottom(); y += 2) taken.emplace_back(at.x(), y);
  return taken;
}

void PlanScatter::drawBudgets(QCPPainter& painter) const {
  const Palette& p = chart_->colors();
  QPen dashed(p.axis, chart_->pens().line);
  dashed.setDashPattern({5, 3});
  dashed.setCapStyle(Qt::FlatCap);
  const std::vector<QPointF> taken = takenPlaces();
  for (const double budget : chart_->data_.budgets) {
    if (!mParentPlot->yAxis->range().contains(budget)) continue;
    const double y = std::round(mParentPlot->yAxis->coordToPixel(budget)) + 0.5;
    painter.setPen(dashed);
    painter.drawLine(QPointF(area().left(), y), QPointF(area().right(), y));
    painter.setFont(font(TextRole::Caption));
    painter.setPen(p.secondText);
    const QString words = QStringLiteral("%1\u00a0%").arg(budget);
    const double width = painter.fontMetrics().horizontalAdvance(words) + 2.0;
    const QRectF right(area().right() - 2 - width, y - 15, width, 14);
    const QRectF left(area().left() + 4, y - 15, width, 14);
    painter.drawText(freePlace({right, right.translated(0, 16), left}, taken), Qt::AlignCenter,
                     words);
  }
  if (mParentPlot->yAxis->range().lower < 0) {
    const double y = std::round(mParentPlot->yAxis->coordToPixel(0)) + 0.5;
    painter.setPen(QPen(p.axis, chart_->pens().line));
    painter.drawLine(QPointF(area().left(), y), QPointF(area().right(), y));
  }
}

void PlanScatter::drawFront(QCPPainter& painter) const {
  QVector<QPointF> line;
  for (const QPointF& corner : bestFront(chart_->data_.points)) {
    const QPointF at = pixel(corner.x(), corner.y());
    if (at.y() < area().top() || at.x() > area().right()) break;  // it leaves the axes
    line.append({std::max(at.x(), area().left()), std::min(at.y(), area().bottom())});
  }
  if (line.size() < 2) return;
  painter.setPen(QPen(chart_->colors().axis, 1.2 * chart_->pens().line));
  painter.drawPolyline(line.constData(), static_cast<int>(line.size()));
}

void PlanScatter::drawMark(QCPPainter& painter, const PlanPlaneChart::Mark& mark) const {
  const Palette& p = chart_->colors();
  const PlanPlaneData::Point& point = chart_->data_.points[static_cast<std::size_t>(mark.index)];
  const DataColors& colors = p.of(point.role);
  const QColor line = point.state == FigureState::Stale ? p.disabled : colors.line;
  if (point.interval && !mark.outOfRange) {
    const auto y = [&](double percent) {
      return std::clamp(mParentPlot->yAxis->coordToPixel(percent), area().top(), area().bottom());
    };
    paintWhisker(painter, mark.position.x(), y(point.interval->low), y(point.interval->high), kCap,
                 QPen(line, chart_->pens().whisker));
  }
  QPen pen(line, 1.2 * chart_->pens().line);
  QColor fill = colors.fill;
  if (point.state == FigureState::Stale || point.state == FigureState::Estimate) {
    pen.setDashPattern({2, 1.5});
    fill = point.state == FigureState::Stale ? withAlpha(fill, 0.10) : p.page;
  } else if (point.state == FigureState::Measuring) {
    fill = withAlpha(fill, 0.55);
  }
  painter.setPen(pen);
  painter.setBrush(fill);
  if (mark.outOfRange)
    paintTriangle(painter, mark.position, kTriangle, !mark.below);
  else if (point.slot == ModelSlot::B)
    paintDiamond(painter, mark.position, kRadius * 1.25);
  else
    painter.drawEllipse(mark.position, kRadius, kRadius);
  painter.setBrush(Qt::NoBrush);
}

void PlanScatter::drawCurrent(QCPPainter& painter) const {
  if (!chart_->data_.current) return;
  const PlanPlaneData::Current& current = *chart_->data_.current;
  const Palette& p = chart_->colors();
  const QCPRange x = mParentPlot->xAxis->range();
  const QCPRange y = mParentPlot->yAxis->range();
  QPen dotted(p.ink, 1.2 * chart_->pens().line);
  dotted.setDashPattern({1, 2});
  dotted.setCapStyle(Qt::FlatCap);
  const bool inX = x.contains(current.cacheRatio);
  const double left = std::round(mParentPlot->xAxis->coordToPixel(current.cacheRatio)) + 0.5;
  painter.setPen(dotted);
  if (inX) painter.drawLine(QPointF(left, area().top()), QPointF(left, area().bottom()));
  if (!current.deltaPplPercent) return;
  const bool inY = y.contains(*current.deltaPplPercent);
  const double top = std::round(mParentPlot->yAxis->coordToPixel(*current.deltaPplPercent)) + 0.5;
  if (inY) painter.drawLine(QPointF(area().left(), top), QPointF(area().right(), top));
  if (!inX) return;
  const QPointF at(left,
                   inY ? top : std::clamp(top, area().top() + kEdge, area().bottom() - kEdge));
  QPen ring(p.ink, 1.8 * chart_->pens().line);
  if (current.state != FigureState::Measured) ring.setDashPattern({2, 1.2});
  painter.setPen(ring);
  painter.drawEllipse(at, kRing, kRing);
}

void PlanScatter::draw(QCPPainter* painter) {
  drawBudgets(*painter);
  if (chart_->isEmpty()) return;
  drawFront(*painter);
  const std::vector<PlanPlaneChart::Mark> all = marks();
  for (const PlanPlaneChart::Mark& mark : all) drawMark(*painter, mark);
  if (chart_->exporting()) return;
  drawCurrent(*painter);
  const int hovered = chart_->hoveredMark();
  if (hovered < 0 || static_cast<std::size_t>(hovered) >= all.size()) return;
  painter->setPen(QPen(chart_->colors().ink, 1.6));
  painter->drawEllipse(all[static_cast<std::size_t>(hovered)].position, kRadius + 3, kRadius + 3);
}

}  // namespace kvloupe
