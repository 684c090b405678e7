// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/weight_reader.hpp"

#include <ATen/ops/empty.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "common/error.hpp"
#include "model/config/family_traits.hpp"

namespace kvloupe {

namespace {

constexpr std::int64_t kFloatsPerRead = std::int64_t{1} << 22;

}  // namespace

WeightReader::WeightReader(const ModelConfig& config, const WeightSource& source,
                           std::stop_token stop, const ProgressFn& progress)
    : source_(source),
      names_(config, source),
      transposed_(familyTraits(config.family).transposedWeights),
      stop_(std::move(stop)),
      progress_(progress) {}

void WeightReader::read(const std::string& name, std::initializer_list<std::int64_t> shape,
                        const at::Tensor& rows) {
  throwIfStopped(stop_);
  const TensorEntry& entry = source_.at(names_.stored(name));
  if (!std::ranges::equal(entry.shape, shape))
    throw Error(ErrorCode::Mismatch,
                {.message = "a weight has another shape than config.json asks for",
                 .file = source_.pathOf(entry),
                 .place = entry.name,
                 .expected = fmt::format("[{}]", fmt::join(shape, ", ")),
                 .found = fmt::format("[{}]", fmt::join(entry.shape, ", "))});
  const std::int64_t count = rows.size(0);
  const std::int64_t rowFloats = count == 0 ? 0 : rows.numel() / count;
  const std::int64_t step =
      std::max<std::int64_t>(1, kFloatsPerRead / std::max<std::int64_t>(1, rowFloats));
  for (std::int64_t row = 0; row < count; row += step) {
    throwIfStopped(stop_);
    const std::int64_t some = std::min(step, count - row);
    source_.readRowsFloat32(
        entry, row, some,
        {rows.data_ptr<float>() + row * rowFloats, static_cast<std::size_t>(some * rowFloats)});
    done_ += some * rowFloats * dtypeBytes(entry.dtype);
    if (progress_)
      progress_({.stage = "Loading weights",
                 .done = done_,
                 .total = source_.totalBytes(),
                 .unit = "bytes"});
  }
}

at::Tensor WeightReader::vector(const std::string& name, std::int64_t size) {
  at::Tensor tensor = at::empty({size}, at::kFloat);
  read(name, {size}, tensor);
  return tensor;
}

at::Tensor WeightReader::matrix(const std::string& name, std::int64_t rows, std::int64_t columns) {
  at::Tensor tensor = at::empty({rows, columns}, at::kFloat);
  read(name, {rows, columns}, tensor);
  return tensor;
}

Linear WeightReader::linear(const std::string& prefix, std::initializer_list<Part> parts,
                            std::int64_t in, bool bias) {
  std::int64_t out = 0;
  for (const Part& part : parts) out += part.out;
  Linear linear;
  linear.weight = at::empty({out, in}, at::kFloat);
  if (bias) linear.bias = at::empty({out}, at::kFloat);
  std::int64_t row = 0;
  for (const Part& part : parts) {
    const std::string module = prefix + std::string(part.module);
    const at::Tensor rows = linear.weight.narrow(0, row, part.out);  // [out, in]
    if (transposed_)
      rows.copy_(matrix(module + ".weight", in, part.out).t());
    else
      read(module + ".weight", {part.out, in}, rows);
    if (bias) read(module + ".bias", {part.out}, linear.bias.narrow(0, row, part.out));
    row += part.out;
  }
  return linear;
}

}  // namespace kvloupe
