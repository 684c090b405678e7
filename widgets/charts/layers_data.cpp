// SPDX-License-Identifier: GPL-3.0-or-later
#include "charts/layers_data.hpp"

#include <QCoreApplication>
#include <QStringList>
#include <algorithm>
#include <numeric>

#include "controls/chip.hpp"
#include "types/format.hpp"

namespace kvloupe {
namespace {

struct Words {
  Q_DECLARE_TR_FUNCTIONS(kvloupe::LayersData)
};

QString tapText(Tap tap) {
  const std::string_view name = tapName(tap);
  return QString::fromLatin1(name.data(), static_cast<qsizetype>(name.size()));
}

QString seriesName(Target target) {
  switch (target) {
    case Target::Latent:
      return Words::tr("latent");
    case Target::RopeKey:
      return Words::tr("rotary key");
    default:
      return chipLetter(target);
  }
}

/// The statistics that a selection means: one head's, or those of all heads joined.
const SpreadStatistics* statisticsOf(const TapStatistics& tap, std::optional<int> head) {
  if (!head || tap.heads.size() == 1) return &tap.joined;
  const auto index = static_cast<std::size_t>(*head);
  return index < tap.heads.size() ? &tap.heads[index] : nullptr;
}

/// Mean of a figure that only single heads have, over the heads selected.
template <typename Figure>
std::optional<double> meanOverHeads(const TapStatistics& tap, std::optional<int> head,
                                    Figure figure) {
  double sum = 0;
  int count = 0;
  for (std::size_t h = 0; h < tap.heads.size(); ++h) {
    if (head && tap.heads.size() > 1 && h != static_cast<std::size_t>(*head)) continue;
    const double value = figure(tap.heads[h]);
    if (value <= 0) return std::nullopt;  // undefined there
    sum += value;
    ++count;
  }
  return count > 0 ? std::optional(sum / count) : std::nullopt;
}

std::optional<double> figureOf(const TapStatistics& tap, const LayersSelection& selection) {
  const SpreadStatistics* stats = statisticsOf(tap, selection.head);
  if (!stats) return std::nullopt;
  switch (selection.metric) {
    case LayersMetric::Spread:
    case LayersMetric::KvRatio:
      return stats->spread;
    case LayersMetric::RobustSpread:
      return stats->robustSpread;
    case LayersMetric::MeanSigma:
      if (stats->sigma.empty() || tap.tokens < 2) return std::nullopt;
      return std::accumulate(stats->sigma.begin(), stats->sigma.end(), 0.0) /
             static_cast<double>(stats->sigma.size());
    case LayersMetric::Rank95:
      return meanOverHeads(tap, selection.head, [](const HeadStatistics& h) { return h.rank95; });
    case LayersMetric::Participation:
      return meanOverHeads(tap, selection.head,
                           [](const HeadStatistics& h) { return h.participation; });
    case LayersMetric::BOverA:
      break;
  }
  return std::nullopt;
}

QString titleOf(LayersMetric metric) {
  switch (metric) {
    case LayersMetric::Spread:
      return Words::tr("Variance spread per layer");
    case LayersMetric::RobustSpread:
      return Words::tr("Robust variance spread per layer");
    case LayersMetric::MeanSigma:
      return Words::tr("Mean σ per layer");
    case LayersMetric::Rank95:
      return Words::tr("Rank that holds 95 % of the variance");
    case LayersMetric::Participation:
      return Words::tr("Participation ratio per layer");
    case LayersMetric::KvRatio:
      return Words::tr("K/V ratio per layer");
    case LayersMetric::BOverA:
      return Words::tr("Difference, B / A");
  }
  return {};
}

QString axisOf(LayersMetric metric) {
  switch (metric) {
    case LayersMetric::Spread:
      return Words::tr("Spread: largest σ / smallest σ");
    case LayersMetric::RobustSpread:
      return Words::tr("Spread: 95 % point of σ / 5 % point");
    case LayersMetric::MeanSigma:
      return Words::tr("Mean σ");
    case LayersMetric::Rank95:
      return Words::tr("rank_95, dimensions");
    case LayersMetric::Participation:
      return Words::tr("Participation ratio, dimensions");
    case LayersMetric::KvRatio:
      return Words::tr("Spread of K / spread of V");
    case LayersMetric::BOverA:
      return QStringLiteral("B / A");
  }
  return {};
}

QString joinedWords(const QStringList& words) {
  if (words.size() < 2) return words.join(QString());
  return Words::tr("%1 and %2")
      .arg(words.mid(0, words.size() - 1).join(QStringLiteral(", ")), words.last());
}

void writeSubtitles(const ModelInfo& model, const Analysis& analysis,
                    const LayersSelection& selection, LayersChartData& data) {
  QStringList taps;
  int dimensions = data.series.empty() ? 0 : data.series.front().dimensions;
  for (const LayersChartData::Series& series : data.series) {
    taps.append(series.tapLabel);
    if (series.dimensions != dimensions) dimensions = 0;
  }
  const bool byHead =
      selection.metric == LayersMetric::Rank95 || selection.metric == LayersMetric::Participation;
  QString heads = selection.head ? Words::tr("KV head %1").arg(*selection.head)
                  : byHead       ? Words::tr("mean over heads")
                                 : Words::tr("heads joined");
  const QString briefHeads = heads;
  if (dimensions > 0 && !byHead) heads = Words::tr("%1 (%2 dimensions)").arg(heads).arg(dimensions);
  QString tokens = QString::fromStdString(formatCount(analysis.tokens));
  if (!analysis.complete())
    tokens = Words::tr("%1 of %2")
                 .arg(tokens, QString::fromStdString(formatCount(analysis.tokensPlanned)));
  data.briefSubtitle =
      QStringList{joinedWords(taps), briefHeads, Words::tr("%1 tokens").arg(tokens)}.join(
          QStringLiteral(" · "));
  const QString tapWords = taps.size() > 1 ? Words::tr("taps %1") : Words::tr("tap %1");
  data.subtitle = QStringList{QString::fromStdString(model.name), tapWords.arg(joinedWords(taps)),
                              heads, Words::tr("%1 calibration tokens").arg(tokens)}
                      .join(QStringLiteral(" · "));
}

/// The widest band of the series at a layer: that of n_eff tokens where it is known.
std::optional<NoiseFloor> widerFloor(const std::optional<NoiseFloor>& band,
                                     const SpreadStatistics& stats) {
  const NoiseFloor own = stats.effectiveNoiseFloor.value_or(stats.noiseFloor);
  if (!(own.p97_5 > 1)) return band;
  return band && band->p97_5 >= own.p97_5 ? band : std::optional(own);
}

LayersChartData::Series seriesOf(const Analysis& analysis, const LayersSelection& selection,
                                 Target target, Tap tap, BarState state, LayersChartData& data) {
  LayersChartData::Series series;
  series.target = target;
  series.name = seriesName(target);
  series.tapLabel = tapText(tap);
  const bool spread = selection.metric == LayersMetric::Spread;
  for (std::size_t i = 0; i < data.layers.size(); ++i) {
    const TapStatistics* found = analysis.find(data.layers[i], tap);
    const SpreadStatistics* stats = found ? statisticsOf(*found, selection.head) : nullptr;
    series.value.push_back(found ? figureOf(*found, selection) : std::nullopt);
    series.whisker.push_back(spread && stats ? stats->spreadInterval : std::nullopt);
    series.notToldFromNoise.push_back(spread && stats && stats->notToldFromNoise);
    series.floors.push_back(spread && stats ? std::optional(stats->noiseFloor) : std::nullopt);
    series.state.push_back(state);
    if (!stats) continue;
    series.dimensions = static_cast<int>(stats->sigma.size());
    if (spread && selection.noiseFloor) data.noise[i] = widerFloor(data.noise[i], *stats);
  }
  return series;
}

/// One plain series, K's spread over V's.
void toRatio(LayersChartData& data) {
  const auto find = [&](Target target) {
    return std::find_if(data.series.begin(), data.series.end(),
                        [&](const LayersChartData::Series& s) { return s.target == target; });
  };
  const auto k = find(Target::K);
  const auto v = find(Target::V);
  if (k == data.series.end() || v == data.series.end()) {
    data.series.clear();
    return;
  }
  LayersChartData::Series ratio = *k;
  ratio.role = DataRole::Neither;
  ratio.name = QStringLiteral("K / V");
  ratio.tapLabel = k->tapLabel + QStringLiteral(" / ") + v->tapLabel;
  ratio.floors.clear();
  ratio.whisker.clear();
  ratio.notToldFromNoise.clear();
  for (std::size_t i = 0; i < ratio.value.size(); ++i) {
    const bool both = k->value[i] && v->value[i] && *v->value[i] > 0;
    ratio.value[i] = both ? std::optional(*k->value[i] / *v->value[i]) : std::nullopt;
  }
  data.series = {std::move(ratio)};
}

}  // namespace

QString metricName(LayersMetric metric) {
  switch (metric) {
    case LayersMetric::Spread:
      return Words::tr("Spread");
    case LayersMetric::RobustSpread:
      return Words::tr("Robust spread");
    case LayersMetric::MeanSigma:
      return Words::tr("Mean σ");
    case LayersMetric::Rank95:
      return QStringLiteral("rank_95");
    case LayersMetric::Participation:
      return Words::tr("Participation");
    case LayersMetric::KvRatio:
      return Words::tr("K/V ratio");
    case LayersMetric::BOverA:
      return QStringLiteral("B / A");
  }
  return {};
}

QString metricKey(LayersMetric metric) {
  switch (metric) {
    case LayersMetric::Spread:
      return QStringLiteral("spread");
    case LayersMetric::RobustSpread:
      return QStringLiteral("robust_spread");
    case LayersMetric::MeanSigma:
      return QStringLiteral("mean_sigma");
    case LayersMetric::Rank95:
      return QStringLiteral("rank_95");
    case LayersMetric::Participation:
      return QStringLiteral("participation");
    case LayersMetric::KvRatio:
      return QStringLiteral("kv_ratio");
    case LayersMetric::BOverA:
      return QStringLiteral("b_over_a");
  }
  return {};
}

std::vector<std::pair<Target, Tap>> defaultTaps(const ModelInfo& model) {
  if (model.attention == AttentionKind::Mla)
    return {{Target::Latent, Tap::Latent}, {Target::RopeKey, Tap::KRope}};
  return {{Target::K, Tap::KRope}, {Target::V, Tap::V}};
}

LayersChartData layersChartData(const ModelInfo& model, const Analysis& analysis,
                                const LayersSelection& selection, BarState state, ModelSlot slot) {
  LayersChartData data;
  data.modelName = QString::fromStdString(model.name);
  data.slot = slot;
  data.layers.resize(static_cast<std::size_t>(std::max(0, model.numLayers)));
  std::iota(data.layers.begin(), data.layers.end(), 0);
  data.noise.resize(data.layers.size());
  data.metric = selection.metric;
  data.title = titleOf(selection.metric);
  data.axisLabel = axisOf(selection.metric);
  data.ratio = selection.metric == LayersMetric::Spread ||
               selection.metric == LayersMetric::RobustSpread ||
               selection.metric == LayersMetric::KvRatio;
  data.log = selection.log;
  data.tokens = analysis.tokens;
  const auto taps = selection.taps.empty() ? defaultTaps(model) : selection.taps;
  for (const auto& [target, tap] : taps)
    data.series.push_back(seriesOf(analysis, selection, target, tap, state, data));
  writeSubtitles(model, analysis, selection, data);
  if (selection.metric == LayersMetric::KvRatio) toRatio(data);
  return data;
}

}  // namespace kvloupe
