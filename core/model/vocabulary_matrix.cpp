// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/vocabulary_matrix.hpp"

#include <ATen/ops/empty.h>

#include <cstring>

#include "model/kernels.hpp"
#include "model/matrix_product.hpp"
#include "model/weight_reader.hpp"

namespace kvloupe {

std::int64_t VocabularyMatrix::vocabSize() const {
  return source_ ? entry_.shape[0] : weight_.size(0);
}

std::int64_t VocabularyMatrix::hiddenSize() const {
  return source_ ? entry_.shape[1] : weight_.size(1);
}

at::Tensor VocabularyMatrix::rows(std::int64_t first, std::int64_t count) const {
  if (!source_) return weight_.narrow(0, first, count);
  if (!buffer_.defined() || buffer_.size(0) < count)
    buffer_ = at::empty({count, hiddenSize()}, elementType());
  const at::Tensor rows = buffer_.narrow(0, 0, count);
  readRows(*source_, entry_, first, rows);
  if (type_ == ComputeType::WidenedBfloat16) roundToBfloat16(rows, rows);
  return rows;
}

at::Tensor VocabularyMatrix::factor(const at::Tensor& x) const {
  if (type_ == ComputeType::Float32) return x;
  const at::Tensor rounded = at::empty({x.size(0), x.size(1)}, elementType());
  roundToBfloat16(x, rounded);
  return rounded;
}

at::ScalarType VocabularyMatrix::elementType() const {
  return type_ == ComputeType::Bfloat16 ? at::kBFloat16 : at::kFloat;
}

void VocabularyMatrix::copyRow(std::int32_t id, std::span<float> out) const {
  if (source_) {
    source_->readRowsFloat32(entry_, id, 1, out);
    if (type_ != ComputeType::Float32)
      kernels::roundToBfloat16(out.data(), out.data(), hiddenSize());
  } else if (weight_.scalar_type() == at::kBFloat16) {
    const auto* row = static_cast<const std::uint16_t*>(weight_.data_ptr()) + id * hiddenSize();
    widenBfloat16({row, out.size()}, out);
  } else {
    std::memcpy(out.data(), weight_.data_ptr<float>() + id * hiddenSize(), out.size_bytes());
  }
}

}  // namespace kvloupe
