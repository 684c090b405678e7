// SPDX-License-Identifier: GPL-3.0-or-later
#include "window/window_view.hpp"

#include <QJsonArray>
#include <optional>

#include "charts/chart_frame.hpp"
#include "pages/pages.hpp"
#include "panels/impact_panel.hpp"
#include "window/workbench.hpp"

namespace kvloupe {
namespace {

using Zooms = std::vector<std::optional<ChartZoom>>;

QJsonArray zoomsJson(const Zooms& zooms) {
  QJsonArray list;
  for (const auto& zoom : zooms)
    list.append(zoom ? QJsonValue(QJsonArray{zoom->x.low, zoom->x.high, zoom->y.low, zoom->y.high})
                     : QJsonValue());
  return list;
}

Zooms zoomsFrom(const QJsonArray& list) {
  Zooms zooms;
  for (const QJsonValue& each : list) {
    const QJsonArray zoom = each.toArray();
    zooms.emplace_back();
    if (zoom.size() == 4)
      zooms.back() = ChartZoom{{zoom[0].toDouble(), zoom[1].toDouble()},
                               {zoom[2].toDouble(), zoom[3].toDouble()}};
  }
  return zooms;
}

std::vector<ChartFrame*> impactCharts(const Workbench& workbench) {
  return {workbench.impact()->convergence(), workbench.impact()->plane()};
}

}  // namespace

QJsonObject windowView(const Workbench& workbench) {
  QJsonObject pages;
  for (std::size_t i = 0; i < workbench.pages().size(); ++i) {
    const Page* page = workbench.pages()[i];
    const QString& key = pageKeys()[static_cast<qsizetype>(i)];
    pages[key] = QJsonObject{{"selection", page->view()}, {"zooms", zoomsJson(page->zooms())}};
  }
  Zooms impact;
  for (const ChartFrame* chart : impactCharts(workbench)) impact.push_back(chart->zoom());
  return {{"page", workbench.currentPageKey()},
          {"pages", pages},
          {"impact", QJsonObject{{"zooms", zoomsJson(impact)}}}};
}

void restoreWindowView(Workbench& workbench, const QJsonObject& view) {
  const QJsonObject pages = view["pages"].toObject();
  for (std::size_t i = 0; i < workbench.pages().size(); ++i) {
    Page* page = workbench.pages()[i];
    const QJsonObject kept = pages[pageKeys()[static_cast<qsizetype>(i)]].toObject();
    if (kept.isEmpty()) continue;
    page->setView(kept["selection"].toObject());
    page->setZooms(zoomsFrom(kept["zooms"].toArray()));
  }
  const Zooms impact = zoomsFrom(view["impact"].toObject()["zooms"].toArray());
  const std::vector<ChartFrame*> charts = impactCharts(workbench);
  for (std::size_t i = 0; i < charts.size() && i < impact.size(); ++i) {
    if (impact[i])
      charts[i]->setZoom(*impact[i]);
    else
      charts[i]->fit();
  }
  if (const auto index = pageKeys().indexOf(view["page"].toString()); index >= 0)
    workbench.showPage(static_cast<int>(index));
}

}  // namespace kvloupe
