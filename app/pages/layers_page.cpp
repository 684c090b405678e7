// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/layers_page.hpp"

#include <QCoreApplication>
#include <QVBoxLayout>

#include "charts/layers_chart.hpp"
#include "pages/analysis_words.hpp"
#include "pages/layers_tools.hpp"
#include "workspace/workspace.hpp"

namespace kvloupe {

LayersPage::LayersPage(Workspace* workspace, QWidget* parent)
    : Page(parent),
      workspace_(workspace),
      tools_(new LayersTools(this)),
      chart_(new LayersChart(this)) {
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(0);
  column->addWidget(tools_);
  column->addWidget(chart_, 1);
  chart_->setObjectName("layersChart");
  chart_->setOpenHint(tr("Click to open its dimensions"));
  connect(chart_, &LayersChart::barClicked, this, [this](int layer) { emit layerOpened(layer); });
  connect(tools_, &LayersTools::selectionChanged, this, &LayersPage::refresh);
  connect(tools_, &LayersTools::fitRequested, chart_, &LayersChart::fit);
  connect(tools_, &LayersTools::copyRequested, chart_, &LayersChart::copyToClipboard);
  connect(workspace_, &Workspace::analysisChanged, this, [this](Slot slot) {
    if (slot == workspace_->active()) outdate();
  });
  connect(workspace_, &Workspace::slotChanged, this, &LayersPage::outdate);
  connect(workspace_, &Workspace::activeChanged, this, &LayersPage::outdate);
}

std::vector<ChartFrame*> LayersPage::charts() const { return {chart_}; }

QWidget* LayersPage::toolRow() const { return tools_; }

FigureSheet LayersPage::sheet() const {
  FigureSheet sheet;
  sheet.add(chart_, {0, 0, 1, 1});
  sheet.setProvenance(chart_->provenance());
  return sheet;
}

QString LayersPage::absence() const {
  return workspace_->activeSlot().analysis.value ? QString() : analysisAbsence(*workspace_);
}

QJsonObject LayersPage::view() const { return tools_->view(); }

void LayersPage::setView(const QJsonObject& view) {
  if (const ModelInfoPtr& model = workspace_->activeSlot().model) tools_->setModel(*model);
  tools_->setView(view);
  outdate();
}

void LayersPage::refresh() {
  const SlotState& state = workspace_->activeSlot();
  chart_->setEmptyText(analysisAbsence(*workspace_));
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
