// SPDX-License-Identifier: GPL-3.0-or-later
#include "panels/projector_plan.hpp"

#include <QGridLayout>
#include <QHBoxLayout>
#include <QSignalBlocker>
#include <QVBoxLayout>
#include <cmath>

#include "controls/chip.hpp"
#include "controls/labels.hpp"
#include "controls/rank_slider.hpp"
#include "controls/segmented_control.hpp"
#include "panels/control_names.hpp"
#include "panels/surface.hpp"
#include "types/format.hpp"

namespace kvloupe {
namespace {

QString text(const std::string& words) { return QString::fromStdString(words); }

}  // namespace

/// Chip, title, slider and the four figures of one target.
class HallTarget : public QWidget {
 public:
  explicit HallTarget(Target target, QWidget* parent)
      : QWidget(parent),
        chip_(new Chip(target, this)),
        title_(new InkLabel(TextRole::HallMedium, Ink::Text, {}, this)),
        slider_(new RankSlider(target, 1, this)) {
    chip_->setFixedSize(28, 28);
    slider_->setLarge(true);
    auto* head = new QHBoxLayout;
    head->setSpacing(12);
    head->addWidget(chip_);
    head->addWidget(title_, 1);
    auto* grid = new QGridLayout;
    grid->setHorizontalSpacing(8);
    grid->setVerticalSpacing(2);
    const std::array<QString, 4> longest = {"128 / 128", QString::fromUtf8("99.9\u00a0%"),
                                            QString::fromUtf8("64.00×"),
                                            QString::fromUtf8("64.00×")};
    for (std::size_t i = 0; i < 4; ++i) {
      captions_[i] = new InkLabel(TextRole::HallSmall, Ink::Second, {}, this);
      figures_[i] = new FixedLabel(TextRole::HallMedium, longest[i], Ink::Text, this);
      grid->addWidget(captions_[i], 0, static_cast<int>(i));
      grid->addWidget(figures_[i], 1, static_cast<int>(i));
      grid->setColumnStretch(static_cast<int>(i), 1);
    }
    bytes_ = new InkLabel(TextRole::HallSmall, Ink::Second, {}, this);
    grid->addWidget(bytes_, 2, 2, 1, 2, Qt::AlignRight);
    figureBox_ = new QWidget(this);
    grid->setContentsMargins(0, 0, 0, 0);
    figureBox_->setLayout(grid);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(4);
    column->addLayout(head);
    column->addWidget(slider_);
    column->addWidget(figureBox_);
  }

  [[nodiscard]] RankSlider* slider() const { return slider_; }
  [[nodiscard]] Target target() const { return slider_->target(); }

  void set(const TargetSetting& setting, const Accounting& accounting,
           const std::vector<RankSlider::Mark>& marks) {
    const QSignalBlocker quiet(slider_);
    const Target target = setting.target;
    const QString key = controlKey(target);
    chip_->setTarget(target);
    title_->setText(targetTitle(target));
    slider_->setTarget(target);
    slider_->setObjectName(key + "Rank");
    figureBox_->setObjectName(key + "Figures");
    slider_->setFullRank(setting.dim());
    slider_->setValue(setting.rank);
    slider_->setMarks(marks);
    captions_[0]->setText(ProjectorPlan::tr("Rank"));
    captions_[1]->setText(ProjectorPlan::tr("Kept"));
    captions_[2]->setText(ProjectorPlan::tr("%1 tensor").arg(chipLetter(target)));
    captions_[3]->setText(ProjectorPlan::tr("Whole cache"));
    for (const TargetAccounting& each : accounting.targets) {
      if (each.target != target) continue;
      figures_[0]->setFigure(QString("%1 / %2").arg(each.rank).arg(each.dim));
      figures_[1]->setFigure(text(formatKept(each.kept)));
      figures_[2]->setFigure(text(formatRatio(each.tensorRatio)));
      figures_[3]->setFigure(text(formatRatio(each.cacheRatio)));
      bytes_->setText(text(formatBytesPerToken(each.bytesPerToken)));
    }
  }

