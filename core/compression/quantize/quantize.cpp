// SPDX-License-Identifier: GPL-3.0-or-later
#include "compression/quantize/quantize.hpp"

#include <ATen/Parallel.h>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "common/error.hpp"
#include "compression/plan/stored_format.hpp"

namespace kvloupe {
namespace {

using rounding::Range;

constexpr float kLargestE4m3 = 448, kLargestE2m1 = 6;
constexpr std::int64_t kValuesPerThread = 1 << 14;

/// int, uint or fp8, whatever shares the scale.
class ScaledFormat {
 public:
  explicit ScaledFormat(Format format)
      : fp8_(format == Format::Fp8), asymmetric_(storedFormat(format).zeroPoint) {
    const int bits = storedFormat(format).codeBits;
    limit_ = fp8_ ? kLargestE4m3 : static_cast<float>((1 << (asymmetric_ ? bits : bits - 1)) - 1);
  }

  [[nodiscard]] float scale(Range range) const {
    if (asymmetric_) return (range.high - range.low) / limit_;
    return std::max(std::fabs(range.low), std::fabs(range.high)) / limit_;
  }

  void token(float* x, std::int64_t n) const {
    if (asymmetric_)
      row(x, n, rounding::rangeOf(x, n));
    else
      row(x, n, {0, rounding::absMax(x, n)});
  }

  void row(float* x, std::int64_t n, Range range) const {
    const float s = scale(range);
    if (s == 0)
      std::fill(x, x + n, asymmetric_ ? range.low : 0.0f);
    else if (fp8_)
      rounding::e4m3(x, n, s);
    else if (asymmetric_)
      rounding::asymmetric(x, n, range.low, s, limit_);
    else
      rounding::symmetric(x, n, s, limit_);
  }

  /// Rows that share the scales of their columns.
  void columns(float* x, std::int64_t stride, std::int64_t rows, std::int64_t n,
               std::vector<float>& work) const {
    work.resize(static_cast<std::size_t>(3 * n));
    float* low = work.data();
    float* high = low + n;
    float* scales = high + n;
    rounding::columnRanges(x, stride, rows, n, low, high);
    for (std::int64_t i = 0; i < n; ++i) {
      scales[i] = scale({low[i], high[i]});
      if (scales[i] == 0) scales[i] = 1;  // all values are alike: x - low, or x itself, is 0
    }
    for (std::int64_t r = 0; r < rows; ++r) {
      if (fp8_)
        rounding::e4m3(x + r * stride, n, scales);
      else if (asymmetric_)
        rounding::asymmetric(x + r * stride, n, low, scales, limit_);
      else
        rounding::symmetric(x + r * stride, n, scales, limit_);
    }
  }

