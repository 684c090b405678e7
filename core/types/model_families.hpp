// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <string>
#include <string_view>

namespace kvloupe {

/// `model_type` of every family that runs, as config.json writes it.
inline constexpr auto kModelFamilies = std::to_array<std::string_view>(
    {"gpt2", "llama", "mistral", "qwen2", "qwen3", "deepseek_v2", "deepseek_v3", "gpt_neox", "phi3",
     "gemma2", "gemma3", "mixtral", "qwen2_moe", "minicpm3"});

/// All of them, comma-separated.
[[nodiscard]] inline std::string modelFamilyList() {
  std::string names;
  for (const std::string_view name : kModelFamilies)
    names.append(names.empty() ? "" : ", ").append(name);
  return names;
}

}  // namespace kvloupe
