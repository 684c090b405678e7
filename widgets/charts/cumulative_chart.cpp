// SPDX-License-Identifier: GPL-3.0-or-later
#include "charts/cumulative_chart.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "charts/chart_layer.hpp"
#include "charts/chart_ticker.hpp"
#include "charts/marks.hpp"
#include "theme/theme.hpp"
#include "types/format.hpp"

namespace kvloupe {
namespace {

constexpr double kRadius = 4.5;
constexpr double kHoverReach = 10;
constexpr double kBudget = 1;  // percent

constexpr double kEndHeight = 15, kBeforeEnd = 10;
constexpr int kAfterEnd = 8;
constexpr int kLeft = 66, kTop = 14, kRight = 20, kBottom = 48;  // a page chart's margins

QString words(const std::string& text) { return QString::fromStdString(text); }

QFont endFont() {
  QFont font = kvloupe::font(TextRole::Chart);
  font.setWeight(QFont::Medium);
  return font;
}

}  // namespace

class CumulativeChart::Curves : public ChartLayer {
 public:
  explicit Curves(CumulativeChart* chart) : ChartLayer(chart->plot()), chart_(chart) {}

 protected:
  void draw(QCPPainter* painter) override {
    if (chart_->isEmpty()) return;
    drawBudget(*painter);
    const auto columns = static_cast<int>(chart_->view_.figures->columns.size());
    for (int column = 0; column < columns; ++column) drawColumn(*painter, column);
    drawEnds(*painter);
    if (chart_->hoveredMark() < 0) return;
    painter->setPen(QPen(chart_->colors().ink, 1.6));
    painter->setBrush(Qt::NoBrush);
    painter->drawEllipse(chart_->markRect(chart_->hoveredMark()).adjusted(-3, -3, 3, 3));
  }

 private:
  void drawBudget(QCPPainter& painter) const {
    if (!mParentPlot->yAxis->range().contains(kBudget)) return;
    const QRectF area(mParentPlot->axisRect()->rect());
    const double y = std::round(mParentPlot->yAxis->coordToPixel(kBudget)) + 0.5;
    QPen dashed(chart_->colors().axis, chart_->pens().line);
    dashed.setDashPattern({5, 3});
    painter.setPen(dashed);
    painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y));
    painter.setFont(kvloupe::font(TextRole::Caption));
    painter.setPen(chart_->colors().secondText);
    painter.drawText(QRectF(area.left() + 4, y - 16, 120, 14), Qt::AlignLeft | Qt::AlignVCenter,
                     CumulativeChart::tr("budget 1\u00a0%"));
  }

  void drawColumn(QCPPainter& painter, int column) const {
    const Sensitivity& figures = *chart_->view_.figures;
    const DataRole role = columnRole(figures.columns[static_cast<std::size_t>(column)]);
    const Palette& p = chart_->colors();
    const bool stale = chart_->view_.stale;
    const QColor line = stale ? p.disabled : p.of(role).line;
    const QColor fill = stale ? p.page : p.of(role).fill;
    QVector<QPointF> estimate;
    for (const CumulativePoint& point : figures.cumulative)
      if (point.column == column) estimate.append(chart_->pixel(point, point.estimatePercent));
    QPen dashed(line, 1.4 * chart_->pens().line);
    dashed.setDashPattern({3, 2});
    painter.setPen(dashed);
    painter.setBrush(Qt::NoBrush);
    painter.drawPolyline(estimate.constData(), static_cast<int>(estimate.size()));
    for (const CumulativePoint& point : figures.cumulative) {
      if (point.column != column) continue;
      const QPointF at = chart_->pixel(point, point.deltaPplPercent);
      if (point.interval)
        paintWhisker(painter, at.x(), chart_->pixel(point, point.interval->low).y(),
                     chart_->pixel(point, point.interval->high).y(), 8,
                     QPen(stale ? line : p.ink, chart_->pens().whisker));
      painter.setPen(QPen(line, chart_->pens().line));
      if (role == DataRole::KV) {
        // A hollow square round the others: K + V lies on K where V costs nothing.
        painter.setBrush(Qt::NoBrush);
        painter.setPen(QPen(stale ? line : fill, 1.6 * chart_->pens().line));
        painter.drawRect(QRectF(at.x() - 6, at.y() - 6, 12, 12));
      } else {
        painter.setBrush(fill);
        painter.drawEllipse(at, kRadius, kRadius);
      }
      painter.setBrush(Qt::NoBrush);
    }
  }

  /// Every column's name and last figure, beside its last mark.
  void drawEnds(QCPPainter& painter) const {
    painter.setFont(endFont());
    for (const CumulativeChart::End& end : chart_->ends()) {
      painter.setPen(chart_->view_.stale ? chart_->colors().disabled
                                         : chart_->colors().of(end.role).text);
      painter.drawText(end.place, Qt::AlignLeft | Qt::AlignVCenter, end.words);
    }
  }

  CumulativeChart* chart_;
};

