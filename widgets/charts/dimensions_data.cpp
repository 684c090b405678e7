// SPDX-License-Identifier: GPL-3.0-or-later
#include "charts/dimensions_data.hpp"

#include <QCoreApplication>
#include <QStringList>
#include <algorithm>
#include <numeric>

#include "controls/chip.hpp"
#include "types/format.hpp"

namespace kvloupe {
namespace {

struct Words {
  Q_DECLARE_TR_FUNCTIONS(kvloupe::DimensionsData)
};

QString words(const std::string& text) { return QString::fromStdString(text); }

QString tapText(Tap tap) {
  const std::string_view name = tapName(tap);
  return QString::fromLatin1(name.data(), static_cast<qsizetype>(name.size()));
}

const SpreadStatistics* statisticsOf(const TapStatistics& tap, std::optional<int> head) {
  if (!head) return &tap.joined;
  // The latent and the rotary key have one head, whatever head is looked at beside them.
  const auto index =
      static_cast<std::size_t>(std::min<int>(*head, static_cast<int>(tap.heads.size()) - 1));
  return tap.heads.empty() ? nullptr : &tap.heads[index];
}

void orderSigma(DimensionSeries& series, const std::vector<double>& sigma, bool sorted) {
  series.stored.resize(sigma.size());
  std::iota(series.stored.begin(), series.stored.end(), 0);
  if (sorted)
    std::stable_sort(series.stored.begin(), series.stored.end(), [&](int a, int b) {
      return sigma[static_cast<std::size_t>(a)] > sigma[static_cast<std::size_t>(b)];
    });
  for (const int at : series.stored) series.sigma.push_back(sigma[static_cast<std::size_t>(at)]);
}

void addSpectrum(DimensionSeries& series, const HeadStatistics& head) {
  const double all = std::accumulate(head.eigenvalues.begin(), head.eigenvalues.end(), 0.0);
  series.rank95 = head.rank95;
  series.participation = head.participation;
  if (!(all > 0)) return;
  double sum = 0;
  for (const double value : head.eigenvalues) {
    sum += value;
    series.share.push_back(value / all);
    series.energy.push_back(sum / all);
  }
}

QString placeOf(const DimensionsChartData& data) {
  if (!data.head) return Words::tr("layer %1 · heads joined").arg(data.layer);
  return Words::tr("layer %1 · KV head %2").arg(data.layer).arg(*data.head);
}

/// "K 118×, V 4.1×": one figure of every series that has it.
template <typename Figure>
QString each(const DimensionsChartData& data, Figure figure) {
  QStringList parts;
  for (const DimensionSeries& series : data.series)
    if (const QString text = figure(series); !text.isEmpty())
      parts.append(series.name + QLatin1Char(' ') + text);
  return parts.join(QStringLiteral(", "));
}

QString sigmaSubtitle(const DimensionsChartData& data, double floor) {
  QStringList parts{placeOf(data)};
  const QString spreads = each(data, [](const DimensionSeries& s) {
    return s.spread ? words(formatSpread(*s.spread)) : QString();
  });
  if (!spreads.isEmpty()) parts.append(Words::tr("spread: %1").arg(spreads));
  if (floor > 1) parts.append(Words::tr("noise floor %1").arg(words(formatSpread(floor))));
  return parts.join(QStringLiteral(" · "));
}

QString spectrumSubtitle(const DimensionsChartData& data) {
  const QString ranks = each(data, [](const DimensionSeries& s) {
    return s.rank95 > 0 ? QString::number(s.rank95) : QString();
  });
  QStringList participation;  // in the same order
  for (const DimensionSeries& series : data.series)
    if (series.participation > 0)
      participation.append(QString::number(series.participation, 'f', 1));
  if (ranks.isEmpty()) return placeOf(data);
  return Words::tr("rank_95 (circles): %1 · participation: %2")
      .arg(ranks, participation.join(QStringLiteral(", ")));
}

QString seriesName(Target target) {
  if (target == Target::Latent) return Words::tr("latent");
  return target == Target::RopeKey ? Words::tr("rotary key") : chipLetter(target);
}

}  // namespace

DimensionsChartData dimensionsData(const ModelInfo& model, const Analysis& analysis,
                                   const DimensionsSelection& selection,
                                   const std::vector<PlanRank>& ranks, BarState state,
                                   ModelSlot slot) {
  DimensionsChartData data;
  data.modelName = words(model.name);
  data.slot = slot;
  data.layer = selection.layer;
  data.head = selection.head;
  data.sorted = selection.sorted;
  data.log = selection.log;
  data.state = state;
  double floor = 0;
  for (const auto& [target, tap] : selection.taps.empty() ? defaultTaps(model) : selection.taps) {
    const TapStatistics* found = analysis.find(selection.layer, tap);
    const SpreadStatistics* stats = found ? statisticsOf(*found, selection.head) : nullptr;
    if (!stats || found->tokens < 2) continue;
    DimensionSeries series;
    series.target = target;
    series.name = seriesName(target);
    series.tapLabel = tapText(tap);
    series.spread = stats->spread;
    orderSigma(series, stats->sigma, selection.sorted);
    if (selection.head) addSpectrum(series, *static_cast<const HeadStatistics*>(stats));
    for (const PlanRank& plan : ranks)
      if (plan.target == target && plan.tap == tap && selection.head && plan.rank <= series.dim())
        series.rank = plan.rank;
    floor = std::max(floor, stats->noiseFloor.median);
    data.series.push_back(std::move(series));
  }
  data.sigmaSubtitle = sigmaSubtitle(data, floor);
  data.spectrumSubtitle = spectrumSubtitle(data);
  return data;
}

SigmaMapData sigmaMapData(const ModelInfo& model, const Analysis& analysis,
                          const DimensionsSelection& selection) {
  SigmaMapData data;
  data.log = selection.log;
  data.selected = {selection.layer, selection.head.value_or(-1)};
  for (const auto& [target, tap] : selection.taps.empty() ? defaultTaps(model) : selection.taps) {
    SigmaMapData::Panel panel;
    panel.target = target;
    panel.tapLabel = tapText(tap);
    for (int layer = 0; layer < model.numLayers; ++layer) {
      const TapStatistics* found = analysis.find(layer, tap);
      if (!found) continue;
      for (std::size_t head = 0; head < found->heads.size(); ++head) {
        panel.dim = std::max(panel.dim, static_cast<int>(found->heads[head].sigma.size()));
        panel.rows.push_back({layer, static_cast<int>(head), found->heads[head].sigma});
      }
    }
    if (panel.dim > 0) data.panels.push_back(std::move(panel));
  }
  data.subtitle = Words::tr("%1 · %2 calibration tokens")
                      .arg(words(model.name), words(formatCount(analysis.tokens)));
  return data;
}

}  // namespace kvloupe
