// SPDX-License-Identifier: GPL-3.0-or-later
#include "compression/plan/spec.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <set>
#include <utility>

#include "common/error.hpp"
#include "compression/plan/choices.hpp"
#include "compression/plan/stored_format.hpp"

namespace kvloupe {
namespace {

constexpr std::string_view kAllKeys =
    "rank, keep, basis, scope, tap, centre, rotate, format, bits, scale, group, residual, sink or "
    "seed";

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

/// Reads the parts of one SPEC.
class SpecParser {
 public:
  explicit SpecParser(std::string_view text) : text_(text) {}

  CompressionSpec parse();

 private:
  [[noreturn]] void refuse(std::string message, std::string_view found, std::string expected) const;
  void parseTargets(std::string_view name);
  void parseLayers(std::string_view text);
  void parseKey(std::string_view key, std::string_view value);
  void parseHowMuch(std::string_view key, std::string_view value);
  void parseStorage(std::string_view key, std::string_view value);
  void checkTogether(std::string_view keys) const;

  template <typename Enum, std::size_t N>
  Enum named(std::string_view what, std::string_view value,
             const std::array<std::string_view, N>& names, std::size_t from = 0) const {
    for (std::size_t i = from; i < N; ++i)
      if (names[i] == value) return static_cast<Enum>(i);
    refuse(fmt::format("unknown {}", what), value,
           fmt::format("{}", fmt::join(names.begin() + from, names.end(), ", ")));
  }
  int whole(std::string_view key, std::string_view value, int least) const {
    const auto n = number<int>(value);
    if (!n || *n < least)
      refuse(fmt::format("this is no number for {}", key), value,
             fmt::format("a whole number from {}", least));
    return *n;
  }
  bool given(std::string_view key) const { return seen_.contains(key); }

