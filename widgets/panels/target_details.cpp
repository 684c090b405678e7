// SPDX-License-Identifier: GPL-3.0-or-later
#include "panels/target_details.hpp"

#include <QDoubleSpinBox>
#include <QEvent>
#include <QGridLayout>
#include <QSignalBlocker>
#include <QSpinBox>
#include <algorithm>
#include <cmath>

#include "controls/buttons.hpp"
#include "controls/choice_box.hpp"
#include "controls/labels.hpp"

namespace kvloupe {
namespace {

QString text(std::string_view words) {
  return QString::fromUtf8(words.data(), static_cast<qsizetype>(words.size()));
}

/// The entries of a list of choices, and where the current value stands among them.
template <class Value, class NameOf>
void fill(ChoiceBox* box, const std::vector<Choice<Value>>& choices, Value current, NameOf nameOf) {
  std::vector<ChoiceBox::Entry> entries;
  int at = -1;
  for (const Choice<Value>& choice : choices) {
    if (choice.value == current) at = static_cast<int>(entries.size());
    entries.push_back({text(nameOf(choice.value)), choice.refusal});
  }
  box->setEntries(entries, at);
}

template <std::size_t N>
auto namesFrom(const std::array<std::string_view, N>& names) {
  return [&names](auto value) { return names[static_cast<std::size_t>(value)]; };
}

}  // namespace

void TargetDetails::Field::setVisible(bool visible) const {
  words->setVisible(visible);
  control->setVisible(visible);
}

TargetDetails::TargetDetails(QWidget* parent)
    : QWidget(parent),
      grid_(new QGridLayout(this)),
      rank_(new QSpinBox(this)),
      kept_(new QDoubleSpinBox(this)),
      method_(new QComboBox(this)),
      bits_(new ChoiceBox(this)),
      tap_(new ChoiceBox(this)),
      basis_(new ChoiceBox(this)),
      scale_(new ChoiceBox(this)),
      rotation_(new ChoiceBox(this)),
      scope_(new QComboBox(this)),
      group_(makeNumber(1, kScaleGroup, tr("Tokens that share a scale of their channel"))),
      seed_(makeNumber(0, 1, tr("What is drawn at random is drawn from this number"))),
      residual_(makeNumber(0, kScaleGroup,
                           tr("Newest tokens that every query sees uncompressed, itself among "
                              "them, as in a cache that compresses late"))),
      sink_(makeNumber(0, 1, tr("First tokens of every window that stay uncompressed"))),
      onlyTap_(new InkLabel(TextRole::Body, Ink::Text, {}, this)),
      more_(new LinkButton(tr("More"), this)) {
  grid_->setContentsMargins(0, 2, 0, 2);
  grid_->setHorizontalSpacing(6);
  grid_->setVerticalSpacing(5);
  grid_->setColumnMinimumWidth(0, 46);
  grid_->setColumnStretch(1, 6);  // "Untouched", "hadamard", "k_prebias"
  grid_->setColumnStretch(3, 5);  // "100.0 %", "channel", "random"
  rank_->setKeyboardTracking(false);
  kept_->setKeyboardTracking(false);
  kept_->setDecimals(1);
  kept_->setLocale(QLocale::c());
  kept_->setSuffix(QString::fromUtf8("\u00a0%"));
  // In the order of Method.
  const auto offer = [](QComboBox* list, const QString& name, const char* key) {
    list->addItem(name, QString::fromLatin1(key));
  };
  offer(method_, tr("Untouched"), "untouched");
  offer(method_, tr("Low rank"), "low_rank");
  offer(method_, tr("Quantize"), "quantize");
  offer(method_, tr("Both"), "both");
  method_->setItemData(1, tr("Centre, then keep as many directions as the rank"), Qt::ToolTipRole);
  method_->setItemData(2, tr("Round values to the format"), Qt::ToolTipRole);
  method_->setItemData(3, tr("A low rank whose coefficients are rounded"), Qt::ToolTipRole);
  offer(scope_, tr("head"), "head");
  offer(scope_, tr("layer"), "layer");
  scope_->setItemData(0, tr("One basis for each KV head"), Qt::ToolTipRole);
  scope_->setItemData(1, tr("One basis over all KV heads of a layer"), Qt::ToolTipRole);
  rankField_ = addField(tr("Rank"), rank_);
  keptField_ = addField(tr("Kept"), kept_);
  methodField_ = addField(tr("Method"), method_);
  bitsField_ = addField(tr("Bits"), bits_);
  tapField_ = addField(tr("Tap"), tap_);
  basisField_ = addField(tr("Basis"), basis_);
  rotationField_ = addField(tr("Rotate"), rotation_);
  scaleField_ = addField(tr("Scale"), scale_);
  scopeField_ = addField(tr("Scope"), scope_);
  groupField_ = addField(tr("Group"), group_);
  seedField_ = addField(tr("Seed"), seed_);
  residualField_ = addField(tr("Residual"), residual_);
  sinkField_ = addField(tr("Sink"), sink_);
  onlyTap_->setFixedHeight(26);
  onlyTapField_ = {addWords(tr("Tap")), onlyTap_};
  scale_->setToolTip(tr("What shares a scale: a token, a channel, or the whole tensor"));
  rotation_->setToolTip(tr("Spreads outliers before values are rounded; undone after"));
  connectControls();
}

QSpinBox* TargetDetails::makeNumber(int least, int step, const QString& tip) {
  auto* number = new QSpinBox(this);
  number->setKeyboardTracking(false);
  number->setLocale(QLocale::c());
  number->setRange(least, kLargestNumber);
  number->setSingleStep(step);
  number->setToolTip(tip);
  return number;
}

TargetDetails::Field TargetDetails::addField(const QString& words, QWidget* control) {
  control->setFixedHeight(26);
  control->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Fixed);
  control->setMinimumWidth(56);
  InkLabel* label = addWords(words);
  label->setBuddy(control);
  control->setFocusPolicy(Qt::StrongFocus);
  control->installEventFilter(this);
  return {label, control};
}

