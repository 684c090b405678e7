// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/compare_page.hpp"

#include <QHBoxLayout>
#include <QScopedValueRollback>
#include <QScrollArea>
#include <QVBoxLayout>

#include "charts/compare_data.hpp"
#include "charts/layers_chart.hpp"
#include "controls/labels.hpp"
#include "pages/analysis_words.hpp"
#include "pages/compare_tools.hpp"
#include "panels/surface.hpp"
#include "tables/verdict_table.hpp"
#include "workspace/workspace.hpp"

namespace kvloupe {
namespace {

constexpr std::array<Slot, 2> kSlots = {Slot::A, Slot::B};

ModelSlot modelSlotOf(Slot slot) { return slot == Slot::A ? ModelSlot::A : ModelSlot::B; }

}  // namespace

ComparePage::ComparePage(Workspace* workspace, QWidget* parent)
    : Page(parent),
      workspace_(workspace),
      tools_(new CompareTools(this)),
      charts_{new LayersChart(this), new LayersChart(this)},
      difference_(new LayersChart(this)),
      verdict_(new VerdictTable(this)) {
  auto* upper = new QHBoxLayout;
  upper->setSpacing(0);
  for (const Slot slot : kSlots) {
    LayersChart* shown = chart(slot);
    shown->setBadge(modelSlotOf(slot));
    shown->setMinimumHeight(190);
    upper->addWidget(shown, 1);
    LayersChart* other = chart(slot == Slot::A ? Slot::B : Slot::A);
    connect(shown, &ChartFrame::viewChanged, this, [this, shown, other] {
      if (!tools_->linked() || following_) return;
      const QScopedValueRollback guard(following_, true);
      other->followView(*shown);
    });
  }
  difference_->setMinimumHeight(180);  // the table scrolls
  auto* head = new Surface(&Palette::page, this);
  head->setFixedHeight(34);
  measuredOn_ = new InkLabel(TextRole::Chart, Ink::Second, {}, head);
  auto* words = new QHBoxLayout(head);
  words->setContentsMargins(24, 0, 20, 0);
  words->setSpacing(12);
  words->addWidget(new InkLabel(TextRole::Title, Ink::Text, tr("Verdict"), head));
  words->addWidget(measuredOn_);
  words->addStretch();
  auto* scroll = new QScrollArea(this);
  scroll->setWidget(verdict_);
  scroll->setWidgetResizable(true);
  scroll->setFrameShape(QFrame::NoFrame);

  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(0);
  column->addWidget(tools_);
  column->addLayout(upper, 37);
  column->addWidget(new Rule(Qt::Horizontal, this));
  column->addWidget(difference_, 26);
  column->addWidget(new Rule(Qt::Horizontal, this));
  column->addWidget(head);
  column->addWidget(scroll, 37);

  connect(tools_, &CompareTools::selectionChanged, this, &ComparePage::refresh);
  connect(tools_, &CompareTools::copyRequested, this, [this] { sheet().copyToClipboard(); });
  connect(tools_, &CompareTools::verdictRequested, this, [this] {
    for (const Slot slot : kSlots)
      workspace_->findSafeRatios(slot, {.curves = {}, .verdict = true});
  });
  connect(workspace_, &Workspace::analysisChanged, this, &ComparePage::outdate);
  connect(workspace_, &Workspace::slotChanged, this, &ComparePage::outdate);
  connect(workspace_, &Workspace::sweepChanged, this, &ComparePage::outdate);
}

std::vector<ChartFrame*> ComparePage::charts() const {
  return {charts_[0], charts_[1], difference_};
}

QWidget* ComparePage::toolRow() const { return tools_; }

FigureSheet ComparePage::sheet() const {
  FigureSheet sheet;
  sheet.add(charts_[0], {0, 0, 0.5, 0.6});
  sheet.add(charts_[1], {0.5, 0, 0.5, 0.6});
  sheet.add(difference_, {0, 0.6, 1, 0.4});
  sheet.setProvenance(difference_->provenance());
  return sheet;
}

QString ComparePage::absence() const {
  for (const Slot slot : kSlots)
    if (!workspace_->slot(slot).analysis.value) return emptyText(slot);
  return {};
}

QString ComparePage::emptyText(Slot slot) const {
  const SlotState& state = workspace_->slot(slot);
  if (!state.model)
    return slot == Slot::A ? tr("Open a model or a saved run as A")
                           : tr("Open a second model, or a saved run, as B");
  if (state.phase == Phase::Saved) return tr("This run holds no analysis");
  return tr("Bars appear as the calibration text streams through the model");
}

QJsonObject ComparePage::view() const { return tools_->view(); }

void ComparePage::setView(const QJsonObject& view) {
  for (const Slot slot : kSlots)
    tools_->setModel(indexOf(slot), workspace_->slot(slot).model.get());
  tools_->setView(view);
  outdate();
}

void ComparePage::refresh() {
  std::array<LayersChartData, 2> shown;
  for (const Slot slot : kSlots) {
    const SlotState& state = workspace_->slot(slot);
    LayersChart* chart = this->chart(slot);
    chart->setEmptyText(emptyText(slot));
    tools_->setModel(indexOf(slot), state.model.get());
    if (!state.model || !state.analysis.value) continue;
    LayersChartData drawn =
        layersChartData(*state.model, *state.analysis.value, tools_->selection(indexOf(slot)),
                        analysisState(*workspace_, slot), modelSlotOf(slot));
    chart->setProvenance(
        provenanceOf(*state.model, *state.analysis.value, tools_->selection(indexOf(slot)).taps));
    drawn.title = drawn.modelName;
    drawn.subtitle = drawn.briefSubtitle;
    shown[indexOf(slot)] = std::move(drawn);
  }
  if (tools_->linked()) shareReach(shown[0], shown[1]);
  for (const Slot slot : kSlots) {
    if (shown[indexOf(slot)].series.empty()) {
      chart(slot)->clear();
      const ModelInfoPtr& model = workspace_->slot(slot).model;
      chart(slot)->setTitle(model             ? QString::fromStdString(model->name)
                            : slot == Slot::A ? tr("No model A")
                                              : tr("No model B"));
    } else {
      chart(slot)->setData(shown[indexOf(slot)]);
    }
  }
  difference_->setEmptyText(tr("Appears when both sides have figures"));
  if (shown[0].series.empty() || shown[1].series.empty())
    difference_->clear();
  else
    difference_->setData(differenceData(shown[0], shown[1]));
  difference_->setTitle(tr("Difference, B / A"));
  difference_->setProvenance(chart(Slot::B)->provenance() + " / " + chart(Slot::A)->provenance());
  refreshVerdict();
}

void ComparePage::refreshVerdict() {
  std::vector<VerdictColumn> columns;
  QString measuredOn;
  bool open = false;
  for (const Slot slot : kSlots) {
    const SlotState& state = workspace_->slot(slot);
    if (!state.model) continue;
    open = open || state.phase == Phase::Open;
    const QString name = QString::fromStdString(state.model->name);
    const bool stale = state.sweep.value && !sweepCurrent(state, workspace_->settings());
    columns.push_back({modelSlotOf(slot), stale ? tr("%1, stale").arg(name) : name,
                       state.model->attention == AttentionKind::Mla, state.sweep.value,
                       state.phase == Phase::Saved
                           ? tr("This run holds no verdict")
                           : tr("Appears once “Measure the verdict” has searched "
                                "the safe ratio of every target")});
    if (!state.sweep.value || !measuredOn.isEmpty()) continue;
    const Sweep& sweep = *state.sweep.value;
    measuredOn = tr("%1, 16 bit · %2 · ctx %3 · %4 · brackets: 95 % interval of ΔPPL, %")
                     .arg(QString::fromStdString(sweep.method),
                          QString::fromStdString(sweep.setting.protocol))
                     .arg(sweep.setting.context)
                     .arg(QString::fromStdString(sweep.setting.text.name));
  }
  measuredOn_->setText(measuredOn);
  verdict_->setColumns(std::move(columns));
  tools_->setVerdictEnabled(open, open ? tr("Searches the safe ratio of every target")
                                       : tr("Measured on models, not on saved runs"));
}

}  // namespace kvloupe
