// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <span>
#include <stop_token>
#include <vector>

#include "model/vocabulary_matrix.hpp"
#include "types/passage.hpp"

namespace kvloupe {

/// One entry a row: negative log likelihood of the target in nats, and the likeliest token.
struct TokenScores {
  std::vector<float> nll;
  std::vector<std::int32_t> top1;
};

/// One entry a row, nats: p0 is the baseline's distribution, pc the other one.
struct TokenComparison {
  std::vector<float> baselineNll;
  std::vector<float> nll;
  std::vector<float> kl;               // KL(p0 || pc), never negative
  std::vector<std::uint8_t> sameTop1;  // 1 where both hold the same token for the likeliest
};

/// The output head, from hidden states to log probabilities, in chunks of the vocabulary with an
/// online logsumexp (Milakov & Gimelshein 2018): [tokens, vocab] never stands in memory.
class OutputHead {
 public:
  /// `softCap` c makes logits c tanh(x / c) (Gemma 2); 0: none.
  explicit OutputHead(VocabularyMatrix weight, double softCap = 0)
      : weight_(std::move(weight)), softCap_(static_cast<float>(softCap)) {}

  /// hidden [n, hidden], n targets. Throws Cancelled; Error for a target outside the vocabulary.
  [[nodiscard]] TokenScores score(const at::Tensor& hidden, std::span<const std::int32_t> targets,
                                  const std::stop_token& stop) const;

  /// A sequence under the baseline and under others: hidden states [n, hidden] each, n targets.
  struct Sequence {
    at::Tensor baseline;
    std::vector<at::Tensor> others;
    std::span<const std::int32_t> targets;
  };
  /// For several sequences while each chunk of the vocabulary is at hand; the baseline's logits are
  /// computed once for all others. An entry an other, sequence by sequence. `baselineNll` is bit
  /// for bit what `score` gives for the baseline; equal hidden states give equal nll, kl 0 and
  /// sameTop1 1; what stands beside an other changes nothing. Throws what `score` throws.
  [[nodiscard]] std::vector<TokenComparison> compare(std::span<const Sequence> sequences,
                                                     const std::stop_token& stop) const;
  [[nodiscard]] TokenComparison compare(const at::Tensor& baselineHidden, const at::Tensor& hidden,
                                        std::span<const std::int32_t> targets,
                                        const std::stop_token& stop) const;

  /// The `count` likeliest tokens of every row of hidden [n, hidden], likeliest first; of equals
  /// the lower id. Throws Cancelled.
  [[nodiscard]] std::vector<std::vector<LikelyToken>> likeliest(const at::Tensor& hidden,
                                                                std::size_t count,
                                                                const std::stop_token& stop) const;

  /// [n, vocab] from hidden [n, hidden]; for a few rows or small vocabularies.
  [[nodiscard]] at::Tensor logits(const at::Tensor& hidden) const;

 private:
  void check(const at::Tensor& hidden, std::span<const std::int32_t> targets) const;
  void cap(float* logits, std::int64_t count) const;

  VocabularyMatrix weight_;
  float softCap_;
};

}  // namespace kvloupe
