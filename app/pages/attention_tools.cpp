// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/attention_tools.hpp"

#include <QLineEdit>
#include <QSpinBox>
#include <algorithm>
#include <utility>

#include "controls/buttons.hpp"
#include "controls/segmented_control.hpp"

namespace kvloupe {
namespace {

constexpr int kWide = 860;
constexpr int kFirstLook = 2;  // layer

}  // namespace

AttentionTools::AttentionTools(QWidget* parent)
    : ToolRow(kWide, parent),
      edit_(new QLineEdit(this)),
      layer_(new QSpinBox(this)),
      head_(new QSpinBox(this)),
      scale_(new SegmentedControl(QStringList{tr("Linear"), tr("Root")}, this)),
      kl_(new SegmentedControl(QStringList{tr("Layers"), tr("Heads")}, this)) {
  edit_->setAccessibleName(tr("Sentence"));
  edit_->setPlaceholderText(tr("a sentence, then Return"));
  edit_->setFixedHeight(26);
  edit_->setMinimumWidth(120);
  layer_->setAccessibleName(tr("Layer"));
  head_->setAccessibleName(tr("Query head"));
  for (QSpinBox* spin : {layer_, head_}) {
    spin->setFixedHeight(26);
    spin->setMinimumWidth(50);
    spin->setKeyboardTracking(false);
    connect(spin, &QSpinBox::valueChanged, this, &AttentionTools::passageChosen);
  }
  scale_->setAccessibleName(tr("Scale of the weights"));
  scale_->setCurrentIndex(1);
  kl_->setAccessibleName(tr("KL by layers or heads"));
  kl_->setCurrentIndex(0);
  auto* copy = new IconButton(Icon::Copy, tr("Copy the charts (Ctrl+C)"), this);
  addLabel(tr("Sentence"));
  addTool(edit_);
  addLabel(tr("Layer"));
  addTool(layer_);
  addLabel(tr("Head"));
  addTool(head_);
  addLabel(tr("Scale"));
  addTool(scale_);
  addLabel(tr("KL by"));
  addTool(kl_);
  addOptional(copy);
  connect(edit_, &QLineEdit::editingFinished, this, [this] {
    if (!edit_->isModified()) return;
    edit_->setModified(false);
    sentence_ = edit_->text().trimmed();
    emit passageChosen();
  });
  connect(scale_, &SegmentedControl::activated, this, &AttentionTools::viewChosen);
  connect(kl_, &SegmentedControl::activated, this, &AttentionTools::viewChosen);
  connect(copy, &QToolButton::clicked, this, &AttentionTools::copyRequested);
}

void AttentionTools::setModel(const ModelInfo& model) {
  const QSignalBlocker quietLayer(layer_), quietHead(head_);
  layer_->setMaximum(std::max(0, model.numLayers - 1));
  head_->setMaximum(std::max(0, model.numHeads - 1));
  // Not the first layer: its attention moves where K itself is compressed, and with V never.
  if (!std::exchange(modelKnown_, true)) layer_->setValue(kFirstLook);
}

void AttentionTools::offerSentence(const QString& sentence) {
  if (!sentence_.isEmpty() || edit_->isModified() || edit_->text() == sentence) return;
  edit_->setText(sentence);
  edit_->setCursorPosition(0);
}

void AttentionTools::setSentence(const QString& sentence) {
  sentence_ = sentence;
  edit_->setText(sentence);
  edit_->setCursorPosition(0);
  emit passageChosen();
}

HeadChoice AttentionTools::head() const {
  return {.layer = layer_->value(), .head = head_->value()};
}

void AttentionTools::setHead(const HeadChoice& choice) {
  {
    const QSignalBlocker quietLayer(layer_), quietHead(head_);
    layer_->setValue(choice.layer);
    head_->setValue(choice.head);
  }
  emit passageChosen();
}

QJsonObject AttentionTools::view() const {
  return {{"sentence", sentence_},
          {"layer", layer_->value()},
          {"head", head_->value()},
          {"root", root()},
          {"by_head", byHead()}};
}

void AttentionTools::setView(const QJsonObject& view) {
  const QSignalBlocker quietLayer(layer_), quietHead(head_);
  sentence_ = view["sentence"].toString(sentence_);
  if (!sentence_.isEmpty()) edit_->setText(sentence_);
  layer_->setValue(view["layer"].toInt(layer_->value()));
  head_->setValue(view["head"].toInt(head_->value()));
  scale_->setCurrentIndex(view["root"].toBool(root()) ? 1 : 0);
  kl_->setCurrentIndex(view["by_head"].toBool(byHead()) ? 1 : 0);
}

bool AttentionTools::root() const { return scale_->currentIndex() == 1; }

bool AttentionTools::byHead() const { return kl_->currentIndex() == 1; }

}  // namespace kvloupe
