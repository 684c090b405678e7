// SPDX-License-Identifier: GPL-3.0-or-later
#include "lessons/figures.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "panels/plan_words.hpp"
#include "types/format.hpp"

namespace kvloupe {
namespace {

QString text(const std::string& words) { return QString::fromStdString(words); }

Figure unknown() { return {{}, QString::fromUtf8("–")}; }

template <class Format>
Figure written(double value, Format format) {
  return {value, text(format(value))};
}

Figure count(double value) {
  return {value, text(formatCount(static_cast<std::int64_t>(std::llround(value))))};
}

Figure words(const QString& words) { return {{}, words}; }

/// Values over layers (or layers and heads), in the order of the layers.
struct Series {
  std::vector<double> values;
  std::vector<int> layers;
};

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  const std::size_t half = values.size() / 2;
  return values.size() % 2 == 1 ? values[half] : (values[half - 1] + values[half]) / 2;
}

template <class Format>
Figure partOf(const Series& series, Part part, Format format) {
  if (series.values.empty()) return unknown();
  const auto [least, most] = std::minmax_element(series.values.begin(), series.values.end());
  switch (part) {
    case Part::Min:
      return written(*least, format);
    case Part::Max:
      return written(*most, format);
    case Part::Layer:
      return count(series.layers[static_cast<std::size_t>(most - series.values.begin())]);
    default:
      return written(median(series.values), format);
  }
}

template <class Each>
void forEachLayer(const LessonRecord& record, Tap tap, Each each) {
  if (!record.analysis) return;
  for (const TapStatistics& statistics : record.analysis->taps)
    if (statistics.tap == tap) each(statistics);
}

/// Upper edge of the band that the Layers page draws.
double bandEdge(const SpreadStatistics& statistics) {
  return statistics.effectiveNoiseFloor.value_or(statistics.noiseFloor).p97_5;
}

Figure spreadOf(const Reading& reading, const LessonRecord& record) {
  Series series;
  double edge = 1;
  int inside = 0;
  forEachLayer(record, *reading.tap, [&](const TapStatistics& statistics) {
    if (!statistics.joined.spread) return;
    series.values.push_back(*statistics.joined.spread);
    series.layers.push_back(statistics.layer);
    edge = std::max(edge, bandEdge(statistics.joined));
    inside += *statistics.joined.spread <= bandEdge(statistics.joined);
  });
  if (series.values.empty()) return unknown();
  if (reading.quantity == Quantity::Floor) return written(edge, formatSpread);
  if (reading.quantity == Quantity::Inside) return count(inside);
  return partOf(series, reading.part, formatSpread);
}

Figure rank95Of(const Reading& reading, const LessonRecord& record) {
  Series series;
  forEachLayer(record, *reading.tap, [&](const TapStatistics& statistics) {
    for (const HeadStatistics& head : statistics.heads) {
      if (head.rank95 == 0) continue;
      series.values.push_back(head.rank95);
      series.layers.push_back(statistics.layer);
    }
  });
  if (series.values.empty()) return unknown();
  return partOf(series, reading.part, [](double rank) {
    return formatCount(static_cast<std::int64_t>(std::ceil(rank)));
  });
}

/// energy(r) of product.md section 1, at the rank of the plan, heads alone.
Figure energyOf(Target target, const LessonRecord& record) {
  const TargetSetting* setting = record.draft.find(target);
  if (setting == nullptr) return unknown();
  double sum = 0;
  int heads = 0;
  forEachLayer(record, setting->tap, [&](const TapStatistics& statistics) {
    for (const HeadStatistics& head : statistics.heads) {
      const auto rank = std::min<std::ptrdiff_t>(setting->rank, std::ssize(head.eigenvalues));
      const double whole = std::accumulate(head.eigenvalues.begin(), head.eigenvalues.end(), 0.0);
      if (!(whole > 0)) continue;
      sum +=
          std::accumulate(head.eigenvalues.begin(), head.eigenvalues.begin() + rank, 0.0) / whole;
      ++heads;
    }
  });
  if (heads == 0) return unknown();
  return {100 * sum / heads, text(formatKept(sum / heads))};
}

Figure deltaOf(Part part, const LessonRecord& record) {
  if (!record.plan) return unknown();
  const EvaluationFigures& figures = record.plan->figures;
  const double delta = figures.deltaPplPercent;
  switch (part) {
    case Part::Low:
    case Part::High:
      if (!figures.deltaInterval) return unknown();
      return written(part == Part::Low ? figures.deltaInterval->low : figures.deltaInterval->high,
                     formatDeltaPpl);
    case Part::Interval:
      if (!figures.deltaInterval) return unknown();
      return words(text(formatDeltaPpl(delta)) + " " +
                   text(formatDeltaPplInterval(delta, *figures.deltaInterval)));
    default:
      return written(delta, formatDeltaPpl);
  }
}

Figure accountOf(const Reading& reading, const LessonRecord& record) {
  if (record.draft.settings.empty()) return unknown();
  const Accounting& accounting = record.accounting;
  if (reading.quantity == Quantity::Cache) return written(accounting.cacheRatio, formatRatio);
  if (reading.quantity == Quantity::Bytes)
    return written(accounting.bytesPerToken, formatBytesPerToken);
  for (const TargetAccounting& each : accounting.targets) {
    if (each.target != *reading.target) continue;
    if (reading.quantity == Quantity::Rank) return count(each.rank);
    if (reading.quantity == Quantity::Kept) return {100 * each.kept, text(formatKept(each.kept))};
    return written(each.tensorRatio, formatRatio);
  }
  return unknown();
}

}  // namespace

Figure figureOf(const Reading& reading, const LessonRecord& record) {
  if (!record.model) return unknown();
  switch (reading.quantity) {
    case Quantity::Name:
      return words(text(record.model->name));
    case Quantity::Plan:
      return words(describe(record.draft));
    case Quantity::Layers:
      return count(record.model->numLayers);
    case Quantity::Tokens:
      return record.analysis ? count(static_cast<double>(record.analysis->tokens)) : unknown();
    case Quantity::Scored:
      return record.plan ? count(static_cast<double>(record.plan->figures.tokensScored))
                         : unknown();
    case Quantity::Ppl:
      return record.baseline ? written(record.baseline->figures.baseline.ppl, formatPpl)
                             : unknown();
    case Quantity::Dppl:
      return deltaOf(reading.part, record);
    case Quantity::Cache:
    case Quantity::Bytes:
    case Quantity::Rank:
    case Quantity::Kept:
    case Quantity::Tensor:
      return accountOf(reading, record);
    case Quantity::Energy:
      return energyOf(*reading.target, record);
    case Quantity::Spread:
    case Quantity::Floor:
    case Quantity::Inside:
      return spreadOf(reading, record);
    case Quantity::Rank95:
      return rank95Of(reading, record);
  }
  return unknown();
}

}  // namespace kvloupe
