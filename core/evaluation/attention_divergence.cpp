// SPDX-License-Identifier: GPL-3.0-or-later
#include "evaluation/attention_divergence.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "evaluation/clustered_mean.hpp"

namespace kvloupe {
namespace {

std::vector<float> valuesOf(const at::Tensor& matrix) {
  const float* values = matrix.data_ptr<float>();
  return {values, values + matrix.numel()};
}

}  // namespace

std::vector<double> rowDivergence(const at::Tensor& baseline, const at::Tensor& compressed) {
  constexpr float kLeast = std::numeric_limits<float>::min();
  const std::int64_t tokens = baseline.size(0);
  const float* p = baseline.data_ptr<float>();
  const float* q = compressed.data_ptr<float>();
  std::vector<double> rows;
  for (std::int64_t row = 0; row < tokens; ++row, p += tokens, q += tokens) {
    double sum = 0;
    for (std::int64_t key = 0; key <= row; ++key)
      if (p[key] > 0)
        sum += double(p[key]) * std::log(double(p[key]) / double(std::max(q[key], kLeast)));
    rows.push_back(std::max(0.0, sum));
  }
  return rows;
}

LayerAttention compareAttention(const AttentionInputs& baseline, const AttentionInputs& compressed,
                                HeadAttention* keep, const std::stop_token& stop) {
  const std::int64_t heads = baseline.heads(), tokens = baseline.q.size(0);
  LayerAttention result;
  std::vector<WindowSum> rows(std::size_t(tokens), WindowSum{.tokens = heads, .sum = 0});
  rows.front().tokens = 0;  // it sees nothing but itself
  for (std::int64_t head = 0; head < heads; ++head) {
    const at::Tensor before = baseline.weights(head, stop);   // [tokens, tokens]
    const at::Tensor after = compressed.weights(head, stop);  // [tokens, tokens]
    std::vector<double> divergence = rowDivergence(before, after);
    double sum = 0;
    for (std::size_t row = 1; row < rows.size(); ++row) {
      rows[row].sum += divergence[row];
      sum += divergence[row];
    }
    result.heads.push_back(sum / double(std::max<std::int64_t>(1, tokens - 1)));
    if (keep == nullptr || keep->head != head) continue;
    keep->kvHead = int(head / (heads / baseline.k.size(1)));
    keep->baseline = valuesOf(before);
    keep->compressed = valuesOf(after);
    keep->rowKl = std::move(divergence);
  }
  const ClusteredMean mean = clusteredMean(rows);
  result.mean = mean.mean;
  if (mean.halfWidth)
    result.interval = Interval{mean.mean - *mean.halfWidth, mean.mean + *mean.halfWidth};
  return result;
}

}  // namespace kvloupe
