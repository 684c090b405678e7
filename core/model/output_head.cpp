// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/output_head.hpp"

#include <ATen/Parallel.h>
#include <ATen/ops/empty.h>
#include <c10/core/InferenceMode.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "common/error.hpp"
#include "common/progress.hpp"
#include "model/backend.hpp"
#include "model/kernels.hpp"
#include "model/matrix_product.hpp"

namespace kvloupe {

namespace {

constexpr std::int64_t kVocabChunk = 1024;
constexpr std::int64_t kRowsPerThread = 8;

/// What has been seen of one row's logits so far.
struct Row {
  float largest = -std::numeric_limits<float>::infinity();
  double sum = 0;  // of exp(logit - largest)
  float target = std::numeric_limits<float>::quiet_NaN();
  std::int32_t top1 = 0;

  /// Takes the logits of vocabulary [first, first + count). Returns what sums of exp(logit -
  /// largest) so far have to be multiplied by.
  double add(const float* logits, std::int64_t first, std::int64_t count, std::int32_t wanted) {
    if (wanted >= first && wanted < first + count) target = logits[wanted - first];
    const float most = kernels::maximum(logits, count);
    double shrink = 1;
    if (most > largest) {
      shrink = std::exp(static_cast<double>(largest) - static_cast<double>(most));
      sum *= shrink;
      largest = most;
      top1 = static_cast<std::int32_t>(first + (std::find(logits, logits + count, most) - logits));
    }
    sum += static_cast<double>(kernels::sumExp(logits, count, largest));
    return shrink;
  }

  [[nodiscard]] double logSumExp() const { return static_cast<double>(largest) + std::log(sum); }
  [[nodiscard]] float nll() const {
    return static_cast<float>(logSumExp() - static_cast<double>(target));
  }
};

/// The rows of a sequence under another model than the baseline.
struct OtherRows {
  std::vector<Row> rows;
  std::vector<double> difference;  // of exp(p - largest p) (p - q) over the logits seen so far
  at::Tensor hidden;               // as products take it
};

/// KL(p || q) = E_p[logit_p - logit_q] - (lse_p - lse_q).
float divergence(const Row& p, const Row& q, double difference) {
  return static_cast<float>(std::max(0.0, difference / p.sum - (p.logSumExp() - q.logSumExp())));
}

/// Calls take(first, width, weights [width, hidden]) for every chunk of the vocabulary.
template <typename Take>
void byChunks(const VocabularyMatrix& weight, const std::stop_token& stop, Take take) {
  for (std::int64_t first = 0; first < weight.vocabSize(); first += kVocabChunk) {
    throwIfStopped(stop);
    const std::int64_t width = std::min(kVocabChunk, weight.vocabSize() - first);
    take(first, width, weight.rows(first, width));
  }
}

/// Calls take(row, values) for every row of a chunk of logits [n, width].
template <typename Take>
void byRows(const at::Tensor& logits, float softCap, Take take) {
  float* values = logits.data_ptr<float>();
  const std::int64_t width = logits.size(1), stride = logits.stride(0);
  at::parallel_for(0, logits.size(0), kRowsPerThread, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t i = begin; i < end; ++i) {
      float* row = values + i * stride;
      if (softCap > 0) kernels::softCap(row, width, 1.0f, softCap);
      take(static_cast<std::size_t>(i), row);
    }
  });
}

}  // namespace

void OutputHead::check(const at::Tensor& hidden, std::span<const std::int32_t> targets) const {
  const std::int64_t rows = static_cast<std::int64_t>(targets.size());
  if (hidden.dim() != 2 || hidden.size(0) != rows || hidden.size(1) != weight_.hiddenSize())
    throw Error(ErrorCode::Internal,
                {.message = "hidden states do not fit the targets and the output head",
                 .expected = fmt::format("[{}, {}]", rows, weight_.hiddenSize()),
                 .found = fmt::format("[{}]", fmt::join(hidden.sizes(), ", "))});
  for (const std::int32_t id : targets)
    if (id < 0 || id >= weight_.vocabSize())
      throw Error(ErrorCode::InvalidArgument,
                  {.message = "a token to score lies outside the model's vocabulary",
                   .expected = fmt::format("0 to {}", weight_.vocabSize() - 1),
                   .found = fmt::format("{}", id)});
}

