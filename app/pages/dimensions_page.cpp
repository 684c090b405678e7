// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/dimensions_page.hpp"

#include <QHBoxLayout>
#include <QVBoxLayout>

#include "charts/sigma_chart.hpp"
#include "charts/sigma_map.hpp"
#include "charts/spectrum_chart.hpp"
#include "pages/analysis_words.hpp"
#include "pages/dimensions_tools.hpp"
#include "workspace/workspace.hpp"

namespace kvloupe {
namespace {

/// What a layer keeps of the targets shown, where the controls show the plan: a rank counts
/// dimensions of one head.
std::vector<PlanRank> ranksOf(const PlanDraft& draft, int layer) {
  std::vector<PlanRank> ranks;
  if (draft.beyond) return ranks;
  const auto [upper, lower] = shownTargets(draft);
  for (const Target target : {upper, lower}) {
    const TargetSetting* setting = draft.find(target);
    if (setting && setting->scope == Scope::Head)
      ranks.push_back({target, setting->tap, setting->at(layer).rank});
  }
  return ranks;
}

}  // namespace

DimensionsPage::DimensionsPage(Workspace* workspace, QWidget* parent)
    : Page(parent),
      workspace_(workspace),
      tools_(new DimensionsTools(this)),
      sigma_(new SigmaChart(this)),
      spectrum_(new SpectrumChart(this)),
      map_(new SigmaMap(this)) {
  auto* upper = new QHBoxLayout;
  upper->setSpacing(0);
  upper->addWidget(sigma_, 1);
  upper->addWidget(spectrum_, 1);
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(0);
  column->addWidget(tools_);
  column->addLayout(upper, 52);
  column->addWidget(map_, 48);

  connect(tools_, &DimensionsTools::selectionChanged, this, &DimensionsPage::refresh);
  connect(tools_, &DimensionsTools::fitRequested, this, [this] {
    for (ChartFrame* chart : charts()) chart->fit();
  });
  connect(tools_, &DimensionsTools::copyRequested, this, [this] { sheet().copyToClipboard(); });
  for (DimensionChart* chart :
       {static_cast<DimensionChart*>(sigma_), static_cast<DimensionChart*>(spectrum_)}) {
    connect(chart, &DimensionChart::rankDragged, this, &DimensionsPage::dragRank);
    connect(chart, &DimensionChart::dragStarted, this, [this] {
      gesture_ = workspace_->newGesture();
      emit dragChanged(true);
    });
    connect(chart, &DimensionChart::dragEnded, this, [this] { emit dragChanged(false); });
  }
  connect(map_, &SigmaMap::headClicked, this, &DimensionsPage::showHead);
  const auto ofActive = [this](Slot slot) {
    if (slot == workspace_->active()) outdate();
  };
  connect(workspace_, &Workspace::analysisChanged, this, ofActive);
  connect(workspace_, &Workspace::draftChanged, this, ofActive);
  connect(workspace_, &Workspace::slotChanged, this, &DimensionsPage::outdate);
  connect(workspace_, &Workspace::activeChanged, this, &DimensionsPage::outdate);
}

std::vector<ChartFrame*> DimensionsPage::charts() const { return {sigma_, spectrum_, map_}; }

QWidget* DimensionsPage::toolRow() const { return tools_; }

FigureSheet DimensionsPage::sheet() const {
  FigureSheet sheet;
  sheet.add(sigma_, {0, 0, 0.5, 0.52});
  sheet.add(spectrum_, {0.5, 0, 0.5, 0.52});
  sheet.add(map_, {0, 0.52, 1, 0.48});
  sheet.setProportion(0.8);
  sheet.setProvenance(sigma_->provenance());
  return sheet;
}

void DimensionsPage::showLayer(int layer) {
  DimensionsSelection next = tools_->selection();
  next.layer = layer;
  tools_->setSelection(next);
  refresh();
}

void DimensionsPage::showHead(int layer, int head) {
  DimensionsSelection next = tools_->selection();
  next.layer = layer;
  next.head = head;
  tools_->setSelection(next);
  refresh();
}

void DimensionsPage::dragRank(Target target, int rank) {
  const PlanDraft& draft = workspace_->activeSlot().draft;
  const TargetSetting* setting = draft.find(target);
  const int layer = tools_->selection().layer;
  if (setting == nullptr) return;
  const auto apart = setting->layers.find(layer);
  if (apart == setting->layers.end()) {
    workspace_->editPlan(withRank(draft, target, rank), gesture_);
    return;
  }
  // A layer that is set apart stays so: its own rank is dragged.
  LayerOverride dragged = apart->second;
  dragged.rank = rank;
  workspace_->editPlan(withLayer(draft, target, layer, dragged), gesture_);
}

QString DimensionsPage::absence() const {
  return workspace_->activeSlot().analysis.value ? QString() : analysisAbsence(*workspace_);
}

QJsonObject DimensionsPage::view() const { return tools_->view(); }

void DimensionsPage::setView(const QJsonObject& view) {
  if (const ModelInfoPtr& model = workspace_->activeSlot().model) tools_->setModel(*model);
  tools_->setView(view);
  outdate();
}

void DimensionsPage::refresh() {
  const SlotState& state = workspace_->activeSlot();
  tools_->setEnabled(state.model != nullptr);
  if (state.model) tools_->setModel(*state.model);
  if (!state.model || !state.analysis.value) {
    for (ChartFrame* chart : charts()) chart->setEmptyText(analysisAbsence(*workspace_));
    sigma_->clear();
    spectrum_->clear();
    map_->clear();
    return;
  }
  spectrum_->setEmptyText(tr("A spectrum belongs to one head: choose a head"));
  const DimensionsSelection& selection = tools_->selection();
  const Slot slot = workspace_->active();
  const DimensionsChartData drawn = dimensionsData(
      *state.model, *state.analysis.value, selection, ranksOf(state.draft, selection.layer),
      analysisState(*workspace_, slot), slot == Slot::A ? ModelSlot::A : ModelSlot::B);
  sigma_->setData(drawn);
  spectrum_->setData(drawn);
  map_->setData(sigmaMapData(*state.model, *state.analysis.value, selection));
  for (ChartFrame* chart : charts())
    chart->setProvenance(provenanceOf(*state.model, *state.analysis.value, selection.taps));
}

}  // namespace kvloupe
