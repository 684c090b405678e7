// SPDX-License-Identifier: GPL-3.0-or-later
#include "charts/compare_data.hpp"

#include <QCoreApplication>
#include <QStringList>
#include <algorithm>
#include <cmath>
#include <limits>

namespace kvloupe {
namespace {

struct Words {
  Q_DECLARE_TR_FUNCTIONS(kvloupe::CompareData)
};

/// Half the width of an interval's logarithm; 0 without one.
double logHalfWidth(const LayersChartData::Series& series, std::size_t at) {
  if (at >= series.whisker.size() || !series.whisker[at] || !(series.whisker[at]->low > 0))
    return 0;
  return std::log(series.whisker[at]->high / series.whisker[at]->low) / 2;
}

LayersChartData::Series quotient(const LayersChartData::Series& a, const LayersChartData::Series& b,
                                 std::size_t layers) {
  LayersChartData::Series result;
  result.target = b.target;
  result.name = a.name;
  result.tapLabel =
      a.tapLabel == b.tapLabel ? a.tapLabel : b.tapLabel + QStringLiteral(" / ") + a.tapLabel;
  for (std::size_t i = 0; i < layers; ++i) {
    const bool both = i < a.value.size() && i < b.value.size() && a.value[i] && b.value[i] &&
                      *a.value[i] > 0 && *b.value[i] > 0;
    result.value.push_back(both ? std::optional(*b.value[i] / *a.value[i]) : std::nullopt);
    const double wa = both ? logHalfWidth(a, i) : 0;
    const double wb = both ? logHalfWidth(b, i) : 0;
    // Without the interval of one of them the quotient has none.
    if (wa > 0 && wb > 0) {
      const double half = std::hypot(wa, wb);
      const double value = *result.value.back();
      result.whisker.push_back(Interval{value * std::exp(-half), value * std::exp(half)});
    } else {
      result.whisker.push_back(std::nullopt);
    }
    result.state.push_back(i < a.state.size() && a.state[i] != BarState::Measured ? a.state[i]
                           : i < b.state.size()                                   ? b.state[i]
                                                : BarState::Measured);
  }
  return result;
}

}  // namespace

LayersChartData differenceData(const LayersChartData& a, const LayersChartData& b) {
  LayersChartData data;
  data.modelName = b.modelName + QStringLiteral(" / ") + a.modelName;
  data.metric = LayersMetric::BOverA;
  data.title = Words::tr("Difference, B / A");
  data.axisLabel = QStringLiteral("B / A");
  const std::size_t layers = std::min(a.layers.size(), b.layers.size());
  data.layers.assign(a.layers.begin(), a.layers.begin() + static_cast<std::ptrdiff_t>(layers));
  for (const LayersChartData::Series& of : a.series)
    for (const LayersChartData::Series& other : b.series)
      if (of.target == other.target) data.series.push_back(quotient(of, other, layers));
  const bool spread = a.metric == LayersMetric::Spread || a.metric == LayersMetric::RobustSpread;
  QStringList parts{metricName(a.metric), spread ? Words::tr("below 1×: B is more even than A")
                                                 : Words::tr("below 1×: B has less than A")};
  if (a.layers.size() != b.layers.size())
    parts.append(Words::tr("the first %1 layers, which both have").arg(layers));
  data.subtitle = parts.join(QStringLiteral(" · "));
  return data;
}

void shareReach(LayersChartData& a, LayersChartData& b) {
  Interval reach{std::numeric_limits<double>::infinity(), 0};
  for (const LayersChartData* data : {&a, &b})
    for (const LayersChartData::Series& series : data->series)
      for (std::size_t i = 0; i < series.value.size(); ++i) {
        if (!series.value[i]) continue;
        reach.low = std::min(reach.low, *series.value[i]);
        reach.high = std::max(reach.high, *series.value[i]);
        if (i < series.whisker.size() && series.whisker[i])
          reach.high = std::max(reach.high, series.whisker[i]->high);
      }
  if (!(reach.high > 0)) return;
  a.reach = reach;
  b.reach = reach;
}

}  // namespace kvloupe
