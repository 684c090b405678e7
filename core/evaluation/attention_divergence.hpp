// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <stop_token>
#include <vector>

#include "model/causal_attention.hpp"
#include "types/passage.hpp"

namespace kvloupe {

/// KL(p_0 || p_c) of every row of two causal matrices of weights [tokens, tokens], nats, never
/// negative; equal rows give 0. A weight that is 0 after and not before counts as the smallest
/// float: the divergence stays finite.
[[nodiscard]] std::vector<double> rowDivergence(const at::Tensor& baseline,
                                                const at::Tensor& compressed);

/// The attention of one layer before and after, head by head: two matrices stand in memory at a
/// time. `keep` is filled for the query head that it names, if it is one of this layer. Throws
/// Cancelled.
[[nodiscard]] LayerAttention compareAttention(const AttentionInputs& baseline,
                                              const AttentionInputs& compressed,
                                              HeadAttention* keep, const std::stop_token& stop);

}  // namespace kvloupe
