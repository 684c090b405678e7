// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/weight_reader.hpp"

#include <ATen/Parallel.h>
#include <ATen/ops/empty.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <vector>

#include "common/error.hpp"
#include "model/config/family_traits.hpp"
#include "model/kernels.hpp"
#include "model/matrix_product.hpp"

namespace kvloupe {

namespace {

constexpr std::int64_t kFloatsPerRead = std::int64_t{1} << 22;
constexpr std::int64_t kFloatsPerThread = std::int64_t{1} << 18;

}  // namespace

void readRows(const WeightSource& source, const TensorEntry& entry, std::int64_t first,
              const at::Tensor& rows) {
  const std::int64_t count = rows.size(0);
  const std::int64_t rowFloats = count == 0 ? 0 : rows.numel() / count;
  const bool narrow = rows.scalar_type() == at::kBFloat16;
  void* out = rows.data_ptr();
  const std::int64_t grain = kFloatsPerThread / std::max<std::int64_t>(1, rowFloats) + 1;
  at::parallel_for(0, count, grain, [&](std::int64_t begin, std::int64_t end) {
    const std::int64_t at = begin * rowFloats;
    const std::size_t size = static_cast<std::size_t>((end - begin) * rowFloats);
    if (!narrow) {
      source.readRowsFloat32(entry, first + begin, end - begin,
                             {static_cast<float*>(out) + at, size});
      return;
    }
    const std::span<std::uint16_t> part(static_cast<std::uint16_t*>(out) + at, size);
    if (entry.dtype == Dtype::BF16) {
      source.readBytes(entry, (first + begin) * rowFloats * 2, std::as_writable_bytes(part));
      return;
    }
    std::vector<float> wide(size);
    source.readRowsFloat32(entry, first + begin, end - begin, wide);
    kernels::toBfloat16(wide.data(), part.data(), static_cast<std::int64_t>(size));
  });
}

WeightReader::WeightReader(const ModelConfig& config, const WeightSource& source, ComputeType type,
                           std::stop_token stop, ProgressFn progress, LayerBuffers* buffers)
    : source_(source),
      names_(config, source),
      transposed_(familyTraits(config.family).transposedWeights),
      type_(type),
      stop_(std::move(stop)),
      progress_(std::move(progress)),
      buffers_(buffers) {
  readInto(nullptr);
}

at::Tensor WeightReader::take(at::IntArrayRef shape, at::ScalarType type) {
  return into_ != nullptr ? into_->take(shape, type) : at::empty(shape, type);
}

void WeightReader::roundFactor(const at::Tensor& weight) const {
  if (type_ == ComputeType::WidenedBfloat16) roundToBfloat16(weight, weight);
}

at::Tensor WeightReader::factor(const std::string& name, std::int64_t rows, std::int64_t columns) {
  at::Tensor tensor =
      take({rows, columns}, type_ == ComputeType::Bfloat16 ? at::kBFloat16 : at::kFloat);
  read(name, {rows, columns}, tensor);
  roundFactor(tensor);
  return tensor;
}

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
    readRows(source_, entry, row, rows.narrow(0, row, some));
    done_ += some * rowFloats * dtypeBytes(entry.dtype);
    if (progress_)
      progress_({.stage = "Loading weights",
                 .done = done_,
                 .total = source_.totalBytes(),
                 .unit = "bytes"});
  }
}

at::Tensor WeightReader::vector(const std::string& name, std::int64_t size) {
  at::Tensor tensor = take({size});
  read(name, {size}, tensor);
  return tensor;
}

at::Tensor WeightReader::matrix(const std::string& name, std::int64_t rows, std::int64_t columns) {
  at::Tensor tensor = take({rows, columns});
  read(name, {rows, columns}, tensor);
  return tensor;
}

Linear WeightReader::linear(const std::string& prefix, std::initializer_list<Part> parts,
                            std::int64_t in, bool bias) {
  std::int64_t out = 0;
  for (const Part& part : parts) out += part.out;
  Linear linear;
  linear.weight = take({out, in}, type_ == ComputeType::Bfloat16 ? at::kBFloat16 : at::kFloat);
  linear.roundsInput = type_ != ComputeType::Float32;
  if (bias) linear.bias = take({out});
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
  roundFactor(linear.weight);
  return linear;
}

}  // namespace kvloupe