 private:
  bool fp8_, asymmetric_;
  float limit_;
};

float globalScale(Range range) {
  return std::max(std::fabs(range.low), std::fabs(range.high)) / (kLargestE4m3 * kLargestE2m1);
}

void nvfp4(float* x, std::int64_t n, Range range) {
  const float global = globalScale(range);
  for (float* block = x; block < x + n; block += 16) {
    const float wanted = rounding::absMax(block, 16) / kLargestE2m1;
    const float scale = global == 0 ? 0.0f : rounding::e4m3(wanted / global) * global;
    if (scale == 0)
      std::fill(block, block + 16, 0.0f);
    else
      rounding::e2m1(block, 16, scale);
  }
}

using BlockRounding = void (*)(float*);

BlockRounding blockRounding(Format format) {
  switch (format) {
    case Format::Q8_0:
      return rounding::q8_0;
    case Format::Q5_1:
      return rounding::q5_1;
    case Format::Q5_0:
      return rounding::q5_0;
    case Format::Q4_1:
      return rounding::q4_1;
    default:
      return rounding::q4_0;
  }
}

void check(const Storage& storage, const at::Tensor& values) {
  const int block = storedFormat(storage.format).block;
  const bool ranged = !hasTensorScale(storage.format, storage.scale) ||
                      storage.ranges.size() == static_cast<std::size_t>(values.size(1));
  if (values.dim() == 3 && values.stride(2) == 1 && values.size(2) % block == 0 && ranged) return;
  throw Error(
      ErrorCode::Internal,
      {.message = "values do not fit their format",
       .file = {},
       .place =
           fmt::format("quantize to {}", kFormatNames[static_cast<std::size_t>(storage.format)]),
       .expected = fmt::format("rows of a multiple of {}, a range a group", block),
       .found = fmt::format("rows of {}, {} ranges", values.size(-1), storage.ranges.size()),
       .advice = {}});
}

/// Calls `work(row, group)` for every token and group, on all threads.
template <typename Work>
void forRows(const at::Tensor& values, const Work& work) {
  const std::int64_t groups = values.size(1), n = values.size(2);
  const std::int64_t tokenStride = values.stride(0), groupStride = values.stride(1);
  float* data = values.data_ptr<float>();
  const std::int64_t grain =
      std::max<std::int64_t>(1, kValuesPerThread / std::max<std::int64_t>(1, groups * n));
  at::parallel_for(0, values.size(0), grain, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t token = begin; token < end; ++token)
      for (std::int64_t group = 0; group < groups; ++group)
        work(data + token * tokenStride + group * groupStride, group);
  });
}

void quantizeChannels(const Storage& storage, const at::Tensor& values) {
  const ScaledFormat format(storage.format);
  const std::int64_t tokens = values.size(0), groups = values.size(1), n = values.size(2);
  const std::int64_t blocks = (tokens + storage.group - 1) / storage.group;
  float* data = values.data_ptr<float>();
  at::parallel_for(0, groups * blocks, 1, [&](std::int64_t begin, std::int64_t end) {
    std::vector<float> work;
    for (std::int64_t task = begin; task < end; ++task) {
      const std::int64_t group = task / blocks, block = task % blocks;
      const std::int64_t first = std::max<std::int64_t>(block * storage.group, storage.sink);
      const std::int64_t last = std::min(tokens, (block + 1) * storage.group);
      if (first >= last) continue;
      format.columns(data + first * values.stride(0) + group * values.stride(1), values.stride(0),
                     last - first, n, work);
    }
  });
}

}  // namespace

Storage storageOf(const Chain& chain) {
  return {.format = chain.format,
          .scale = chain.scale,
          .group = chain.group,
          .sink = chain.sink,
          .ranges = {}};
}

TensorScales tensorScales(const Storage& storage) {
  TensorScales scales;
  if (!hasTensorScale(storage.format, storage.scale)) return scales;
  for (const Range& range : storage.ranges) {
    scales.scale.push_back(storage.format == Format::Nvfp4
                               ? globalScale(range)
                               : ScaledFormat(storage.format).scale(range));
    if (storedFormat(storage.format).zeroPoint) scales.zero.push_back(range.low);
  }
  return scales;
}

void quantize(const Storage& storage, const at::Tensor& values) {
  if (storage.format == Format::Bits16) return;
  check(storage, values);
  const std::int64_t n = values.size(2);
  const std::vector<Range>& ranges = storage.ranges;
  if (storage.format == Format::Nvfp4) {
    forRows(values, [&](float* row, std::int64_t group) {
      nvfp4(row, n, ranges[static_cast<std::size_t>(group)]);
    });
  } else if (!storedFormat(storage.format).scaled) {
    const BlockRounding block = blockRounding(storage.format);
    forRows(values, [&](float* row, std::int64_t) {
      for (std::int64_t i = 0; i < n; i += 32) block(row + i);
    });
  } else if (storage.scale == Scale::Channel) {
    quantizeChannels(storage, values);
  } else {
    const ScaledFormat format(storage.format);
    forRows(values, [&](float* row, std::int64_t group) {
      if (storage.scale == Scale::Token)
        format.token(row, n);
      else
        format.row(row, n, ranges[static_cast<std::size_t>(group)]);
    });
  }
}

}  // namespace kvloupe
