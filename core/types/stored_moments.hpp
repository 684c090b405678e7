// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <vector>

#include "types/tap.hpp"

namespace kvloupe {

/// Mean and covariance of one KV head, over the tokens that are finite in all its dimensions.
struct StoredCovariance {
  std::int64_t tokens = 0;
  std::vector<double> mean;        // [dim]
  std::vector<double> covariance;  // [dim, dim], unbiased; 0 where fewer than two tokens counted
};

/// The sums of one layer and tap that statistics are made of, and that merge: what a shard leaves
/// behind. Dimensions are heads * dim, head after head; groups are those of the jackknife.
struct StoredMoments {
  int layer = 0;
  Tap tap = Tap::K;
  int heads = 0, dim = 0, groups = 0;
  int windows = 0;  // that it has seen: where a text was interrupted, early layers may be ahead
  std::int64_t tokens = 0;
  // [dimensions, groups], finite values only.
  std::vector<double> groupCount, groupMean, groupM2;  // M2: centred sum of squares
  // [dimensions]; +infinity and -infinity where no value is finite.
  std::vector<double> min, max;
  std::vector<std::int64_t> nonfinite;
  std::vector<StoredCovariance> covariances;  // a head each
};

}  // namespace kvloupe
