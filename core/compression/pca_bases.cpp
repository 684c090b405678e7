// SPDX-License-Identifier: GPL-3.0-or-later
#include "compression/pca_bases.hpp"

namespace kvloupe {

LowRankMap PcaBases::map(int layer, Tap tap, Scope scope, int rank) {
  const Moments& moments = momentsOf_(layer, tap);
  Entry& entry = entries_[{layer, tap, scope}];
  if (!entry.full.basis.defined() || entry.tokens != moments.tokens())
    entry = {.tokens = moments.tokens(), .full = fitPca(moments, scope)};
  return entry.full.truncated(rank);
}

}  // namespace kvloupe