CumulativeChart::CumulativeChart(QWidget* parent)
    : ChartFrame(Density::Page, parent), curves_(new Curves(this)) {
  setTitle(tr("Compressing more layers"));
  setEmptyText(tr("Appears when single layers are measured"));
  plot()->xAxis->setLabel(tr("Layers compressed, most tolerant first"));
  plot()->yAxis->setLabel(tr("ΔPPL, %"));
  restyle();
  fitAxes();
}

CumulativeChart::~CumulativeChart() = default;

bool CumulativeChart::isEmpty() const {
  return !view_.figures || view_.figures->cumulative.empty();
}

void CumulativeChart::setData(SensitivityView view) {
  view_ = std::move(view);
  setSubtitle(tr("dashed: sum of the single layers · marks: measured"));
  dataChanged();
}

std::vector<CumulativeChart::End> CumulativeChart::ends() const {
  std::vector<End> ends;
  if (isEmpty()) return ends;
  for (std::size_t column = 0; column < view_.figures->columns.size(); ++column) {
    const CumulativePoint* last = nullptr;
    for (const CumulativePoint& each : view_.figures->cumulative)
      if (each.column == static_cast<int>(column)) last = &each;
    if (!last) continue;
    const std::string& name = view_.figures->columns[column];
    const QString text =
        columnName(name) + QLatin1Char(' ') + words(formatDeltaPpl(last->deltaPplPercent));
    const QPointF at = pixel(*last, last->deltaPplPercent);
    const double width = QFontMetricsF(endFont()).horizontalAdvance(text) + 1;
    ends.push_back({columnRole(name),
                    text,
                    {at.x() + kBeforeEnd, at.y() - kEndHeight / 2, width, kEndHeight}});
  }
  // From the top down, each below the one before it; then up again where that left the axes.
  std::stable_sort(ends.begin(), ends.end(),
                   [](const End& a, const End& b) { return a.place.top() < b.place.top(); });
  for (std::size_t i = 1; i < ends.size(); ++i)
    ends[i].place.moveTop(std::max(ends[i].place.top(), ends[i - 1].place.bottom()));
  double floor = plot()->axisRect()->rect().bottom() + kEndHeight / 2;
  for (auto end = ends.rbegin(); end != ends.rend(); ++end) {
    end->place.moveBottom(std::min(end->place.bottom(), floor));
    floor = end->place.top();
  }
  return ends;
}

const CumulativePoint& CumulativeChart::point(int mark) const {
  return view_.figures->cumulative[static_cast<std::size_t>(mark)];
}

int CumulativeChart::layersOf(const CumulativePoint& point) const {
  const std::vector<CumulativePoint>& all = view_.figures->cumulative;
  int layers = 0;
  for (const CumulativePoint& each : all) {
    if (each.column == point.column) ++layers;
    if (&each == &point) break;
  }
  return layers;
}

QPointF CumulativeChart::pixel(const CumulativePoint& point, double percent) const {
  const QRectF area(plot()->axisRect()->rect());
  const bool log = plot()->yAxis->scaleType() == QCPAxis::stLogarithmic;
  const double y = log && !(percent > 0) ? area.bottom() : plot()->yAxis->coordToPixel(percent);
  return {plot()->xAxis->coordToPixel(layersOf(point)), std::clamp(y, area.top(), area.bottom())};
}