InkLabel* TargetDetails::addWords(const QString& words) {
  return new InkLabel(TextRole::Chart, Ink::Second, words, this);
}

bool TargetDetails::eventFilter(QObject* watched, QEvent* event) {
  const auto* control = qobject_cast<const QWidget*>(watched);
  if (event->type() != QEvent::Wheel || control == nullptr || control->hasFocus())
    return QWidget::eventFilter(watched, event);
  event->ignore();
  return true;
}

/// Two columns, filled from above; what only sometimes acts takes the first places that are left,
/// and the tokens that stay uncompressed the last row.
void TargetDetails::place() {
  std::vector<Field> left = {rankField_, methodField_};
  std::vector<Field> right = {keptField_, bitsField_};
  const auto add = [](bool shown, const Field& field, std::vector<Field>& column) {
    field.setVisible(shown);
    if (shown) column.push_back(field);
  };
  const auto shorter = [&]() -> std::vector<Field>& {
    return left.size() <= right.size() ? left : right;
  };
  add(shown_.basis, basisField_, right);
  add(shown_.tap, tapField_, left);
  add(shown_.rotation, rotationField_, left);
  add(shown_.scale, scaleField_, right);
  add(shown_.scope, scopeField_, shorter());
  add(shown_.group, groupField_, shorter());
  add(shown_.seed, seedField_, shorter());
  // A tap without a choice is told where its place would be empty.
  const bool onlyTap = !shown_.tap && left.size() < right.size();
  onlyTapField_.setVisible(onlyTap);
  if (onlyTap) left.insert(left.begin() + 2, onlyTapField_);
  int column = 0;
  for (const std::vector<Field>& fields : {left, right}) {
    int row = 0;
    for (const Field& field : fields) {
      grid_->addWidget(field.words, row, column);
      grid_->addWidget(field.control, row, column + 1);
      ++row;
    }
    column += 2;
  }
  const int last = static_cast<int>(std::max(left.size(), right.size()));
  column = 0;
  for (const Field& field : {residualField_, sinkField_}) {
    field.setVisible(shown_.tokens);
    grid_->addWidget(field.words, last, column);
    grid_->addWidget(field.control, last, column + 1);
    column += 2;
  }
  nameMore();
}

