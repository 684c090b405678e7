// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <span>
#include <stop_token>
#include <vector>

namespace kvloupe {

/// From q k^T to the scores that softmax sees.
struct ScoreRule {
  double scale = 1;
  double softCap = 0;       // c of c tanh(scaled score / c) (Gemma 2); 0: none
  std::int64_t window = 0;  // newest keys that a query sees, its own among them; 0: all
};

/// Keys and values as a query reads those of tokens fewer than `newest` back, its own among them.
struct RecentCache {
  std::int64_t newest = 0;
  at::Tensor k, v;  // of the whole sequence, as causalAttention's
};

/// What one layer's attention reads of one sequence, as it reads it: compressed where a plan
/// compresses it.
struct AttentionInputs {
  at::Tensor q;  // [tokens, heads, dim]
  at::Tensor k;  // [tokens, kvHeads, dim]
  std::vector<RecentCache> recent;
  ScoreRule rule;

  [[nodiscard]] std::int64_t heads() const { return q.size(1); }
  /// A copy of its own: the model computes the next layer in the same memory.
  [[nodiscard]] AttentionInputs clone() const;
  /// The weights softmax(scale * q k^T) of one query head, [tokens, tokens], float32: a row a
  /// query, 0 where it does not look. Throws Cancelled.
  [[nodiscard]] at::Tensor weights(std::int64_t head, const std::stop_token& stop) const;
};

/// out = softmax(scale * q k^T) v under the causal mask (Vaswani et al. 2017), for one sequence.
/// q [tokens, heads, dim], k [tokens, kvHeads, dim], v [tokens, kvHeads, vDim],
/// out [tokens, heads, vDim]; views of any strides whose last is 1. `heads` is a multiple of
/// `kvHeads`; query head h reads KV head h / (heads / kvHeads). What a query
/// reads of the newest tokens may differ from what it reads of older ones: `recent`, ascending in
/// `newest`, the first that reaches a token holds it. Throws Cancelled.
void causalAttention(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v,
                     std::span<const RecentCache> recent, const ScoreRule& rule,
                     const at::Tensor& out, const std::stop_token& stop);

}  // namespace kvloupe
