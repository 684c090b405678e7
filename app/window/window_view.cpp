// SPDX-License-Identifier: GPL-3.0-or-later
#include "window/window_view.hpp"

#include <QJsonArray>
#include <cmath>

#include "charts/chart_frame.hpp"
#include "pages/pages.hpp"
#include "panels/impact_panel.hpp"
#include "window/workbench.hpp"

namespace kvloupe {
namespace {

QJsonArray zoomsOf(const std::vector<ChartFrame*>& charts) {
  QJsonArray zooms;
  for (const ChartFrame* chart : charts) {
    const auto zoom = chart->zoom();
    zooms.append(zoom ? QJsonValue(QJsonArray{zoom->x.low, zoom->x.high, zoom->y.low, zoom->y.high})
                      : QJsonValue());
  }
  return zooms;
}

void restoreZooms(const std::vector<ChartFrame*>& charts, const QJsonArray& zooms) {
  for (std::size_t i = 0; i < charts.size() && static_cast<qsizetype>(i) < zooms.size(); ++i) {
    const QJsonArray zoom = zooms[static_cast<qsizetype>(i)].toArray();
    if (zoom.size() == 4)
      charts[i]->setZoom(
          {{zoom[0].toDouble(), zoom[1].toDouble()}, {zoom[2].toDouble(), zoom[3].toDouble()}});
    else
      charts[i]->fit();
  }
}

std::vector<ChartFrame*> impactCharts(const Workbench& workbench) {
  return {workbench.impact()->convergence(), workbench.impact()->plane()};
}

}  // namespace

QJsonObject windowView(const Workbench& workbench) {
  QJsonObject pages;
  QString shown;
  for (std::size_t i = 0; i < workbench.pages().size(); ++i) {
    const Page* page = workbench.pages()[i];
    const QString& key = pageKeys()[static_cast<qsizetype>(i)];
    if (page == workbench.currentPage()) shown = key;
    pages[key] = QJsonObject{{"selection", page->view()}, {"zooms", zoomsOf(page->charts())}};
  }
  return {{"page", shown},
          {"pages", pages},
          {"impact", QJsonObject{{"zooms", zoomsOf(impactCharts(workbench))}}}};
}

void restoreWindowView(Workbench& workbench, const QJsonObject& view) {
  const QJsonObject pages = view["pages"].toObject();
  for (std::size_t i = 0; i < workbench.pages().size(); ++i) {
    Page* page = workbench.pages()[i];
    const QJsonObject kept = pages[pageKeys()[static_cast<qsizetype>(i)]].toObject();
    if (kept.isEmpty()) continue;
    page->setView(kept["selection"].toObject());
    page->bringUpToDate();
    restoreZooms(page->charts(), kept["zooms"].toArray());
  }
  restoreZooms(impactCharts(workbench), view["impact"].toObject()["zooms"].toArray());
  if (const auto index = pageKeys().indexOf(view["page"].toString()); index >= 0)
    workbench.showPage(static_cast<int>(index));
}

}  // namespace kvloupe
