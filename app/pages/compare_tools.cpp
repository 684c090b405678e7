// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/compare_tools.hpp"

#include <QCheckBox>
#include <QComboBox>
#include <algorithm>

#include "controls/badge.hpp"
#include "controls/buttons.hpp"
#include "controls/choice_box.hpp"
#include "controls/labels.hpp"
#include "controls/segmented_control.hpp"

namespace kvloupe {
namespace {

constexpr int kWide = 860;
constexpr int kPlanCharacters = 20;  // of a plan's name, at least
constexpr std::array<LayersMetric, 5> kMetrics = {LayersMetric::Spread, LayersMetric::RobustSpread,
                                                  LayersMetric::MeanSigma, LayersMetric::Rank95,
                                                  LayersMetric::Participation};

/// K and V of both kinds of cache can be laid beside each other: those come first.
std::vector<TapChoice> comparableTaps(const ModelInfo& model) {
  std::vector<TapChoice> choices = tapChoicesOf(model);
  const auto keysAndValues = [](const TapChoice& choice) {
    return choice.taps.front().first == Target::K;
  };
  std::stable_partition(choices.begin(), choices.end(), keysAndValues);
  for (TapChoice& choice : choices)
    if (keysAndValues(choice) && !choice.name.contains(' ')) choice.name += ", v";
  return choices;
}

}  // namespace

CompareTools::CompareTools(QWidget* parent)
    : ToolRow(kWide, parent),
      what_(new SegmentedControl(QStringList{tr("Models"), tr("Plans")}, this)),
      metric_(makeList(tr("Metric"))),
      axis_(new SegmentedControl(QStringList{tr("Log"), tr("Linear")}, this)),
      link_(new QCheckBox(tr("Link axes"), this)) {
  for (const LayersMetric metric : kMetrics)
    metric_->addItem(metricName(metric), metricKey(metric));
  what_->setAccessibleName(tr("What is compared"));
  what_->setToolTip(tr("Two models, or the active model under two plans"));
  what_->setCurrentIndex(0);
  axis_->setAccessibleName(tr("Axis"));
  axis_->setCurrentIndex(0);
  link_->setChecked(true);
  auto* copy = new IconButton(Icon::Copy, tr("Copy the charts (Ctrl+C)"), this);
  addTool(what_);
  labelsOfModels_.push_back(addLabel(tr("Metric")));
  addTool(metric_);
  for (const std::size_t index : {std::size_t{0}, std::size_t{1}}) {
    auto* badge = new Badge(index == 0 ? ModelSlot::A : ModelSlot::B, this);
    badge->setDiameter(16);
    addTool(badge);
    taps_[index] = makeList(index == 0 ? tr("Taps of A") : tr("Taps of B"));
    taps_[index]->setPlaceholderText(tr("no model"));
    addTool(taps_[index]);
    plans_[index] = new ChoiceBox(this);
    plans_[index]->setAccessibleName(index == 0 ? tr("Plan A") : tr("Plan B"));
    plans_[index]->setFixedHeight(26);
    plans_[index]->setMinimumContentsLength(kPlanCharacters);
    plans_[index]->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    addTool(plans_[index]);
    connect(taps_[index], &QComboBox::activated, this, &CompareTools::selectionChanged);
    connect(plans_[index], &QComboBox::activated, this, [this, index](int row) {
      planKeys_[index] = keys_[static_cast<std::size_t>(row)];
      emit selectionChanged();
    });
    ofModels_.push_back(taps_[index]);
  }
  labelsOfModels_.push_back(addLabel(tr("Axis")));
  addTool(axis_);
  addOptional(link_);
  addStretch();
  addOptional(copy);
  ofModels_.insert(ofModels_.end(), {metric_, axis_});
  fold();
  connect(what_, &SegmentedControl::activated, this, [this] {
    fold();
    emit selectionChanged();
  });
  connect(metric_, &QComboBox::activated, this, &CompareTools::selectionChanged);
  connect(axis_, &SegmentedControl::activated, this, &CompareTools::selectionChanged);
  connect(link_, &QCheckBox::clicked, this, &CompareTools::selectionChanged);
  connect(copy, &QToolButton::clicked, this, &CompareTools::copyRequested);
}

bool CompareTools::plansChosen() const { return what_->currentIndex() == 1; }

void CompareTools::choosePlans(bool plans) {
  what_->setCurrentIndex(plans ? 1 : 0);
  fold();
}

void CompareTools::fold() {
  ToolRow::fold();
  for (QWidget* tool : ofModels_) tool->setVisible(!plansChosen());
  for (QWidget* label : labelsOfModels_) label->setVisible(!plansChosen() && !narrow());
  for (QWidget* list : plans_) list->setVisible(plansChosen());
}

void CompareTools::setPlans(const std::vector<PlanChoice>& choices,
                            const std::array<int, 2>& chosen) {
  std::vector<ChoiceBox::Entry> entries;
  keys_.clear();
  for (const PlanChoice& choice : choices) {
    ChoiceBox::Entry entry{choice.name, {}};
    if (!choice.plan)
      entry.refusal = Refusal{tr("not measured").toStdString(), tr("on this text").toStdString(),
                              tr("the plan in the Compression panel, once").toStdString()};
    entries.push_back(std::move(entry));
    keys_.push_back(choice.key);
  }
  for (const std::size_t index : {std::size_t{0}, std::size_t{1}}) {
    plans_[index]->setEntries(entries, chosen[index]);
    plans_[index]->setEnabled(!entries.empty());
    const bool any = chosen[index] >= 0;
    plans_[index]->setToolTip(any ? plainTip(choices[static_cast<std::size_t>(chosen[index])].name)
                                  : QString());
  }
}

void CompareTools::setModel(std::size_t index, const ModelInfo* model) {
  QComboBox* list = taps_[index];
  list->setEnabled(model != nullptr);
  const std::vector<TapChoice> choices = model ? comparableTaps(*model) : std::vector<TapChoice>();
  const auto same = [](const TapChoice& a, const TapChoice& b) {
    return a.name == b.name && a.taps == b.taps;
  };
  if (std::equal(choices.begin(), choices.end(), choices_[index].begin(), choices_[index].end(),
                 same))
    return;
  choices_[index] = choices;
  list->clear();
  for (const TapChoice& choice : choices) list->addItem(choice.name, choice.key);
  if (!choices.empty()) list->setCurrentIndex(0);  // a list with a placeholder chooses nothing
}

LayersSelection CompareTools::selection(std::size_t index) const {
  LayersSelection selection;
  selection.metric = kMetrics[static_cast<std::size_t>(std::max(0, metric_->currentIndex()))];
  selection.log = axis_->currentIndex() == 0;
  const int chosen = taps_[index]->currentIndex();
  if (chosen >= 0) selection.taps = choices_[index][static_cast<std::size_t>(chosen)].taps;
  return selection;
}

QJsonObject CompareTools::view() const {
  return {{"metric", metric_->currentData().toString()},
          {"log", axis_->currentIndex() == 0},
          {"linked", linked()},
          {"taps_a", taps_[0]->currentData().toString()},
          {"taps_b", taps_[1]->currentData().toString()},
          {"plans", plansChosen()},
          {"plan_a", planKeys_[0]},
          {"plan_b", planKeys_[1]}};
}

void CompareTools::setView(const QJsonObject& view) {
  const auto choose = [&](QComboBox* list, const char* key) {
    if (const int index = indexOfKey(*list, view[key].toString()); index >= 0)
      list->setCurrentIndex(index);
  };
  choose(metric_, "metric");
  choose(taps_[0], "taps_a");
  choose(taps_[1], "taps_b");
  axis_->setCurrentIndex(view["log"].toBool(axis_->currentIndex() == 0) ? 0 : 1);
  link_->setChecked(view["linked"].toBool(linked()));
  what_->setCurrentIndex(view["plans"].toBool(plansChosen()) ? 1 : 0);
  planKeys_ = {view["plan_a"].toString(planKeys_[0]), view["plan_b"].toString(planKeys_[1])};
  fold();
}

bool CompareTools::linked() const { return link_->isChecked(); }

}  // namespace kvloupe
