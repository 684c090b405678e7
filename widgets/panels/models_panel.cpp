// SPDX-License-Identifier: GPL-3.0-or-later
#include "panels/models_panel.hpp"

#include <QComboBox>
#include <QGridLayout>
#include <QHBoxLayout>
#include <QLineEdit>
#include <QPushButton>
#include <QScrollArea>
#include <QSignalBlocker>
#include <QSpinBox>
#include <QVBoxLayout>

#include "controls/buttons.hpp"
#include "controls/labels.hpp"
#include "panels/model_card.hpp"
#include "panels/surface.hpp"
#include "types/format.hpp"

namespace kvloupe {
namespace {

constexpr std::array<std::int64_t, 6> kTokenChoices = {60, 4096, 16384, 65536, 262144, 0};

}  // namespace

ModelsPanel::ModelsPanel(QWidget* parent) : QWidget(parent) {
  head_ = new Surface(&Palette::panel, this);
  head_->setFixedHeight(37);
  auto* headRow = new QHBoxLayout;
  headRow->setContentsMargins(12, 0, 12, 0);
  headRow->addWidget(new InkLabel(TextRole::BodyMedium, Ink::Text, tr("Models"), head_));
  auto* headColumn = new QVBoxLayout(head_);
  headColumn->setContentsMargins(0, 0, 0, 0);
  headColumn->setSpacing(0);
  headColumn->addLayout(headRow, 1);
  headColumn->addWidget(new Rule(Qt::Horizontal, head_));

  auto* content = new Surface(&Palette::panel);
  auto* column = new QVBoxLayout(content);
  column->setContentsMargins(12, 8, 12, 4);
  column->setSpacing(8);
  for (const ModelSlot slot : {ModelSlot::A, ModelSlot::B}) {
    auto* card = new ModelCard(slot, content);
    cards_[static_cast<std::size_t>(slot)] = card;
    column->addWidget(card);
    connect(card, &ModelCard::chosen, this, [this, slot] { emit chosen(slot); });
    connect(card, &ModelCard::openRequested, this, [this, slot] { emit openRequested(slot); });
    connect(card, &ModelCard::closeRequested, this, [this, slot] { emit closeRequested(slot); });
    connect(card, &ModelCard::reloadRequested, this, [this, slot] { emit reloadRequested(slot); });
    connect(card, &ModelCard::detailsRequested, this,
            [this, slot] { emit detailsRequested(slot); });
    connect(card, &ModelCard::retryRequested, this, [this, slot] { emit retryRequested(slot); });
    connect(card, &ModelCard::dismissRequested, this,
            [this, slot] { emit dismissRequested(slot); });
    connect(card, &ModelCard::cacheExtentChosen, this, [this](const CacheExtent& extent) {
      setCacheExtent(extent);
      emit cacheExtentChosen(extent);
    });
  }
  settings_ = makeSettings();
  column->addWidget(settings_);
  column->addStretch();

  auto* scroll = new QScrollArea(this);
  scroll->setWidget(content);
  scroll->setWidgetResizable(true);
  scroll->setFrameShape(QFrame::NoFrame);
  scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  scroll->setFocusPolicy(Qt::NoFocus);

  auto* foot = new Surface(&Palette::panel, this);
  auto* buttons = new QHBoxLayout(foot);
  buttons->setContentsMargins(12, 8, 12, 10);
  buttons->setSpacing(8);
  analyse_ = new QPushButton(tr("Analyse"), foot);
  setPrimary(analyse_);
  stop_ = new QPushButton(tr("Stop"), foot);
  for (QPushButton* button : {analyse_, stop_}) button->setFixedHeight(28);
  buttons->addWidget(analyse_, 5);
  buttons->addWidget(stop_, 3);
  connect(analyse_, &QPushButton::clicked, this, &ModelsPanel::analyseRequested);
  connect(stop_, &QPushButton::clicked, this, &ModelsPanel::stopRequested);

  auto* whole = new QVBoxLayout(this);
  whole->setContentsMargins(0, 0, 0, 0);
  whole->setSpacing(0);
  whole->addWidget(head_);
  whole->addWidget(scroll, 1);
  whole->addWidget(foot);
  setView({});
}

QWidget* ModelsPanel::makeSettings() {
  auto* box = new QWidget(this);
  calibration_ = new QComboBox(box);
  calibration_->setAccessibleName(tr("Calibration text"));
  tokens_ = new QComboBox(box);
  tokens_->setAccessibleName(tr("Calibration tokens"));
  tokens_->setObjectName("calibrationTokens");
  for (const std::int64_t count : kTokenChoices)
    tokens_->addItem(count == 0 ? tr("all") : QString::fromStdString(formatCount(count)));
  calibrationNote_ = new InkLabel(TextRole::Caption, Ink::Second, {}, box);
  evaluation_ = new QComboBox(box);
  evaluation_->setAccessibleName(tr("Evaluation text"));
  evaluationNote_ = new InkLabel(TextRole::Caption, Ink::Second, {}, box);
  protocol_ = new QComboBox(box);
  protocol_->setAccessibleName(tr("Protocol"));
  const std::array<QString, 3> explained = {
      tr("Windows side by side; every token but a window’s first is scored"),
      tr("A window every half context; every token of the text but its first is scored once"),
      tr("Context 512 unless told, BOS first; the second half of each window is scored")};
  for (std::size_t i = 0; i < kProtocols.size(); ++i) {
    protocol_->addItem(kProtocols[i]);
    protocol_->setItemData(static_cast<int>(i), explained[i], Qt::ToolTipRole);
  }
  context_ = new QSpinBox(box);
  context_->setAccessibleName(tr("Context, tokens"));
  context_->setSuffix(tr(" tokens"));
  context_->setKeyboardTracking(false);
  context_->setSingleStep(64);
  device_ = new ElidedLabel(TextRole::Chart, Ink::Text, {}, Qt::ElideRight, box);

  auto* tokenRow = new QWidget(box);
  auto* tokenLayout = new QHBoxLayout(tokenRow);
  tokenLayout->setContentsMargins(0, 0, 0, 0);
  tokenLayout->setSpacing(6);
  tokenLayout->addWidget(tokens_, 1);
  tokenLayout->addWidget(calibrationNote_);
  tokens_->setFixedHeight(26);

  auto* grid = new QGridLayout(box);
  grid->setContentsMargins(0, 0, 0, 0);
  grid->setHorizontalSpacing(8);
  grid->setVerticalSpacing(4);
  grid->setColumnMinimumWidth(0, 64);
  grid->setColumnStretch(1, 1);
  int row = 0;
  const auto add = [&](const QString& caption, QWidget* field, QWidget* note) {
    auto* label = new InkLabel(TextRole::Chart, Ink::Second, caption, box);
    label->setBuddy(field);
    grid->addWidget(label, row, 0);
    grid->addWidget(field, row++, 1);
    field->setFixedHeight(field == device_ ? 20 : 26);
    if (note != nullptr) grid->addWidget(note, row++, 1);
  };
  add(tr("Calibration"), calibration_, nullptr);
  add(tr("Tokens"), tokenRow, nullptr);
  add(tr("Evaluation"), evaluation_, evaluationNote_);
  add(tr("Protocol"), protocol_, nullptr);
  add(tr("Context"), context_, nullptr);
  add(tr("Device"), device_, nullptr);
  // The panel's width is given: fields take what there is.
  for (QWidget* field :
       std::initializer_list<QWidget*>{calibration_, tokens_, evaluation_, protocol_, context_})
    field->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Fixed);

