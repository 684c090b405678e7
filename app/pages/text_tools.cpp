// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/text_tools.hpp"

#include <QCheckBox>
#include <QComboBox>
#include <QDoubleSpinBox>
#include <QPushButton>
#include <QSpinBox>
#include <algorithm>

#include "controls/buttons.hpp"
#include "controls/labels.hpp"
#include "workspace/layer_groups.hpp"

namespace kvloupe {
namespace {

constexpr int kWide = 780;

}  // namespace

TextTools::TextTools(QWidget* parent)
    : ToolRow(kWide, parent),
      window_(new QSpinBox(this)),
      windows_(nullptr),
      color_(makeList(tr("Colour by"))),
      reach_(new QDoubleSpinBox(this)),
      top1_(new QCheckBox(tr("Mark changed top-1"), this)),
      layers_(makeList(tr("Compressed layers"))),
      attention_(new QPushButton(tr("Its attention"), this)) {
  window_->setAccessibleName(tr("Window"));
  window_->setFixedHeight(26);
  window_->setMinimumWidth(56);
  window_->setKeyboardTracking(false);
  color_->addItems({tr("ΔNLL"), tr("Losses only"), tr("KL")});
  reach_->setAccessibleName(tr("Scale"));
  reach_->setFixedHeight(26);
  reach_->setRange(0.05, 10);
  reach_->setSingleStep(0.05);
  reach_->setDecimals(2);
  reach_->setValue(0.6);
  reach_->setLocale(QLocale::c());
  reach_->setSuffix(tr(" nats"));
  top1_->setChecked(true);
  layers_->setVisible(false);
  auto* next = new QPushButton(tr("Next worst"), this);
  next->setFixedHeight(26);
  next->setToolTip(tr("Next worst token (N), the one before (Shift+N)"));
  attention_->setFixedHeight(26);
  attention_->setToolTip(tr("The attention of the chosen token's sentence (Return)"));
  attention_->setEnabled(false);
  auto* copy = new IconButton(Icon::Copy, tr("Copy the text (Ctrl+C)"), this);
  addLabel(tr("Window"));
  addTool(window_);
  windows_ = addLabel(QString());
  addLabel(tr("Colour by"));
  addTool(color_);
  addLabel(tr("Scale ±"));
  addTool(reach_);
  addTool(top1_);
  addTool(layers_);
  addStretch();
  addTool(next);
  addOptional(attention_);
  addOptional(copy);
  connect(window_, &QSpinBox::valueChanged, this, &TextTools::windowChosen);
  connect(layers_, &QComboBox::activated, this, &TextTools::windowChosen);
  connect(color_, &QComboBox::activated, this, &TextTools::viewChosen);
  connect(reach_, &QDoubleSpinBox::valueChanged, this, &TextTools::viewChosen);
  connect(top1_, &QCheckBox::clicked, this, &TextTools::viewChosen);
  connect(next, &QPushButton::clicked, this, &TextTools::nextWorstRequested);
  connect(attention_, &QPushButton::clicked, this, &TextTools::attentionRequested);
  connect(copy, &QToolButton::clicked, this, &TextTools::copyRequested);
  setWindows(0);
}

void TextTools::setWindows(int windows) {
  const QSignalBlocker quiet(window_);
  // Until the text is known any window can be asked for, and the core says how many there are.
  window_->setMaximum(windows > 0 ? windows - 1 : 999999);
  windows_->setText(windows > 0 ? tr("of %1").arg(windows) : QString());
}

void TextTools::setLayerGroups(const std::vector<std::vector<int>>& groups) {
  if (groups == groups_) return;
  groups_ = groups;
  layers_->clear();
  layers_->addItem(tr("All layers"));
  for (const std::vector<int>& group : groups_)
    layers_->addItem(group.size() == 1 ? tr("Layer %1 alone").arg(layersText(group))
                                       : tr("Layers %1 alone").arg(layersText(group)));
  layers_->setCurrentIndex(0);
  layers_->setVisible(groups_.size() > 1);
}

QJsonObject TextTools::view() const {
  return {{"window", window()},
          {"color", color_->currentIndex()},
          {"reach", reach()},
          {"top1", markTop1()}};
}

void TextTools::setView(const QJsonObject& view) {
  const QSignalBlocker quietWindow(window_), quietReach(reach_);
  window_->setValue(view["window"].toInt(window()));
  if (const int color = view["color"].toInt(-1); color >= 0 && color < color_->count())
    color_->setCurrentIndex(color);
  reach_->setValue(view["reach"].toDouble(reach()));
  top1_->setChecked(view["top1"].toBool(markTop1()));
}

void TextTools::setAttentionOffered(bool offered) { attention_->setEnabled(offered); }

int TextTools::window() const { return window_->value(); }

TokenColor TextTools::color() const {
  return static_cast<TokenColor>(std::max(0, color_->currentIndex()));
}

double TextTools::reach() const { return reach_->value(); }

bool TextTools::markTop1() const { return top1_->isChecked(); }

std::vector<int> TextTools::onlyLayers() const {
  const int chosen = layers_->currentIndex();
  return chosen <= 0 ? std::vector<int>() : groups_[static_cast<std::size_t>(chosen - 1)];
}

}  // namespace kvloupe
