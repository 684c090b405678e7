// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/compare_page.hpp"

#include <QCoreApplication>
#include <QPushButton>
#include <QStackedWidget>
#include <QVBoxLayout>

#include "charts/bars_chart.hpp"
#include "charts/compare_data.hpp"
#include "charts/layers_chart.hpp"
#include "pages/analysis_words.hpp"
#include "pages/compare_tools.hpp"
#include "pages/side_by_side.hpp"
#include "tables/plan_difference_table.hpp"
#include "tables/verdict_table.hpp"
#include "theme/fonts.hpp"
#include "workspace/needs.hpp"
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
      stack_(new QStackedWidget(this)),
      charts_{new LayersChart(this), new LayersChart(this)},
      difference_(new LayersChart(this)),
      verdict_(new VerdictTable(this)),
      judge_(new QPushButton(tr("Measure the verdict"), this)),
      models_(new SideBySide({charts_[0], charts_[1]}, difference_, tr("Verdict"), verdict_, this)),
      planCharts_{new BarsChart(this), new BarsChart(this)},
      planDifference_(new BarsChart(this)),
      planTable_(new PlanDifferenceTable(this)),
      plans_(new SideBySide({planCharts_[0], planCharts_[1]}, planDifference_, tr("Figures"),
                            planTable_, this)) {
  judge_->setFixedHeight(26);
  models_->addHeadTool(judge_);
  stack_->addWidget(models_);
  stack_->addWidget(plans_);
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(0);
  column->addWidget(tools_);
  column->addWidget(stack_, 1);

  connect(tools_, &CompareTools::selectionChanged, this, &ComparePage::refresh);
  connect(tools_, &CompareTools::copyRequested, this, [this] { sheet().copyToClipboard(); });
  connect(judge_, &QPushButton::clicked, this, [this] {
    for (const Slot slot : kSlots)
      workspace_->findSafeRatios(slot, {.curves = {}, .verdict = true});
  });
  connect(workspace_, &Workspace::analysisChanged, this, &ComparePage::outdate);
  connect(workspace_, &Workspace::slotChanged, this, &ComparePage::outdate);
  connect(workspace_, &Workspace::sweepChanged, this, &ComparePage::outdate);
  // What follows changes two plans of a model alone.
  const auto plansChanged = [this] {
    if (showsPlans()) outdate();
  };
  connect(workspace_, &Workspace::activeChanged, this, plansChanged);
  connect(workspace_, &Workspace::planMeasured, this, plansChanged);
  connect(workspace_, &Workspace::draftChanged, this, plansChanged);
  connect(workspace_, &Workspace::allocationChanged, this, plansChanged);
  connect(workspace_, &Workspace::keptPlansChanged, this, plansChanged);
  connect(workspace_, &Workspace::settingsChanged, this, plansChanged);
}

bool ComparePage::showsPlans() const { return tools_->plansChosen(); }

void ComparePage::showPlans(bool plans) {
  if (plans == showsPlans()) return;
  tools_->choosePlans(plans);
  outdate();
}

bool ComparePage::plansWereChosen() const {
  const std::array<QString, 2>& keys = tools_->planKeys();
  return !keys[0].isEmpty() || !keys[1].isEmpty();
}

std::vector<ChartFrame*> ComparePage::charts() const { return chartsOf(showsPlans()); }

std::vector<ChartFrame*> ComparePage::chartsOf(bool plans) const {
  if (plans) return {planCharts_[0], planCharts_[1], planDifference_};
  return {charts_[0], charts_[1], difference_};
}

QWidget* ComparePage::toolRow() const { return tools_; }

void ComparePage::setLarge(bool large) {
  for (const bool plans : {false, true})
    for (ChartFrame* chart : chartsOf(plans))
      chart->setMagnification(large ? kHallMagnification : 1);
  tools_->setVisible(!large);
  for (SideBySide* side : {models_, plans_}) side->setLarge(large);
  verdict_->setLarge(large);
  planTable_->setLarge(large);
  judge_->setFont(kvloupe::font(large ? TextRole::HallChart : TextRole::Body));
  judge_->setFixedHeight(large ? 38 : 26);
}

FigureSheet ComparePage::sheet() const { return (showsPlans() ? plans_ : models_)->sheet(); }

QString ComparePage::absence() const { return showsPlans() ? plansAbsence() : modelsAbsence(); }

QString ComparePage::modelsAbsence() const {
  for (const Slot slot : kSlots)
    if (!workspace_->slot(slot).analysis.value) return emptyText(slot);
  return {};
}

QString ComparePage::plansAbsence() const {
  const SlotState& state = workspace_->activeSlot();
  if (!state.model) return tr("Open a model or a saved run");
  PlanNames names = planNames_;
  const std::vector<PlanChoice> choices = planChoices(*workspace_, names);
  const auto chosen = chosenPlans(*workspace_, choices, tools_->planKeys());
  if (chosen[0] >= 0 && chosen[1] >= 0) return {};
  return state.phase == Phase::Saved ? tr("This run holds no two plans")
                                     : tr("Appears once two plans are measured");
}

