// SPDX-License-Identifier: GPL-3.0-or-later
#include <fmt/format.h>

#include "io/run_store/cells.hpp"
#include "io/run_store/records.hpp"

namespace kvloupe::hdf5 {
namespace {

const std::string kActivation = "activation";  // the model's own unit
const std::string kSquared = "activation^2";
const std::string kTokens = "tokens";
const std::string kNone = "1";

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

// The statistics that a head and the joined heads share.
template <typename S>
void writeSpread(const GroupWriter& group, const std::string& prefix, const Cells<S>& grid) {
  const auto put = [&](const std::string& name, const std::string& units, auto get) {
    writeScalars<double>(group, prefix + name, units, grid, get);
  };
  writeVectors(group, prefix + "sigma", {kActivation, {"dimension"}}, grid, &S::sigma);
  put("mean_sigma", kActivation, [](const S& s) { return s.meanSigma; });
  put("spread", kNone, [](const S& s) { return s.spread.value_or(absent()); });
  put("robust_spread", kNone, [](const S& s) { return s.robustSpread.value_or(absent()); });
  put("spread_low", kNone,
      [](const S& s) { return s.spreadInterval ? s.spreadInterval->low : absent(); });
  put("spread_high", kNone,
      [](const S& s) { return s.spreadInterval ? s.spreadInterval->high : absent(); });
  writeScalars<std::uint8_t>(group, prefix + "not_told_from_noise", kNone, grid,
                             [](const S& s) { return s.notToldFromNoise; });
  put("noise_floor_tokens", kTokens, [](const S& s) { return s.noiseFloor.tokens; });
  put("noise_floor_median", kNone, [](const S& s) { return s.noiseFloor.median; });
  put("noise_floor_p97_5", kNone, [](const S& s) { return s.noiseFloor.p97_5; });
  const auto putEffective = [&](const std::string& name, const std::string& units,
                                double NoiseFloor::*member) {
    put("effective_noise_floor_" + name, units, [member](const S& s) {
      return s.effectiveNoiseFloor ? (*s.effectiveNoiseFloor).*member : absent();
    });
  };
  putEffective("tokens", kTokens, &NoiseFloor::tokens);
  putEffective("median", kNone, &NoiseFloor::median);
  putEffective("p97_5", kNone, &NoiseFloor::p97_5);
}

template <typename S>
void readSpread(const GroupReader& group, const std::string& prefix, const Cells<S>& grid) {
  const auto take = [&](const std::string& name, auto set) {
    readScalars<double>(group, prefix + name, grid, set);
  };
  readVectors(group, prefix + "sigma", grid, &S::sigma);
  take("mean_sigma", [](S& s, double x) { s.meanSigma = x; });
  take("spread", [](S& s, double x) { s.spread = optionalOf(x); });
  take("robust_spread", [](S& s, double x) { s.robustSpread = optionalOf(x); });
  take("spread_low", [](S& s, double x) {
    if (!isAbsent(x)) s.spreadInterval = Interval{x, 0};
  });
  take("spread_high", [](S& s, double x) {
    if (s.spreadInterval) s.spreadInterval->high = x;
  });
  readScalars<std::uint8_t>(group, prefix + "not_told_from_noise", grid,
                            [](S& s, std::uint8_t x) { s.notToldFromNoise = x != 0; });
  take("noise_floor_tokens", [](S& s, double x) { s.noiseFloor.tokens = x; });
  take("noise_floor_median", [](S& s, double x) { s.noiseFloor.median = x; });
  take("noise_floor_p97_5", [](S& s, double x) { s.noiseFloor.p97_5 = x; });
  take("effective_noise_floor_tokens", [](S& s, double x) {
    if (!isAbsent(x)) s.effectiveNoiseFloor = NoiseFloor{x, 0, 0};
  });
  take("effective_noise_floor_median", [](S& s, double x) {
    if (s.effectiveNoiseFloor) s.effectiveNoiseFloor->median = x;
  });
  take("effective_noise_floor_p97_5", [](S& s, double x) {
    if (s.effectiveNoiseFloor) s.effectiveNoiseFloor->p97_5 = x;
  });
}

void writeTap(const GroupWriter& group, const std::vector<const TapStatistics*>& taps) {
  const auto layers = tapCells(taps);
  using Entry = const TapStatistics;
  writeScalars<std::int64_t>(group, "layer", kNone, layers, [](Entry& t) { return t.layer; });
  writeScalars<std::int64_t>(group, "tokens", kTokens, layers, [](Entry& t) { return t.tokens; });
  writeScalars<std::int64_t>(group, "layer_nonfinite", kNone, layers,
                             [](Entry& t) { return t.nonfinite; });
  writeScalars<std::int64_t>(group, "heads", kNone, layers,
                             [](Entry& t) { return static_cast<std::int64_t>(t.heads.size()); });

  const auto heads = headCells(taps);
  using Head = const HeadStatistics;
  writeSpread(group, "", heads);
  writeVectors(group, "mean", {kActivation, {"dimension"}}, heads, &Head::mean);
  writeVectors(group, "min", {kActivation, {"dimension"}}, heads, &Head::min);
  writeVectors(group, "max", {kActivation, {"dimension"}}, heads, &Head::max);
  writeVectors(group, "nonfinite", {kNone, {"dimension"}}, heads, &Head::nonfinite);
  writeVectors(group, "eigenvalues", {kSquared, {"component"}}, heads, &Head::eigenvalues);
  writeScalars<std::int64_t>(group, "rank_90", kNone, heads, [](Head& h) { return h.rank90; });
  writeScalars<std::int64_t>(group, "rank_95", kNone, heads, [](Head& h) { return h.rank95; });
  writeScalars<std::int64_t>(group, "rank_99", kNone, heads, [](Head& h) { return h.rank99; });
  writeScalars<double>(group, "participation", kNone, heads,
                       [](Head& h) { return h.participation; });

  writeSpread(group, "joined_", joinedCells(taps));
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
    entries[i].layer = static_cast<int>(layer);
    entries[i].tap = tap;
    entries[i].heads.resize(static_cast<std::size_t>(heads));
  }
  std::vector<TapStatistics*> taps;
  for (TapStatistics& entry : entries) taps.push_back(&entry);

