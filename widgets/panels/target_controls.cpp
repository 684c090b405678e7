// SPDX-License-Identifier: GPL-3.0-or-later
#include "panels/target_controls.hpp"

#include <QGridLayout>
#include <QHBoxLayout>
#include <QSignalBlocker>
#include <QVBoxLayout>
#include <cmath>

#include "controls/buttons.hpp"
#include "controls/chip.hpp"
#include "controls/rank_slider.hpp"
#include "panels/control_names.hpp"
#include "panels/target_details.hpp"
#include "types/format.hpp"

namespace kvloupe {

TargetControls::TargetControls(Target target, QWidget* parent)
    : QWidget(parent),
      target_(target),
      chip_(new Chip(target, this)),
      title_(new InkLabel(TextRole::BodyMedium, Ink::Text, {}, this)),
      untouched_(new InkLabel(TextRole::Chart, Ink::Second, tr("untouched"), this)),
      reset_(new LinkButton(tr("Reset"), this)),
      chevron_(new IconButton(Icon::ChevronDown, tr("Fold the details"), this)),
      slider_(new RankSlider(target, 1, this)),
      details_(new TargetDetails(this)) {
  auto* head = new QHBoxLayout;
  head->setContentsMargins(0, 0, 0, 0);
  head->setSpacing(8);
  head->addWidget(chip_);
  head->addWidget(title_);
  head->addStretch();
  head->addWidget(untouched_);
  head->addWidget(reset_);
  head->addWidget(details_->moreLink());
  chevron_->setFixedSize(20, 20);
  head->addWidget(chevron_);

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
  connect(details_, &TargetDetails::rankChosen, this,
          [this](int rank) { chooseRank(rank, false); });
  connect(details_, &TargetDetails::methodChosen, this, &TargetControls::methodChosen);
  connect(details_, &TargetDetails::scopeChosen, this, &TargetControls::scopeChosen);
  connect(details_, &TargetDetails::settingChosen, this, &TargetControls::settingChosen);
  connect(reset_, &QPushButton::clicked, this, [this] { emit methodChosen(Method::Untouched); });
  connect(chevron_, &QToolButton::clicked, this, [this] {
    setFolded(!folded_);
    emit foldToggled(folded_);
  });
  // As they stand: the head, the slider, what is below it.
  setTabOrder(reset_, details_->moreLink());
  setTabOrder(details_->moreLink(), chevron_);
  setTabOrder(chevron_, slider_);
  setTarget(target);
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
  slider_->setAccessibleName(tr("%1 rank").arg(name));
  details_->setNames(name, key);
  slider_->setObjectName(key + "Rank");
  figureBox_->setObjectName(key + "Figures");
  reset_->setAccessibleName(tr("Reset %1").arg(name));
  chevron_->setAccessibleName(tr("%1 details").arg(name));
  captions_[0]->setText(tr("Rank"));
  captions_[1]->setText(tr("Kept"));
  captions_[2]->setText(tr("%1 tensor").arg(letter));
  captions_[3]->setText(tr("Whole cache, B/token"));
}

void TargetControls::setSetting(const TargetSetting& setting, const TargetAccounting& figures,
                                const Choices& choices) {
  if (setting.target != target_) setTarget(setting.target);
  setting_ = setting;
  const QSignalBlocker blockSlider(slider_);
  slider_->setFullRank(setting.dim());
  slider_->setValue(setting.rank);
  details_->setSetting(setting, choices);
  untouched_->setVisible(setting.untouched());
  reset_->setVisible(!setting.untouched());

  figures_[0]->setFigure(QString("%1 / %2").arg(figures.rank).arg(figures.dim));
  figures_[1]->setFigure(QString::fromStdString(formatKept(figures.kept)));
  figures_[2]->setFigure(QString::fromStdString(formatRatio(figures.tensorRatio)));
  const auto bytes = static_cast<std::int64_t>(std::llround(figures.bytesPerToken));
  figures_[3]->setFigure(
      QString::fromUtf8("%1 · %2").arg(QString::fromStdString(formatRatio(figures.cacheRatio)),
                                       QString::fromStdString(formatCount(bytes))));
}

void TargetControls::setHeld(bool held) { details_->setHeld(held); }

void TargetControls::setSafeRanks(std::vector<RankSlider::Mark> marks) {
  slider_->setMarks(std::move(marks));
}

void TargetControls::setFolded(bool folded) {
  folded_ = folded;
  details_->setFolded(folded);
  chevron_->setIconName(folded ? Icon::ChevronRight : Icon::ChevronDown);
}

void TargetControls::chooseRank(int rank, bool dragging) {
  emit rankChosen(std::clamp(rank, 1, setting_.dim()), dragging);
}

}  // namespace kvloupe