  std::string_view text_;
  CompressionSpec result_;
  std::set<std::string_view> seen_;
};

void SpecParser::refuse(std::string message, std::string_view found, std::string expected) const {
  throw Error(ErrorCode::InvalidArgument, {.message = std::move(message),
                                           .file = {},
                                           .place = fmt::format("compression \"{}\"", text_),
                                           .expected = std::move(expected),
                                           .found = fmt::format("\"{}\"", found),
                                           .advice = {}});
}

void SpecParser::parseTargets(std::string_view name) {
  if (name == "kv")
    result_.targets = {Target::K, Target::V};
  else if (const auto target = targetFromName(name))
    result_.targets = {*target};
  if (result_.targets.empty()) refuse("unknown target", name, "k, v, kv, latent or rope_key");
}

void SpecParser::parseLayers(std::string_view text) {
  for (const std::string_view part : split(text, ',')) {
    const std::size_t dash = part.find('-');
    const auto first = number<int>(part.substr(0, dash));
    const auto last = dash == std::string_view::npos ? first : number<int>(part.substr(dash + 1));
    if (!first || !last || *first < 0 || *last < *first)
      refuse("not a list of layers", part, "layers from 0, as in 4-23,26");
    result_.layers.emplace_back(*first, *last);
  }
}

void SpecParser::parseHowMuch(std::string_view key, std::string_view value) {
  if (key == "rank") {
    result_.rank = number<int>(value);
    if (!result_.rank || *result_.rank < 1)
      refuse("this is no rank", value, "a whole number from 1");
  } else {
    result_.keepPercent = number<double>(value);
    if (!result_.keepPercent || !(*result_.keepPercent > 0 && *result_.keepPercent <= 100))
      refuse("this is no percentage", value, "a number over 0, at most 100");
  }
}

void SpecParser::parseStorage(std::string_view key, std::string_view value) {
  if (key == "format") {
    result_.format = named<Format>("format", value, kFormatNames, 1);
    return;
  }
  const auto bits = number<int>(value);
  if (bits == 16)
    result_.format = Format::Bits16;
  else if (bits && *bits >= 2 && *bits <= 8)
    result_.format = static_cast<Format>(static_cast<int>(Format::Int2) + *bits - 2);
  else
    refuse("no such number of bits", value, "2 to 8, or 16");
}

void SpecParser::parseKey(std::string_view key, std::string_view value) {
  if (key == "rank" || key == "keep") {
    parseHowMuch(key, value);
  } else if (key == "tap") {
    result_.tap = tapFromName(value);
    if (!result_.tap) refuse("unknown tap", value, "k, k_rope, k_prebias, v or latent");
  } else if (key == "basis") {
    result_.basis = named<Basis>("basis", value, kBasisNames);
  } else if (key == "scope") {
    result_.scope = named<Scope>("scope", value, kScopeNames);
  } else if (key == "centre") {
    if (value != "0" && value != "1") refuse("centre is a switch", value, "0 or 1");
    result_.centre = value == "1";
  } else if (key == "rotate") {
    result_.rotation = named<Rotation>("rotation", value, kRotationNames, 1);
  } else if (key == "format" || key == "bits") {
    parseStorage(key, value);
  } else if (key == "scale") {
    result_.scale = named<Scale>("scale", value, kScaleNames);
  } else if (key == "group") {
    result_.group = whole(key, value, 1);
  } else if (key == "residual") {
    result_.residual = whole(key, value, 0);
  } else if (key == "sink") {
    result_.sink = whole(key, value, 0);
  } else if (key == "seed") {
    const auto seed = number<std::uint64_t>(value);
    if (!seed) refuse("seed is no seed", value, "a whole number from 0");
    result_.seed = *seed;
  } else {
    refuse("unknown key", key, std::string(kAllKeys));
  }
}

void SpecParser::checkTogether(std::string_view keys) const {
  if (given("format") && given("bits"))
    refuse("the format must be said once", keys, "either format= or bits=");
  // Defaults too, said although there is nothing that they would be of.
  const bool formatAlone = result_.format && !result_.rank && !result_.keepPercent;
  if (formatAlone && given("basis")) refuse("a basis without a rank", keys, "rank= or keep= too");
  if (formatAlone && given("scope")) refuse("a scope without a rank", keys, "rank= or keep= too");
  if (const auto contradiction = contradictionIn(result_))
    refuse(contradiction->message, contradiction->found, contradiction->expected);
}

CompressionSpec SpecParser::parse() {
  const std::size_t colon = text_.find(':');
  if (colon == std::string_view::npos)
    refuse("not a compression", text_, "TARGET:key=value[,key=value...][@LAYERS]");
  parseTargets(text_.substr(0, colon));
  std::string_view keys = text_.substr(colon + 1);
  if (const std::size_t at = keys.find('@'); at != std::string_view::npos) {
    parseLayers(keys.substr(at + 1));
    keys = keys.substr(0, at);
  }
  for (const std::string_view pair : split(keys, ',')) {
    const std::size_t equals = pair.find('=');
    if (equals == std::string_view::npos) refuse("not a setting", pair, "key=value");
    const std::string_view key = pair.substr(0, equals);
    if (!seen_.insert(key).second) refuse("key given twice", key, "each key once");
    parseKey(key, pair.substr(equals + 1));
  }
  checkTogether(keys);
  return std::move(result_);
}

template <typename Enum, std::size_t N>
std::string_view nameOf(Enum value, const std::array<std::string_view, N>& names) {
  return names[static_cast<std::size_t>(value)];
}

std::string formatSetting(Format format) {
  if (format == Format::Bits16) return "bits=16";
  if (format >= Format::Int2 && format <= Format::Int8)
    return fmt::format("bits={}", storedFormat(format).codeBits);
  return fmt::format("format={}", nameOf(format, kFormatNames));
}

std::vector<std::string> settings(const CompressionSpec& spec) {
  std::vector<std::string> parts;
  if (spec.rank) parts.push_back(fmt::format("rank={}", *spec.rank));
  if (spec.keepPercent) parts.push_back(fmt::format("keep={}", *spec.keepPercent));
  if (spec.tap) parts.push_back(fmt::format("tap={}", tapName(*spec.tap)));
  if (spec.basis != Basis::Pca)
    parts.push_back(fmt::format("basis={}", nameOf(spec.basis, kBasisNames)));
  if (spec.scope == Scope::Layer) parts.emplace_back("scope=layer");
  if (spec.centre) parts.emplace_back(*spec.centre ? "centre=1" : "centre=0");
  if (spec.rotation != Rotation::None)
    parts.push_back(fmt::format("rotate={}", nameOf(spec.rotation, kRotationNames)));
  if (spec.format) parts.push_back(formatSetting(*spec.format));
  if (spec.scale) parts.push_back(fmt::format("scale={}", nameOf(*spec.scale, kScaleNames)));
  if (spec.group) parts.push_back(fmt::format("group={}", *spec.group));
  if (spec.residual > 0) parts.push_back(fmt::format("residual={}", spec.residual));
  if (spec.sink > 0) parts.push_back(fmt::format("sink={}", spec.sink));
  if (spec.seed > 0) parts.push_back(fmt::format("seed={}", spec.seed));
  return parts;
}

}  // namespace

CompressionSpec parseSpec(std::string_view text) { return SpecParser(text).parse(); }

std::vector<CompressionSpec> parseSpecs(std::string_view text) {
  std::vector<CompressionSpec> specs;
  for (std::size_t begin = 0; (begin = text.find_first_not_of(' ', begin)) != text.npos;) {
    const std::size_t end = std::min(text.find(' ', begin), text.size());
    specs.push_back(parseSpec(text.substr(begin, end - begin)));
    begin = end;
  }
  return specs;
}

std::string specText(const CompressionSpec& spec) {
  std::string text;
  if (spec.targets.size() == 2)
    text = "kv:";
  else if (spec.targets.size() == 1)
    text = fmt::format("{}:", targetName(spec.targets.front()));
  text += fmt::format("{}", fmt::join(settings(spec), ","));
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
