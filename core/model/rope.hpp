// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <functional>

#include "model/config/model_config.hpp"

namespace kvloupe {

/// Cosines and sines of the rotary angles of positions 0 .. tokens - 1, of the dimensions that
/// turn.
struct RopeAngles {
  at::Tensor cosine, sine;  // [tokens, dim / 2]
  bool interleaved = false;

  /// Rotates the first dimensions of x [tokens, heads, headDim] in place, as many as turn; a view
  /// of any strides whose last is 1.
  void rotate(const at::Tensor& x) const;
};

/// Rotary positions (Su et al. 2021) with the scalings of their successors. Frequencies and angles
/// are float32 throughout, as transformers has them: at position 2000 a frequency that differs in
/// its last bit turns the angle by 1e-4.
struct Rope {
  at::Tensor inverseFrequencies;  // [dim / 2]
  /// The same for more than shortTokens tokens; none where every length has the first.
  std::function<at::Tensor(std::int64_t tokens)> longFrequencies;
  std::int64_t shortTokens = 0;
  double amplitude = 1.0;  // of cosines and sines: attention factor of YaRN and LongRoPE
  bool interleaved = false;

  [[nodiscard]] RopeAngles angles(std::int64_t tokens) const;
};

/// Linear (/u/kaiokendev), dynamic NTK (/u/emozilla), llama3 (Llama 3.1), YaRN (Peng et al. 2023,
/// arXiv 2309.00071) and LongRoPE (Ding et al. 2024, arXiv 2402.13753) scaling, or none, over heads
/// of which `dim` dimensions rotate; 0: none does.
[[nodiscard]] Rope makeRope(const RopeConfig& config, std::int64_t dim, bool interleaved);

/// 0.1 m ln(factor) + 1, or 1 where nothing is stretched (YaRN, section 3.4).
[[nodiscard]] double yarnMagnitude(double factor, double m);

}  // namespace kvloupe
