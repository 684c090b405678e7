// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "types/tap.hpp"

namespace kvloupe {

/// What can be compressed. In MLA `K` and `V` are the expanded ones, which free no cache.
enum class Target : std::uint8_t { K, V, Latent, RopeKey };

inline constexpr std::array<std::string_view, 4> kTargetNames = {"k", "v", "latent", "rope_key"};

[[nodiscard]] constexpr std::string_view targetName(Target target) {
  return kTargetNames[static_cast<std::size_t>(target)];
}

enum class Basis : std::uint8_t { Pca };
enum class Scope : std::uint8_t { Head, Layer };

/// x^ = mu + (x - mu) U U^T with U the first `rank` eigenvectors of the calibration covariance.
struct LowRank {
  Tap tap = Tap::V;
  int rank = 0;
  Basis basis = Basis::Pca;
  Scope scope = Scope::Head;  // one basis a KV head, or one over the concatenated heads

  friend bool operator==(const LowRank&, const LowRank&) = default;
};

/// A compression of some targets in some layers, as a person asks for it:
/// TARGET:key=value[,key=value...][@LAYERS] (product.md section 4).
struct CompressionSpec {
  std::vector<Target> targets;  // `kv` is {K, V}
  std::optional<int> rank;
  std::optional<double> keepPercent;
  std::optional<Tap> tap;
  Basis basis = Basis::Pca;
  Scope scope = Scope::Head;
  std::vector<std::pair<int, int>> layers;  // inclusive ranges; empty: all

  friend bool operator==(const CompressionSpec&, const CompressionSpec&) = default;
};

/// A plan gives every layer and target at most one step. Full rank is no step: "untouched".
struct Plan {
  std::map<std::pair<int, Target>, LowRank> steps;  // by (layer, target)

  [[nodiscard]] bool identity() const { return steps.empty(); }
  friend bool operator==(const Plan&, const Plan&) = default;
};

/// Bits of one target per token, summed over layers, before and after.
struct TargetAccounting {
  Target target = Target::V;
  int dim = 0;               // d: of one head, or of the joined heads with scope layer
  int rank = 0;              // r; where layers differ, of the least compressed layer
  bool uniform = true;       // all layers alike
  double kept = 1;           // stored values / values
  double tensorRatio = 1;    // 16 d / bits stored per token of that tensor
  double cacheRatio = 1;     // of the whole cache if only this target were compressed
  double bytesPerToken = 0;  // of the whole cache if only this target were compressed
};

struct Accounting {
  std::vector<TargetAccounting> targets;  // every target the model has
  double cacheRatio = 1;                  // whole cache per token, before / after
  double baselineBytesPerToken = 0;
  double bytesPerToken = 0;
  double paidOnceBytes = 0;  // bases and means, 16 bits a value; not in the ratios
};

}  // namespace kvloupe
