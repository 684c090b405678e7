// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include "types/plan.hpp"

namespace kvloupe {

/// What the object names of a target's controls begin with: "vRank", "ropeKeyTap". Lessons point at
/// controls by these names.
[[nodiscard]] inline QString controlKey(Target target) {
  switch (target) {
    case Target::K:
      return QStringLiteral("k");
    case Target::V:
      return QStringLiteral("v");
    case Target::Latent:
      return QStringLiteral("latent");
    case Target::RopeKey:
      return QStringLiteral("ropeKey");
  }
  return {};
}

}  // namespace kvloupe
