// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QStringList>
#include <vector>

#include "pages/page.hpp"

namespace kvloupe {

class Workspace;

/// Every page of the window, in the order of their tabs.
[[nodiscard]] std::vector<Page*> makePages(Workspace* workspace, QWidget* parent);

/// The page of a kind; there is one of each.
template <class Kind>
[[nodiscard]] Kind* pageOf(const std::vector<Page*>& pages) {
  for (Page* each : pages)
    if (auto* found = dynamic_cast<Kind*>(each)) return found;
  return nullptr;
}

/// What --page and --export call them, in the same order.
[[nodiscard]] const QStringList& pageKeys();

}  // namespace kvloupe
