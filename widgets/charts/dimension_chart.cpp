// SPDX-License-Identifier: GPL-3.0-or-later
#include "charts/dimension_chart.hpp"

#include <algorithm>
#include <cmath>

#include "charts/chart_plot.hpp"

namespace kvloupe {

DimensionChart::DimensionChart(QWidget* parent) : ChartFrame(Density::Page, parent) {}

void DimensionChart::setData(DimensionsChartData data) {
  const bool sameAxes = data.log == data_.log && data.sorted == data_.sorted &&
                        data.layer == data_.layer && data.head == data_.head &&
                        data.modelName == data_.modelName &&
                        data.series.size() == data_.series.size();
  data_ = std::move(data);
  if (!sameAxes) {
    hover(-1);
    fit();
  }
  dataChanged();
}

int DimensionChart::greatestDim() const {
  int dim = 0;
  for (const DimensionSeries& series : data_.series) dim = std::max(dim, series.dim());
  return dim;
}

QString DimensionChart::markerLabel(const DimensionSeries& series) const {
  return tr("%1 keeps %2").arg(series.name).arg(*series.rank);
}

std::vector<RankMarker> DimensionChart::markers() const {
  std::vector<RankMarker> all;
  if (!showsMarkers()) return all;
  const QRectF area = axesArea();
  for (const DimensionSeries& series : data_.series) {
    if (!series.rank) continue;
    RankMarker marker;
    marker.target = series.target;
    marker.x = plot()->xAxis->coordToPixel(*series.rank);
    marker.label = markerLabel(series);
    if (marker.x >= area.left() - 1 && marker.x <= area.right() + 1) all.push_back(marker);
  }
  // V's first: it is the one that is usually compressed, and K stands at the end.
  std::stable_sort(all.begin(), all.end(),
                   [](const RankMarker& a, const RankMarker& b) { return a.x < b.x; });
  placeMarkerLabels(all, area);
  return all;
}

bool DimensionChart::grabAt(const QPointF& position, bool take) {
  for (const RankMarker& marker : markers()) {
    if (!markerHandle(marker, axesArea()).contains(position)) continue;
    if (take) {
      grabbed_ = marker.target;
      emit dragStarted();
    }
    return true;
  }
  return false;
}

void DimensionChart::dragTo(const QPointF& position) {
  if (!grabbed_) return;
  for (const DimensionSeries& series : data_.series) {
    if (series.target != *grabbed_ || !series.rank) continue;
    const auto rank = static_cast<int>(std::lround(plot()->xAxis->pixelToCoord(position.x())));
    emit rankDragged(series.target, std::clamp(rank, 1, series.dim()));
    return;
  }
}

void DimensionChart::releaseGrab() {
  grabbed_.reset();
  emit dragEnded();
}

void DimensionChart::fitDimensionAxis(int first) {
  const int dim = std::max(greatestDim(), 2);
  const int last = first + dim - 1;
  auto ticker = QSharedPointer<QCPAxisTickerText>::create();
  ticker->setSubTickCount(0);
  for (const int at : {first, dim / 4, dim / 2, 3 * dim / 4, last})
    ticker->addTick(at, QString::number(at));
  plot()->xAxis->setTicker(ticker);
  plot()->xAxis->setRange(first - 0.7, last + 0.7);
}

std::vector<LegendEntry> DimensionChart::targetLegend() const {
  std::vector<LegendEntry> entries;
  for (const DimensionSeries& series : data_.series) {
    const DataColors& c = colors().of(series.target);
    entries.push_back({LegendEntry::Glyph::Bar, series.name, c.fill, c.line});
  }
  if (data_.state == BarState::Measuring)
    entries.push_back({LegendEntry::Glyph::None, tr("so far"), {}, {}});
  if (data_.state == BarState::Stale)
    entries.push_back({LegendEntry::Glyph::None, tr("last run"), {}, {}});
  return entries;
}

QPen DimensionChart::linePen(const DimensionSeries& series, bool dropped) const {
  const bool stale = data_.state == BarState::Stale;
  QPen pen(stale ? colors().disabled : colors().of(series.target).line, 1.6 * pens().line);
  pen.setJoinStyle(Qt::MiterJoin);
  pen.setCapStyle(Qt::FlatCap);
  if (stale) pen.setDashPattern({4, 3});
  if (dropped) pen.setDashPattern({1.2, 1.8});
  return pen;
}

}  // namespace kvloupe