  const auto chosen = [this](QComboBox* combo, auto emitPath, auto emitFile) {
    connect(combo, &QComboBox::activated, this, [this, combo, emitPath, emitFile](int index) {
      const QVariant path = combo->itemData(index);
      if (path.isValid()) {
        emitPath(path.toString());
      } else {
        const ModelsView before = view_;  // the entry itself is no choice
        setView(before);
        emitFile();
      }
    });
  };
  chosen(
      calibration_, [this](const QString& path) { emit calibrationChosen(path); },
      [this] { emit calibrationFileRequested(); });
  chosen(
      evaluation_, [this](const QString& path) { emit evaluationChosen(path); },
      [this] { emit evaluationFileRequested(); });
  connect(tokens_, &QComboBox::activated, this, [this](int index) {
    emit calibrationTokensChosen(kTokenChoices[static_cast<std::size_t>(index)]);
  });
  connect(protocol_, &QComboBox::activated, this,
          [this](int index) { emit protocolChosen(kProtocols[static_cast<std::size_t>(index)]); });
  connect(context_, &QSpinBox::valueChanged, this, &ModelsPanel::contextChosen);
  return box;
}

void ModelsPanel::fillTexts(QComboBox* box, const std::vector<TextChoice>& choices,
                            const QString& chosen) {
  bool same = box->count() == static_cast<int>(choices.size()) + 1;
  for (std::size_t i = 0; same && i < choices.size(); ++i)
    same = box->itemText(static_cast<int>(i)) == choices[i].name &&
           box->itemData(static_cast<int>(i)).toString() == choices[i].path;
  if (!same) {
    box->clear();
    for (const TextChoice& choice : choices) {
      box->addItem(choice.name, choice.path);
      box->setItemData(box->count() - 1, choice.path, Qt::ToolTipRole);
    }
    box->addItem(tr("Choose a file…"));
  }
  for (std::size_t i = 0; i < choices.size(); ++i)
    if (choices[i].path == chosen) box->setCurrentIndex(static_cast<int>(i));
}

void ModelsPanel::setCacheExtent(const CacheExtent& extent) {
  for (ModelCard* card : cards_) card->setCacheExtent(extent);
}

void ModelsPanel::setView(const ModelsView& view) {
  view_ = view;
  for (std::size_t i = 0; i < cards_.size(); ++i) cards_[i]->setView(view.cards[i]);
  fillTexts(calibration_, view.calibrations, view.calibration);
  fillTexts(evaluation_, view.evaluations, view.evaluation);
  for (std::size_t i = 0; i < kTokenChoices.size(); ++i)
    if (kTokenChoices[i] == view.calibrationTokens) tokens_->setCurrentIndex(static_cast<int>(i));
  calibrationNote_->setText(view.calibrationNote);
  evaluationNote_->setText(view.evaluationNote);
  protocol_->setCurrentIndex(protocol_->findText(view.protocol));
  const QSignalBlocker block(context_);
  context_->setRange(2, std::max(2, view.maxContext));
  context_->setValue(view.context);
  device_->setFullText(view.device);
  settings_->setEnabled(view.settingsEnabled);
  analyse_->setEnabled(view.canAnalyse);
  analyse_->setToolTip(view.analyseHint);
  stop_->setEnabled(view.canStop);
}

}  // namespace kvloupe