void CumulativeChart::fitAxes() {
  double widest = 0;
  for (const End& end : ends()) widest = std::max(widest, end.place.width());
  plot()->axisRect()->setMinimumMargins(
      {kLeft, kTop,
       widest > 0 ? static_cast<int>(std::ceil(widest + kBeforeEnd)) + kAfterEnd : kRight,
       kBottom});
  QCPAxis* x = plot()->xAxis;
  QCPAxis* y = plot()->yAxis;
  double least = isEmpty() ? kBudget / 10 : std::numeric_limits<double>::infinity();
  double greatest = isEmpty() ? 8 * kBudget : kBudget;
  double lowest = 0;
  if (!isEmpty())
    for (const CumulativePoint& each : view_.figures->cumulative)
      for (const double percent : {each.estimatePercent, each.deltaPplPercent}) {
        greatest = std::max(greatest, percent);
        lowest = std::min(lowest, percent);
        if (percent > 0) least = std::min(least, percent);
      }
  const double height = std::max(60, plot()->axisRect()->height());
  y->setScaleType(view_.log ? QCPAxis::stLogarithmic : QCPAxis::stLinear);
  y->setTicker(QSharedPointer<QCPAxisTicker>(
      new ChartTicker(view_.log, signedTick, std::clamp(static_cast<int>(height / 24), 3, 7))));
  if (view_.log)
    y->setRange(stepDown(std::max(std::min(least, kBudget), 0.01)), stepUp(greatest * 1.2));
  else
    y->setRange(lowest < 0 ? -stepUp(-lowest) : 0, stepUp(greatest * 1.08));
  const int layers = view_.figures ? std::max(1, view_.figures->layers) : 1;
  x->setTicker(QSharedPointer<QCPAxisTicker>(
      new ChartTicker(false, plainTick, std::min(8, std::max(2, layers)))));
  x->setRange(0.5, layers + (isEmpty() ? 0.5 : 0.0));  // the last mark has its label beside it
}

int CumulativeChart::markCount() const {
  return isEmpty() ? 0 : static_cast<int>(view_.figures->cumulative.size());
}

int CumulativeChart::markAt(const QPointF& position) const {
  int nearest = -1;
  double distance = kHoverReach;
  for (int mark = 0; mark < markCount(); ++mark) {
    const QPointF away = markRect(mark).center() - position;
    const double length = std::hypot(away.x(), away.y());
    if (length >= distance) continue;
    distance = length;
    nearest = mark;
  }
  return nearest;
}

QRectF CumulativeChart::markRect(int mark) const {
  const QPointF at = pixel(point(mark), point(mark).deltaPplPercent);
  return {at.x() - kRadius, at.y() - kRadius, 2 * kRadius, 2 * kRadius};
}

TipText CumulativeChart::tipFor(int mark) const {
  const CumulativePoint& shown = point(mark);
  TipText tip;
  tip.title = tr("%1 · the %2 most tolerant layers")
                  .arg(columnName(view_.figures->columns[static_cast<std::size_t>(shown.column)]))
                  .arg(layersOf(shown));
  tip.lines.emplace_back(
      tr("ΔPPL %1").arg(words(formatDeltaPpl(shown.deltaPplPercent))),
      shown.interval
          ? tr("95\u00a0%: %1")
                .arg(words(formatDeltaPplInterval(shown.deltaPplPercent, *shown.interval)))
          : tr("measured"));
  tip.lines.emplace_back(
      tr("sum of the single layers %1").arg(words(formatDeltaPpl(shown.estimatePercent))),
      tr("estimate"));
  return tip;
}

std::vector<QStringList> CumulativeChart::csvRows() const {
  std::vector<QStringList> rows = {
      {QStringLiteral("compressed"), QStringLiteral("layers"), QStringLiteral("estimate_percent"),
       QStringLiteral("delta_ppl_percent"), QStringLiteral("low95"), QStringLiteral("high95")}};
  for (int mark = 0; mark < markCount(); ++mark) {
    const CumulativePoint& each = point(mark);
    const auto number = [](double value) { return QString::number(value, 'g', 10); };
    rows.push_back({words(view_.figures->columns[static_cast<std::size_t>(each.column)]),
                    QString::number(layersOf(each)), number(each.estimatePercent),
                    number(each.deltaPplPercent),
                    each.interval ? number(each.interval->low) : QString(),
                    each.interval ? number(each.interval->high) : QString()});
  }
  return rows;
}

}  // namespace kvloupe
