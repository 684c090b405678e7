// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <tuple>
#include <utility>

#include "compression/low_rank.hpp"
#include "types/tap.hpp"

namespace kvloupe {

/// Calibration moments of a layer and tap.
using MomentsOf = std::function<const Moments&(int layer, Tap tap)>;

/// PCA bases of one calibration text. Each is decomposed once, when it is first asked for or after
/// its moments counted more tokens; every rank of it is a slice. Not thread-safe.
class PcaBases {
 public:
  explicit PcaBases(MomentsOf momentsOf) : momentsOf_(std::move(momentsOf)) {}

  /// Throws what fitPca throws.
  [[nodiscard]] LowRankMap map(int layer, Tap tap, Scope scope, int rank);

 private:
  struct Entry {
    std::int64_t tokens = 0;
    LowRankMap full;
  };
  MomentsOf momentsOf_;
  std::map<std::tuple<int, Tap, Scope>, Entry> entries_;
};

}  // namespace kvloupe
