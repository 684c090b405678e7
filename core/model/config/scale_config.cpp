// SPDX-License-Identifier: GPL-3.0-or-later
#include <cmath>

#include "model/config/config_parts.hpp"

namespace kvloupe {
namespace {

/// c of c tanh(x / c); 0 where the file says null, and so wants none.
double readSoftCap(const ConfigFields& fields, std::string_view name, double otherwise) {
  if (!fields.has(name)) return otherwise;
  return fields.optionalPositive({name}).value_or(0.0);
}

void refuseFlag(const ConfigFields& fields, std::string_view name, std::string message) {
  if (fields.flag(name, false)) fields.unsupported(name, std::move(message), "true", "false");
}

void readGpt2(const ConfigFields& fields, ModelConfig& config) {
  refuseFlag(fields, "add_cross_attention", "attention to another sequence");
  if (!fields.flag("scale_attn_weights", true)) config.scoreScale = 1.0;
  config.scoresOverLayer = fields.flag("scale_attn_by_inverse_layer_idx", false);
}

void readGemma(const ConfigFields& fields, ModelConfig& config) {
  refuseFlag(fields, "use_bidirectional_attention", "attention to later tokens");
  const bool gemma2 = config.family == Family::Gemma2;
  const double scalar = fields.optionalPositive({"query_pre_attn_scalar"}).value_or(256.0);
  config.scoreScale = 1.0 / std::sqrt(scalar);
  if (gemma2)  // the class of gemma3 reads this field and does not use it
    config.scoreSoftCap = readSoftCap(fields, "attn_logit_softcapping", 50.0);
  config.logitSoftCap = readSoftCap(fields, "final_logit_softcapping", gemma2 ? 30.0 : 0.0);
  config.embeddingScale = std::sqrt(static_cast<double>(config.hiddenSize));
}

void readMinicpm3(const ConfigFields& fields, ModelConfig& config) {
  const double layers = std::sqrt(static_cast<double>(config.numLayers));
  const double hidden = config.hiddenSize;
  const auto given = [&fields](std::string_view name, double ifAbsent, double ifNull) {
    return fields.has(name) ? fields.optionalPositive({name}).value_or(ifNull) : ifAbsent;
  };
  config.embeddingScale = given("scale_emb", 12.0, 12.0);
  config.branchScale = given("scale_depth", 1.4, layers) / layers;
  config.logitScale = given("dim_model_base", 256.0, hidden) / hidden;
}

}  // namespace

void readScales(const ConfigFields& fields, ModelConfig& config) {
  config.scoreScale = 1.0 / std::sqrt(static_cast<double>(config.headDim));
  switch (config.family) {
    case Family::Gpt2:
      readGpt2(fields, config);
      break;
    case Family::GptNeox:
      config.parallelResidual = fields.flag("use_parallel_residual", true);
      break;
    case Family::Gemma2:
    case Family::Gemma3:
      readGemma(fields, config);
      break;
    case Family::Minicpm3:
      readMinicpm3(fields, config);
      break;
    default:
      break;
  }
}

}  // namespace kvloupe
