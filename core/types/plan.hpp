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

[[nodiscard]] constexpr std::optional<Target> targetFromName(std::string_view name) {
  for (std::size_t i = 0; i < kTargetNames.size(); ++i)
    if (kTargetNames[i] == name) return static_cast<Target>(i);
  return std::nullopt;
}

enum class Basis : std::uint8_t { Pca, Query, Output, Random, Axis };
enum class Scope : std::uint8_t { Head, Layer };
enum class Rotation : std::uint8_t { None, Hadamard, Random };
/// What each value, or each coefficient of a low rank, is stored as. Bits16: as the cache has it.
enum class Format : std::uint8_t {
  Bits16,
  Int2,
  Int3,
  Int4,
  Int5,
  Int6,
  Int7,
  Int8,
  Uint2,
  Uint3,
  Uint4,
  Uint5,
  Uint6,
  Uint7,
  Uint8,
  Fp8,
  Nvfp4,
  Q8_0,
  Q5_1,
  Q5_0,
  Q4_1,
  Q4_0,
};
/// What shares a scale: a token of a head; a channel over a group of tokens; a head of a layer.
enum class Scale : std::uint8_t { Token, Channel, Tensor };

inline constexpr std::array<std::string_view, 5> kBasisNames = {"pca", "query", "output", "random",
                                                                "axis"};
inline constexpr std::array<std::string_view, 2> kScopeNames = {"head", "layer"};
inline constexpr std::array<std::string_view, 3> kRotationNames = {"none", "hadamard", "random"};
inline constexpr std::array<std::string_view, 22> kFormatNames = {
    "16",    "int2",  "int3",  "int4",  "int5", "int6",  "int7", "int8", "uint2", "uint3", "uint4",
    "uint5", "uint6", "uint7", "uint8", "fp8",  "nvfp4", "q8_0", "q5_1", "q5_0",  "q4_1",  "q4_0"};
inline constexpr std::array<std::string_view, 3> kScaleNames = {"token", "channel", "tensor"};

/// Tokens that share a channel's scale unless told otherwise (KIVI, arXiv 2402.02750).
inline constexpr int kScaleGroup = 32;

/// What happens to one target in one layer before attention reads it, in the order of the members:
/// centre, low rank, rotate, quantize; then all of it undone (product.md section 1).
struct Chain {
  Tap tap = Tap::V;
  bool centre = false;  // on the calibration mean; at tap k_prebias on the projection's bias
  std::optional<int> rank = {};  // absent: no low rank, all dimensions as they are
  Basis basis = Basis::Pca;
  Scope scope = Scope::Head;  // one basis a KV head, or one over the concatenated heads
  Rotation rotation = Rotation::None;
  Format format = Format::Bits16;
  Scale scale = Scale::Token;
  int group = kScaleGroup;  // tokens that share a channel's scale
  int residual = 0;         // newest tokens that every query sees uncompressed
  int sink = 0;             // first tokens of a window that stay uncompressed
  std::uint64_t seed = 0;   // of random bases and rotations

  friend bool operator==(const Chain&, const Chain&) = default;
};

/// A compression of some targets in some layers, as a person asks for it:
/// TARGET:key=value[,key=value...][@LAYERS] (product.md section 4).
struct CompressionSpec {
  std::vector<Target> targets;  // `kv` is {K, V}
  std::optional<int> rank = {};
  std::optional<double> keepPercent = {};
  std::optional<Tap> tap = {};
  Basis basis = Basis::Pca;
  Scope scope = Scope::Head;
  std::optional<bool> centre = {};
  Rotation rotation = Rotation::None;
  std::optional<Format> format = {};
  std::optional<Scale> scale = {};
  std::optional<int> group = {};
  int residual = 0;
  int sink = 0;
  std::uint64_t seed = 0;
  std::vector<std::pair<int, int>> layers = {};  // inclusive ranges; empty: all

  friend bool operator==(const CompressionSpec&, const CompressionSpec&) = default;
};

/// A plan gives every layer and target at most one chain. Full rank in 16 bits is none: untouched.
struct Plan {
  std::map<std::pair<int, Target>, Chain> chains;  // by (layer, target)

  [[nodiscard]] bool identity() const { return chains.empty(); }
  friend bool operator==(const Plan&, const Plan&) = default;
};

/// Bits of one target per token, summed over layers, before and after.
struct TargetAccounting {
  Target target = Target::V;
  int dim = 0;               // d: of one head, or of the joined heads with scope layer
  int rank = 0;              // r; where layers differ, of the layer that keeps most
  bool uniform = true;       // all layers alike
  double kept = 1;           // stored values / values, of a compressed token
  double tensorRatio = 1;    // 16 d / bits stored per token of that tensor
  double cacheRatio = 1;     // of the whole cache if only this target were compressed
  double bytesPerToken = 0;  // of the whole cache if only this target were compressed
};

struct Accounting {
  std::vector<TargetAccounting> targets;  // every target the model has
  double cacheRatio = 1;                  // whole cache per token, before / after
  double baselineBytesPerToken = 0;
  double bytesPerToken = 0;
  double paidOnceBytes = 0;  // bases, means, tensor scales, 16 bits a value; not in the ratios
};

}  // namespace kvloupe
