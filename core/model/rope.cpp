// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/rope.hpp"

#include <ATen/Parallel.h>
#include <ATen/TensorOperators.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/cos.h>
#include <ATen/ops/empty_like.h>
#include <ATen/ops/outer.h>
#include <ATen/ops/pow.h>
#include <ATen/ops/reciprocal.h>
#include <ATen/ops/sin.h>

#include <algorithm>
#include <cmath>
#include <numbers>

#include "model/kernels.hpp"

namespace kvloupe {

namespace {

constexpr std::int64_t kTokensPerThread = 16;

/// Llama 3.1: long waves are stretched by `factor`, short ones kept, those between interpolated.
void scaleLlama3(const RopeConfig& config, float* frequencies, std::int64_t count) {
  const float factor = static_cast<float>(config.factor);
  const float length = static_cast<float>(config.originalMaxPositions);
  const float low = static_cast<float>(config.lowFreqFactor);
  const float range = static_cast<float>(config.highFreqFactor - config.lowFreqFactor);
  const float longest = static_cast<float>(config.originalMaxPositions / config.lowFreqFactor);
  const float shortest = static_cast<float>(config.originalMaxPositions / config.highFreqFactor);
  for (std::int64_t i = 0; i < count; ++i) {
    const float frequency = frequencies[i];
    const float wave = static_cast<float>(2 * std::numbers::pi) / frequency;
    if (wave > longest) {
      frequencies[i] = frequency / factor;
    } else if (wave >= shortest) {
      const float smooth = (length / wave - low) / range;
      frequencies[i] = (1 - smooth) * frequency / factor + smooth * frequency;
    }
  }
}

/// YaRN: dimensions that turn often over the original context keep their frequency, slow ones are
/// stretched, between them a linear ramp.
void scaleYarn(const RopeConfig& config, std::int64_t dim, const float* powers,
               float* frequencies) {
  const auto dimensionOf = [&](double rotations) {
    return static_cast<double>(dim) *
           std::log(config.originalMaxPositions / (rotations * 2 * std::numbers::pi)) /
           (2 * std::log(config.theta));
  };
  double low = dimensionOf(config.betaFast), high = dimensionOf(config.betaSlow);
  if (config.truncate) {
    low = std::floor(low);
    high = std::ceil(high);
  }
  low = std::max(low, 0.0);
  high = std::min(high, static_cast<double>(dim - 1));
  if (low == high) high += 0.001;
  const float factor = static_cast<float>(config.factor);
  for (std::int64_t i = 0; i < dim / 2; ++i) {
    const float ramp = std::clamp(
        (static_cast<float>(i) - static_cast<float>(low)) / static_cast<float>(high - low), 0.0f,
        1.0f);
    const float kept = 1 - ramp;
    frequencies[i] = 1 / (factor * powers[i]) * (1 - kept) + 1 / powers[i] * kept;
  }
}

/// LongRoPE: every pair's wave is stretched by its own factor.
at::Tensor longFrequencies(const std::vector<double>& factors, const at::Tensor& powers) {
  const at::Tensor frequencies = at::empty_like(powers);
  for (std::size_t i = 0; i < factors.size(); ++i)
    frequencies.data_ptr<float>()[i] =
        1.0f / (static_cast<float>(factors[i]) * powers.data_ptr<float>()[i]);
  return frequencies;
}

/// Dynamic NTK: the base grows with the window beyond what was trained.
double dynamicBase(const RopeConfig& config, std::int64_t dim, std::int64_t tokens) {
  const double d = static_cast<double>(dim);
  const double length = static_cast<double>(tokens) / config.originalMaxPositions;
  return config.theta * std::pow(config.factor * length - (config.factor - 1), d / (d - 2));
}

/// base^(2 i / dim) of every pair: [dim / 2].
at::Tensor powersOf(double base, std::int64_t dim) {
  return at::pow(base, at::arange(0, dim, 2, at::kFloat) / static_cast<double>(dim));
}

double longRopeMagnitude(const RopeConfig& config) {
  return config.factor <= 1
             ? 1.0
             : std::sqrt(1 + std::log(config.factor) / std::log(config.originalMaxPositions));
}

}  // namespace

double yarnMagnitude(double factor, double m) {
  return factor <= 1 ? 1.0 : 0.1 * m * std::log(factor) + 1.0;
}

Rope makeRope(const RopeConfig& config, std::int64_t dim, bool interleaved) {
  const at::Tensor powers = powersOf(config.theta, dim);
  Rope rope;
  rope.inverseFrequencies = at::reciprocal(powers);
  rope.interleaved = interleaved;
  float* frequencies = rope.inverseFrequencies.data_ptr<float>();
  switch (config.scaling) {
    case RopeScaling::Linear:
      for (std::int64_t i = 0; i < dim / 2; ++i)
        frequencies[i] /= static_cast<float>(config.factor);
      break;
    case RopeScaling::Llama3:
      scaleLlama3(config, frequencies, dim / 2);
      break;
    case RopeScaling::Yarn:
      scaleYarn(config, dim, powers.data_ptr<float>(), frequencies);
      if (config.attentionFactor)
        rope.amplitude = *config.attentionFactor;
      else if (config.mscale && config.mscaleAllDim)
        rope.amplitude = yarnMagnitude(config.factor, *config.mscale) /
                         yarnMagnitude(config.factor, *config.mscaleAllDim);
      else
        rope.amplitude = yarnMagnitude(config.factor, 1.0);
      break;
    case RopeScaling::LongRope:
      rope.inverseFrequencies = longFrequencies(config.shortFactors, powers);
      rope.longFrequencies = [stretched = longFrequencies(config.longFactors, powers)](
                                 std::int64_t) { return stretched; };
      rope.shortTokens = config.originalMaxPositions;
      rope.amplitude = config.attentionFactor.value_or(longRopeMagnitude(config));
      break;
    case RopeScaling::Dynamic:
      rope.longFrequencies = [config, dim](std::int64_t tokens) {
        return at::reciprocal(powersOf(dynamicBase(config, dim, tokens), dim));
      };
      rope.shortTokens = config.originalMaxPositions;
      break;
    case RopeScaling::None:
      break;
  }
  return rope;
}

RopeAngles Rope::angles(std::int64_t tokens) const {
  const bool isLong = longFrequencies && tokens > shortTokens;
  const at::Tensor turned = at::outer(at::arange(0, tokens, at::kFloat),
                                      isLong ? longFrequencies(tokens) : inverseFrequencies);
  return {.cosine = at::cos(turned) * amplitude,
          .sine = at::sin(turned) * amplitude,
          .interleaved = interleaved};
}

void RopeAngles::rotate(const at::Tensor& x) const {
  float* values = x.data_ptr<float>();
  const float* c = cosine.data_ptr<float>();
  const float* s = sine.data_ptr<float>();
  const std::int64_t tokenStride = x.stride(0), headStride = x.stride(1);
  const std::int64_t heads = x.size(1), dim = 2 * cosine.size(1);
  const auto rotateToken = interleaved ? kernels::rotateInterleaved : kernels::rotateHalves;
  at::parallel_for(0, x.size(0), kTokensPerThread, [=](std::int64_t begin, std::int64_t end) {
    for (std::int64_t token = begin; token < end; ++token)
      rotateToken(values + token * tokenStride, heads, headStride, dim, c + token * (dim / 2),
                  s + token * (dim / 2));
  });
}

}  // namespace kvloupe
