// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <utility>
#include <vector>

#include "types/model_info.hpp"
#include "types/plan.hpp"

namespace kvloupe {

/// Taps that are looked at together, and what the person reads.
struct TapChoice {
  QString name;
  QString key;  // of the choice, in every language: "k_rope", "latent,k_rope"
  std::vector<std::pair<Target, Tap>> taps;
};

/// What a model offers: K before or after RoPE beside V; in MLA what the cache holds, or K and V
/// expanded from it. The first is what the cache holds.
[[nodiscard]] std::vector<TapChoice> tapChoicesOf(const ModelInfo& model);

/// The choice of these taps, or of this key or name; -1 where there is none.
[[nodiscard]] int indexOfTaps(const std::vector<TapChoice>& choices,
                              const std::vector<std::pair<Target, Tap>>& taps);
[[nodiscard]] int indexOfTaps(const std::vector<TapChoice>& choices, const QString& keyOrName);

/// The most heads that one of the taps has.
[[nodiscard]] int headCountOf(const ModelInfo& model,
                              const std::vector<std::pair<Target, Tap>>& taps);

}  // namespace kvloupe
