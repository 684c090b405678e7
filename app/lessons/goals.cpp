// SPDX-License-Identifier: GPL-3.0-or-later
#include "lessons/goals.hpp"

#include <QCheckBox>
#include <QComboBox>
#include <QCoreApplication>

#include "controls/chip.hpp"
#include "controls/segmented_control.hpp"
#include "pages/tool_row.hpp"
#include "types/format.hpp"
#include "workspace/workspace.hpp"

namespace kvloupe {
namespace {

constexpr std::int64_t kFewTokens = 60, kManyTokens = 65536;  // those that the window offers

struct Words {
  Q_DECLARE_TR_FUNCTIONS(kvloupe::LessonGoals)
};

QString targetWord(Target target) {
  return target == Target::K || target == Target::V ? chipLetter(target) : targetTitle(target);
}

QString presetWord(PlanPreset preset) {
  switch (preset) {
    case PlanPreset::VOnly:
      return Words::tr("V only");
    case PlanPreset::KOnly:
      return Words::tr("K only");
    case PlanPreset::KAndV:
      return Words::tr("K + V");
    case PlanPreset::Latent:
      return Words::tr("Latent");
  }
  return {};
}

QString tokenWord(std::int64_t tokens) {
  return tokens == 0 ? Words::tr("all") : QString::fromStdString(formatCount(tokens));
}

/// What a person reads where an entry has this key.
QString choiceWord(const QWidget* control, const QString& key) {
  const auto* list = qobject_cast<const QComboBox*>(control);
  const int index = list != nullptr ? list->findData(key) : -1;
  return index >= 0 ? list->itemText(index) : key;
}

bool shows(const QWidget* control, const QString& keyOrText) {
  if (const auto* list = qobject_cast<const QComboBox*>(control))
    return list->currentIndex() >= 0 && indexOfKey(*list, keyOrText) == list->currentIndex();
  return control != nullptr && shownBy(control) == keyOrText;
}

QString tapWord(Tap tap) {
  const std::string_view name = tapName(tap);
  return QString::fromUtf8(name.data(), static_cast<qsizetype>(name.size()));
}

/// How far the running measurement is, or what stands in its way.
QString progressWord(const LessonStage& stage, const QString& done) {
  const Activity& activity = stage.workspace->activity();
  if (stage.workspace->paused()) return Words::tr("Stopped: Analyse goes on");
  if (!activity.busy()) return done;
  if (!activity.progress || activity.progress->total <= 0) return activity.title;
  return QString("%1, %2").arg(
      activity.title,
      QString::fromStdString(formatProgress(activity.progress->done, activity.progress->total)));
}

struct State {
  const LessonStage& stage;

  [[nodiscard]] const SlotState& model() const { return stage.workspace->activeSlot(); }

  GoalState operator()(const ModelGoal& goal) const {
    if (model().phase == Phase::Open && model().path == goal.model)
      return {true, Words::tr("%1 is open").arg(goal.model)};
    for (const Slot slot : {Slot::A, Slot::B}) {
      const SlotState& state = stage.workspace->slot(slot);
      if (state.opening == goal.model)
        return {false, Words::tr("Opening %1").arg(goal.model), false};
      if (state.phase == Phase::Open && state.path == goal.model)
        return {false, Words::tr("%1 is open, choose its card under Models").arg(goal.model)};
    }
    return {false, Words::tr("%1 is not open: File, Demo models").arg(goal.model)};
  }

  GoalState operator()(const PresetGoal& goal) const {
    const auto preset = presetOf(model().draft);
    if (preset == goal.preset)
      return {true, Words::tr("%1 is chosen").arg(presetWord(goal.preset))};
    return {
        false,
        preset
            ? Words::tr("%1 is chosen, goal %2").arg(presetWord(*preset), presetWord(goal.preset))
            : Words::tr("Choose %1").arg(presetWord(goal.preset))};
  }

  GoalState operator()(const RankGoal& goal) const {
    const TargetSetting* setting = model().draft.find(goal.target);
    if (setting == nullptr)
      return {false, Words::tr("This model has no %1").arg(targetWord(goal.target))};
    const bool met = (!goal.atMost || setting->rank <= *goal.atMost) &&
                     (!goal.atLeast || setting->rank >= *goal.atLeast);
    const QString at =
        setting->untouched()
            ? Words::tr("%1 is untouched").arg(targetWord(goal.target))
            : Words::tr("%1 is at rank %2").arg(targetWord(goal.target)).arg(setting->rank);
    if (met) return {true, at};
    if (goal.atMost && setting->rank > *goal.atMost)
      return {false, Words::tr("%1, goal %2").arg(at).arg(*goal.atMost)};
    return {false, Words::tr("%1, goal at least %2").arg(at).arg(*goal.atLeast)};
  }

  GoalState operator()(const TapGoal& goal) const {
    const TargetSetting* setting = model().draft.find(goal.target);
    if (setting == nullptr)
      return {false, Words::tr("This model has no %1").arg(targetWord(goal.target))};
    const QString at =
        Words::tr("%1 is compressed at tap %2").arg(targetWord(goal.target), tapWord(setting->tap));
    return {setting->tap == goal.tap,
            setting->tap == goal.tap ? at : Words::tr("%1, goal %2").arg(at, tapWord(goal.tap))};
  }

