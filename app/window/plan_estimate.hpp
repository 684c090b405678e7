// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <optional>

#include "types/estimate.hpp"
#include "workspace/workspace.hpp"

namespace kvloupe {

struct DraftEstimate {
  PlanEstimate figure;
  QString basis;  // what it rests on and how good such estimates have been, in words
};

/// What the active model's draft is likely to cost, from what was measured on the same texts.
[[nodiscard]] std::optional<DraftEstimate> draftEstimate(const Workspace& workspace);

}  // namespace kvloupe