void OutputHead::cap(float* logits, std::int64_t count) const {
  if (softCap_ > 0) kernels::softCap(logits, count, 1.0f, softCap_);
}

TokenScores OutputHead::score(const at::Tensor& hidden, std::span<const std::int32_t> targets,
                              const std::stop_token& stop) const {
  check(hidden, targets);
  const std::int64_t n = hidden.size(0);
  std::vector<Row> rows(targets.size());
  backend::translated(fmt::format("the log probabilities of {} tokens", n), [&] {
    const c10::InferenceMode inference;
    const at::Tensor buffer = at::empty({n, kVocabChunk}, at::kFloat);
    const at::Tensor factor = weight_.factor(hidden);
    byChunks(weight_, stop, [&](std::int64_t first, std::int64_t width, const at::Tensor& weights) {
      const at::Tensor logits = buffer.narrow(1, 0, width);  // [n, width]
      multiplyInto(logits, factor, weights);
      float* values = logits.data_ptr<float>();
      at::parallel_for(0, n, kRowsPerThread, [&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t i = begin; i < end; ++i) {
          cap(values + i * kVocabChunk, width);
          rows[static_cast<std::size_t>(i)].add(values + i * kVocabChunk, first, width,
                                                targets[static_cast<std::size_t>(i)]);
        }
      });
    });
  });
  TokenScores scores;
  for (const Row& row : rows) {
    scores.nll.push_back(row.nll());
    scores.top1.push_back(row.top1);
  }
  return scores;
}

TokenComparison OutputHead::compare(const at::Tensor& baselineHidden, const at::Tensor& hidden,
                                    std::span<const std::int32_t> targets,
                                    const std::stop_token& stop) const {
  const Sequence sequence{.baseline = baselineHidden, .others = {hidden}, .targets = targets};
  return std::move(compare(std::span(&sequence, 1), stop).front());
}

std::vector<TokenComparison> OutputHead::compare(std::span<const Sequence> sequences,
                                                 const std::stop_token& stop) const {
  struct Rows {
    std::vector<Row> baseline;
    std::vector<double> shrink;  // of the chunk at hand
    at::Tensor hidden;           // the baseline's, as products take it
    std::vector<OtherRows> others;
  };
  std::vector<Rows> all;
  std::int64_t most = 0, tokens = 0;
  for (const Sequence& sequence : sequences) {
    check(sequence.baseline, sequence.targets);
    const std::size_t n = sequence.targets.size();
    Rows& rows = all.emplace_back();
    rows.baseline.resize(n);
    rows.shrink.resize(n);
    for (const at::Tensor& other : sequence.others) {
      check(other, sequence.targets);
      rows.others.push_back(
          {.rows = std::vector<Row>(n), .difference = std::vector<double>(n), .hidden = {}});
    }
    most = std::max(most, sequence.baseline.size(0));
    tokens += sequence.baseline.size(0);
  }
  backend::translated(fmt::format("comparing the distributions of {} tokens", tokens), [&] {
    const c10::InferenceMode inference;
    const at::Tensor buffer = at::empty({2, most, kVocabChunk}, at::kFloat);
    for (std::size_t s = 0; s < sequences.size(); ++s) {
      all[s].hidden = weight_.factor(sequences[s].baseline);
      for (std::size_t o = 0; o < all[s].others.size(); ++o)
        all[s].others[o].hidden = weight_.factor(sequences[s].others[o]);
    }
    byChunks(weight_, stop, [&](std::int64_t first, std::int64_t width, const at::Tensor& weights) {
      for (std::size_t s = 0; s < sequences.size(); ++s) {
        Rows& rows = all[s];
        const std::span<const std::int32_t> targets = sequences[s].targets;
        const auto logitsOf = [&](int which) {
          return buffer[which].narrow(0, 0, rows.hidden.size(0)).narrow(1, 0, width);
        };
        const at::Tensor p = logitsOf(0), q = logitsOf(1);
        multiplyInto(p, rows.hidden, weights);  // [n, width]
        byRows(p, softCap_, [&](std::size_t i, const float* logits) {
          rows.shrink[i] = rows.baseline[i].add(logits, first, width, targets[i]);
        });
        const float* pValues = p.data_ptr<float>();
        const std::int64_t stride = p.stride(0);
        for (OtherRows& other : rows.others) {
          throwIfStopped(stop);
          multiplyInto(q, other.hidden, weights);  // [n, width]
          byRows(q, softCap_, [&](std::size_t i, const float* logits) {
            (void)other.rows[i].add(logits, first, width, targets[i]);
            other.difference[i] = other.difference[i] * rows.shrink[i] +
                                  static_cast<double>(kernels::sumExpDifference(
                                      pValues + static_cast<std::int64_t>(i) * stride, logits,
                                      width, rows.baseline[i].largest));
          });
        }
      }
    });
  });
  std::vector<TokenComparison> comparisons;
  for (const Rows& rows : all)
    for (const OtherRows& other : rows.others) {
      TokenComparison& comparison = comparisons.emplace_back();
      for (std::size_t i = 0; i < rows.baseline.size(); ++i) {
        const Row &before = rows.baseline[i], &after = other.rows[i];
        comparison.baselineNll.push_back(before.nll());
        comparison.nll.push_back(after.nll());
        comparison.kl.push_back(divergence(before, after, other.difference[i]));
        comparison.sameTop1.push_back(before.top1 == after.top1);
      }
    }
  return comparisons;
}