  GoalState operator()(const PageGoal& goal) const {
    const QString name = stage.pageName(goal.page);
    const bool met = stage.page() == goal.page;
    return {met, met ? Words::tr("The %1 page is shown").arg(name)
                     : Words::tr("Show the %1 page").arg(name)};
  }

  GoalState operator()(const ChoiceGoal& goal) const {
    const QWidget* control = stage.control(goal.control);
    const QString shown = control != nullptr ? shownBy(control) : QString();
    const QString wanted = choiceWord(control, goal.shows);
    if (shows(control, goal.shows)) return {true, Words::tr("%1 is chosen").arg(wanted)};
    return {false,
            shown.isEmpty()
                ? Words::tr("Choose %1").arg(wanted)
                : Words::tr("%1 is chosen, goal %2").arg(choiceWord(control, shown), wanted)};
  }

  GoalState operator()(const TokensGoal& goal) const {
    const std::int64_t asked = stage.workspace->settings().calibrationTokens;
    const bool most = goal.atMost && (asked == 0 || asked > *goal.atMost);
    const bool least = goal.atLeast && asked != 0 && asked < *goal.atLeast;
    const QString at = Words::tr("Calibration tokens: %1").arg(tokenWord(asked));
    if (most) return {false, Words::tr("%1, goal %2 at most").arg(at, tokenWord(*goal.atMost))};
    if (least) return {false, Words::tr("%1, goal %2 or more").arg(at, tokenWord(*goal.atLeast))};
    return {true, at};
  }

  GoalState operator()(const AnalysedGoal&) const {
    const bool met = analysisCurrent(model(), stage.workspace->settings());
    return {met,
            met ? Words::tr("The calibration text is analysed")
                : progressWord(stage, Words::tr("Not analysed yet")),
            stage.workspace->paused()};
  }

  GoalState operator()(const MeasuredGoal&) const {
    const bool met = model().model && analysisCurrent(model(), stage.workspace->settings()) &&
                     planCurrent(model(), stage.workspace->settings());
    return {
        met,
        met ? Words::tr("Measured to the end") : progressWord(stage, Words::tr("Not measured yet")),
        stage.workspace->paused()};
  }
};

struct Fulfil {
  const LessonStage& stage;

  [[nodiscard]] PlanDraft draft() const { return stage.workspace->activeSlot().draft; }
  void edit(const PlanDraft& draft) const {
    stage.workspace->editPlan(draft, stage.workspace->newGesture());
  }

  void operator()(const ModelGoal& goal) const { stage.useModel(goal.model); }
  void operator()(const PresetGoal& goal) const { edit(withPreset(draft(), goal.preset)); }
  void operator()(const RankGoal& goal) const {
    edit(withRank(draft(), goal.target, goal.atMost.value_or(goal.atLeast.value_or(1))));
  }
  void operator()(const TapGoal& goal) const {
    const PlanDraft before = draft();
    const TargetSetting* setting = before.find(goal.target);
    if (setting == nullptr) return;
    TargetSetting moved = *setting;
    moved.tap = goal.tap;
    edit(withSetting(before, moved));
  }
  void operator()(const PageGoal& goal) const { stage.showPage(goal.page); }
  void operator()(const ChoiceGoal& goal) const {
    QWidget* control = stage.control(goal.control);
    if (auto* list = qobject_cast<QComboBox*>(control)) {
      const int index = indexOfKey(*list, goal.shows);
      if (index < 0) return;
      list->setCurrentIndex(index);
      emit list->activated(index);
    } else if (auto* box = qobject_cast<QCheckBox*>(control)) {
      if (!shows(box, goal.shows)) box->click();
    }
  }
  void operator()(const TokensGoal& goal) const {
    MeasurementSettings settings = stage.workspace->settings();
    settings.calibrationTokens =
        goal.atMost ? std::min(kFewTokens, *goal.atMost) : std::max(kManyTokens, *goal.atLeast);
    stage.workspace->setSettings(settings);
  }
  void operator()(const AnalysedGoal&) const { stage.workspace->resume(); }
  void operator()(const MeasuredGoal&) const { stage.workspace->resume(); }
};

}  // namespace

GoalState stateOf(const LessonGoal& goal, const LessonStage& stage) {
  return std::visit(State{stage}, goal);
}

void fulfil(const LessonGoal& goal, const LessonStage& stage) { std::visit(Fulfil{stage}, goal); }

QString shownBy(const QWidget* control) {
  if (const auto* list = qobject_cast<const QComboBox*>(control)) {
    const QString key = list->currentData().toString();
    return key.isEmpty() ? list->currentText() : key;
  }
  if (const auto* box = qobject_cast<const QCheckBox*>(control))
    return box->isChecked() ? QStringLiteral("on") : QStringLiteral("off");
  return {};
}

}  // namespace kvloupe
