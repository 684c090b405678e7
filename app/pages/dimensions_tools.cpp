// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/dimensions_tools.hpp"

#include <QComboBox>
#include <QSpinBox>
#include <algorithm>

#include "controls/buttons.hpp"
#include "controls/chip.hpp"
#include "controls/labels.hpp"
#include "controls/segmented_control.hpp"

namespace kvloupe {
namespace {

constexpr int kWide = 800;

}  // namespace

DimensionsTools::DimensionsTools(QWidget* parent)
    : ToolRow(kWide, parent),
      layer_(new QSpinBox(this)),
      heads_(makeList(tr("Head"))),
      firstChip_(new Chip(Target::K, this)),
      taps_(makeList(tr("Tap"))),
      secondChip_(new Chip(Target::V, this)),
      secondTap_(new InkLabel(TextRole::Body, Ink::Text, "v", this)),
      order_(new SegmentedControl(QStringList{tr("Sorted"), tr("Stored")}, this)),
      axis_(new SegmentedControl(QStringList{tr("Log"), tr("Linear")}, this)) {
  layer_->setAccessibleName(tr("Layer"));
  layer_->setFixedHeight(26);
  layer_->setMinimumWidth(52);
  order_->setAccessibleName(tr("Order of the dimensions"));
  axis_->setAccessibleName(tr("Axis"));
  auto* fit = new IconButton(Icon::Fit, tr("Fit the charts (Ctrl+0)"), this);
  auto* copy = new IconButton(Icon::Copy, tr("Copy the charts (Ctrl+C)"), this);
  addLabel(tr("Layer"));
  addTool(layer_);
  addLabel(tr("Head"));
  addTool(heads_);
  addLabel(tr("Tap"));
  addTool(firstChip_);
  addTool(taps_);
  addTool(secondChip_);
  addTool(secondTap_);
  addLabel(tr("Order"));
  addTool(order_);
  addLabel(tr("Axis"));
  addTool(axis_);
  addStretch();
  addTool(fit);
  addTool(copy);

  connect(layer_, &QSpinBox::valueChanged, this, [this](int layer) {
    DimensionsSelection next = selection_;
    next.layer = layer;
    choose(next);
  });
  connect(heads_, &QComboBox::activated, this, [this](int index) {
    DimensionsSelection next = selection_;
    const bool joined = index == heads_->count() - 1;
    next.head = joined ? std::nullopt : std::optional(index);
    choose(next);
  });
  connect(taps_, &QComboBox::activated, this, [this](int index) {
    DimensionsSelection next = selection_;
    next.taps = tapChoices_[static_cast<std::size_t>(index)].taps;
    if (next.head && *next.head >= headCountOf(model_, next.taps)) next.head = 0;
    choose(next);
  });
  connect(order_, &SegmentedControl::activated, this, [this](int index) {
    DimensionsSelection next = selection_;
    next.sorted = index == 0;
    choose(next);
  });
  connect(axis_, &SegmentedControl::activated, this, [this](int index) {
    DimensionsSelection next = selection_;
    next.log = index == 0;
    choose(next);
  });
  connect(fit, &QToolButton::clicked, this, &DimensionsTools::fitRequested);
  connect(copy, &QToolButton::clicked, this, &DimensionsTools::copyRequested);
  refresh();
}

void DimensionsTools::setModel(const ModelInfo& model) {
  const bool sameKind =
      model.attention == model_.attention && model.taps == model_.taps && !tapChoices_.empty();
  model_ = model;
  if (!sameKind) {
    tapChoices_ = tapChoicesOf(model);
    taps_->clear();
    for (const TapChoice& choice : tapChoices_) taps_->addItem(choice.name, choice.key);
    selection_.taps = tapChoices_.front().taps;
    selection_.head = 0;
  }
  selection_.layer = std::clamp(selection_.layer, 0, std::max(0, model.numLayers - 1));
  if (selection_.head && *selection_.head >= headCountOf(model_, selection_.taps))
    selection_.head = 0;
  refresh();
}

void DimensionsTools::setSelection(const DimensionsSelection& selection) {
  selection_ = selection;
  refresh();
}

QJsonObject DimensionsTools::view() const {
  QJsonObject view{{"layer", selection_.layer},
                   {"head", selection_.head.value_or(-1)},
                   {"sorted", selection_.sorted},
                   {"log", selection_.log}};
  if (const int taps = indexOfTaps(tapChoices_, selection_.taps); taps >= 0)
    view["taps"] = tapChoices_[static_cast<std::size_t>(taps)].key;
  return view;
}

void DimensionsTools::setView(const QJsonObject& view) {
  DimensionsSelection next = selection_;
  next.layer = std::clamp(view["layer"].toInt(next.layer), 0, std::max(0, model_.numLayers - 1));
  next.sorted = view["sorted"].toBool(next.sorted);
  next.log = view["log"].toBool(next.log);
  if (const int taps = indexOfTaps(tapChoices_, view["taps"].toString()); taps >= 0)
    next.taps = tapChoices_[static_cast<std::size_t>(taps)].taps;
  const int head = view["head"].toInt(0);
  next.head =
      head < 0 ? std::nullopt : std::optional(head < headCountOf(model_, next.taps) ? head : 0);
  setSelection(next);
}

void DimensionsTools::fillHeads() {
  const int heads = std::max(1, headCountOf(model_, selection_.taps));
  if (heads_->count() == heads + 1) return;
  heads_->clear();
  for (int head = 0; head < heads; ++head) heads_->addItem(QString::number(head));
  heads_->addItem(tr("Joined"));
}

void DimensionsTools::choose(const DimensionsSelection& selection) {
  if (selection == selection_) return;
  selection_ = selection;
  refresh();
  emit selectionChanged();
}

void DimensionsTools::refresh() {
  fillHeads();
  {
    const QSignalBlocker quiet(layer_);
    layer_->setRange(0, std::max(0, model_.numLayers - 1));
    layer_->setValue(selection_.layer);
  }
  heads_->setCurrentIndex(selection_.head.value_or(heads_->count() - 1));
  for (std::size_t i = 0; i < tapChoices_.size(); ++i)
    if (tapChoices_[i].taps == selection_.taps) taps_->setCurrentIndex(static_cast<int>(i));
  if (!selection_.taps.empty()) {
    firstChip_->setTarget(selection_.taps.front().first);
    secondChip_->setTarget(selection_.taps.back().first);
  }
  secondTap_->setVisible(model_.attention != AttentionKind::Mla);
  order_->setCurrentIndex(selection_.sorted ? 0 : 1);
  axis_->setCurrentIndex(selection_.log ? 0 : 1);
}

}  // namespace kvloupe
