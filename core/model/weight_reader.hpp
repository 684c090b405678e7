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
#include "model/config/model_config.hpp"
#include "model/config/tensor_names.hpp"
#include "model/linear.hpp"

namespace kvloupe {

/// Reads weights into float32 tensors, counting bytes, by the names that expectedTensors() gives.
/// Throws Cancelled between blocks of rows; Error where a tensor is absent or has another shape.
class WeightReader {
 public:
  WeightReader(const ModelConfig& config, const WeightSource& source, std::stop_token stop,
               const ProgressFn& progress);

  [[nodiscard]] at::Tensor vector(const std::string& name, std::int64_t size);
  [[nodiscard]] at::Tensor matrix(const std::string& name, std::int64_t rows, std::int64_t columns);

  /// A projection that stands in the checkpoint as one module or as several, one above the other.
  struct Part {
    std::string_view module;  // "q_proj"
    std::int64_t out = 0;
  };
  [[nodiscard]] Linear linear(const std::string& prefix, std::initializer_list<Part> parts,
                              std::int64_t in, bool bias);

 private:
  void read(const std::string& name, std::initializer_list<std::int64_t> shape,
            const at::Tensor& rows);

  const WeightSource& source_;
  TensorNames names_;
  bool transposed_;  // projections stand as [in, out]
  std::stop_token stop_;
  const ProgressFn& progress_;
  std::int64_t done_ = 0;  // bytes, as stored
};

}  // namespace kvloupe
