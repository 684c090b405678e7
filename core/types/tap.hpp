// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace kvloupe {

/// Where values are read inside attention. Shapes are [tokens, heads, dim]; see `tapShape`.
enum class Tap : std::uint8_t {
  KPrebias,   // key projection without its bias (Qwen2)
  K,          // key before RoPE; in MLA k_nope, expanded by kv_b_proj
  KRope,      // key after RoPE: what the cache holds; in MLA the shared rotary key
  V,          // value; in MLA expanded by kv_b_proj
  LatentRaw,  // MLA: kv_a_proj output before its norm
  Latent,     // MLA: after its norm: what the cache holds
  Q,          // query before RoPE; in MLA the nope part
  QRope,      // query after RoPE; in MLA the rotary part
};

inline constexpr std::array<std::string_view, 8> kTapNames = {
    "k_prebias", "k", "k_rope", "v", "latent_raw", "latent", "q", "q_rope"};

/// The name that the command line, the files and the window use.
[[nodiscard]] constexpr std::string_view tapName(Tap tap) {
  return kTapNames[static_cast<std::size_t>(tap)];
}

[[nodiscard]] constexpr std::optional<Tap> tapFromName(std::string_view name) {
  for (std::size_t i = 0; i < kTapNames.size(); ++i)
    if (kTapNames[i] == name) return static_cast<Tap>(i);
  return std::nullopt;
}

}  // namespace kvloupe
