// SPDX-License-Identifier: GPL-3.0-or-later
#include "compression/plan/spec.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <set>
#include <utility>

#include "common/error.hpp"

namespace kvloupe {
namespace {

/// Keys that product.md names and that this version does not run yet.
constexpr std::array<std::string_view, 9> kKnownKeys = {
    "centre", "rotate", "format", "bits", "scale", "group", "residual", "sink", "seed"};

[[noreturn]] void refuse(std::string_view spec, std::string message, std::string_view found,
                         std::string expected) {
  throw Error(ErrorCode::InvalidArgument, {.message = std::move(message),
                                           .file = {},
                                           .place = fmt::format("compression \"{}\"", spec),
                                           .expected = std::move(expected),
                                           .found = fmt::format("\"{}\"", found),
                                           .advice = {}});
}

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  for (;;) {
    const std::size_t at = text.find(separator);
    parts.push_back(text.substr(0, at));
    if (at == std::string_view::npos) return parts;
    text.remove_prefix(at + 1);
  }
}

template <typename Number>
std::optional<Number> number(std::string_view text) {
  Number value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::vector<Target> parseTargets(std::string_view spec, std::string_view name) {
  if (name == "kv") return {Target::K, Target::V};
  for (std::size_t i = 0; i < kTargetNames.size(); ++i)
    if (kTargetNames[i] == name) return {static_cast<Target>(i)};
  refuse(spec, "unknown target", name, "k, v, kv, latent or rope_key");
}

std::vector<std::pair<int, int>> parseLayers(std::string_view spec, std::string_view text) {
  std::vector<std::pair<int, int>> ranges;
  for (const std::string_view part : split(text, ',')) {
    const std::size_t dash = part.find('-');
    const auto first = number<int>(part.substr(0, dash));
    const auto last = dash == std::string_view::npos ? first : number<int>(part.substr(dash + 1));
    if (!first || !last || *first < 0 || *last < *first)
      refuse(spec, "not a list of layers", part, "layers from 0, as in 4-23,26");
    ranges.emplace_back(*first, *last);
  }
  return ranges;
}

void parseKey(std::string_view spec, std::string_view key, std::string_view value,
              CompressionSpec& result) {
  if (key == "rank") {
    result.rank = number<int>(value);
    if (!result.rank || *result.rank < 1)
      refuse(spec, "rank is no rank", value, "a whole number from 1");
  } else if (key == "keep") {
    result.keepPercent = number<double>(value);
    if (!result.keepPercent || !(*result.keepPercent > 0 && *result.keepPercent <= 100))
      refuse(spec, "keep is no percentage", value, "a number over 0, at most 100");
  } else if (key == "tap") {
    result.tap = tapFromName(value);
    if (!result.tap) refuse(spec, "unknown tap", value, "k, k_rope, v or latent");
  } else if (key == "basis") {
    if (value != "pca") refuse(spec, "basis is not one that this version has", value, "pca");
  } else if (key == "scope") {
    if (value != "head" && value != "layer") refuse(spec, "unknown scope", value, "head or layer");
    result.scope = value == "head" ? Scope::Head : Scope::Layer;
  } else if (std::find(kKnownKeys.begin(), kKnownKeys.end(), key) != kKnownKeys.end()) {
    refuse(spec, "this version compresses by low rank only", key, "rank, keep, tap, basis, scope");
  } else {
    refuse(spec, "unknown key", key, "rank, keep, tap, basis or scope");
  }
}

}  // namespace

CompressionSpec parseSpec(std::string_view text) {
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos)
    refuse(text, "not a compression", text, "TARGET:key=value[,key=value...][@LAYERS]");
  CompressionSpec result;
  result.targets = parseTargets(text, text.substr(0, colon));
  std::string_view keys = text.substr(colon + 1);
  if (const std::size_t at = keys.find('@'); at != std::string_view::npos) {
    result.layers = parseLayers(text, keys.substr(at + 1));
    keys = keys.substr(0, at);
  }
  std::set<std::string_view> seen;
  for (const std::string_view pair : split(keys, ',')) {
    const std::size_t equals = pair.find('=');
    if (equals == std::string_view::npos) refuse(text, "not a setting", pair, "key=value");
    const std::string_view key = pair.substr(0, equals);
    if (!seen.insert(key).second) refuse(text, "key given twice", key, "each key once");
    parseKey(text, key, pair.substr(equals + 1), result);
  }
  if (result.rank.has_value() == result.keepPercent.has_value())
    refuse(text, "how much is kept must be said once", keys, "either rank= or keep=");
  return result;
}

std::string specText(const CompressionSpec& spec) {
  std::string text;
  if (spec.targets.size() == 2)
    text = "kv:";
  else if (spec.targets.size() == 1)
    text = fmt::format("{}:", targetName(spec.targets.front()));
  text += spec.rank ? fmt::format("rank={}", *spec.rank)
                    : fmt::format("keep={}", spec.keepPercent.value_or(100));
  if (spec.tap) text += fmt::format(",tap={}", tapName(*spec.tap));
  if (spec.scope == Scope::Layer) text += ",scope=layer";
  for (std::size_t i = 0; i < spec.layers.size(); ++i) {
    const auto [first, last] = spec.layers[i];
    text += i == 0 ? '@' : ',';
    text += first == last ? fmt::format("{}", first) : fmt::format("{}-{}", first, last);
  }
  return text;
}

std::string specText(std::span<const CompressionSpec> specs) {
  std::string text;
  for (const CompressionSpec& spec : specs) {
    if (!text.empty()) text += ' ';
    text += specText(spec);
  }
  return text.empty() ? "untouched" : text;
}

}  // namespace kvloupe
