// SPDX-License-Identifier: GPL-3.0-or-later
#include "panels/compression_panel.hpp"

#include <QCheckBox>
#include <QComboBox>
#include <QHBoxLayout>
#include <QScrollArea>
#include <QVBoxLayout>
#include <cmath>

#include "controls/labels.hpp"
#include "controls/segmented_control.hpp"
#include "panels/layer_ranks.hpp"
#include "panels/plan_words.hpp"
#include "panels/surface.hpp"
#include "panels/target_controls.hpp"
#include "theme/theme.hpp"
#include "types/format.hpp"

namespace kvloupe {
namespace {

const TargetAccounting& figuresOf(const Accounting& accounting, Target target) {
  static const TargetAccounting none;
  for (const TargetAccounting& each : accounting.targets)
    if (each.target == target) return each;
  return none;
}

const Choices& choicesOf(const std::map<Target, Choices>& choices, Target target) {
  static const Choices none;
  const auto found = choices.find(target);
  return found == choices.end() ? none : found->second;
}

}  // namespace

CompressionPanel::CompressionPanel(QWidget* parent)
    : QWidget(parent),
      presets_(new SegmentedControl(
          QStringList{tr("V only"), tr("K only"), tr("K + V"), tr("Latent")}, this)),
      upper_(new TargetControls(Target::K, this)),
      lower_(new TargetControls(Target::V, this)),
      layers_(new LayerRanks(this)),
      note_(new InkLabel(TextRole::Chart, Ink::Second, {}, this)),
      safe_(new SafeRatioBox(this)),
      allocation_(new AllocationResult(this)) {
  presets_->setEqualWidths(true);
  presets_->setAccessibleName(tr("Presets"));
  presets_->setObjectName("presets");
  note_->setWordWrap(true);

  body_ = new Surface(&Palette::panel);
  auto* column = new QVBoxLayout(body_);
  column->setContentsMargins(12, 8, 12, 4);
  column->setSpacing(6);
  column->addWidget(presets_);
  column->addWidget(upper_);
  column->addWidget(makeLink());
  column->addWidget(lower_);
  column->addWidget(note_);
  column->addWidget(new Rule(Qt::Horizontal, body_));
  column->addWidget(layers_);
  column->addWidget(new Rule(Qt::Horizontal, body_));
  column->addWidget(safe_);
  column->addWidget(allocation_);
  column->addStretch();

  scroll_ = new QScrollArea(this);
  scroll_->setWidget(body_);
  scroll_->setWidgetResizable(true);
  scroll_->setFrameShape(QFrame::NoFrame);
  scroll_->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  scroll_->setFocusPolicy(Qt::NoFocus);

  auto* whole = new QVBoxLayout(this);
  whole->setContentsMargins(0, 0, 0, 0);
  whole->setSpacing(0);
  whole->addWidget(makeHead());
  whole->addWidget(new Rule(Qt::Horizontal, this));
  whole->addWidget(scroll_, 1);
  whole->addWidget(new Rule(Qt::Horizontal, this));
  foot_ = makeFoot();
  foot_->setObjectName("wholeCache");
  whole->addWidget(foot_);

  connect(presets_, &SegmentedControl::activated, this, [this](int index) {
    edit(withPreset(view_.draft, static_cast<PlanPreset>(index)));
    setView(view_);  // a preset that changes nothing stays as it was
  });
  connect(link_, &QCheckBox::clicked, this,
          [this](bool linked) { edit(withLink(view_.draft, linked)); });
  connect(models_, &QComboBox::activated, this, [this](int index) {
    emit modelChosen(view_.models[static_cast<std::size_t>(index)].first);
  });
  connect(safe_, &SafeRatioBox::searchRequested, this, &CompressionPanel::safeRatioRequested);
  connect(safe_, &SafeRatioBox::rankUsed, this, [this](const SafeRatioView::Found& found) {
    PlanDraft draft = view_.draft;
    for (const Target target : found.targets) draft = withRank(draft, target, *found.rank);
    edit(draft);
  });
  connect(safe_, &SafeRatioBox::allocationRequested, this,
          [this] { emit allocationRequested(safe_->budgetPercent()); });
  connect(allocation_, &AllocationResult::allocatedUsed, this, &CompressionPanel::allocatedUsed);
  connect(allocation_, &AllocationResult::uniformUsed, this, &CompressionPanel::uniformUsed);
  connectLayers();
  connectControls(upper_);
  connectControls(lower_);
  setView({});
}

QWidget* CompressionPanel::makeHead() {
  auto* head = new Surface(&Palette::panel, this);
  head->setFixedHeight(36);
  models_ = new QComboBox(head);
  models_->setAccessibleName(tr("Plan for model"));
  models_->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
  models_->setMinimumContentsLength(11);
  models_->setFixedHeight(26);
  auto* row = new QHBoxLayout(head);
  row->setContentsMargins(12, 0, 8, 0);
  row->setSpacing(6);
  row->addWidget(new InkLabel(TextRole::BodyMedium, Ink::Text, tr("Compression"), head));
  row->addStretch();
  row->addWidget(new InkLabel(TextRole::Chart, Ink::Second, tr("plan for"), head));
  row->addWidget(models_);
  plans_ = new PlansMenu(head);
  row->addWidget(plans_);
  return head;
}

QWidget* CompressionPanel::makeLink() {
  auto* row = new QWidget(this);
  auto* layout = new QHBoxLayout(row);
  layout->setContentsMargins(0, 2, 0, 2);
  layout->setSpacing(6);
  auto* picture = new QLabel(row);
  const auto paint = [picture] {
    picture->setPixmap(
        iconPixmap(Icon::Link, 16, kvloupe::palette().secondText, picture->devicePixelRatioF()));
  };
  paint();
  connect(&Theme::instance(), &Theme::changed, picture, paint);
  linkText_ = new InkLabel(TextRole::Chart, Ink::Second, tr("Link K and V"), row);
  link_ = new QCheckBox(row);
  link_->setAccessibleName(tr("Link the two sliders"));
  linkText_->setBuddy(link_);
  layout->addWidget(new Rule(Qt::Horizontal, row), 1);
  layout->addWidget(picture);
  layout->addWidget(linkText_);
  layout->addWidget(link_);
  layout->addWidget(new Rule(Qt::Horizontal, row), 1);
  return row;
}

QWidget* CompressionPanel::makeFoot() {
  auto* foot = new Surface(&Palette::window, this);
  planText_ = new ElidedLabel(TextRole::Chart, Ink::Second, {}, Qt::ElideRight, foot);
  planText_->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
  ratio_ = new FixedLabel(TextRole::Figure, QString::fromUtf8("256.00×"), Ink::Text, foot);
  ratio_->setAccessibleName(tr("Cache ratio of the plan"));
  bytes_ = new InkLabel(TextRole::Title, Ink::Text, {}, foot);
  bytesBefore_ = new InkLabel(TextRole::Chart, Ink::Second, {}, foot);
  auto* top = new QHBoxLayout;
  top->addWidget(new InkLabel(TextRole::BodyMedium, Ink::Text, tr("Whole cache"), foot));
  top->addWidget(planText_, 1);
  auto* bottom = new QHBoxLayout;
  bottom->addWidget(ratio_);
  bottom->addStretch();
  bottom->addWidget(bytes_, 0, Qt::AlignBottom);
  bottom->addWidget(bytesBefore_, 0, Qt::AlignBottom);
  auto* column = new QVBoxLayout(foot);
  column->setContentsMargins(12, 10, 12, 10);
  column->setSpacing(4);
  column->addLayout(top);
  column->addLayout(bottom);
  return foot;
}

void CompressionPanel::connectControls(TargetControls* controls) {
  connect(controls, &TargetControls::dragStarted, this, [this] { drag(true); });
  connect(controls, &TargetControls::dragEnded, this, [this] { drag(false); });
  connect(controls, &TargetControls::rankChosen, this, [this, controls](int rank, bool dragging) {
    edit(withRank(view_.draft, controls->target(), rank), dragging);
    if (!dragging) setView(view_);  // a typed percentage snaps to the rank it means
  });
  connect(controls, &TargetControls::methodChosen, this, [this, controls](Method method) {
    edit(withMethod(view_.draft, controls->target(), method));
    setView(view_);
  });
  connect(controls, &TargetControls::settingChosen, this,
          [this](const TargetSetting& setting) { edit(withSetting(view_.draft, setting)); });
  connect(controls, &TargetControls::scopeChosen, this, [this, controls](Scope scope) {
    edit(withScope(view_.draft, controls->target(), scope));
  });
  connect(controls, &TargetControls::foldToggled, this, [this](bool folded) {
    setDetailsFolded(folded);
    emit foldChosen(folded);
  });
}

/// A drag is one edit, and nothing comes or goes under the pointer.
void CompressionPanel::drag(bool begins) {
  if (begins) ++gesture_;
  for (TargetControls* controls : {upper_, lower_}) controls->setHeld(begins);
  emit dragChanged(begins);
}

void CompressionPanel::connectLayers() {
  connect(layers_, &LayerRanks::paintingStarted, this, [this] { drag(true); });
  connect(layers_, &LayerRanks::paintingEnded, this, [this] { drag(false); });
  connect(layers_, &LayerRanks::ranksChosen, this,
          [this](Target target, const std::map<int, int>& ranks, bool painting) {
            PlanDraft draft = view_.draft;
            for (const auto& [layer, rank] : ranks) {
              const TargetSetting& setting = *draft.find(target);
              LayerOverride apart{rank};
              // A format of its own stays; a layer that was left untouched takes the target's.
              const auto own = setting.layers.find(layer);
              if (own != setting.layers.end() && !setting.untouched(setting.at(layer)))
                apart.format = own->second.format;
              draft = withLayer(std::move(draft), target, layer, apart);
            }
            edit(draft, painting);
          });
  connect(layers_, &LayerRanks::untouchedChosen, this, [this](Target target, int layer) {
    const LayerOverride whole{view_.draft.find(target)->dim(), Format::Bits16};
    edit(withLayer(view_.draft, target, layer, whole));
  });
  connect(layers_, &LayerRanks::layerCleared, this, [this](Target target, int layer) {
    edit(withLayer(view_.draft, target, layer, std::nullopt));
  });
  connect(layers_, &LayerRanks::allCleared, this, [this] { edit(withoutLayers(view_.draft)); });
  connect(layers_, &LayerRanks::foldToggled, this, &CompressionPanel::layersFoldChosen);
}

void CompressionPanel::setLayersFolded(bool folded) { layers_->setFolded(folded); }

void CompressionPanel::edit(const PlanDraft& draft, bool dragging) {
  if (draft == view_.draft) return;
  if (!dragging) ++gesture_;
  emit planEdited(draft, gesture_);
}

void CompressionPanel::setDetailsFolded(bool folded) {
  folded_ = folded;
  upper_->setFolded(folded);
  lower_->setFolded(folded);
}

void CompressionPanel::listModels(const CompressionView& view) {
  if (view.models != view_.models) {
    models_->clear();
    for (const auto& [slot, name] : view.models)
      models_->addItem(QString::fromUtf8("%1 · %2").arg(slot == ModelSlot::A ? "A" : "B", name));
  }
  for (std::size_t i = 0; i < view.models.size(); ++i)
    if (view.models[i].first == view.active) models_->setCurrentIndex(static_cast<int>(i));
}

void CompressionPanel::setView(const CompressionView& view) {
  listModels(view);
  view_ = view;
  const bool model = !view.draft.settings.empty();
  models_->setEnabled(model);
  plans_->setView(view.plans);
  body_->setEnabled(model);
  foot_->setVisible(model);
  for (QWidget* part : {static_cast<QWidget*>(upper_), static_cast<QWidget*>(lower_),
                        static_cast<QWidget*>(link_->parentWidget()),
                        static_cast<QWidget*>(layers_), static_cast<QWidget*>(safe_)})
    part->setVisible(model);
  note_->setText(model ? view.note : tr("Sliders appear when a model is open."));
  note_->setVisible(!note_->text().isEmpty());
  allocation_->setView(model ? view.allocation : AllocationView());
  if (!model) return;

  presets_->setSegmentEnabled(static_cast<int>(PlanPreset::Latent), view.draft.hasLatent());
  const auto preset = presetOf(view.draft);
  presets_->setCurrentIndex(preset ? static_cast<int>(*preset) : -1);
  const auto [first, second] = shownTargets(view.draft);
  upper_->setSetting(*view.draft.find(first), figuresOf(view.accounting, first),
                     choicesOf(view.choices, first));
  lower_->setSetting(*view.draft.find(second), figuresOf(view.accounting, second),
                     choicesOf(view.choices, second));
  layers_->setSettings(*view.draft.find(first), *view.draft.find(second));
  const auto marksOf = [&](Target target) {
    const auto marks = view.safeRanks.find(target);
    return marks == view.safeRanks.end() ? std::vector<RankSlider::Mark>() : marks->second;
  };
  upper_->setSafeRanks(marksOf(first));
  lower_->setSafeRanks(marksOf(second));
  safe_->setView(view.safe);
  safe_->setAllocation(view.allocation);
  linkText_->setText(first == Target::Latent ? tr("Link both") : tr("Link K and V"));
  link_->setChecked(view.draft.linked);

  planText_->setFullText(describe(view.draft));
  ratio_->setFigure(QString::fromStdString(formatRatio(view.accounting.cacheRatio)));
  const auto after = static_cast<std::int64_t>(std::llround(view.accounting.bytesPerToken));
  bytes_->setText(QString::fromStdString(formatCount(after)));
  bytesBefore_->setText(tr("of %1").arg(
      QString::fromStdString(formatBytesPerToken(view.accounting.baselineBytesPerToken))));
}

}  // namespace kvloupe
