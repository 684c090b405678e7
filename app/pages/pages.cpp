// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/pages.hpp"

#include "pages/attention_page.hpp"
#include "pages/compare_page.hpp"
#include "pages/dimensions_page.hpp"
#include "pages/layers_page.hpp"
#include "pages/sensitivity_page.hpp"
#include "pages/text_page.hpp"

namespace kvloupe {
std::vector<Page*> makePages(Workspace* workspace, QWidget* parent) {
  return {new LayersPage(workspace, parent),      new DimensionsPage(workspace, parent),
          new AttentionPage(workspace, parent),   new TextPage(workspace, parent),
          new SensitivityPage(workspace, parent), new ComparePage(workspace, parent)};
}

const QStringList& pageKeys() {
  static const QStringList kKeys = {"layers", "dimensions",  "attention",
                                    "text",   "sensitivity", "compare"};
  return kKeys;
}

}  // namespace kvloupe
