// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/compare_tools.hpp"

#include <QCheckBox>
#include <QComboBox>
#include <QPushButton>
#include <algorithm>

#include "controls/badge.hpp"
#include "controls/buttons.hpp"
#include "controls/segmented_control.hpp"

namespace kvloupe {
namespace {

constexpr int kWide = 860;
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
      metric_(makeList(tr("Metric"))),
      axis_(new SegmentedControl(QStringList{tr("Log"), tr("Linear")}, this)),
      link_(new QCheckBox(tr("Link axes"), this)),
      verdict_(new QPushButton(tr("Measure the verdict"), this)) {
  for (const LayersMetric metric : kMetrics)
    metric_->addItem(metricName(metric), metricKey(metric));
  axis_->setAccessibleName(tr("Axis"));
  axis_->setCurrentIndex(0);
  link_->setChecked(true);
  verdict_->setFixedHeight(26);
  auto* copy = new IconButton(Icon::Copy, tr("Copy the charts (Ctrl+C)"), this);
  addLabel(tr("Metric"));
  addTool(metric_);
  for (const std::size_t index : {std::size_t{0}, std::size_t{1}}) {
    auto* badge = new Badge(index == 0 ? ModelSlot::A : ModelSlot::B, this);
    badge->setDiameter(16);
    addTool(badge);
    taps_[index] = makeList(index == 0 ? tr("Taps of A") : tr("Taps of B"));
    addTool(taps_[index]);
    connect(taps_[index], &QComboBox::activated, this, &CompareTools::selectionChanged);
  }
  addLabel(tr("Axis"));
  addTool(axis_);
  addOptional(link_);
  addStretch();
  addTool(verdict_);
  addOptional(copy);
  connect(metric_, &QComboBox::activated, this, &CompareTools::selectionChanged);
  connect(axis_, &SegmentedControl::activated, this, &CompareTools::selectionChanged);
  connect(link_, &QCheckBox::clicked, this, &CompareTools::selectionChanged);
  connect(verdict_, &QPushButton::clicked, this, &CompareTools::verdictRequested);
  connect(copy, &QToolButton::clicked, this, &CompareTools::copyRequested);
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
          {"taps_b", taps_[1]->currentData().toString()}};
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
}

bool CompareTools::linked() const { return link_->isChecked(); }

void CompareTools::setVerdictEnabled(bool enabled, const QString& why) {
  verdict_->setEnabled(enabled);
  verdict_->setToolTip(why);
}

}  // namespace kvloupe
