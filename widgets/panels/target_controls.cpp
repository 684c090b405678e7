// SPDX-License-Identifier: GPL-3.0-or-later
#include "panels/target_controls.hpp"

#include <QComboBox>
#include <QDoubleSpinBox>
#include <QGridLayout>
#include <QHBoxLayout>
#include <QSignalBlocker>
#include <QSpinBox>
#include <QVBoxLayout>
#include <cmath>

#include "controls/buttons.hpp"
#include "controls/chip.hpp"
#include "controls/rank_slider.hpp"
#include "panels/control_names.hpp"
#include "types/format.hpp"

namespace kvloupe {
namespace {

enum Method { kUntouched, kLowRank };

QString tapText(Tap tap) {
  const std::string_view name = tapName(tap);
  return QString::fromUtf8(name.data(), static_cast<qsizetype>(name.size()));
}

}  // namespace

TargetControls::TargetControls(Target target, QWidget* parent)
    : QWidget(parent),
      target_(target),
      chip_(new Chip(target, this)),
      title_(new InkLabel(TextRole::BodyMedium, Ink::Text, {}, this)),
      untouched_(new InkLabel(TextRole::Chart, Ink::Second, "untouched", this)),
      reset_(new LinkButton("Reset", this)),
      chevron_(new IconButton(Icon::ChevronDown, "Fold the details", this)),
      slider_(new RankSlider(target, 1, this)) {
  auto* head = new QHBoxLayout;
  head->setContentsMargins(0, 0, 0, 0);
  head->setSpacing(8);
  head->addWidget(chip_);
  head->addWidget(title_);
  head->addStretch();
  head->addWidget(untouched_);
  head->addWidget(reset_);
  chevron_->setFixedSize(20, 20);
  head->addWidget(chevron_);

  details_ = makeDetails();
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(4);
  column->addLayout(head);
  column->addWidget(slider_);
  column->addWidget(details_);
  column->addSpacing(2);
  figureBox_ = makeFigures();
  column->addWidget(figureBox_);

  connect(slider_, &RankSlider::sliderPressed, this, &TargetControls::dragStarted);
  connect(slider_, &RankSlider::sliderReleased, this, &TargetControls::dragEnded);
  connect(slider_, &RankSlider::valueChanged, this,
          [this](int rank) { chooseRank(rank, slider_->isSliderDown()); });
  connect(rank_, &QSpinBox::valueChanged, this, [this](int rank) { chooseRank(rank, false); });
  connect(kept_, &QDoubleSpinBox::valueChanged, this, [this](double percent) {
    // keep = p is rank max(1, round(d p / 100)), halves up
    chooseRank(static_cast<int>(std::floor(setting_.dim() * percent / 100 + 0.5)), false);
  });
  connect(method_, &QComboBox::activated, this, [this](int method) {
    if (method == kUntouched)
      chooseRank(setting_.dim(), false);
    else if (setting_.untouched())
      chooseRank(setting_.dim() / 2, false);
  });
  connect(tap_, &QComboBox::activated, this,
          [this](int index) { emit tapChosen(setting_.taps[static_cast<std::size_t>(index)]); });
  connect(scope_, &QComboBox::activated, this,
          [this](int index) { emit scopeChosen(static_cast<Scope>(index)); });
  connect(reset_, &QPushButton::clicked, this, [this] { chooseRank(setting_.dim(), false); });
  connect(chevron_, &QToolButton::clicked, this, [this] {
    setFolded(!folded_);
    emit foldToggled(folded_);
  });
  setTarget(target);
}

QWidget* TargetControls::makeDetails() {
  auto* box = new QWidget(this);
  rank_ = new QSpinBox(box);
  rank_->setKeyboardTracking(false);
  kept_ = new QDoubleSpinBox(box);
  kept_->setKeyboardTracking(false);
  kept_->setDecimals(1);
  kept_->setLocale(QLocale::c());
  kept_->setSuffix(QString::fromUtf8("\u00a0%"));
  method_ = new QComboBox(box);
  method_->addItems({"Untouched", "Centre, low rank"});
  tap_ = new QComboBox(box);
  scope_ = new QComboBox(box);
  scope_->addItems({"head", "layer"});
  scope_->setItemData(0, "One basis for each KV head", Qt::ToolTipRole);
  scope_->setItemData(1, "One basis over all KV heads of a layer", Qt::ToolTipRole);

  auto* grid = new QGridLayout(box);
  grid->setContentsMargins(0, 2, 0, 2);
  grid->setHorizontalSpacing(8);
  grid->setVerticalSpacing(6);
  const auto label = [&](const QString& text, QWidget* buddy, int row, int column) {
    auto* words = new InkLabel(TextRole::Chart, Ink::Second, text, box);
    words->setBuddy(buddy);
    grid->addWidget(words, row, column);
    return words;
  };
  label("Rank", rank_, 0, 0);
  grid->addWidget(rank_, 0, 1);
  label("Kept", kept_, 0, 2);
  grid->addWidget(kept_, 0, 3);
  label("Method", method_, 1, 0);
  grid->addWidget(method_, 1, 1, 1, 2);
  auto* basis = new InkLabel(TextRole::Chart, Ink::Second, "pca basis", box);
  basis->setToolTip("Principal components of the calibration text");
  grid->addWidget(basis, 1, 3);
  label("Tap", tap_, 2, 0);
  grid->addWidget(tap_, 2, 1);
  onlyTap_ = new InkLabel(TextRole::Body, Ink::Text, {}, box);
  onlyTap_->setFixedHeight(26);
  grid->addWidget(onlyTap_, 2, 1);
  scopeLabel_ = label("Scope", scope_, 2, 2);
  grid->addWidget(scope_, 2, 3);
  for (QWidget* field :
       {static_cast<QWidget*>(rank_), static_cast<QWidget*>(kept_), static_cast<QWidget*>(method_),
        static_cast<QWidget*>(tap_), static_cast<QWidget*>(scope_)}) {
    field->setFixedHeight(26);
    field->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Fixed);
    field->setMinimumWidth(56);
  }
  grid->setColumnMinimumWidth(0, 46);
  grid->setColumnStretch(1, 1);
  grid->setColumnStretch(3, 1);
  return box;
}

