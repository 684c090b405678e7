// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "types/plan.hpp"
#include "types/plan_choices.hpp"

namespace kvloupe {

/// How a format stores values.
struct StoredFormat {
  int codeBits = 16;       // of a value
  int block = 1;           // values along a head that share a header; 1: there is none
  int headerBits = 0;      // of a block
  bool scaled = false;     // by a scale of a token, channel or tensor
  bool zeroPoint = false;  // beside that scale
};

/// Sizes of llama.cpp's blocks as in ggml-common.h (an f16 scale, in *_1 an f16 minimum), of NVFP4
/// an E4M3 scale for 16 values.
[[nodiscard]] constexpr StoredFormat storedFormat(Format format) {
  const int index = static_cast<int>(format);
  switch (format) {
    case Format::Bits16:
      return {};
    case Format::Fp8:
      return {.codeBits = 8, .scaled = isScaled(format)};
    case Format::Nvfp4:
      return {.codeBits = 4, .block = 16, .headerBits = 8};
    case Format::Q8_0:
      return {.codeBits = 8, .block = 32, .headerBits = 16};
    case Format::Q5_1:
      return {.codeBits = 5, .block = 32, .headerBits = 32};
    case Format::Q5_0:
      return {.codeBits = 5, .block = 32, .headerBits = 16};
    case Format::Q4_1:
      return {.codeBits = 4, .block = 32, .headerBits = 32};
    case Format::Q4_0:
      return {.codeBits = 4, .block = 32, .headerBits = 16};
    default:
      break;
  }
  const bool asymmetric = format >= Format::Uint2;
  const int first = static_cast<int>(asymmetric ? Format::Uint2 : Format::Int2);
  return {.codeBits = 2 + index - first, .scaled = isScaled(format), .zeroPoint = asymmetric};
}

/// Whether a scale of each head of a layer comes from the calibration text.
[[nodiscard]] constexpr bool hasTensorScale(Format format, Scale scale) {
  return format == Format::Nvfp4 || (storedFormat(format).scaled && scale == Scale::Tensor);
}

/// Values in a block of a Hadamard rotation: the largest power of two that divides `dimension`.
[[nodiscard]] constexpr int hadamardBlock(int dimension) { return dimension & -dimension; }

}  // namespace kvloupe