void TargetDetails::nameMore() {
  more_->setText(moreShown() ? tr("Less") : tr("More"));
  more_->setAccessibleName((moreShown() ? tr("Less of %1") : tr("More of %1")).arg(name_));
  more_->setVisible(shown_.more && !folded_);
}

void TargetDetails::setFolded(bool folded) {
  folded_ = folded;
  setVisible(!folded);
  nameMore();
}

void TargetDetails::connectControls() {
  connect(rank_, &QSpinBox::valueChanged, this, &TargetDetails::rankChosen);
  connect(kept_, &QDoubleSpinBox::valueChanged, this, [this](double percent) {
    // keep = p is rank max(1, round(d p / 100)), halves up
    emit rankChosen(
        std::max(1, static_cast<int>(std::floor(setting_.dim() * percent / 100 + 0.5))));
  });
  connect(method_, &QComboBox::activated, this,
          [this](int index) { emit methodChosen(static_cast<Method>(index)); });
  connect(scope_, &QComboBox::activated, this,
          [this](int index) { emit scopeChosen(static_cast<Scope>(index)); });
  connect(more_, &QPushButton::clicked, this, [this] {
    moreWanted_ = !moreShown();
    moreUsed_ = false;
    showWhatActs();
  });
  const auto onChoice = [this](ChoiceBox* box, auto change) {
    connect(box, &QComboBox::activated, this, [this, box, change](int index) {
      if (!box->offers(index)) return;
      TargetSetting setting = setting_;
      change(setting, index);
      emit settingChosen(setting);
    });
  };
  const auto onNumber = [this](QSpinBox* box, auto member) {
    connect(box, &QSpinBox::valueChanged, this, [this, member](int value) {
      TargetSetting setting = setting_;
      setting.*member = static_cast<std::remove_reference_t<decltype(setting.*member)>>(value);
      emit settingChosen(setting);
    });
  };
  onNumber(group_, &TargetSetting::group);
  onNumber(seed_, &TargetSetting::seed);
  onNumber(residual_, &TargetSetting::residual);
  onNumber(sink_, &TargetSetting::sink);
  onChoice(bits_, [](TargetSetting& s, int i) { s.format = static_cast<Format>(i); });
  onChoice(tap_, [](TargetSetting& s, int i) { s.tap = s.taps[static_cast<std::size_t>(i)]; });
  onChoice(basis_, [](TargetSetting& s, int i) { s.basis = static_cast<Basis>(i); });
  onChoice(scale_, [](TargetSetting& s, int i) { s.scale = static_cast<Scale>(i); });
  onChoice(rotation_, [](TargetSetting& s, int i) { s.rotation = static_cast<Rotation>(i); });
}

void TargetDetails::setNames(const QString& name, const QString& key) {
  rank_->setObjectName(key + "RankNumber");
  tap_->setObjectName(key + "Tap");
  rank_->setAccessibleName(tr("%1 rank, number").arg(name));
  kept_->setAccessibleName(tr("%1 kept, percent").arg(name));
  method_->setAccessibleName(tr("%1 method").arg(name));
  bits_->setAccessibleName(tr("%1 format").arg(name));
  tap_->setAccessibleName(tr("%1 tap").arg(name));
  basis_->setAccessibleName(tr("%1 basis").arg(name));
  scale_->setAccessibleName(tr("%1 scale").arg(name));
  rotation_->setAccessibleName(tr("%1 rotation").arg(name));
  scope_->setAccessibleName(tr("%1 scope").arg(name));
  group_->setAccessibleName(tr("%1 group, tokens").arg(name));
  seed_->setAccessibleName(tr("%1 seed").arg(name));
  residual_->setAccessibleName(tr("%1 residual, tokens").arg(name));
  sink_->setAccessibleName(tr("%1 sink, tokens").arg(name));
  onlyTap_->setAccessibleName(tr("%1 tap").arg(name));
  name_ = name;
  nameMore();
}

