// SPDX-License-Identifier: GPL-3.0-or-later
#include "compression/plan/accounting.hpp"

#include <algorithm>
#include <cstdint>
#include <limits>

#include "compression/plan/resolve.hpp"

namespace kvloupe {
namespace {

constexpr double kBytesPerValue = 2;  // 16 bits

bool cached(const ModelInfo& model, Target target) {
  const bool mla = model.attention == AttentionKind::Mla;
  return mla == (target == Target::Latent || target == Target::RopeKey);
}

/// Values of one target per token in one layer.
std::int64_t valuesPerLayer(const ModelInfo& model, Target target) {
  const TapShape shape = tapShape(model, defaultTap(model, target));
  return std::int64_t{shape.heads} * shape.dim;
}

struct Stored {
  std::int64_t values = 0;    // kept per token, over layers
  std::int64_t paidOnce = 0;  // values of bases and means
};

Stored stored(const Plan& plan, const ModelInfo& model, Target target, TargetAccounting& figures) {
  const TapShape shape = tapShape(model, defaultTap(model, target));
  Stored total;
  double leastKept = 0;
  for (int layer = 0; layer < model.numLayers; ++layer) {
    const auto step = plan.steps.find({layer, target});
    const bool untouched = step == plan.steps.end();
    const bool joined = !untouched && step->second.scope == Scope::Layer;
    const int dim = joined ? shape.heads * shape.dim : shape.dim;
    const int rank = untouched ? dim : step->second.rank;
    const std::int64_t bases = joined ? 1 : shape.heads;
    total.values += bases * rank;
    if (!untouched) total.paidOnce += bases * (std::int64_t{dim} * rank + dim);
    const double kept = double(rank) / dim;
    if (layer > 0 && (rank != figures.rank || dim != figures.dim)) figures.uniform = false;
    if (kept > leastKept) {
      leastKept = kept;
      figures.rank = rank;
      figures.dim = dim;
    }
  }
  return total;
}

}  // namespace

Accounting account(const Plan& plan, const ModelInfo& model) {
  Accounting result;
  std::int64_t cacheValues = 0;
  for (const Target target : targetsOf(model))
    if (cached(model, target)) cacheValues += model.numLayers * valuesPerLayer(model, target);

  std::int64_t storedCacheValues = cacheValues;
  for (const Target target : targetsOf(model)) {
    TargetAccounting figures;
    figures.target = target;
    const std::int64_t before = model.numLayers * valuesPerLayer(model, target);
    const Stored after = stored(plan, model, target, figures);
    figures.kept = double(after.values) / double(before);
    figures.tensorRatio = double(before) / double(after.values);
    const std::int64_t alone =
        cached(model, target) ? cacheValues - before + after.values : cacheValues;
    figures.cacheRatio = double(cacheValues) / double(alone);
    figures.bytesPerToken = kBytesPerValue * double(alone);
    storedCacheValues += alone - cacheValues;
    result.paidOnceBytes += kBytesPerValue * double(after.paidOnce);
    result.targets.push_back(figures);
  }
  result.baselineBytesPerToken = kBytesPerValue * double(cacheValues);
  result.bytesPerToken = kBytesPerValue * double(storedCacheValues);
  result.cacheRatio = double(cacheValues) / double(storedCacheValues);
  return result;
}

}  // namespace kvloupe
