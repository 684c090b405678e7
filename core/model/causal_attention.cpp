// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/causal_attention.hpp"

#include <ATen/Parallel.h>
#include <ATen/ops/addmm.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/mm.h>
#include <ATen/ops/zeros.h>
#include <c10/core/InferenceMode.h>

#include <algorithm>

#include "common/progress.hpp"
#include "model/kernels.hpp"

namespace kvloupe {

namespace {

constexpr std::int64_t kQueryBlock = 128;

/// Rows of a matrix of scores or weights: queries from `first` on, keys from `oldest` on.
struct Span {
  std::int64_t first, last;  // queries
  std::int64_t oldest;       // key of the first column
};

/// The keys that some query of the span reads from a recent cache: from here to the last query.
std::int64_t oldestOf(const Span& span, const RecentCache& cache) {
  return std::max(span.oldest, span.first - cache.newest + 1);
}

/// Calls `each(row, key, count)` for every query of the span: the keys it reads from the cache.
template <typename Each>
void forRecent(const Span& span, const RecentCache& cache, const Each& each) {
  for (std::int64_t query = span.first; query < span.last; ++query) {
    const std::int64_t key = std::max(span.oldest, query - cache.newest + 1);
    each(query - span.first, key, query + 1 - key);
  }
}

/// Scores against a recent cache take the place of those against the older one.
/// scores [queries, keys from span.oldest on], queries [queries, dim], keys [tokens, dim].
void rescore(const at::Tensor& scores, const at::Tensor& queries, const at::Tensor& keys,
             const Span& span, const RecentCache& cache) {
  const std::int64_t oldest = oldestOf(span, cache);
  const at::Tensor own = at::mm(queries, keys.narrow(0, oldest, span.last - oldest).t());
  const float* from = own.data_ptr<float>();
  float* to = scores.data_ptr<float>();
  const std::int64_t fromWidth = own.size(1), toWidth = scores.size(1);
  forRecent(span, cache, [&](std::int64_t row, std::int64_t key, std::int64_t count) {
    std::copy_n(from + row * fromWidth + key - oldest, count,
                to + row * toWidth + key - span.oldest);
  });
}

/// result += weights on a recent cache times its values; those weights become 0.
void attendRecent(at::Tensor& result, const at::Tensor& weights, const at::Tensor& values,
                  const Span& span, const RecentCache& cache) {
  const std::int64_t oldest = oldestOf(span, cache);
  const at::Tensor own = at::zeros({weights.size(0), span.last - oldest}, at::kFloat);
  float* from = weights.data_ptr<float>();
  float* to = own.data_ptr<float>();
  const std::int64_t fromWidth = weights.size(1), toWidth = own.size(1);
  forRecent(span, cache, [&](std::int64_t row, std::int64_t key, std::int64_t count) {
    float* taken = from + row * fromWidth + key - span.oldest;
    std::copy_n(taken, count, to + row * toWidth + key - oldest);
    std::fill_n(taken, count, 0.0f);
  });
  result.addmm_(own, values.narrow(0, oldest, span.last - oldest));
}

Span blockSpan(std::int64_t block, std::int64_t tokens, const ScoreRule& rule) {
  const std::int64_t first = block * kQueryBlock;
  return {.first = first,
          .last = std::min(first + kQueryBlock, tokens),
          .oldest = rule.window > 0 ? std::max<std::int64_t>(0, first - rule.window + 1) : 0};
}

/// Weights of one query head, [queries, keys from span.oldest on], in `buffer`.
at::Tensor blockWeights(const at::Tensor& q, const at::Tensor& k,
                        std::span<const RecentCache> recent, const ScoreRule& rule,
                        std::int64_t head, const Span& span, const at::Tensor& buffer) {
  const std::int64_t window = rule.window;
  const float scale = static_cast<float>(rule.scale), cap = static_cast<float>(rule.softCap);
  const std::int64_t kvHead = head / (q.size(1) / k.size(1));
  const std::int64_t rows = span.last - span.first, columns = span.last - span.oldest;
  const at::Tensor queries = q.select(1, head).narrow(0, span.first, rows);     // [rows, dim]
  const at::Tensor keys = k.select(1, kvHead).narrow(0, span.oldest, columns);  // [columns, dim]
  at::Tensor scores = buffer.narrow(0, 0, rows * columns).view({rows, columns});
  at::mm_out(scores, queries, keys.t());
  for (std::size_t i = recent.size(); i > 0; --i)
    rescore(scores, queries, recent[i - 1].k.select(1, kvHead), span, recent[i - 1]);
  float* row = scores.data_ptr<float>();
  for (std::int64_t query = span.first; query < span.last; ++query, row += columns) {
    const std::int64_t seen = window > 0 ? std::max<std::int64_t>(0, query - window + 1) : 0;
    if (cap > 0) kernels::softCap(row + seen - span.oldest, query + 1 - seen, scale, cap);
    kernels::softmaxSpan(row, seen - span.oldest, query + 1 - span.oldest, columns,
                         cap > 0 ? 1.0f : scale);
  }
  return scores;
}

}  // namespace

AttentionInputs AttentionInputs::clone() const {
  AttentionInputs copy{.q = q.clone(), .k = k.clone(), .recent = {}, .rule = rule};
  for (const RecentCache& cache : recent)
    copy.recent.push_back({.newest = cache.newest, .k = cache.k.clone(), .v = cache.v.clone()});
  return copy;
}

at::Tensor AttentionInputs::weights(std::int64_t head, const std::stop_token& stop) const {
  const c10::InferenceMode inference;
  const std::int64_t tokens = q.size(0);
  const at::Tensor result = at::zeros({tokens, tokens}, at::kFloat);
  const std::int64_t blocks = (tokens + kQueryBlock - 1) / kQueryBlock;
  at::parallel_for(0, blocks, 1, [&](std::int64_t begin, std::int64_t end) {
    const c10::InferenceMode own;  // is the thread's own
    const at::Tensor buffer = at::empty({kQueryBlock * tokens}, at::kFloat);
    for (std::int64_t block = begin; block < end && !stop.stop_requested(); ++block) {
      const Span span = blockSpan(block, tokens, rule);
      result.narrow(0, span.first, span.last - span.first)
          .narrow(1, span.oldest, span.last - span.oldest)
          .copy_(blockWeights(q, k, recent, rule, head, span, buffer));
    }
  });
  throwIfStopped(stop);
  return result;
}

void causalAttention(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v,
                     std::span<const RecentCache> recent, const ScoreRule& rule,
                     const at::Tensor& out, const std::stop_token& stop) {
  const std::int64_t tokens = q.size(0), heads = q.size(1);
  const std::int64_t queriesPerKey = heads / k.size(1);
  const std::int64_t blocks = (tokens + kQueryBlock - 1) / kQueryBlock;

  at::parallel_for(0, heads * blocks, 1, [&](std::int64_t begin, std::int64_t end) {
    const c10::InferenceMode inference;  // is the thread's own
    const at::Tensor buffer = at::empty({kQueryBlock * tokens}, at::kFloat);
    for (std::int64_t task = begin; task < end; ++task) {
      if (stop.stop_requested()) return;
      const std::int64_t head = task / blocks;
      const Span span = blockSpan(task % blocks, tokens, rule);
      const std::int64_t columns = span.last - span.oldest;
      const at::Tensor values =
          v.select(1, head / queriesPerKey).narrow(0, span.oldest, columns);  // [columns, vDim]
      at::Tensor result =
          out.select(1, head).narrow(0, span.first, span.last - span.first);  // [rows, vDim]
      const at::Tensor scores = blockWeights(q, k, recent, rule, head, span, buffer);
      if (recent.empty()) {
        at::mm_out(result, scores, values);
        continue;
      }
      result.zero_();
      for (const RecentCache& cache : recent)
        attendRecent(result, scores, cache.v.select(1, head / queriesPerKey), span, cache);
      result.addmm_(scores, values);
    }
  });
  throwIfStopped(stop);
}

}  // namespace kvloupe
