// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string_view>

#include "types/sweep.hpp"

namespace kvloupe {

/// Most that dNLL of K may exceed that of V at half rank in MLA, nats a token.
inline constexpr double kHalfRankLimit = 0.005;

[[nodiscard]] std::string_view rulingName(Ruling ruling);

/// Applies product.md's rule to a sweep whose safe ratios are filled in. For each tap of K and each
/// budget: "don't mess with K" holds where S_V > U_K, is reversed where S_K > U_V, is undecided
/// where a bracket spans more than two steps, else does not hold. A target that fails from its
/// first step on has S = 1. `halfRankDifference` and its interval are the caller's (MLA): the rule
/// holds where the interval lies above kHalfRankLimit, and does not where it lies below.
[[nodiscard]] Verdict verdictOf(const Sweep& sweep, std::optional<double> halfRankDifference = {},
                                std::optional<Interval> halfRankInterval = {});

}  // namespace kvloupe
