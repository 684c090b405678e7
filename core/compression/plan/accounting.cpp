// SPDX-License-Identifier: GPL-3.0-or-later
#include "compression/plan/accounting.hpp"

#include <algorithm>
#include <optional>

#include "compression/plan/resolve.hpp"
#include "compression/plan/stored_format.hpp"

namespace kvloupe {
namespace {

constexpr double kValueBits = 16;  // of a value, coefficient, scale, zero point or mean

bool cached(const ModelInfo& model, Target target) {
  const bool mla = model.attention == AttentionKind::Mla;
  return mla == (target == Target::Latent || target == Target::RopeKey);
}

/// Bits of one target per token in one layer, untouched.
double bitsBefore(const ModelInfo& model, Target target) {
  const TapShape shape = tapShape(model, defaultTap(model, target));
  return kValueBits * shape.heads * shape.dim;
}

/// Bits that a compressed token takes, all groups together, without what it shares with others.
double tokenBits(const Chain& chain, const ChainShape& shape) {
  const StoredFormat stored = storedFormat(chain.format);
  double bits = double(stored.codeBits) * shape.stored;
  if (stored.block > 1) bits += double(stored.headerBits) * shape.stored / stored.block;
  if (stored.scaled && chain.scale == Scale::Token)
    bits += stored.zeroPoint ? 2 * kValueBits : kValueBits;
  return shape.groups * bits;
}

/// Bits of the scales that a group of tokens shares, one or two for every channel.
double groupBits(const Chain& chain, const ChainShape& shape) {
  const StoredFormat stored = storedFormat(chain.format);
  if (!stored.scaled || chain.scale != Scale::Channel) return 0;
  return (stored.zeroPoint ? 2 : 1) * kValueBits * shape.groups * shape.stored;
}

/// Mean bits per token of one layer over a window.
double bitsAfter(const Chain& chain, const ChainShape& shape, double before,
                 std::int64_t windowTokens) {
  const std::int64_t begin = std::min<std::int64_t>(chain.sink, windowTokens);
  const std::int64_t end = std::max(begin, windowTokens - chain.residual);
  double bits =
      double(windowTokens - (end - begin)) * before + double(end - begin) * tokenBits(chain, shape);
  if (end > begin) {
    const std::int64_t groups = (end + chain.group - 1) / chain.group - begin / chain.group;
    bits += double(groups) * groupBits(chain, shape);
  }
  return bits / double(windowTokens);
}

/// Bits stored once for a layer, whatever the length: means, bases (encoding and decoding, which
/// are one where the basis is orthonormal; an index a dimension of an axis basis), tensor scales.
double bitsPaidOnce(const Chain& chain, const ChainShape& shape) {
  const double dim = shape.dim, rank = shape.stored;
  double values = 0;
  if (chain.rank) {
    if (chain.basis == Basis::Axis)
      values += rank;
    else
      values += (chain.basis == Basis::Query || chain.basis == Basis::Output ? 2 : 1) * dim * rank;
  }
  if (chain.centre && chain.tap != Tap::KPrebias) values += dim;
  const StoredFormat stored = storedFormat(chain.format);
  if (hasTensorScale(chain.format, chain.scale)) values += stored.zeroPoint ? 2 : 1;
  return kValueBits * shape.groups * values;
}

struct Stored {
  double bits = 0;  // per token, over layers
  double paidOnce = 0;
};

Stored stored(const Plan& plan, const ModelInfo& model, Target target, std::int64_t windowTokens,
              TargetAccounting& figures) {
  const double before = bitsBefore(model, target);
  Stored total;
  double kept = 0, mostKept = 0;
  std::optional<Chain> first;
  for (int layer = 0; layer < model.numLayers; ++layer) {
    const auto found = plan.chains.find({layer, target});
    const Chain chain = found == plan.chains.end() ? Chain{} : found->second;
    const ChainShape shape = chainShape(chain, model, target);
    const bool untouched = found == plan.chains.end();
    total.bits += untouched ? before : bitsAfter(chain, shape, before, windowTokens);
    if (!untouched) total.paidOnce += bitsPaidOnce(chain, shape);
    const double share = double(shape.stored) / shape.dim;
    kept += share;
    if (!first) first = chain;
    if (chain != *first) figures.uniform = false;
    if (share > mostKept) {
      mostKept = share;
      figures.rank = shape.stored;
      figures.dim = shape.dim;
    }
  }
  figures.kept = kept / model.numLayers;
  return total;
}

}  // namespace

Accounting account(const Plan& plan, const ModelInfo& model, std::int64_t windowTokens) {
  Accounting result;
  double cacheBits = 0;
  for (const Target target : targetsOf(model))
    if (cached(model, target)) cacheBits += model.numLayers * bitsBefore(model, target);

  double storedCacheBits = cacheBits;
  for (const Target target : targetsOf(model)) {
    TargetAccounting figures;
    figures.target = target;
    const double before = model.numLayers * bitsBefore(model, target);
    const Stored after = stored(plan, model, target, windowTokens, figures);
    figures.tensorRatio = before / after.bits;
    const double alone = cached(model, target) ? cacheBits - before + after.bits : cacheBits;
    figures.cacheRatio = cacheBits / alone;
    figures.bytesPerToken = alone / 8;
    storedCacheBits += alone - cacheBits;
    result.paidOnceBytes += after.paidOnce / 8;
    result.targets.push_back(figures);
  }
  result.baselineBytesPerToken = cacheBits / 8;
  result.bytesPerToken = storedCacheBits / 8;
  result.cacheRatio = cacheBits / storedCacheBits;
  return result;
}

}  // namespace kvloupe
