// SPDX-License-Identifier: GPL-3.0-or-later
// Allocation, kept plans and plan files: from the Compression panel to the workspace.
#include <QFileDialog>
#include <QFileInfo>

#include "controls/picked_path.hpp"
#include "panels/compression_panel.hpp"
#include "window/kept_plans.hpp"
#include "window/main_window.hpp"
#include "window/plans_presenter.hpp"
#include "window/recent_items.hpp"
#include "window/workbench.hpp"
#include "workspace/draft_for_model.hpp"

namespace kvloupe {

void MainWindow::connectPlans() {
  CompressionPanel* panel = workbench_->compression();
  const auto use = [this](const std::vector<CompressionSpec>& specs) {
    if (const ModelInfoPtr& model = workspace_->activeSlot().model)
      workspace_->editPlan(draftFor(*model, specs), workspace_->newGesture());
  };
  connect(panel, &CompressionPanel::allocationRequested, this, [this](double budget) {
    workspace_->allocate(workspace_->active(),
                         allocationWish(workspace_->activeSlot().draft, budget));
  });
  connect(panel, &CompressionPanel::allocatedUsed, this, [this, use] {
    if (const AllocationPtr& found = workspace_->activeSlot().allocation.value)
      use(found->plan->specs);
  });
  connect(panel, &CompressionPanel::uniformUsed, this, [this, use] {
    const AllocationPtr& found = workspace_->activeSlot().allocation.value;
    if (found && found->uniform) use(found->uniform->specs);
  });

  PlansMenu* plans = panel->plans();
  connect(plans, &PlansMenu::planChosen, this, [this, use](const QString& name) {
    for (const NamedPlan& plan : workspace_->activeSlot().kept)
      if (plan.name == name) return use(plan.specs);
  });
  connect(plans, &PlansMenu::keepRequested, workspace_, &Workspace::keepPlan);
  connect(plans, &PlansMenu::renameRequested, workspace_, &Workspace::renamePlan);
  connect(plans, &PlansMenu::duplicateRequested, workspace_, &Workspace::duplicatePlan);
  connect(plans, &PlansMenu::forgetRequested, workspace_, &Workspace::forgetPlan);
  connect(plans, &PlansMenu::importRequested, this, [this] { askPlanToImport(); });
  connect(plans, &PlansMenu::exportRequested, this, [this] { askPlanPath(); });

  connect(workspace_, &Workspace::allocationChanged, this, &MainWindow::refreshCompression);
  connect(workspace_, &Workspace::keptPlansChanged, this, [this](Slot slot) {
    const SlotState& state = workspace_->slot(slot);
    storeKeptPlans(*state.model, state.kept);
    refreshCompression();
  });
  // A plan can be exported once it is measured.
  connect(workspace_, &Workspace::planMeasured, this,
          [this, plans] { plans->setView(plansView(*workspace_)); });
  connect(workspace_, &Workspace::planExported, this,
          [this](const QString& path) { log(tr("Plan written to %1").arg(shortPath(path))); });
  connect(workspace_, &Workspace::planImported, this,
          [this](const QString& path) { log(tr("Plan read from %1").arg(shortPath(path))); });
  connect(workspace_, &Workspace::slotChanged, this, [this](Slot slot) {
    const SlotState& state = workspace_->slot(slot);
    if (!state.model) return;
    workspace_->restoreKeptPlans(slot, withSession(readKeptPlans(*state.model), state.kept));
    refreshCompression();
  });
}

void MainWindow::askPlanToImport() {
  const QString path = QFileDialog::getOpenFileName(this, tr("Import a plan"),
                                                    rememberedFolder("plan"), tr("Plans (*.json)"));
  if (path.isEmpty()) return;
  rememberFolder("plan", path);
  workspace_->importPlan(workspace_->active(), path);
}

void MainWindow::askPlanPath() {
  const QString picked = QFileDialog::getSaveFileName(
      this, tr("Export the plan"), rememberedFolder("plan") + "/plan.json", tr("Plans (*.json)"));
  const QString path = withEnding(this, picked, ".json", {".json"});
  if (path.isEmpty()) return;
  rememberFolder("plan", path);
  workspace_->exportPlan(workspace_->active(), path);
}

}  // namespace kvloupe
