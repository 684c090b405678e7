// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <initializer_list>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>

#include "common/progress.hpp"
#include "io/weight_source.hpp"
#include "model/compute_type.hpp"
#include "model/config/model_config.hpp"
#include "model/config/tensor_names.hpp"
#include "model/linear.hpp"
#include "model/weight_buffers.hpp"

namespace kvloupe {

/// Rows of a tensor from `first` on, widened to float32 or rounded to bfloat16: as many as `rows`
/// [count, ...], of that type and contiguous, has. Several threads read. Throws Error where they
/// cannot be read.
void readRows(const WeightSource& source, const TensorEntry& entry, std::int64_t first,
              const at::Tensor& rows);

/// Reads weights, counting bytes, by the names that expectedTensors() gives: those of projections
/// in the type that products are computed in, all others as float32. Throws Cancelled between
/// blocks of rows; Error where a tensor is absent or has another shape.
class WeightReader {
 public:
  /// Tensors are in memory of their own, or in `buffers`, which outlive the reader.
  WeightReader(const ModelConfig& config, const WeightSource& source, ComputeType type,
               std::stop_token stop, ProgressFn progress, LayerBuffers* buffers = nullptr);

  void stopOn(std::stop_token stop) { stop_ = std::move(stop); }

  /// Those that were given, of a model that is streamed; else null.
  [[nodiscard]] LayerBuffers* buffers() const { return buffers_; }
  /// Reads into those of one expert from here on; into those of the layer again for null.
  void readInto(WeightBuffers* expert) {
    into_ = expert == nullptr && buffers_ != nullptr ? &buffers_->layer : expert;
  }

  [[nodiscard]] at::Tensor vector(const std::string& name, std::int64_t size);
  [[nodiscard]] at::Tensor matrix(const std::string& name, std::int64_t rows, std::int64_t columns);
  /// A matrix that products are computed with, in their type.
  [[nodiscard]] at::Tensor factor(const std::string& name, std::int64_t rows, std::int64_t columns);

  /// A projection that stands in the checkpoint as one module or as several, one above the other.
  struct Part {
    std::string_view module;  // "q_proj"
    std::int64_t out = 0;
  };
  [[nodiscard]] Linear linear(const std::string& prefix, std::initializer_list<Part> parts,
                              std::int64_t in, bool bias);

 private:
  [[nodiscard]] at::Tensor take(at::IntArrayRef shape, at::ScalarType type = at::kFloat);
  /// What is kept as float32 gets values that bfloat16 has, where products ask for it.
  void roundFactor(const at::Tensor& weight) const;
  void read(const std::string& name, std::initializer_list<std::int64_t> shape,
            const at::Tensor& rows);

  const WeightSource& source_;
  TensorNames names_;
  bool transposed_;  // projections stand as [in, out]
  ComputeType type_;
  std::stop_token stop_;
  ProgressFn progress_;
  std::int64_t done_ = 0;  // bytes, as stored
  LayerBuffers* buffers_;
  WeightBuffers* into_ = nullptr;  // null: memory of its own for every tensor
};

}  // namespace kvloupe
