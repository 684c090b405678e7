// SPDX-License-Identifier: GPL-3.0-or-later
#include "charts/layers_chart.hpp"

#include <algorithm>
#include <cmath>

#include "charts/chart_plot.hpp"
#include "charts/chart_ticker.hpp"
#include "charts/layer_bars.hpp"
#include "controls/chip.hpp"
#include "theme/theme.hpp"
#include "types/format.hpp"

namespace kvloupe {
namespace {

constexpr double kHeadroom = 24;      // pixels above the highest mark, for its label
constexpr double kHangingRoom = 18;   // at both ends where bars hang, for theirs
constexpr double kLayerSpacing = 28;  // pixels a layer's number needs
constexpr int kLabel = 30;            // of the value axis, for a number
constexpr int kLogLabel = 15;         // where 1-2-5 or powers of ten alone can be chosen
constexpr double kEasyTarget = 14;    // pixels that a low bar is grown to for the pointer

QString words(const std::string& text) { return QString::fromStdString(text); }

bool anyState(const LayersChartData& data, BarState state) {
  return std::any_of(data.series.begin(), data.series.end(), [&](const auto& series) {
    return std::find(series.state.begin(), series.state.end(), state) != series.state.end();
  });
}

/// A logarithmic axis of ratios of which some hang from 1×, with room for labels at both ends.
QCPRange hangingRange(double lowest, double highest, double height) {
  const double top = std::max(highest, 1.0);
  const double perPixel = std::log(top / lowest) / std::max(height - 2 * kHangingRoom, height / 3);
  const double room = std::exp(perPixel * kHangingRoom);
  return {lowest / room, highest > 1 ? top * room : 1.25};
}

QString csvNumber(double value) { return QString::number(value, 'g', 10); }

}  // namespace

LayersChart::LayersChart(QWidget* parent)
    : ChartFrame(Density::Page, parent), painter_(new LayerBars(this)) {
  setEmptyText(tr("Bars appear here as soon as text streams through the model"));
  setTitle(tr("Variance spread per layer"));
  plot()->xAxis->setLabel(tr("Layer"));
  data_.axisLabel = tr("Spread: largest σ / smallest σ");
  restyle();
  setUpAxes();
  fitAxes();
}

LayersChart::~LayersChart() = default;

void LayersChart::setData(LayersChartData data) {
  const bool sameAxes = data.metric == data_.metric && data.log == data_.log &&
                        data.ratio == data_.ratio && data.modelName == data_.modelName &&
                        data.layers == data_.layers && !isEmpty();
  if (!sameAxes) upper_ = 0;
  data_ = std::move(data);
  setTitle(data_.title);
  setSubtitle(data_.subtitle);
  refreshLegend();
  if (!sameAxes) {
    hover(-1);
    setUpAxes();
    fit();
  }
  dataChanged();
}

void LayersChart::clear() {
  LayersChartData none;
  none.axisLabel = data_.axisLabel;
  none.title = data_.title.isEmpty() ? title() : data_.title;
  none.log = data_.log;
  none.ratio = data_.ratio;
  none.metric = data_.metric;
  setData(std::move(none));
}

bool LayersChart::isEmpty() const { return data_.layers.empty() || data_.series.empty(); }

std::vector<LayersChart::Bar> LayersChart::bars() const {
  return isEmpty() ? std::vector<Bar>() : painter_->bars();
}

void LayersChart::setSelected(int layer, Target target) {
  selectedLayer_ = layer;
  selectedTarget_ = target;
  plot()->replot(QCustomPlot::rpQueuedReplot);
}

void LayersChart::clearSelection() { setSelected(-1, selectedTarget_); }

void LayersChart::setOpenHint(const QString& hint) { openHint_ = hint; }

QString LayersChart::valueText(double value) const {
  switch (data_.metric) {
    case LayersMetric::Spread:
    case LayersMetric::RobustSpread:
    case LayersMetric::KvRatio:
    case LayersMetric::BOverA:
      return words(formatSpread(value));
    case LayersMetric::Rank95:
    case LayersMetric::Participation:
      return std::abs(value - std::round(value)) < 1e-9 ? QString::number(std::lround(value))
                                                        : QString::number(value, 'f', 1);
    case LayersMetric::MeanSigma:
      return QString::number(value, 'g', 3);
  }
  return {};
}

void LayersChart::setUpAxes() {
  plot()->yAxis->setScaleType(data_.log ? QCPAxis::stLogarithmic : QCPAxis::stLinear);
}

void LayersChart::fitAxes() {
  QCPAxis* x = plot()->xAxis;
  QCPAxis* y = plot()->yAxis;
  const double height = std::max(100, plot()->axisRect()->height());
  const double width = std::max(100, plot()->axisRect()->width());
  const int layers = static_cast<int>(data_.layers.size());
  // "Spread: largest σ / smallest σ" on an axis that is too short for it is "Spread".
  const bool roomy = QFontMetricsF(y->labelFont()).horizontalAdvance(data_.axisLabel) < height;
  y->setLabel(roomy ? data_.axisLabel : data_.axisLabel.section(QLatin1Char(':'), 0, 0));
  x->setRange(-0.5, std::max(layers, 1) - 0.5);
  x->setTicker(QSharedPointer<QCPAxisTicker>(
      new LayerTicker(data_.layers, static_cast<int>(width / kLayerSpacing))));
  y->setTicker(QSharedPointer<QCPAxisTicker>(new ChartTicker(
      data_.log, data_.ratio ? ratioTick : plainTick,
      std::clamp(plot()->axisRect()->height() / (data_.log ? kLogLabel : kLabel), 2, 8),
      data_.ratio ? std::optional(1.0) : std::nullopt)));

  double highest = 0;
  double lowest = std::numeric_limits<double>::infinity();
  for (const LayersChartData::Series& series : data_.series)
    for (std::size_t i = 0; i < series.value.size(); ++i) {
      if (!series.value[i]) continue;
      highest = std::max(highest, *series.value[i]);
      lowest = std::min(lowest, *series.value[i]);
      if (i < series.whisker.size() && series.whisker[i] && data_.showWhiskers) {
        highest = std::max(highest, series.whisker[i]->high);
        if (*series.value[i] < 1) lowest = std::min(lowest, series.whisker[i]->low);
      }
    }
  for (const auto& floor : data_.noise)
    if (floor) highest = std::max(highest, floor->p97_5);
  if (data_.reach) {
    highest = std::max(highest, data_.reach->high);
    lowest = std::min(lowest, data_.reach->low);
  }
  if (!(highest > 0)) highest = data_.ratio ? 10 : 1;
  if (!(lowest > 0)) lowest = highest / 10;

  const double room = height / std::max(height - kHeadroom, height / 2);
  double lower = 0;
  if (data_.ratio)
    lower = 1;
  else if (data_.log)
    lower = stepDown(lowest * 0.999);
  const double needed = data_.log ? lower * std::pow(std::max(highest / lower, 1.0), room)
                                  : lower + std::max(highest - lower, 0.0) * room;
  double upper = std::max(stepUp(needed), lower * 2);
  if (data_.ratio && lowest < 1) {
    const QCPRange range = hangingRange(lowest, highest, plot()->axisRect()->height());
    lower = data_.log ? range.lower : 0;
    if (data_.log) upper = range.upper;
  }
  const bool measuring = anyState(data_, BarState::Measuring);
  y->setRange(lower, measuring ? std::max(upper, upper_) : upper);
  if (isVisible() && !exporting()) upper_ = y->range().upper;
}

void LayersChart::applyColors() { refreshLegend(); }

void LayersChart::refreshLegend() {
  const Palette& p = colors();
  std::vector<LegendEntry> entries;
  const bool b = data_.slot == ModelSlot::B;
  for (const LayersChartData::Series& series : data_.series) {
    const DataColors& c = p.of(series.dataRole());
    entries.push_back({b ? LegendEntry::Glyph::HatchedModel : LegendEntry::Glyph::Bar, series.name,
                       c.fill, c.line});
  }
  if (!data_.series.empty()) {
    const DataColors& last = p.of(data_.series.back().dataRole());
    if (anyState(data_, BarState::Measuring))
      entries.push_back({LegendEntry::Glyph::Measuring, tr("so far"), last.fill, last.line});
    if (anyState(data_, BarState::Stale))
      entries.push_back({LegendEntry::Glyph::Stale, tr("last run"), last.fill, last.line});
  }
  const bool whiskers = data_.showWhiskers && data_.explainWhiskers &&
                        std::any_of(data_.series.begin(), data_.series.end(), [](const auto& s) {
                          return std::any_of(s.whisker.begin(), s.whisker.end(),
                                             [](const auto& w) { return bool(w); });
                        });
  if (whiskers) entries.push_back({LegendEntry::Glyph::Whisker, tr("95\u00a0% interval"), {}, {}});
  // One median speaks for all layers where they read alike.
  double least = std::numeric_limits<double>::infinity();
  double most = 0;
  for (const auto& floor : data_.noise)
    if (floor) {
      least = std::min(least, floor->median);
      most = std::max(most, floor->median);
    }
  if (most > 0) {
    const QString low = words(formatSpread(least));
    const QString high = words(formatSpread(most));
    entries.push_back(
        {LegendEntry::Glyph::Noise,
         low == high ? tr("noise floor %1").arg(low) : tr("noise floor %1 to %2").arg(low, high),
         {},
         {}});
  }
  setLegend(std::move(entries));
}

int LayersChart::markCount() const { return static_cast<int>(bars().size()); }

int LayersChart::markAt(const QPointF& position) const {
  const std::vector<Bar> all = bars();
  for (std::size_t i = 0; i < all.size(); ++i) {
    QRectF area = all[i].rect.adjusted(-0.5, 0, 0.5, 0);
    const double top = all[i].label.isEmpty() ? area.top() : area.top() - 20;
    area.setTop(std::min(top, area.bottom() - kEasyTarget));
    if (area.contains(position)) return static_cast<int>(i);
  }
  return -1;
}

void LayersChart::setHoveredMark(int mark) {
  if (mark < 0) return;
  const std::vector<Bar> all = bars();
  if (static_cast<std::size_t>(mark) < all.size())
    emit barHovered(all[static_cast<std::size_t>(mark)].layer,
                    all[static_cast<std::size_t>(mark)].target);
}

void LayersChart::openMark(int mark) {
  const std::vector<Bar> all = bars();
  if (mark < 0 || static_cast<std::size_t>(mark) >= all.size()) return;
  const Bar& bar = all[static_cast<std::size_t>(mark)];
  emit barClicked(bar.layer, bar.target);
}

QRectF LayersChart::markRect(int mark) const {
  const std::vector<Bar> all = bars();
  if (mark < 0 || static_cast<std::size_t>(mark) >= all.size()) return {};
  return all[static_cast<std::size_t>(mark)].rect;
}

TipText LayersChart::tipFor(int mark) const {
  const std::vector<Bar> all = bars();
  if (mark < 0 || static_cast<std::size_t>(mark) >= all.size()) return {};
  const Bar& bar = all[static_cast<std::size_t>(mark)];
  const auto i = static_cast<std::size_t>(bar.position);
  const LayersChartData::Series& series = data_.series[static_cast<std::size_t>(bar.series)];
  TipText tip;
  tip.title = tr("Layer %1 · %2 (%3)").arg(bar.layer).arg(series.name, series.tapLabel);
  QString second, value = valueText(bar.value);
  if (i < series.whisker.size() && series.whisker[i]) {
    value = words(formatSpreadBeside(bar.value, series.whisker[i]));
    second = tr("95\u00a0% interval %1").arg(words(formatSpreadInterval(*series.whisker[i])));
  } else if (i < series.notToldFromNoise.size() && series.notToldFromNoise[i]) {
    second = tr("not told from noise");
  }
  if (bar.state == BarState::Measuring)
    second = second.isEmpty() ? tr("so far") : tr("%1, so far").arg(second);
  if (bar.state == BarState::Stale) second = tr("last run");
  QString name = metricName(data_.metric);
  if (data_.metric != LayersMetric::KvRatio) name[0] = name.at(0).toLower();
  tip.lines.emplace_back(name + QLatin1Char(' ') + value, second);
  if (i < series.floors.size() && series.floors[i]) {
    const NoiseFloor& floor = *series.floors[i];
    tip.lines.emplace_back(tr("noise floor %1").arg(words(formatSpread(floor.median))),
                           tr("%1 tokens, %2 dimensions")
                               .arg(words(formatCount(static_cast<std::int64_t>(floor.tokens))))
                               .arg(series.dimensions));
  }
  if (data_.metric == LayersMetric::Spread) {
    const auto spread = [&](Target target) -> double {
      for (const LayersChartData::Series& s : data_.series)
        if (s.target == target && i < s.value.size() && s.value[i]) return *s.value[i];
      return 0;
    };
    const double k = spread(Target::K);
    const double v = spread(Target::V);
    if (k > 0 && v > 0)
      tip.lines.emplace_back(tr("K / V ratio %1").arg(k / v, 0, 'f', 1), QString());
  }
  if (!openHint_.isEmpty()) tip.lines.emplace_back(QString(), openHint_);
  return tip;
}

std::vector<QStringList> LayersChart::csvRows() const {
  std::vector<QStringList> rows = {
      {QStringLiteral("layer"), QStringLiteral("target"), QStringLiteral("tap"),
       metricKey(data_.metric), QStringLiteral("low95"), QStringLiteral("high95"),
       QStringLiteral("noise_median"), QStringLiteral("noise_p97_5"), QStringLiteral("state")}};
  for (std::size_t i = 0; i < data_.layers.size(); ++i)
    for (const LayersChartData::Series& s : data_.series) {
      const bool valued = i < s.value.size() && s.value[i];
      const Interval* whisker = i < s.whisker.size() && s.whisker[i] ? &*s.whisker[i] : nullptr;
      const NoiseFloor* noise =
          i < data_.noise.size() && data_.noise[i] ? &*data_.noise[i] : nullptr;
      const BarState state = i < s.state.size() ? s.state[i] : BarState::Measured;
      rows.push_back({QString::number(data_.layers[i]), s.role ? s.name : targetKey(s.target),
                      s.tapLabel, valued ? csvNumber(*s.value[i]) : QString(),
                      whisker ? csvNumber(whisker->low) : QString(),
                      whisker ? csvNumber(whisker->high) : QString(),
                      noise ? csvNumber(noise->median) : QString(),
                      noise ? csvNumber(noise->p97_5) : QString(),
                      state == BarState::Measured    ? QStringLiteral("measured")
                      : state == BarState::Measuring ? QStringLiteral("measuring")
                                                     : QStringLiteral("stale")});
    }
  return rows;
}

}  // namespace kvloupe
