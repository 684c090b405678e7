// SPDX-License-Identifier: GPL-3.0-or-later
#include <fmt/format.h>

#include <algorithm>

#include "io/run_store/names.hpp"
#include "io/run_store/records.hpp"

namespace kvloupe::hdf5 {
namespace {

constexpr const char* kActivation = "activation";
constexpr const char* kSquared = "activation^2";

// What every layer of a tap has in common.
struct Shape {
  hsize_t layers = 0, heads = 0, dim = 0, groups = 0;

  [[nodiscard]] hsize_t dimensions() const { return heads * dim; }
};

// Layer after layer into one array.
template <typename T, typename Of>
std::vector<T> stacked(const std::vector<const StoredMoments*>& layers, Of of) {
  std::vector<T> all;
  for (const StoredMoments* layer : layers) of(*layer, all);
  return all;
}

template <typename T>
void append(std::vector<T>& all, const std::vector<T>& values) {
  all.insert(all.end(), values.begin(), values.end());
}

void writeTap(const GroupWriter& group, const std::vector<const StoredMoments*>& layers) {
  const StoredMoments& first = *layers.front();
  const Shape shape{layers.size(), hsize_t(first.heads), hsize_t(first.dim), hsize_t(first.groups)};
  group.integer("heads", first.heads);
  group.integer("head_dim", first.dim);
  const auto integers = [&](const char* name, const char* units, const std::vector<hsize_t>& dims,
                            std::vector<std::string> axes, auto of) {
    group.array<std::int64_t>(name, stacked<std::int64_t>(layers, of), dims,
                              {units, std::move(axes)});
  };
  const auto reals = [&](const char* name, const char* units, const std::vector<hsize_t>& dims,
                         std::vector<std::string> axes, auto of) {
    group.array<double>(name, stacked<double>(layers, of), dims, {units, std::move(axes)});
  };
  integers("layer", "1", {shape.layers}, {"layer"},
           [](const StoredMoments& m, auto& all) { all.push_back(m.layer); });
  integers("windows", "1", {shape.layers}, {"layer"},
           [](const StoredMoments& m, auto& all) { all.push_back(m.windows); });
  integers("tokens", "tokens", {shape.layers}, {"layer"},
           [](const StoredMoments& m, auto& all) { all.push_back(m.tokens); });

  const std::vector<hsize_t> grouped{shape.layers, shape.dimensions(), shape.groups};
  const std::vector<std::string> groupAxes{"layer", "dimension", "group"};
  reals("group_count", "1", grouped, groupAxes,
        [](const StoredMoments& m, auto& all) { append(all, m.groupCount); });
  reals("group_mean", kActivation, grouped, groupAxes,
        [](const StoredMoments& m, auto& all) { append(all, m.groupMean); });
  reals("group_m2", kSquared, grouped, groupAxes,
        [](const StoredMoments& m, auto& all) { append(all, m.groupM2); });

  const std::vector<hsize_t> flat{shape.layers, shape.dimensions()};
  reals("min", kActivation, flat, {"layer", "dimension"},
        [](const StoredMoments& m, auto& all) { append(all, m.min); });
  reals("max", kActivation, flat, {"layer", "dimension"},
        [](const StoredMoments& m, auto& all) { append(all, m.max); });
  integers("nonfinite", "1", flat, {"layer", "dimension"},
           [](const StoredMoments& m, auto& all) { append(all, m.nonfinite); });

  integers("covariance_tokens", "tokens", {shape.layers, shape.heads}, {"layer", "head"},
           [](const StoredMoments& m, auto& all) {
             for (const StoredCovariance& head : m.covariances) all.push_back(head.tokens);
           });
  reals("covariance_mean", kActivation, {shape.layers, shape.heads, shape.dim},
        {"layer", "head", "dimension"}, [](const StoredMoments& m, auto& all) {
          for (const StoredCovariance& head : m.covariances) append(all, head.mean);
        });
  reals("covariance", kSquared, {shape.layers, shape.heads, shape.dim, shape.dim},
        {"layer", "head", "dimension", "dimension"}, [](const StoredMoments& m, auto& all) {
          for (const StoredCovariance& head : m.covariances) append(all, head.covariance);
        });
}

template <typename T>
std::vector<T> slice(const std::vector<T>& all, std::size_t index, std::size_t size) {
  const auto begin = all.begin() + std::ptrdiff_t(index * size);
  return {begin, begin + std::ptrdiff_t(size)};
}

void readTap(const GroupReader& group, Tap tap, Analysis& analysis) {
  const int heads = group.intCount("heads"), dim = group.intCount("head_dim");
  const auto layers = group.array<std::int64_t>("layer", {kAny}).values;
  const auto dimensions = std::size_t(heads) * std::size_t(dim);
  const auto count = group.array<double>("group_count", {layers.size(), dimensions, kAny});
  const auto groups = std::size_t(count.dims[2]);
  const std::vector<hsize_t> grouped{layers.size(), dimensions, groups};
  const std::vector<hsize_t> flat{layers.size(), dimensions};
  const auto windows = group.array<std::int64_t>("windows", {layers.size()}).values;
  const auto tokens = group.array<std::int64_t>("tokens", {layers.size()}).values;
  const auto mean = group.array<double>("group_mean", grouped).values;
  const auto m2 = group.array<double>("group_m2", grouped).values;
  const auto min = group.array<double>("min", flat).values;
  const auto max = group.array<double>("max", flat).values;
  const auto nonfinite = group.array<std::int64_t>("nonfinite", flat).values;
  const hsize_t h = hsize_t(heads), d = hsize_t(dim);
  const auto covTokens = group.array<std::int64_t>("covariance_tokens", {layers.size(), h}).values;
  const auto covMean = group.array<double>("covariance_mean", {layers.size(), h, d}).values;
  const auto covariance = group.array<double>("covariance", {layers.size(), h, d, d}).values;
  for (std::size_t l = 0; l < layers.size(); ++l) {
    if (windows[l] < 0 || windows[l] > analysis.windowsPlanned)
      group.refuse("windows", "more windows than the text has",
                   fmt::format("0 to {}", analysis.windowsPlanned), fmt::format("{}", windows[l]));
    StoredMoments moments{.layer = group.toInt("layer", layers[l]),
                          .tap = tap,
                          .heads = heads,
                          .dim = dim,
                          .groups = int(groups),
                          .windows = group.toInt("windows", windows[l]),
                          .tokens = tokens[l],
                          .groupCount = slice(count.values, l, dimensions * groups),
                          .groupMean = slice(mean, l, dimensions * groups),
                          .groupM2 = slice(m2, l, dimensions * groups),
                          .min = slice(min, l, dimensions),
                          .max = slice(max, l, dimensions),
                          .nonfinite = slice(nonfinite, l, dimensions),
                          .covariances = {}};
    for (std::size_t head = 0; head < std::size_t(heads); ++head) {
      const std::size_t at = l * std::size_t(heads) + head;
      moments.covariances.push_back(
          {.tokens = covTokens[at],
           .mean = slice(covMean, at, std::size_t(dim)),
           .covariance = slice(covariance, at, std::size_t(dim) * std::size_t(dim))});
    }
    if (analysis.find(moments.layer, tap) == nullptr)
      group.refuse("layer", "sums of a layer without statistics", "layers of the tap beside it",
                   fmt::format("{}", moments.layer));
    analysis.moments.push_back(std::move(moments));
  }
}

}  // namespace

void writeMoments(const GroupWriter& group, const Analysis& analysis) {
  group.array<std::uint8_t>("window_measured", analysis.windowMeasured,
                            {analysis.windowMeasured.size()}, {"1", {"window"}});
  for (std::size_t t = 0; t < kTapNames.size(); ++t) {
    std::vector<const StoredMoments*> layers;
    for (const StoredMoments& moments : analysis.moments)
      if (moments.tap == static_cast<Tap>(t)) layers.push_back(&moments);
    if (!layers.empty()) writeTap(group.group(std::string(kTapNames[t])), layers);
  }
}

void readMoments(const GroupReader& group, Analysis& analysis) {
  analysis.windowMeasured =
      group.array<std::uint8_t>("window_measured", {hsize_t(analysis.windowsPlanned)}).values;
  for (std::size_t t = 0; t < kTapNames.size(); ++t) {
    const std::string name(kTapNames[t]);
    if (group.has(name)) readTap(group.group(name), static_cast<Tap>(t), analysis);
  }
  std::stable_sort(analysis.moments.begin(), analysis.moments.end(),
                   [](const auto& x, const auto& y) { return x.layer < y.layer; });
}

}  // namespace kvloupe::hdf5
