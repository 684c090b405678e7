// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/config/family_facts.hpp"

#include <algorithm>
#include <array>

#include "types/model_families.hpp"

namespace kvloupe {
namespace {

constexpr int kMistralPositions = 4096 * 32;

/// In the order of Family.
constexpr auto kFamilies = std::to_array<FamilyFacts>({
    {.family = Family::Gpt2,
     .modelType = "gpt2",
     .maxPositions = 1024,
     .normEps = 1e-5,
     .activation = "gelu_new",
     .tieWordEmbeddings = true},
    {.family = Family::Llama, .modelType = "llama"},
    {.family = Family::Mistral,
     .modelType = "mistral",
     .numKvHeads = 8,
     .maxPositions = kMistralPositions},
    {.family = Family::Qwen2, .modelType = "qwen2", .numKvHeads = 32, .maxPositions = 32768},
    {.family = Family::Qwen3,
     .modelType = "qwen3",
     .numKvHeads = 32,
     .headDim = 128,
     .maxPositions = 32768},
    {.family = Family::DeepseekV2, .modelType = "deepseek_v2", .mla = true},
    {.family = Family::DeepseekV3,
     .modelType = "deepseek_v3",
     .mla = true,
     .numKvHeads = 128,
     .maxPositions = 4096},
    {.family = Family::GptNeox, .modelType = "gpt_neox", .normEps = 1e-5, .activation = "gelu"},
    {.family = Family::Phi3, .modelType = "phi3", .maxPositions = 4096, .normEps = 1e-5},
    {.family = Family::Gemma2,
     .modelType = "gemma2",
     .numKvHeads = 4,
     .headDim = 256,
     .maxPositions = 8192,
     .activation = "gelu_pytorch_tanh",
     .tieWordEmbeddings = true},
    {.family = Family::Gemma3,
     .modelType = "gemma3",
     .numKvHeads = 4,
     .headDim = 256,
     .maxPositions = 131072,
     .activation = "gelu_pytorch_tanh",
     .tieWordEmbeddings = true,
     .theta = 1e6},
    {.family = Family::Mixtral,
     .modelType = "mixtral",
     .numKvHeads = 8,
     .maxPositions = kMistralPositions,
     .normEps = 1e-5,
     .theta = 1e6},
    {.family = Family::Qwen2Moe, .modelType = "qwen2_moe", .numKvHeads = 16, .maxPositions = 32768},
    {.family = Family::Minicpm3,
     .modelType = "minicpm3",
     .mla = true,
     .numKvHeads = 40,
     .maxPositions = 32768,
     .normEps = 1e-5,
     .tieWordEmbeddings = true},
});

/// Users are told of the families in core/types/model_families.hpp.
constexpr bool areThoseTold() {
  for (std::size_t i = 0; i < kFamilies.size(); ++i)
    if (kFamilies[i].family != static_cast<Family>(i) ||
        kFamilies[i].modelType != kModelFamilies[i])
      return false;
  return kFamilies.size() == kModelFamilies.size();
}
static_assert(areThoseTold());

}  // namespace

std::span<const FamilyFacts> allFamilies() { return kFamilies; }

const FamilyFacts* findFamily(std::string_view modelType) {
  if (modelType == "gemma3_text") modelType = "gemma3";  // its language model alone
  const auto at = std::find_if(kFamilies.begin(), kFamilies.end(), [&](const FamilyFacts& facts) {
    return facts.modelType == modelType;
  });
  return at == kFamilies.end() ? nullptr : &*at;
}

}  // namespace kvloupe
