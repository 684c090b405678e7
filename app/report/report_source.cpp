// SPDX-License-Identifier: GPL-3.0-or-later
#include "report/report_source.hpp"

#include <algorithm>

#include "pages/compare_page.hpp"
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

/// What one model at least can show is offered.
template <class AbsenceOf>
ReportOffer ReportSource::offerOf(const QString& key, const QString& name,
                                  AbsenceOf absenceOf) const {
  ReportOffer offer{key, name, {}};
  for (const auto& model : models_) {
    offer.absence = absenceOf(*model);
    if (offer.absence.isEmpty()) break;
  }
  return offer;
}

std::vector<ReportOffer> ReportSource::offers() const {
  std::vector<ReportOffer> offers;
  const QStringList& keys = pageKeys();
  for (qsizetype i = 0; i < keys.size(); ++i) {
    const auto index = static_cast<std::size_t>(i);
    const QString name = models_.front()->pages()[index]->name();
    if (keys[i] != "compare") {
      offers.push_back(offerOf(keys[i], name, [&](const ReportModel& model) {
        return model.pages()[index]->absence();
      }));
      continue;
    }
    const auto compare = [](const ReportModel& model) -> const ComparePage& {
      return *pageOf<ComparePage>(model.pages());
    };
    offers.push_back(offerOf(
        keys[i], name, [&](const ReportModel& model) { return compare(model).modelsAbsence(); }));
    // Of two plans that nobody chose there is no figure unless it is asked for.
    ReportOffer plans =
        offerOf(QString::fromLatin1(kComparePlans), tr("Compare plans"),
                [&](const ReportModel& model) { return compare(model).plansAbsence(); });
    plans.asked = std::any_of(models_.begin(), models_.end(), [&](const auto& model) {
      return compare(*model).showsPlans() || compare(*model).plansWereChosen();
    });
    offers.push_back(plans);
  }
  ReportOffer impact{QStringLiteral("impact"), tr("Impact"), tr("No plan was measured yet")};
  for (const auto& model : models_)
    if (!model->state().plans.empty()) impact.absence.clear();
  offers.push_back(impact);
  return offers;
}

}  // namespace kvloupe
