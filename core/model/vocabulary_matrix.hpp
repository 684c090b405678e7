// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <memory>
#include <span>

#include "io/weight_source.hpp"
#include "model/compute_type.hpp"

namespace kvloupe {

/// A row for every token of the vocabulary: the embedding, or the output head. It is in memory, or
/// stays in its file, from which rows are read as they are needed.
class VocabularyMatrix {
 public:
  VocabularyMatrix() = default;
  /// weight [vocab, hidden], float32 or bfloat16, with values that `type` has.
  VocabularyMatrix(at::Tensor weight, ComputeType type = ComputeType::Float32)
      : weight_(std::move(weight)), type_(type) {}
  VocabularyMatrix(std::shared_ptr<const WeightSource> source, TensorEntry entry, ComputeType type)
      : source_(std::move(source)), entry_(std::move(entry)), type_(type) {}

  [[nodiscard]] std::int64_t vocabSize() const;
  [[nodiscard]] std::int64_t hiddenSize() const;

  /// Rows [first, first + count), [count, hidden], for a product; of a file valid until the next
  /// call. Throws Error where they cannot be read.
  [[nodiscard]] at::Tensor rows(std::int64_t first, std::int64_t count) const;
  /// x [rows, hidden], float32, as a product with `rows` takes it.
  [[nodiscard]] at::Tensor factor(const at::Tensor& x) const;

  /// The row of one token, [hidden], float32.
  void copyRow(std::int32_t id, std::span<float> out) const;

 private:
  [[nodiscard]] at::ScalarType elementType() const;

  at::Tensor weight_;
  std::shared_ptr<const WeightSource> source_;
  TensorEntry entry_;
  ComputeType type_ = ComputeType::Float32;
  mutable at::Tensor buffer_;
};

}  // namespace kvloupe