QWidget* TargetControls::makeFigures() {
  auto* box = new QWidget(this);
  auto* grid = new QGridLayout(box);
  grid->setContentsMargins(0, 0, 0, 0);
  grid->setHorizontalSpacing(8);
  grid->setVerticalSpacing(2);
  // Slots as wide as the longest forms, so that nothing moves while the slider does.
  const std::array<QString, 4> longest = {"128 / 128", QString::fromUtf8("99.9\u00a0%"),
                                          QString::fromUtf8("64.00×"),
                                          QString::fromUtf8("1.99× · 99,999")};
  for (std::size_t i = 0; i < 4; ++i) {
    captions_[i] = new InkLabel(TextRole::Caption, Ink::Second, {}, box);
    figures_[i] = new FixedLabel(TextRole::BodyMedium, longest[i], Ink::Text, box);
    grid->addWidget(captions_[i], 0, static_cast<int>(i));
    grid->addWidget(figures_[i], 1, static_cast<int>(i));
  }
  grid->setColumnStretch(3, 1);
  return box;
}

void TargetControls::setTarget(Target target) {
  target_ = target;
  chip_->setTarget(target);
  slider_->setTarget(target);
  title_->setText(targetTitle(target));
  const QString letter = chipLetter(target);
  const QString name = target == Target::K || target == Target::V ? letter : targetTitle(target);
  const QString key = controlKey(target);
  slider_->setAccessibleName(name + " rank");
  slider_->setObjectName(key + "Rank");
  rank_->setObjectName(key + "RankNumber");
  tap_->setObjectName(key + "Tap");
  figureBox_->setObjectName(key + "Figures");
  rank_->setAccessibleName(name + " rank, number");
  kept_->setAccessibleName(name + " kept, percent");
  method_->setAccessibleName(name + " method");
  tap_->setAccessibleName(name + " tap");
  scope_->setAccessibleName(name + " scope");
  reset_->setAccessibleName("Reset " + name);
  chevron_->setAccessibleName(name + " details");
  captions_[0]->setText("Rank");
  captions_[1]->setText("Kept");
  captions_[2]->setText(letter + " tensor");
  captions_[3]->setText("Whole cache, B/token");
}

void TargetControls::setSetting(const TargetSetting& setting, const TargetAccounting& figures) {
  if (setting.target != target_) setTarget(setting.target);
  setting_ = setting;
  const QSignalBlocker blockSlider(slider_), blockRank(rank_), blockKept(kept_);
  const int dim = setting.dim();
  slider_->setFullRank(dim);
  slider_->setValue(setting.rank);
  rank_->setRange(1, dim);
  rank_->setValue(setting.rank);
  kept_->setRange(0, 100);
  kept_->setSingleStep(100.0 / dim);
  kept_->setValue(100.0 * setting.rank / dim);
  method_->setCurrentIndex(setting.untouched() ? kUntouched : kLowRank);
  if (tap_->count() != static_cast<int>(setting.taps.size()) ||
      tap_->itemText(0) != tapText(setting.taps.front())) {
    tap_->clear();
    for (const Tap tap : setting.taps) tap_->addItem(tapText(tap));
  }
  const auto tap = std::find(setting.taps.begin(), setting.taps.end(), setting.tap);
  tap_->setCurrentIndex(static_cast<int>(tap - setting.taps.begin()));
  // Where there is nothing to choose there is no control.
  tap_->setVisible(setting.taps.size() > 1);
  onlyTap_->setVisible(setting.taps.size() == 1);
  onlyTap_->setText(tapText(setting.tap));
  const bool manyHeads = setting.layerDim > setting.headDim;
  scopeLabel_->setVisible(manyHeads);
  scope_->setVisible(manyHeads);
  scope_->setCurrentIndex(static_cast<int>(setting.scope));
  untouched_->setVisible(setting.untouched());
  reset_->setVisible(!setting.untouched());

  figures_[0]->setText(QString("%1 / %2").arg(figures.rank).arg(figures.dim));
  figures_[1]->setText(QString::fromStdString(formatKept(figures.kept)));
  figures_[2]->setText(QString::fromStdString(formatRatio(figures.tensorRatio)));
  const auto bytes = static_cast<std::int64_t>(std::llround(figures.bytesPerToken));
  figures_[3]->setText(
      QString::fromUtf8("%1 · %2").arg(QString::fromStdString(formatRatio(figures.cacheRatio)),
                                       QString::fromStdString(formatCount(bytes))));
}

void TargetControls::setSafeRanks(std::vector<RankSlider::Mark> marks) {
  slider_->setMarks(std::move(marks));
}

void TargetControls::setFolded(bool folded) {
  folded_ = folded;
  details_->setVisible(!folded);
  chevron_->setIconName(folded ? Icon::ChevronRight : Icon::ChevronDown);
}

void TargetControls::chooseRank(int rank, bool dragging) {
  emit rankChosen(std::clamp(rank, 1, setting_.dim()), dragging);
}

}  // namespace kvloupe
