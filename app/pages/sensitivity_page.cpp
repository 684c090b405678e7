// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/sensitivity_page.hpp"

#include <QCoreApplication>
#include <QHBoxLayout>
#include <QVBoxLayout>

#include "charts/cumulative_chart.hpp"
#include "charts/sensitivity_map.hpp"
#include "pages/sensitivity_tools.hpp"
#include "panels/surface.hpp"
#include "tables/protect_table.hpp"
#include "types/format.hpp"
#include "workspace/draft_for_model.hpp"
#include "workspace/layer_groups.hpp"
#include "workspace/sensitivity_override.hpp"
#include "workspace/tolerant_layers.hpp"
#include "workspace/workspace.hpp"

namespace kvloupe {
namespace {

QString subtitleOf(const ModelInfo& model, const Sensitivity& figures) {
  QString tokens = QString::fromStdString(formatCount(figures.tokensScored));
  if (!figures.complete())
    tokens = SensitivityPage::tr("%1 of %2")
                 .arg(tokens, QString::fromStdString(formatCount(figures.tokensPlanned)));
  return SensitivityPage::tr("%1 · %2 · %3 · ctx %4 · %5 tokens scored · brackets: 95 % interval")
      .arg(QString::fromStdString(model.name), QString::fromStdString(figures.specText),
           QString::fromStdString(figures.setting.protocol))
      .arg(figures.setting.context)
      .arg(tokens);
}

}  // namespace

SensitivityPage::SensitivityPage(Workspace* workspace, QWidget* parent)
    : Page(parent),
      workspace_(workspace),
      tools_(new SensitivityTools(this)),
      map_(new SensitivityMap(this)),
      cumulative_(new CumulativeChart(this)),
      ranking_(new ProtectTable(this)) {
  auto* lower = new QHBoxLayout;
  lower->setSpacing(0);
  lower->addWidget(cumulative_, 62);
  lower->addWidget(new Rule(Qt::Vertical, this));
  lower->addWidget(ranking_, 38);
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(0);
  column->addWidget(tools_);
  column->addWidget(map_, 46);
  column->addWidget(new Rule(Qt::Horizontal, this));
  column->addLayout(lower, 54);
  connect(tools_, &SensitivityTools::viewChosen, this, &SensitivityPage::refresh);
  connect(tools_, &SensitivityTools::copyRequested, this, [this] { sheet().copyToClipboard(); });
  connect(tools_, &SensitivityTools::measureRequested, this,
          [this] { workspace_->measureSensitivity(workspace_->active(), tools_->specs()); });
  connect(tools_, &SensitivityTools::planRequested, this, [this](int index) {
    const SlotState& state = workspace_->activeSlot();
    if (!state.model || !state.sensitivity.value) return;
    const std::vector<TolerantLayers> plans = tolerantLayers(*state.sensitivity.value);
    if (index >= static_cast<int>(plans.size())) return;
    const auto specs = specsOf(plans[static_cast<std::size_t>(index)], *state.sensitivity.value);
    if (!specs.empty())
      workspace_->editPlan(draftFor(*state.model, specs), workspace_->newGesture());
  });
  connect(map_, &SensitivityMap::cellClicked, this, [this](int layer, int index) {
    const SlotState& state = workspace_->activeSlot();
    if (!state.model || !state.sensitivity.value) return;
    workspace_->editPlan(
        withCellApart(state.draft, *state.model, *state.sensitivity.value, layer, index),
        workspace_->newGesture());
  });
  connect(workspace_, &Workspace::sensitivityChanged, this, &SensitivityPage::outdate);
  connect(workspace_, &Workspace::slotChanged, this, &SensitivityPage::outdate);
  connect(workspace_, &Workspace::activeChanged, this, &SensitivityPage::outdate);
  connect(workspace_, &Workspace::settingsChanged, this, &SensitivityPage::outdate);
}

std::vector<ChartFrame*> SensitivityPage::charts() const { return {map_, cumulative_}; }

QWidget* SensitivityPage::toolRow() const { return tools_; }

void SensitivityPage::setLarge(bool large) {
  Page::setLarge(large);
  ranking_->setMagnification(large ? kHallMagnification : 1);
}

FigureSheet SensitivityPage::sheet() const {
  FigureSheet sheet;
  sheet.add(map_, {0, 0, 1, 0.46});
  sheet.add(cumulative_, {0, 0.46, 1, 0.54});
  sheet.setProportion(0.8);
  sheet.setProvenance(map_->provenance());
  return sheet;
}

QString SensitivityPage::absence() const {
  return workspace_->activeSlot().sensitivity.value ? QString() : emptyText();
}

bool SensitivityPage::measuring() const {
  return sensitivityAwaited(workspace_->activeSlot(), workspace_->settings());
}

QString SensitivityPage::emptyText() const {
  const SlotState& state = workspace_->activeSlot();
  if (!state.model) return tr("Open a model first");
  if (state.phase == Phase::Saved) return tr("This run holds no sensitivity");
  if (measuring()) return tr("Cells appear when every layer has seen the first window");
  return tr("Measure compresses one layer at a time and shows which one pays");
}

QJsonObject SensitivityPage::view() const { return tools_->view(); }

void SensitivityPage::setView(const QJsonObject& view) {
  if (const ModelInfoPtr& model = workspace_->activeSlot().model) tools_->setModel(*model);
  tools_->setView(view);
  outdate();
}

void SensitivityPage::refresh() {
  const SlotState& state = workspace_->activeSlot();
  tools_->setEnabled(state.model != nullptr);
  if (state.model) tools_->setModel(*state.model);
  SensitivityView view;
  view.figures = state.sensitivity.value;
  view.metric = tools_->metric();
  view.log = tools_->log();
  view.stale = state.phase == Phase::Open && view.figures && !measuring() &&
               !state.sensitivity.key.startsWith(measuredOnKey(state, workspace_->settings()));
  if (view.figures && state.model) {
    view.subtitle = subtitleOf(*state.model, *view.figures);
    if (view.stale) view.subtitle = tr("last run: %1").arg(view.subtitle);
  }
  const QString provenance = QString::fromUtf8("%1 · %2 %3")
                                 .arg(view.subtitle, QCoreApplication::applicationName(),
                                      QCoreApplication::applicationVersion());
  map_->setEmptyText(emptyText());
  for (ChartFrame* chart : charts()) chart->setProvenance(provenance);
  ranking_->setData(view.figures);
  cumulative_->setData(view);
  map_->setData(view);
  offerPlans(view);
  const bool open = state.phase == Phase::Open;
  tools_->setMeasured(view.figures != nullptr, open && !measuring(),
                      open ? tr("One layer and target at a time, then more and more layers")
                           : tr("Measured on models, not on saved runs"));
}

/// The most tolerant layers within each budget, unless they are of another text.
void SensitivityPage::offerPlans(const SensitivityView& view) {
  QStringList names;
  QString why = tr("Plans of the most tolerant layers, once they are measured together");
  if (view.figures && !view.stale) {
    for (const TolerantLayers& each : tolerantLayers(*view.figures))
      names << tr("%1 in layers %2: ΔPPL %3, within %4\u00a0%")
                   .arg(columnName(view.figures->columns[static_cast<std::size_t>(each.column)]),
                        layersText(each.layers),
                        QString::fromStdString(formatDeltaPpl(each.deltaPplPercent)))
                   .arg(each.budgetPercent);
    if (!names.isEmpty())
      why = tr("The most tolerant layers within a budget become the plan");
    else if (!view.figures->cumulative.empty())
      why = tr("Already the most tolerant layer costs more than 5\u00a0%");
  }
  tools_->setPlans(names, why);
}

}  // namespace kvloupe
