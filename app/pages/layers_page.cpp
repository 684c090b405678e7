// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/layers_page.hpp"

#include <QCoreApplication>
#include <QVBoxLayout>

#include "charts/layers_chart.hpp"
#include "pages/layers_tools.hpp"
#include "workspace/workspace.hpp"

namespace kvloupe {

BarState analysisState(const Workspace& workspace, Slot slot) {
  const SlotState& state = workspace.slot(slot);
  if (state.phase == Phase::Saved) return BarState::Measured;
  if (analysisCurrent(state, workspace.settings())) return BarState::Measured;
  const Activity& activity = workspace.activity();
  const bool streaming = activity.measuring == NeedKind::Analysis && activity.slot == slot &&
                         state.analysis.key == analysisKey(state, workspace.settings());
  return streaming ? BarState::Measuring : BarState::Stale;
}

LayersPage::LayersPage(Workspace* workspace, QWidget* parent)
    : QWidget(parent),
      workspace_(workspace),
      tools_(new LayersTools(this)),
      chart_(new LayersChart(this)) {
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(0);
  column->addWidget(tools_);
  column->addWidget(chart_, 1);
  connect(tools_, &LayersTools::selectionChanged, this, &LayersPage::refresh);
  connect(tools_, &LayersTools::fitRequested, chart_, &LayersChart::fit);
  connect(tools_, &LayersTools::copyRequested, chart_, &LayersChart::copyToClipboard);
  connect(workspace_, &Workspace::analysisChanged, this, [this](Slot slot) {
    if (slot == workspace_->active()) refresh();
  });
  connect(workspace_, &Workspace::slotChanged, this, &LayersPage::refresh);
  connect(workspace_, &Workspace::activeChanged, this, &LayersPage::refresh);
  refresh();
}

QString LayersPage::emptyText() const {
  const SlotState& state = workspace_->activeSlot();
  if (!state.model) return "Bars appear when a model is open and text streams through it";
  if (const JobError* failure = failureOf(state, workspace_->settings())) return failure->summary;
  if (state.phase == Phase::Saved) return "This run holds no analysis";
  if (!calibrationTextOf(state, workspace_->settings())) return "Choose a calibration text first";
  if (workspace_->paused()) return "Stopped: Analyse goes on";
  return "Bars appear as the calibration text streams through the model";
}

void LayersPage::refresh() {
  const SlotState& state = workspace_->activeSlot();
  chart_->setEmptyText(emptyText());
  tools_->setEnabled(state.model != nullptr);
  if (state.model) tools_->setModel(*state.model);
  if (!state.model || !state.analysis.value) {
    chart_->clear();
    return;
  }
  const Slot slot = workspace_->active();
  LayersChartData drawn = layersChartData(*state.model, *state.analysis.value, tools_->selection(),
                                          analysisState(*workspace_, slot),
                                          slot == Slot::A ? ModelSlot::A : ModelSlot::B);
  chart_->setProvenance(QString::fromUtf8("%1 · %2 %3")
                            .arg(drawn.subtitle, QCoreApplication::applicationName(),
                                 QCoreApplication::applicationVersion()));
  chart_->setData(std::move(drawn));
}

}  // namespace kvloupe
