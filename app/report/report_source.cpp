// SPDX-License-Identifier: GPL-3.0-or-later
#include "report/report_source.hpp"

#include "pages/pages.hpp"
#include "window/presenters.hpp"

namespace kvloupe {

ReportModel::ReportModel(const Workspace& shown, Slot slot)
    : workspace_(shown.still(slot)),
      host_(std::make_unique<QWidget>()),
      pages_(makePages(workspace_.get(), host_.get())),
      impact_(new ImpactPanel(host_.get())) {
  impact_->setView(impactView(*workspace_));
}

QString ReportModel::name() const { return QString::fromStdString(state().model->name); }

ReportSource::ReportSource(const Workspace& shown) : active_(shown.active()) {
  for (const Slot slot : {Slot::A, Slot::B})
    if (shown.slot(slot).model) models_.push_back(std::make_unique<ReportModel>(shown, slot));
}

void ReportSource::followPages(const std::vector<Page*>& pages) {
  for (const auto& model : models_) {
    const bool asShown = model->slot() == active_;
    for (std::size_t i = 0; i < pages.size(); ++i) {
      Page* page = model->pages()[i];
      page->setView(pages[i]->view());
      if (asShown) page->setZooms(pages[i]->zooms());
    }
  }
}

std::vector<ReportOffer> ReportSource::offers() const {
  std::vector<ReportOffer> offers;
  const QStringList& keys = pageKeys();
  for (qsizetype i = 0; i < keys.size(); ++i) {
    ReportOffer offer{keys[i], {}, {}};
    bool drawn = false;
    for (const auto& model : models_) {
      const Page* page = model->pages()[static_cast<std::size_t>(i)];
      offer.name = page->name();
      const QString absence = page->absence();
      drawn = drawn || absence.isEmpty();
      if (!absence.isEmpty()) offer.absence = absence;
    }
    if (drawn) offer.absence.clear();
    offers.push_back(offer);
  }
  ReportOffer impact{QStringLiteral("impact"), tr("Impact"), tr("No plan was measured yet")};
  for (const auto& model : models_)
    if (!model->state().plans.empty()) impact.absence.clear();
  offers.push_back(impact);
  return offers;
}

}  // namespace kvloupe