void TargetDetails::setSetting(const TargetSetting& setting, const Choices& choices) {
  // What came to be set does not go under the hand that takes it back.
  const auto setsMore = [](const TargetSetting& s) {
    return s.residual > 0 || s.sink > 0 || s.scope != Scope::Head;
  };
  if (setsMore(setting)) moreUsed_ = true;
  setting_ = setting;
  const QSignalBlocker blockRank(rank_), blockKept(kept_), blockGroup(group_), blockSeed(seed_),
      blockResidual(residual_), blockSink(sink_);
  const int dim = setting.dim();
  rank_->setRange(1, dim);
  rank_->setValue(setting.rank);
  kept_->setRange(0, 100);
  kept_->setSingleStep(100.0 / dim);
  kept_->setValue(100.0 * setting.rank / dim);
  method_->setCurrentIndex(static_cast<int>(methodOf(setting)));
  fill(bits_, choices.formats, setting.format, namesFrom(kFormatNames));
  fill(tap_, choices.taps, setting.tap, tapName);
  onlyTap_->setText(text(tapName(setting.tap)));
  fill(basis_, choices.bases, setting.basis, namesFrom(kBasisNames));
  fill(scale_, choices.scales, setting.scale, namesFrom(kScaleNames));
  fill(rotation_, choices.rotations, setting.rotation, namesFrom(kRotationNames));
  scope_->setCurrentIndex(static_cast<int>(setting.scope));
  group_->setValue(setting.group);
  seed_->setValue(static_cast<int>(std::min<std::uint64_t>(setting.seed, kLargestNumber)));
  residual_->setValue(setting.residual);
  sink_->setValue(setting.sink);
  showWhatActs();
}

void TargetDetails::setHeld(bool held) {
  held_ = held;
  showWhatActs();
}

/// Where there is nothing to choose, or what is chosen would do nothing, there is no control.
void TargetDetails::showWhatActs() {
  if (held_) return;
  const auto anywhere = [this](auto acts) {
    return acts(setting_.everywhere()) ||
           std::any_of(setting_.layers.begin(), setting_.layers.end(),
                       [&](const auto& layer) { return acts(setting_.at(layer.first)); });
  };
  const bool lowRank = anywhere([this](const LayerKept& k) { return k.rank < setting_.dim(); });
  const bool quantized = anywhere([](const LayerKept& k) { return k.format != Format::Bits16; });
  const bool scaled = anywhere([](const LayerKept& k) { return isScaled(k.format); });
  const bool compressed = lowRank || quantized;
  if (!compressed) moreUsed_ = false;
  const bool scoped = lowRank && setting_.layerDim > setting_.headDim;
  const bool grouped = scaled && setting_.scale == Scale::Channel;
  // What is set, or decides whether a channel's scale is causal, is not hidden.
  const bool scopeStays = setting_.scope != Scope::Head;
  const bool tokensStay = setting_.residual > 0 || setting_.sink > 0 || grouped;
  // Tap and basis can be chosen before the slider moves.
  const Shown shown = {.basis = lowRank || !quantized,
                       .tap = setting_.taps.size() > 1,
                       .rotation = quantized,
                       .scale = scaled,
                       .scope = scoped && (scopeStays || moreShown()),
                       .group = grouped,
                       .seed = (lowRank && setting_.basis == Basis::Random) ||
                               (quantized && setting_.rotation == Rotation::Random),
                       .tokens = compressed && (tokensStay || moreShown()),
                       .more = (scoped && !scopeStays) || (compressed && !tokensStay)};
  if (shown == shown_ && grid_->count() > 0) return nameMore();
  shown_ = shown;
  place();
}

}  // namespace kvloupe
