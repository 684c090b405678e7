// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/output_head.hpp"

#include <ATen/Parallel.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/mm.h>
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
void byChunks(const at::Tensor& weight, const std::stop_token& stop, Take take) {
  for (std::int64_t first = 0; first < weight.size(0); first += kVocabChunk) {
    throwIfStopped(stop);
    const std::int64_t width = std::min(kVocabChunk, weight.size(0) - first);
    take(first, width, weight.narrow(0, first, width));
  }
}

}  // namespace

void OutputHead::check(const at::Tensor& hidden, std::span<const std::int32_t> targets) const {
  const std::int64_t rows = static_cast<std::int64_t>(targets.size());
  if (hidden.dim() != 2 || hidden.size(0) != rows || hidden.size(1) != weight_.size(1))
    throw Error(ErrorCode::Internal,
                {.message = "hidden states do not fit the targets and the output head",
                 .expected = fmt::format("[{}, {}]", rows, weight_.size(1)),
                 .found = fmt::format("[{}]", fmt::join(hidden.sizes(), ", "))});
  for (const std::int32_t id : targets)
    if (id < 0 || id >= weight_.size(0))
      throw Error(ErrorCode::InvalidArgument,
                  {.message = "a token to score lies outside the model's vocabulary",
                   .expected = fmt::format("0 to {}", weight_.size(0) - 1),
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
    byChunks(weight_, stop, [&](std::int64_t first, std::int64_t width, const at::Tensor& weights) {
      at::Tensor logits = buffer.narrow(1, 0, width);  // [n, width]
      at::mm_out(logits, hidden, weights.t());
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
  check(baselineHidden, targets);
  check(hidden, targets);
  const std::int64_t n = hidden.size(0);
  std::vector<Row> baseline(targets.size()), compressed(targets.size());
  backend::translated(fmt::format("comparing the distributions of {} tokens", n), [&] {
    const c10::InferenceMode inference;
    const at::Tensor buffer = at::empty({2, n, kVocabChunk}, at::kFloat);
    byChunks(weight_, stop, [&](std::int64_t first, std::int64_t width, const at::Tensor& weights) {
      at::Tensor p = buffer[0].narrow(1, 0, width), q = buffer[1].narrow(1, 0, width);
      at::mm_out(p, baselineHidden, weights.t());  // [n, width]
      throwIfStopped(stop);
      at::mm_out(q, hidden, weights.t());  // [n, width]
      float* pValues = p.data_ptr<float>();
      float* qValues = q.data_ptr<float>();
      at::parallel_for(0, n, kRowsPerThread, [&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t i = begin; i < end; ++i) {
          const std::size_t at = static_cast<std::size_t>(i);
          float* pRow = pValues + i * kVocabChunk;
          float* qRow = qValues + i * kVocabChunk;
          cap(pRow, width);
          cap(qRow, width);
          baseline[at].add(pRow, first, width, targets[at]);
          compressed[at].add(qRow, first, width, targets[at]);
          baseline[at].difference += static_cast<double>(
              kernels::sumExpDifference(pRow, qRow, width, baseline[at].largest));
        }
      });
    });
  });
  TokenComparison comparison;
  for (std::size_t i = 0; i < targets.size(); ++i) {
    comparison.baselineNll.push_back(baseline[i].nll());
    comparison.nll.push_back(compressed[i].nll());
    comparison.kl.push_back(divergence(baseline[i], compressed[i]));
    comparison.sameTop1.push_back(baseline[i].top1 == compressed[i].top1);
  }
  return comparison;
}

at::Tensor OutputHead::logits(const at::Tensor& hidden) const {
  return backend::translated(fmt::format("the logits of {} tokens", hidden.size(0)), [&] {
    const c10::InferenceMode inference;
    const at::Tensor logits = at::mm(hidden, weight_.t());  // [n, vocab]
    cap(logits.data_ptr<float>(), logits.numel());
    return logits;
  });
}

}  // namespace kvloupe
