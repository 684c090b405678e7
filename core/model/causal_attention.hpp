// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <ATen/core/Tensor.h>

#include <stop_token>

namespace kvloupe {

/// out = softmax(scale * q k^T) v under the causal mask (Vaswani et al. 2017), for one sequence.
/// q [tokens, heads, dim], k [tokens, kvHeads, dim], v [tokens, kvHeads, vDim],
/// out [tokens, heads, vDim]; views of any strides whose last is 1. `heads` is a multiple of
/// `kvHeads`; query head h reads KV head h / (heads / kvHeads). With `window` > 0 a query sees the
/// newest `window` keys, its own among them. Throws Cancelled.
void causalAttention(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v, double scale,
                     std::int64_t window, const at::Tensor& out, const std::stop_token& stop);

}  // namespace kvloupe