std::vector<std::vector<LikelyToken>> OutputHead::likeliest(const at::Tensor& hidden,
                                                            std::size_t count,
                                                            const std::stop_token& stop) const {
  const std::int64_t n = hidden.size(0);
  std::vector<Row> rows(static_cast<std::size_t>(n));
  // Logits until all are seen, then probabilities.
  std::vector<std::vector<LikelyToken>> best(rows.size());
  const auto take = [&](std::size_t row, const float* logits, std::int64_t first,
                        std::int64_t width) {
    std::vector<LikelyToken>& kept = best[row];
    for (std::int64_t i = 0; i < width; ++i) {
      if (kept.size() == count && !(logits[i] > kept.back().probability)) continue;
      const auto place = std::find_if(kept.begin(), kept.end(), [&](const LikelyToken& other) {
        return logits[i] > other.probability;
      });
      kept.insert(place, {static_cast<std::int32_t>(first + i), logits[i]});
      if (kept.size() > count) kept.pop_back();
    }
  };
  backend::translated(fmt::format("the likeliest tokens in {} places", n), [&] {
    const c10::InferenceMode inference;
    const at::Tensor buffer = at::empty({n, kVocabChunk}, at::kFloat);
    const at::Tensor factor = weight_.factor(hidden);
    byChunks(weight_, stop, [&](std::int64_t first, std::int64_t width, const at::Tensor& weights) {
      const at::Tensor logits = buffer.narrow(1, 0, width);  // [n, width]
      multiplyInto(logits, factor, weights);
      float* values = logits.data_ptr<float>();
      at::parallel_for(0, n, kRowsPerThread, [&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t i = begin; i < end; ++i) {
          float* row = values + i * kVocabChunk;
          cap(row, width);
          rows[static_cast<std::size_t>(i)].add(row, first, width, -1);
          take(static_cast<std::size_t>(i), row, first, width);
        }
      });
    });
  });
  for (std::size_t row = 0; row < rows.size(); ++row)
    for (LikelyToken& token : best[row])
      token.probability = static_cast<float>(
          std::exp(static_cast<double>(token.probability) - rows[row].logSumExp()));
  return best;
}

at::Tensor OutputHead::logits(const at::Tensor& hidden) const {
  return backend::translated(fmt::format("the logits of {} tokens", hidden.size(0)), [&] {
    const c10::InferenceMode inference;
    const at::Tensor logits = at::empty({hidden.size(0), weight_.vocabSize()}, at::kFloat);
    const at::Tensor factor = weight_.factor(hidden);
    byChunks(weight_, {}, [&](std::int64_t first, std::int64_t width, const at::Tensor& weights) {
      multiplyInto(logits.narrow(1, first, width), factor, weights);
    });
    cap(logits.data_ptr<float>(), logits.numel());
    return logits;
  });
}

}  // namespace kvloupe
