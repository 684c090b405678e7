// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/page.hpp"

#include "charts/chart_frame.hpp"

namespace kvloupe {
void Page::bringUpToDate() {
  if (!std::exchange(outdated_, false)) return;
  refresh();
  applyZooms();
}

std::vector<std::optional<ChartZoom>> Page::zooms() const {
  if (!zooms_.empty()) return zooms_;
  std::vector<std::optional<ChartZoom>> zooms;
  for (const ChartFrame* chart : charts()) zooms.push_back(chart->zoom());
  return zooms;
}

void Page::setZooms(std::vector<std::optional<ChartZoom>> zooms) {
  zooms_ = std::move(zooms);
  if (!outdated_) applyZooms();
}

void Page::applyZooms() {
  const auto zooms = std::exchange(zooms_, {});
  const std::vector<ChartFrame*> shown = charts();
  for (std::size_t i = 0; i < shown.size() && i < zooms.size(); ++i) {
    if (zooms[i])
      shown[i]->setZoom(*zooms[i]);
    else
      shown[i]->fit();
  }
}

void Page::setLarge(bool large) {
  if (QWidget* row = toolRow()) row->setVisible(!large);
  for (ChartFrame* chart : charts()) chart->setMagnification(large ? kHallMagnification : 1);
}

}  // namespace kvloupe
