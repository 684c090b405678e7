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
  double sum = 0;         // of exp(logit - largest)
  double difference = 0;  // of exp(logit - largest) * (logit - other logit)
  float target = std::numeric_limits<float>::quiet_NaN();
  std::int32_t top1 = 0;

  /// Takes the logits of vocabulary [first, first + count).
  void add(const float* logits, std::int64_t first, std::int64_t count, std::int32_t wanted) {
    if (wanted >= first && wanted < first + count) target = logits[wanted - first];
    const float most = kernels::maximum(logits, count);
    if (most > largest) {
      const double shrink = std::exp(static_cast<double>(largest) - static_cast<double>(most));
      sum *= shrink;
      difference *= shrink;
      largest = most;
      top1 = static_cast<std::int32_t>(first + (std::find(logits, logits + count, most) - logits));
    }
    sum += static_cast<double>(kernels::sumExp(logits, count, largest));
  }

  [[nodiscard]] double logSumExp() const { return static_cast<double>(largest) + std::log(sum); }
  [[nodiscard]] float nll() const {
    return static_cast<float>(logSumExp() - static_cast<double>(target));
  }
};

/// KL(p || q) = E_p[logit_p - logit_q] - (lse_p - lse_q).
float divergence(const Row& p, const Row& q) {
  return static_cast<float>(std::max(0.0, p.difference / p.sum - (p.logSumExp() - q.logSumExp())));
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

/// Takes one chunk of both models' logits, p and q [n, width], from vocabulary `first` on.
void takeChunk(const at::Tensor& p, const at::Tensor& q, std::int64_t first,
               std::span<const std::int32_t> targets, float softCap, std::span<Row> baseline,
               std::span<Row> compressed) {
  float* pValues = p.data_ptr<float>();
  float* qValues = q.data_ptr<float>();
  const std::int64_t width = p.size(1), pStride = p.stride(0), qStride = q.stride(0);
  at::parallel_for(0, p.size(0), kRowsPerThread, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t i = begin; i < end; ++i) {
      const std::size_t at = static_cast<std::size_t>(i);
      float* pRow = pValues + i * pStride;
      float* qRow = qValues + i * qStride;
      if (softCap > 0) kernels::softCap(pRow, width, 1.0f, softCap);
      if (softCap > 0) kernels::softCap(qRow, width, 1.0f, softCap);
      baseline[at].add(pRow, first, width, targets[at]);
      compressed[at].add(qRow, first, width, targets[at]);
      baseline[at].difference +=
          static_cast<double>(kernels::sumExpDifference(pRow, qRow, width, baseline[at].largest));
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
  const Pair pair{.baseline = baselineHidden, .hidden = hidden, .targets = targets};
  return std::move(compare(std::span(&pair, 1), stop).front());
}

std::vector<TokenComparison> OutputHead::compare(std::span<const Pair> pairs,
                                                 const std::stop_token& stop) const {
  struct Rows {
    std::vector<Row> baseline, compressed;
    at::Tensor before, after;  // hidden states as products take them
  };
  std::vector<Rows> all;
  std::int64_t most = 0, tokens = 0;
  for (const Pair& pair : pairs) {
    check(pair.baseline, pair.targets);
    check(pair.hidden, pair.targets);
    const std::size_t n = pair.targets.size();
    all.push_back({.baseline = std::vector<Row>(n),
                   .compressed = std::vector<Row>(n),
                   .before = {},
                   .after = {}});
    most = std::max(most, pair.hidden.size(0));
    tokens += pair.hidden.size(0);
  }
  backend::translated(fmt::format("comparing the distributions of {} tokens", tokens), [&] {
    const c10::InferenceMode inference;
    const at::Tensor buffer = at::empty({2, most, kVocabChunk}, at::kFloat);
    for (std::size_t pair = 0; pair < pairs.size(); ++pair) {
      all[pair].before = weight_.factor(pairs[pair].baseline);
      all[pair].after = weight_.factor(pairs[pair].hidden);
    }
    byChunks(weight_, stop, [&](std::int64_t first, std::int64_t width, const at::Tensor& weights) {
      for (std::size_t pair = 0; pair < pairs.size(); ++pair) {
        Rows& rows = all[pair];
        const std::int64_t n = rows.after.size(0);
        const at::Tensor p = buffer[0].narrow(0, 0, n).narrow(1, 0, width);
        const at::Tensor q = buffer[1].narrow(0, 0, n).narrow(1, 0, width);
        multiplyInto(p, rows.before, weights);  // [n, width]
        throwIfStopped(stop);
        multiplyInto(q, rows.after, weights);  // [n, width]
        takeChunk(p, q, first, pairs[pair].targets, softCap_, rows.baseline, rows.compressed);
      }
    });
  });
  std::vector<TokenComparison> comparisons;
  for (const Rows& rows : all) {
    TokenComparison& comparison = comparisons.emplace_back();
    for (std::size_t i = 0; i < rows.baseline.size(); ++i) {
      comparison.baselineNll.push_back(rows.baseline[i].nll());
      comparison.nll.push_back(rows.compressed[i].nll());
      comparison.kl.push_back(divergence(rows.baseline[i], rows.compressed[i]));
      comparison.sameTop1.push_back(rows.baseline[i].top1 == rows.compressed[i].top1);
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