  const auto layers = tapCells(taps);
  readScalars<std::int64_t>(group, "tokens", layers,
                            [](TapStatistics& t, std::int64_t x) { t.tokens = x; });
  readScalars<std::int64_t>(group, "layer_nonfinite", layers,
                            [](TapStatistics& t, std::int64_t x) { t.nonfinite = x; });

  const auto heads = headCells(taps);
  using Head = HeadStatistics;
  readSpread(group, "", heads);
  readVectors(group, "mean", heads, &Head::mean);
  readVectors(group, "min", heads, &Head::min);
  readVectors(group, "max", heads, &Head::max);
  readVectors(group, "nonfinite", heads, &Head::nonfinite);
  readVectors(group, "eigenvalues", heads, &Head::eigenvalues);
  const auto rank = [&](const std::string& name, int Head::*member) {
    readScalars<std::int64_t>(group, name, heads,
                              [&](Head& h, std::int64_t x) { h.*member = group.toInt(name, x); });
  };
  rank("rank_90", &Head::rank90);
  rank("rank_95", &Head::rank95);
  rank("rank_99", &Head::rank99);
  readScalars<double>(group, "participation", heads,
                      [](Head& h, double x) { h.participation = x; });

  readSpread(group, "joined_", joinedCells(taps));
  return entries;
}

// mean, median and max over layers, one entry a tap that has the figure.
using Figure = std::optional<OverLayers> TapSummary::*;

void writeOverLayers(const GroupWriter& group, const std::string& name, const std::string& units,
                     const std::vector<TapSummary>& summaries, Figure figure) {
  Cells<const TapSummary> grid{{summaries.size()}, {"tap"}, {}};
  for (const TapSummary& summary : summaries) grid.cells.push_back(&summary);
  const auto put = [&](const std::string& suffix, double OverLayers::*member) {
    writeScalars<double>(group, name + suffix, units, grid, [&](const TapSummary& s) {
      return s.*figure ? (*(s.*figure)).*member : absent();
    });
  };
  put("_mean", &OverLayers::mean);
  put("_median", &OverLayers::median);
  put("_max", &OverLayers::max);
}

void readOverLayers(const GroupReader& group, const std::string& name,
                    std::vector<TapSummary>& summaries, Figure figure) {
  Cells<TapSummary> grid{{summaries.size()}, {"tap"}, {}};
  for (TapSummary& summary : summaries) grid.cells.push_back(&summary);
  readScalars<double>(group, name + "_mean", grid, [&](TapSummary& s, double x) {
    if (!isAbsent(x)) s.*figure = OverLayers{.mean = x};
  });
  readScalars<double>(group, name + "_median", grid, [&](TapSummary& s, double x) {
    if (s.*figure) (*(s.*figure)).median = x;
  });
  readScalars<double>(group, name + "_max", grid, [&](TapSummary& s, double x) {
    if (s.*figure) (*(s.*figure)).max = x;
  });
}

Tap readTapName(const GroupReader& group, const std::string& dataset, const std::string& name) {
  const std::optional<Tap> tap = tapFromName(name);
  if (!tap) group.refuse(dataset, "unknown tap", "k_prebias, k, k_rope, v, ...", name);
  return *tap;
}

void writeSummaries(const GroupWriter& group, const Analysis& analysis) {
  std::vector<std::string> names;
  for (const TapSummary& summary : analysis.summaries) names.emplace_back(tapName(summary.tap));
  group.texts("tap", names, "tap");
  writeOverLayers(group, "spread", kNone, analysis.summaries, &TapSummary::spread);
  writeOverLayers(group, "robust_spread", kNone, analysis.summaries, &TapSummary::robustSpread);
  writeOverLayers(group, "mean_sigma", kActivation, analysis.summaries, &TapSummary::meanSigma);

  const GroupWriter ratios = group.group("kv_ratio");
  Cells<const KvRatio> grid{{analysis.kvRatios.size()}, {"entry"}, {}};
  names.clear();
  for (const KvRatio& ratio : analysis.kvRatios) {
    grid.cells.push_back(&ratio);
    names.emplace_back(tapName(ratio.keyTap));
  }
  ratios.texts("key_tap", names, "entry");
  writeScalars<std::int64_t>(ratios, "layer", kNone, grid,
                             [](const KvRatio& r) { return r.layer; });
  writeScalars<double>(ratios, "ratio", kNone, grid, [](const KvRatio& r) { return r.ratio; });
}

void readSummaries(const GroupReader& group, Analysis& analysis) {
  for (const std::string& name : group.texts("tap"))
    analysis.summaries.push_back({.tap = readTapName(group, "tap", name),
                                  .spread = {},
                                  .robustSpread = {},
                                  .meanSigma = {}});
  readOverLayers(group, "spread", analysis.summaries, &TapSummary::spread);
  readOverLayers(group, "robust_spread", analysis.summaries, &TapSummary::robustSpread);
  readOverLayers(group, "mean_sigma", analysis.summaries, &TapSummary::meanSigma);

  const GroupReader ratios = group.group("kv_ratio");
  for (const std::string& name : ratios.texts("key_tap"))
    analysis.kvRatios.push_back({.keyTap = readTapName(ratios, "key_tap", name)});
  Cells<KvRatio> grid{{analysis.kvRatios.size()}, {"entry"}, {}};
  for (KvRatio& ratio : analysis.kvRatios) grid.cells.push_back(&ratio);
  readScalars<std::int64_t>(ratios, "layer", grid, [&](KvRatio& r, std::int64_t x) {
    r.layer = ratios.toInt("layer", x);
  });
  readScalars<double>(ratios, "ratio", grid, [](KvRatio& r, double x) { r.ratio = x; });
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
  writeSummaries(group.group("summary"), analysis);
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
  readSummaries(group.group("summary"), analysis);
  return analysis;
}

}  // namespace kvloupe::hdf5
