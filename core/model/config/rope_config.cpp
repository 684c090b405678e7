// SPDX-License-Identifier: GPL-3.0-or-later
#include <fmt/format.h>

#include <array>
#include <utility>

#include "common/error.hpp"
#include "model/config/config_parts.hpp"

namespace kvloupe {
namespace {

constexpr std::array<std::pair<std::string_view, RopeScaling>, 7> kScalings{
    {{"default", RopeScaling::None},
     {"linear", RopeScaling::Linear},
     {"dynamic", RopeScaling::Dynamic},
     {"llama3", RopeScaling::Llama3},
     {"yarn", RopeScaling::Yarn},
     {"longrope", RopeScaling::LongRope},
     {"su", RopeScaling::LongRope}}};  // phi3's first name for it

/// The object that the parameters stand in: `rope_scaling` where it has anything in it, else
/// `rope_parameters`; neither: nothing but rope_theta beside them. Gemma3 has one a kind of layer.
std::optional<JsonValue> parameters(const JsonValue& config, Family family) {
  std::optional<JsonValue> block = config.optionalObject("rope_scaling");
  if (!block || block->size() == 0) block = config.optionalObject("rope_parameters");
  if (!block) return std::nullopt;
  for (const std::string_view kind : {"full_attention", "sliding_attention"})
    if (block->find(kind) && family != Family::Gemma3)
      block->at(kind).refuse("positions that differ between kinds of layers", "one object");
  if (family == Family::Gemma3)
    if (const auto global = block->optionalObject("full_attention")) return global;
  return block;
}

RopeScaling scalingOf(const ConfigFields& block, Family family) {
  const auto name = block.optionalText({"rope_type", "type"});
  if (!name) return RopeScaling::None;
  for (const auto& [known, scaling] : kScalings) {
    if (*name != known) continue;
    const bool oldPhi3 = family == Family::Phi3 && scaling == RopeScaling::Yarn;
    return oldPhi3 ? RopeScaling::LongRope : scaling;
  }
  block.unsupported(block.has("rope_type") ? "rope_type" : "type", "unknown rope scaling",
                    fmt::format("\"{}\"", *name),
                    "default, linear, dynamic, llama3, yarn or longrope");
}

void readLlama3(const ConfigFields& block, RopeConfig& rope) {
  rope.lowFreqFactor = block.positive({"low_freq_factor"});
  rope.highFreqFactor = block.positive({"high_freq_factor"});
  if (rope.highFreqFactor <= rope.lowFreqFactor)
    block.refuse("high_freq_factor", "out of range", fmt::format("{}", rope.highFreqFactor),
                 fmt::format("more than low_freq_factor, {}", rope.lowFreqFactor));
}

void readYarn(const ConfigFields& block, RopeConfig& rope) {
  const auto nonzero = [&block](std::string_view name) {
    const auto value = block.optionalDouble({name});
    return value == 0.0 ? std::nullopt : value;
  };
  rope.betaFast = nonzero("beta_fast").value_or(rope.betaFast);
  rope.betaSlow = nonzero("beta_slow").value_or(rope.betaSlow);
  if (rope.betaFast <= 0 || rope.betaSlow <= 0 || rope.betaFast < rope.betaSlow)
    block.refuse("beta_fast", "out of range",
                 fmt::format("beta_fast {}, beta_slow {}", rope.betaFast, rope.betaSlow),
                 "beta_fast >= beta_slow > 0");
  rope.mscale = nonzero("mscale");
  rope.mscaleAllDim = nonzero("mscale_all_dim");
  rope.attentionFactor = block.optionalPositive({"attention_factor"});
  rope.truncate = block.flag("truncate", true);
}

/// One factor a rotated pair.
std::vector<double> readFactors(const ConfigFields& block, std::string_view name, int rotated) {
  const JsonValue array = block.json().requireArray(name);
  if (array.size() != static_cast<std::size_t>(rotated / 2))
    array.refuse("wrong length", fmt::format("one a rotated pair, {}", rotated / 2));
  std::vector<double> factors;
  for (const JsonValue factor : array) {
    factors.push_back(factor.asDouble());
    if (factors.back() <= 0.0) factor.refuse("out of range", "a number above 0");
  }
  return factors;
}

void readLongRope(const ConfigFields& block, int maxPositions, int rotated, RopeConfig& rope) {
  rope.factor = block.optionalPositive({"factor"})
                    .value_or(static_cast<double>(maxPositions) / rope.originalMaxPositions);
  rope.attentionFactor = block.optionalPositive({"attention_factor"});
  rope.shortFactors = readFactors(block, "short_factor", rotated);
  rope.longFactors = readFactors(block, "long_factor", rotated);
}

void readScaling(const ConfigFields& block, const ConfigFields& fields, Family family,
                 int maxPositions, int rotaryDim, RopeConfig& rope) {
  rope.scaling = scalingOf(block, family);
  if (rope.scaling == RopeScaling::None) return;

  const bool hasOriginal = rope.scaling == RopeScaling::Llama3 ||
                           rope.scaling == RopeScaling::Yarn ||
                           rope.scaling == RopeScaling::LongRope;
  if (hasOriginal) {
    const FieldNames name{"original_max_position_embeddings"};
    rope.originalMaxPositions = block.optionalSize(name).value_or(maxPositions);
    if (family == Family::Phi3)
      rope.originalMaxPositions = fields.optionalSize(name).value_or(4096);
  }
  if (rope.scaling == RopeScaling::Dynamic) rope.originalMaxPositions = maxPositions;
  if (rope.scaling == RopeScaling::LongRope)
    readLongRope(block, maxPositions, static_cast<int>(rotaryDim * rope.partialFactor), rope);
  else if (rope.scaling == RopeScaling::Yarn && block.has("factor"))  // null: the ratio of lengths
    rope.factor = block.optionalPositive({"factor"})
                      .value_or(static_cast<double>(maxPositions) / rope.originalMaxPositions);
  else
    rope.factor = block.positive({"factor"});

  if (rope.scaling == RopeScaling::Llama3) readLlama3(block, rope);
  if (rope.scaling == RopeScaling::Yarn) readYarn(block, rope);
}

/// The share of a head that is rotated: of all of it at most, and in pairs.
void checkShare(const ConfigFields& fields, const FamilyFacts& facts, const RopeConfig& rope,
                int rotaryDim) {
  const auto refuse = [&](std::string place, std::string message, std::string found,
                          std::string expected) {
    throw Error(ErrorCode::Malformed, {.message = std::move(message),
                                       .file = fields.file(),
                                       .place = std::move(place),
                                       .expected = std::move(expected),
                                       .found = std::move(found),
                                       .advice = {}});
  };
  if (rope.partialFactor > 1.0)
    refuse(rope.partialPlace, "out of range", fmt::format("{}", rope.partialFactor), "at most 1");
  const int rotated = static_cast<int>(rotaryDim * rope.partialFactor);
  if (rotated == 0 || rotated % 2 != 0)
    refuse(rope.partialFactor < 1.0 ? rope.partialPlace
                                    : fields.place(facts.mla ? "qk_rope_head_dim" : "head_dim"),
           "rotary positions come in pairs", fmt::format("{}", rotated), "an even number");
}

}  // namespace

RopeConfig readRope(const ConfigFields& fields, const FamilyFacts& facts, int maxPositions,
                    int rotaryDim) {
  const bool neox = facts.family == Family::GptNeox;
  const FieldNames thetaNames{"rope_theta", neox ? "rotary_emb_base" : "rope_theta"};
  const FieldNames partialNames{"partial_rotary_factor",
                                neox ? "rotary_pct" : "partial_rotary_factor"};
  RopeConfig rope;
  rope.interleave = fields.flag("rope_interleave", true);
  rope.theta = fields.optionalPositive(thetaNames).value_or(facts.theta);
  rope.partialFactor = fields.optionalPositive(partialNames).value_or(neox ? 0.25 : 1.0);
  rope.partialPlace = fields.place(
      neox && !fields.has("partial_rotary_factor") ? "rotary_pct" : "partial_rotary_factor");
  const std::optional<JsonValue> object = parameters(fields.json(), facts.family);
  const std::optional<ConfigFields> block =
      object ? std::optional<ConfigFields>(std::in_place, *object, fields.file()) : std::nullopt;
  if (block) {
    rope.theta = block->optionalPositive({"rope_theta"}).value_or(rope.theta);
    if (const auto share = block->optionalPositive({"partial_rotary_factor"})) {
      rope.partialFactor = *share;
      rope.partialPlace = block->place("partial_rotary_factor");
    }
  }
  checkShare(fields, facts, rope, rotaryDim);
  if (block) readScaling(*block, fields, facts.family, maxPositions, rotaryDim, rope);
  return rope;
}

std::optional<RopeConfig> readSlidingRope(const ConfigFields& fields, const FamilyFacts& facts,
                                          int maxPositions, int rotaryDim) {
  RopeConfig rope;
  rope.theta = fields.optionalPositive({"rope_local_base_freq"}).value_or(10000.0);
  const auto kinds = fields.json().optionalObject("rope_parameters");
  const auto sliding = kinds ? kinds->optionalObject("sliding_attention") : std::nullopt;
  if (sliding) {
    const ConfigFields block(*sliding, fields.file());
    rope.theta = block.optionalPositive({"rope_theta"}).value_or(rope.theta);
    readScaling(block, fields, facts.family, maxPositions, rotaryDim, rope);
  }
  return rope;
}

}  // namespace kvloupe
