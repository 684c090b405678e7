// SPDX-License-Identifier: GPL-3.0-or-later
#include <bit>

#include "common/vectorised.hpp"
#include "io/weight_source.hpp"

namespace kvloupe {
namespace {

/// IEEE 754 binary16 in the low half to binary32, without a branch and without denormal
/// arithmetic, so that loops over it become vector code and flushing modes change nothing.
inline float halfToFloat(std::uint32_t half) {
  const std::uint32_t sign = (half & 0x8000u) << 16;
  const std::uint32_t magnitude = (half & 0x7fffu) << 13;
  const std::uint32_t rebiased = magnitude + (112u << 23);
  // Subnormal: the fraction placed below the one of 2^-14, which is then taken away again.
  const float subnormal =
      std::bit_cast<float>(magnitude + (113u << 23)) - std::bit_cast<float>(113u << 23);
  std::uint32_t bits = magnitude < 0x00800000u ? std::bit_cast<std::uint32_t>(subnormal) : rebiased;
  bits |= magnitude >= 0x0f800000u ? 0x7f800000u : 0u;  // infinity and NaN
  return std::bit_cast<float>(bits | sign);
}

}  // namespace

KVLOUPE_VECTORISED
void widenBfloat16(std::span<const std::uint16_t> in, std::span<float> out) {
  const std::uint16_t* from = in.data();
  float* to = out.data();
  const std::size_t count = in.size();
  for (std::size_t i = 0; i < count; ++i)
    to[i] = std::bit_cast<float>(static_cast<std::uint32_t>(from[i]) << 16);
}

KVLOUPE_VECTORISED
void widenFloat16(std::span<const std::uint16_t> in, std::span<float> out) {
  const std::uint16_t* from = in.data();
  float* to = out.data();
  const std::size_t count = in.size();
  for (std::size_t i = 0; i < count; ++i) to[i] = halfToFloat(from[i]);
}

}  // namespace kvloupe
