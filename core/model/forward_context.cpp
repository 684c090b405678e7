// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/forward_context.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <set>

#include "common/error.hpp"

namespace kvloupe {

std::vector<std::int64_t> residualsOf(const ForwardContext& context, int layer) {
  std::set<std::int64_t> residuals;
  if (context.transform != nullptr)
    for (std::size_t tap = 0; tap < kTapNames.size(); ++tap)
      residuals.insert(context.transform->residual(layer, static_cast<Tap>(tap)));
  residuals.erase(0);
  return {residuals.begin(), residuals.end()};
}

ForwardContext recentContext(const ForwardContext& context, std::int64_t newest) {
  return {
      .observer = nullptr, .transform = context.transform, .stop = context.stop, .newest = newest};
}

void passTap(const ForwardContext& context, int layer, Tap tap, const at::Tensor& values) {
  const bool observed = context.observer != nullptr && context.observer->wants(layer, tap);
  const bool replaced =
      context.transform != nullptr && context.transform->touches(layer, tap) &&
      (context.newest == 0 || context.transform->residual(layer, tap) < context.newest);
  if (!observed && !replaced) return;
  const at::Tensor own = values.clone(at::MemoryFormat::Contiguous);  // [tokens, heads, dim]
  if (observed) context.observer->observe(layer, tap, own);
  if (!replaced) return;
  const at::Tensor result = context.transform->apply(layer, tap, own);  // [tokens, heads, dim]
  if (result.sizes() != values.sizes())
    throw Error(ErrorCode::Internal,
                {.message = "a transform changed the shape of its values",
                 .place = fmt::format("layer {}, {}", layer, tapName(tap)),
                 .expected = fmt::format("[{}]", fmt::join(values.sizes(), ", ")),
                 .found = fmt::format("[{}]", fmt::join(result.sizes(), ", "))});
  values.copy_(result);
}

void passAttention(const ForwardContext& context, int layer, const at::Tensor& q,
                   const at::Tensor& k, const std::vector<RecentCache>& recent,
                   const ScoreRule& rule) {
  if (context.observer == nullptr || !context.observer->wantsAttention(layer)) return;
  context.observer->observeAttention(layer, {.q = q, .k = k, .recent = recent, .rule = rule});
}

}  // namespace kvloupe
