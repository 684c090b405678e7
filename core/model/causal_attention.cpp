// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/causal_attention.hpp"

#include <ATen/Parallel.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/mm.h>
#include <c10/core/InferenceMode.h>

#include <algorithm>

#include "common/progress.hpp"
#include "model/kernels.hpp"

namespace kvloupe {

namespace {

constexpr std::int64_t kQueryBlock = 128;

}  // namespace

void causalAttention(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v,
                     const ScoreRule& rule, const at::Tensor& out, const std::stop_token& stop) {
  const std::int64_t window = rule.window;
  const float scale = static_cast<float>(rule.scale), cap = static_cast<float>(rule.softCap);
  const std::int64_t tokens = q.size(0), heads = q.size(1);
  const std::int64_t queriesPerKey = heads / k.size(1);
  const std::int64_t blocks = (tokens + kQueryBlock - 1) / kQueryBlock;

  at::parallel_for(0, heads * blocks, 1, [&](std::int64_t begin, std::int64_t end) {
    const c10::InferenceMode inference;  // is the thread's own
    const at::Tensor buffer = at::empty({kQueryBlock * tokens}, at::kFloat);
    for (std::int64_t task = begin; task < end; ++task) {
      if (stop.stop_requested()) return;
      const std::int64_t head = task / blocks;
      const std::int64_t first = task % blocks * kQueryBlock;
      const std::int64_t last = std::min(first + kQueryBlock, tokens);
      const std::int64_t rows = last - first;
      const std::int64_t oldest = window > 0 ? std::max<std::int64_t>(0, first - window + 1) : 0;
      const std::int64_t columns = last - oldest;

      const at::Tensor queries = q.select(1, head).narrow(0, first, rows);  // [rows, dim]
      const at::Tensor keys =
          k.select(1, head / queriesPerKey).narrow(0, oldest, columns);  // [columns, dim]
      const at::Tensor values =
          v.select(1, head / queriesPerKey).narrow(0, oldest, columns);  // [columns, vDim]
      at::Tensor result = out.select(1, head).narrow(0, first, rows);    // [rows, vDim]
      at::Tensor scores = buffer.narrow(0, 0, rows * columns).view({rows, columns});

      at::mm_out(scores, queries, keys.t());
      float* row = scores.data_ptr<float>();
      for (std::int64_t query = first; query < last; ++query, row += columns) {
        const std::int64_t seen = window > 0 ? std::max<std::int64_t>(0, query - window + 1) : 0;
        if (cap > 0) kernels::softCap(row + seen - oldest, query + 1 - seen, scale, cap);
        kernels::softmaxSpan(row, seen - oldest, query + 1 - oldest, columns,
                             cap > 0 ? 1.0f : scale);
      }
      at::mm_out(result, scores, values);
    }
  });
  throwIfStopped(stop);
}

}  // namespace kvloupe
