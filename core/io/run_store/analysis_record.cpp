// SPDX-License-Identifier: GPL-3.0-or-later
#include <fmt/format.h>

#include "io/run_store/fields.hpp"
#include "io/run_store/records.hpp"

namespace kvloupe::hdf5 {
namespace {

constexpr const char* kActivation = "activation";  // the model's own unit
constexpr const char* kSquared = "activation^2";
constexpr const char* kNone = "1";

// The statistics that a head and the joined heads share.
constexpr std::tuple kSpreadFields{
    Field{"sigma", kActivation, &SpreadStatistics::sigma, "dimension"},
    Field{"mean_sigma", kActivation, &SpreadStatistics::meanSigma},
    Field{"spread", kNone, &SpreadStatistics::spread},
    Field{"robust_spread", kNone, &SpreadStatistics::robustSpread},
    Field{"spread", kNone, &SpreadStatistics::spreadInterval},
    Field{"not_told_from_noise", kNone, &SpreadStatistics::notToldFromNoise},
    Field{"noise_floor", kNone, &SpreadStatistics::noiseFloor},
    Field{"effective_noise_floor", kNone, &SpreadStatistics::effectiveNoiseFloor}};

constexpr std::tuple kHeadFields{
    Field{"mean", kActivation, &HeadStatistics::mean, "dimension"},
    Field{"min", kActivation, &HeadStatistics::min, "dimension"},
    Field{"max", kActivation, &HeadStatistics::max, "dimension"},
    Field{"nonfinite", kNone, &HeadStatistics::nonfinite, "dimension"},
    Field{"eigenvalues", kSquared, &HeadStatistics::eigenvalues, "component"},
    Field{"rank_90", kNone, &HeadStatistics::rank90},
    Field{"rank_95", kNone, &HeadStatistics::rank95},
    Field{"rank_99", kNone, &HeadStatistics::rank99},
    Field{"participation", kNone, &HeadStatistics::participation}};

constexpr std::tuple kLayerFields{Field{"layer", kNone, &TapStatistics::layer},
                                  Field{"tokens", "tokens", &TapStatistics::tokens},
                                  Field{"layer_nonfinite", kNone, &TapStatistics::nonfinite}};

constexpr std::tuple kSummaryFields{Field{"tap", "text", &TapSummary::tap},
                                    Field{"spread", kNone, &TapSummary::spread},
                                    Field{"robust_spread", kNone, &TapSummary::robustSpread},
                                    Field{"mean_sigma", kActivation, &TapSummary::meanSigma}};

constexpr std::tuple kRatioFields{Field{"key_tap", "text", &KvRatio::keyTap},
                                  Field{"layer", kNone, &KvRatio::layer},
                                  Field{"ratio", kNone, &KvRatio::ratio}};

// [layer, head]; layers with fewer heads than others end in null cells.
template <typename Taps>
auto headCells(Taps& taps) {
  using Head = std::remove_reference_t<decltype(taps.front()->heads.front())>;
  std::size_t numHeads = 0;
  for (const auto* tap : taps) numHeads = std::max(numHeads, tap->heads.size());
  Cells<Head> grid{{taps.size(), numHeads}, {"layer", "head"}, {}};
  for (auto* tap : taps)
    for (std::size_t h = 0; h < numHeads; ++h)
      grid.cells.push_back(h < tap->heads.size() ? &tap->heads[h] : nullptr);
  return grid;
}

template <typename Taps>
auto joinedCells(Taps& taps) {
  using Joined = std::remove_reference_t<decltype((taps.front()->joined))>;
  Cells<Joined> grid{{taps.size()}, {"layer"}, {}};
  for (auto* tap : taps) grid.cells.push_back(&tap->joined);
  return grid;
}

template <typename Taps>
auto tapCells(Taps& taps) {
  using Entry = std::remove_pointer_t<std::remove_reference_t<decltype(taps.front())>>;
  return Cells<Entry>{{taps.size()}, {"layer"}, {taps.begin(), taps.end()}};
}

void writeTap(const GroupWriter& group, const std::vector<const TapStatistics*>& taps) {
  const auto layers = tapCells(taps);
  writeFields(group, "", layers, kLayerFields);
  writeScalars<std::int64_t>(group, "heads", kNone, layers, [](const TapStatistics& t) {
    return static_cast<std::int64_t>(t.heads.size());
  });
  const auto heads = headCells(taps);
  writeFields(group, "", heads, kSpreadFields);
  writeFields(group, "", heads, kHeadFields);
  writeFields(group, "joined_", joinedCells(taps), kSpreadFields);
}

// Makes the entries of one tap, with their layers and heads, and fills them.
std::vector<TapStatistics> readTap(const GroupReader& group, Tap tap, int numLayers) {
  const auto layerNumbers = group.array<std::int64_t>("layer", {kAny});
  const auto headCounts = group.array<std::int64_t>("heads", layerNumbers.dims);
  const auto shape = group.array<double>("spread", {layerNumbers.dims[0], kAny});
  std::vector<TapStatistics> entries(layerNumbers.values.size());
  for (std::size_t i = 0; i < entries.size(); ++i) {
    const std::int64_t layer = layerNumbers.values[i];
    if (layer < 0 || layer >= numLayers || (i > 0 && layer <= layerNumbers.values[i - 1]))
      group.refuse("layer", "layers are not in order, or the model has no such layer",
                   fmt::format("ascending numbers under {}", numLayers), fmt::format("{}", layer));
    const std::int64_t heads = headCounts.values[i];
    if (heads < 0 || static_cast<std::uint64_t>(heads) > shape.dims[1])
      group.refuse("heads", "a layer has more heads than its arrays",
                   fmt::format("at most {}", shape.dims[1]), fmt::format("{}", heads));
    entries[i].tap = tap;
    entries[i].heads.resize(static_cast<std::size_t>(heads));
  }
  std::vector<TapStatistics*> taps;
  for (TapStatistics& entry : entries) taps.push_back(&entry);

  readFields(group, "", tapCells(taps), kLayerFields);
  const auto heads = headCells(taps);
  readFields(group, "", heads, kSpreadFields);
  readFields(group, "", heads, kHeadFields);
  readFields(group, "joined_", joinedCells(taps), kSpreadFields);
  return entries;
}

}  // namespace

void writeAnalysis(const GroupWriter& group, const Analysis& analysis) {
  writeText(group.group("text"), analysis.text);
  group.integer("context", analysis.context);
  group.integer("skip", analysis.skip);
  group.integer("tokens", analysis.tokens);
  group.integer("tokens_planned", analysis.tokensPlanned);
  group.integer("windows", analysis.windows);
  group.integer("windows_planned", analysis.windowsPlanned);
  for (std::size_t t = 0; t < kTapNames.size(); ++t) {
    std::vector<const TapStatistics*> taps;
    for (const TapStatistics& entry : analysis.taps)
      if (entry.tap == static_cast<Tap>(t)) taps.push_back(&entry);
    std::sort(taps.begin(), taps.end(),
              [](const auto* x, const auto* y) { return x->layer < y->layer; });
    if (!taps.empty()) writeTap(group.group(std::string(kTapNames[t])), taps);
  }
  const GroupWriter summary = group.group("summary");
  writeEntries(summary, "tap", analysis.summaries, kSummaryFields);
  writeEntries(summary.group("kv_ratio"), "entry", analysis.kvRatios, kRatioFields);
  if (!analysis.moments.empty()) writeMoments(group.group("moments"), analysis);
}

Analysis readAnalysis(const GroupReader& group, int numLayers) {
  Analysis analysis;
  analysis.text = readText(group.group("text"));
  analysis.context = group.intCount("context");
  analysis.skip = group.intCount("skip");
  analysis.tokens = group.count("tokens");
  analysis.tokensPlanned = group.count("tokens_planned");
  analysis.windows = group.intCount("windows");
  analysis.windowsPlanned = group.intCount("windows_planned");
  for (std::size_t t = 0; t < kTapNames.size(); ++t) {
    const std::string name(kTapNames[t]);
    if (!group.has(name)) continue;
    auto entries = readTap(group.group(name), static_cast<Tap>(t), numLayers);
    std::move(entries.begin(), entries.end(), std::back_inserter(analysis.taps));
  }
  std::stable_sort(analysis.taps.begin(), analysis.taps.end(),
                   [](const auto& x, const auto& y) { return x.layer < y.layer; });
  const GroupReader summary = group.group("summary");
  analysis.summaries = readEntries<TapSummary>(summary, kSummaryFields);
  analysis.kvRatios = readEntries<KvRatio>(summary.group("kv_ratio"), kRatioFields);
  if (group.has("moments")) readMoments(group.group("moments"), analysis);
  return analysis;
}

}  // namespace kvloupe::hdf5
