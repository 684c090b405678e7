// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <ATen/core/Tensor.h>

#include <vector>

#include "compression/quantize/rounding.hpp"
#include "types/plan.hpp"

namespace kvloupe {

/// How values are stored, and the ranges of the calibration text for scales of a tensor.
struct Storage {
  Format format = Format::Bits16;
  Scale scale = Scale::Token;
  int group = kScaleGroup;
  int sink = 0;                           // first tokens that are not stored
  std::vector<rounding::Range> ranges{};  // [groups]; where hasTensorScale
};

[[nodiscard]] Storage storageOf(const Chain& chain);

/// What a format whose scales come from the calibration text divides by, one a group: s, or g of
/// nvfp4; and the zero point, which only uint has. Of other storages both are empty.
struct TensorScales {
  std::vector<float> scale, zero;
};
[[nodiscard]] TensorScales tensorScales(const Storage& storage);

/// Values as they are read back after they were stored, in place. values [tokens, groups, n],
/// float32, any strides whose last is 1; formats with blocks need n to be a multiple of theirs.
///
/// int<b>: s = absmax / (2^(b-1) - 1), q = round half to even(x / s), clamped to +-(2^(b-1) - 1).
/// uint<b>: s = (max - min) / (2^b - 1), q = round((x - min) / s), clamped to 0..2^b - 1.
/// fp8: E4M3 with s = absmax / 448. Each with a scale of a token and group; of a channel over
/// `group` tokens from the window's first on, those of `sink` left out; or of a group as the
/// calibration text has it (values beyond it saturate).
/// nvfp4: blocks of 16 in E2M1 with the E4M3 scale absmax / 6 over g = absmax of the calibration
/// text / (448 * 6). q*_*: llama.cpp's blocks of 32.
void quantize(const Storage& storage, const at::Tensor& values);

}  // namespace kvloupe