QString ComparePage::emptyText(Slot slot) const {
  const SlotState& state = workspace_->slot(slot);
  if (!state.model)
    return slot == Slot::A ? tr("Open a model or a saved run as A")
                           : tr("Open a second model, or a saved run, as B");
  if (state.phase == Phase::Saved) return tr("This run holds no analysis");
  return tr("Bars appear as the calibration text streams through the model");
}

QString ComparePage::unjudgedText(const SlotState& state) const {
  if (state.phase == Phase::Saved) return tr("This run was not judged");
  return state.sweepWish && state.sweepWish->verdict && sweepAwaited(state, workspace_->settings())
             ? tr("Judged when the search has ended")
             : tr("“Measure the verdict” judges it");
}

QJsonObject ComparePage::view() const { return tools_->view(); }

void ComparePage::setView(const QJsonObject& view) {
  for (const Slot slot : kSlots)
    tools_->setModel(indexOf(slot), workspace_->slot(slot).model.get());
  tools_->setView(view);
  outdate();
}

void ComparePage::refresh() {
  stack_->setCurrentWidget(showsPlans() ? plans_ : models_);
  for (SideBySide* each : {models_, plans_}) each->setLinked(tools_->linked());
  if (showsPlans())
    refreshPlans();
  else
    refreshModels();
  refreshVerdict();
}

void ComparePage::refreshPlans() {
  const SlotState& state = workspace_->activeSlot();
  if (planModel_ != state.model) planNames_.clear();
  planModel_ = state.model;
  const std::vector<PlanChoice> choices = planChoices(*workspace_, planNames_);
  const std::array<int, 2> chosen =
      state.model ? chosenPlans(*workspace_, choices, tools_->planKeys()) : std::array{-1, -1};
  tools_->setPlans(choices, chosen);
  const bool both = chosen[0] >= 0 && chosen[1] >= 0;
  std::array<BarsData, 3> drawn;
  PlanDifferenceView table;
  QString provenance, note;
  if (both) {
    const PlanChoice& a = choices[static_cast<std::size_t>(chosen[0])];
    const PlanChoice& b = choices[static_cast<std::size_t>(chosen[1])];
    drawn = planCharts(a, b, tools_->linked());
    table = differenceOf(a, b);
    note = tr("%1 · %2 · ctx %3 · %4 · brackets: 95 % interval")
               .arg(QString::fromStdString(state.model->name),
                    QString::fromStdString(a.plan->protocol))
               .arg(a.plan->context)
               .arg(QString::fromStdString(a.plan->text.name));
    provenance =
        QString::fromUtf8("%1 · %2 · ctx %3 · %4 · %5 %6")
            .arg(QString::fromStdString(state.model->name),
                 QString::fromStdString(a.plan->protocol))
            .arg(a.plan->context)
            .arg(QString::fromStdString(a.plan->text.name), QCoreApplication::applicationName(),
                 QCoreApplication::applicationVersion());
  } else {
    drawn[0].title = tr("Plan A");
    drawn[1].title = tr("Plan B");
    drawn[2].title = tr("Difference, B − A");
  }
  const std::array<BarsChart*, 3> charts = {planCharts_[0], planCharts_[1], planDifference_};
  for (std::size_t i = 0; i < charts.size(); ++i) {
    charts[i]->setEmptyText(both ? tr("Nothing is compressed: no loss") : plansAbsence());
    charts[i]->setProvenance(provenance);
    charts[i]->setData(std::move(drawn[i]));
  }
  plans_->setNote(note);
  planTable_->setView(table);
}

void ComparePage::refreshModels() {
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
    drawn.explainWhiskers = false;  // the difference does
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
                                "the safe ratio of every target"),
                       unjudgedText(state), sweepAwaited(state, workspace_->settings())});
    if (!state.sweep.value || !measuredOn.isEmpty()) continue;
    const Sweep& sweep = *state.sweep.value;
    measuredOn = tr("%1, 16 bit · %2 · ctx %3 · %4 · brackets: 95 % interval of ΔPPL, %")
                     .arg(QString::fromStdString(sweep.method),
                          QString::fromStdString(sweep.setting.protocol))
                     .arg(sweep.setting.context)
                     .arg(QString::fromStdString(sweep.setting.text.name));
  }
  models_->setNote(measuredOn);
  verdict_->setColumns(std::move(columns));
  judge_->setEnabled(open);
  judge_->setToolTip(open ? tr("Searches the safe ratio of every target")
                          : tr("Measured on models, not on saved runs"));
}

}  // namespace kvloupe