 private:
  Chip* chip_;
  InkLabel* title_;
  RankSlider* slider_;
  QWidget* figureBox_;
  std::array<InkLabel*, 4> captions_;
  std::array<FixedLabel*, 4> figures_;
  InkLabel* bytes_;
};

ProjectorPlan::ProjectorPlan(QWidget* parent)
    : QWidget(parent),
      presets_(new SegmentedControl(
          QStringList{tr("V only"), tr("K only"), tr("K + V"), tr("Latent")}, this)),
      upper_(new HallTarget(Target::K, this)),
      lower_(new HallTarget(Target::V, this)) {
  setFixedWidth(kWidth);
  presets_->setEqualWidths(true);
  presets_->setObjectName("presets");
  presets_->setAccessibleName(tr("Presets"));
  presets_->setType(TextRole::HallBody, 38);
  auto* body = new Surface(&Palette::panel, this);
  auto* column = new QVBoxLayout(body);
  column->setContentsMargins(24, 16, 24, 12);
  column->setSpacing(10);
  column->addWidget(presets_);
  column->addWidget(upper_);
  column->addSpacing(6);
  column->addWidget(lower_);
  column->addStretch();
  auto* whole = new QVBoxLayout(this);
  whole->setContentsMargins(0, 0, 0, 0);
  whole->setSpacing(0);
  whole->addWidget(body, 1);
  whole->addWidget(makeFoot());

  connect(presets_, &SegmentedControl::activated, this, [this](int index) {
    edit(withPreset(view_.draft, static_cast<PlanPreset>(index)), true);
    setView(view_);
  });
  for (HallTarget* target : {upper_, lower_}) {
    RankSlider* slider = target->slider();
    connect(slider, &RankSlider::sliderPressed, this, [this] { emit dragChanged(true); });
    connect(slider, &RankSlider::sliderReleased, this, [this] { emit dragChanged(false); });
    connect(slider, &RankSlider::valueChanged, this, [this, target, slider](int rank) {
      edit(withRank(view_.draft, target->target(), rank), !slider->isSliderDown());
    });
  }
}

QWidget* ProjectorPlan::makeFoot() {
  auto* foot = new Surface(&Palette::window, this);
  foot->setObjectName("wholeCache");
  ratio_ = new FixedLabel(TextRole::HallFigure, QString::fromUtf8("256.00×"), Ink::Text, foot);
  ratio_->setObjectName("hallRatio");
  ratio_->setAccessibleName(tr("Cache ratio of the plan"));
  bytes_ = new InkLabel(TextRole::HallChart, Ink::Second, {}, foot);
  auto* bottom = new QHBoxLayout;
  bottom->addWidget(ratio_);
  bottom->addStretch();
  bottom->addWidget(bytes_, 0, Qt::AlignBottom);
  auto* column = new QVBoxLayout(foot);
  column->setContentsMargins(24, 10, 24, 10);
  column->setSpacing(0);
  column->addWidget(new InkLabel(TextRole::HallChart, Ink::Second, tr("Whole cache"), foot));
  column->addLayout(bottom);
  return foot;
}

void ProjectorPlan::edit(const PlanDraft& draft, bool firstOfGesture) {
  if (!(draft == view_.draft)) emit planEdited(draft, firstOfGesture);
}

void ProjectorPlan::setView(const CompressionView& view) {
  view_ = view;
  const bool model = !view.draft.settings.empty();
  for (QWidget* part : {static_cast<QWidget*>(upper_), static_cast<QWidget*>(lower_)})
    part->setVisible(model);
  presets_->setEnabled(model);
  if (!model) return;
  presets_->setSegmentVisible(static_cast<int>(PlanPreset::Latent), view.draft.hasLatent());
  const auto preset = presetOf(view.draft);
  presets_->setCurrentIndex(preset ? static_cast<int>(*preset) : -1);
  const auto [first, second] = shownTargets(view.draft);
  const auto set = [&](HallTarget* part, Target target) {
    const auto marks = view.safeRanks.find(target);
    part->set(*view.draft.find(target), view.accounting,
              marks == view.safeRanks.end() ? std::vector<RankSlider::Mark>() : marks->second);
  };
  set(upper_, first);
  set(lower_, second);
  ratio_->setFigure(text(formatRatio(view.accounting.cacheRatio)));
  bytes_->setText(tr("%1 of %2")
                      .arg(text(formatCount(std::llround(view.accounting.bytesPerToken))),
                           text(formatBytesPerToken(view.accounting.baselineBytesPerToken))));
}

}  // namespace kvloupe
