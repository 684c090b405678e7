// SPDX-License-Identifier: GPL-3.0-or-later
// What was measured of a model before it was opened anew: taken over, or told apart.
#include <utility>

#include "workspace/earlier_results.hpp"
#include "workspace/workspace.hpp"

namespace kvloupe {

namespace {

QString nameOf(const ModelInfo& model) { return QString::fromStdString(model.name); }

}  // namespace

QString Workspace::dtypeFor(const QString& path, Slot slot) const {
  const SlotState& state = this->slot(slot);
  if (!state.model || state.model->computeDtype != "bfloat16") return "auto";
  const auto folder = [](const QString& of) {
    return of.section('/', -1, -1, QString::SectionSkipEmpty);
  };
  // A run's model may stand elsewhere by now.
  const bool moved = state.phase == Phase::Saved && folder(path) == folder(state.path);
  return path == state.path || moved ? "bfloat16" : "auto";
}

/// To `state`, which is about to stand where `old` stands. Returns what is to be told of what is
/// left out.
QString Workspace::takeOver(SlotState& state, const SlotState& old) {
  EarlierResults before = resultsOf(old);
  if (!before.any()) return {};
  const ModelInfo& then = *before.model;
  const ModelInfo& now = *state.model;
  if (mayBeSameModel(then, now)) {
    before.proof = sameHashes(then, now) ? Proof::Given : Proof::Awaited;
    state.earlier = std::move(before);
    state.measuredAt = old.measuredAt;
    return {};
  }
  if (then.configJson != now.configJson) {
    // Another model that somebody chose: only that the file is left has to be said.
    const bool ofFile = !runPath_.isEmpty();
    const QString line = leaveOut(then, tr("%1 is another model").arg(nameOf(now)));
    return ofFile ? line : QString();
  }
  if (then.computeDtype != now.computeDtype)
    return leaveOut(then, tr("it was computed in %1, and %2 now is in %3")
                              .arg(QString::fromStdString(then.computeDtype), nameOf(now),
                                   QString::fromStdString(now.computeDtype)));
  return leaveOut(then, tr("%1 has other weights").arg(nameOf(now)));
}

/// The file of the run holds what is not here any more: Save asks for another.
void Workspace::leaveFile() {
  runPath_.clear();
  ++document_;  // what is still being saved there is not what is here
}

QString Workspace::leaveOut(const ModelInfo& then, const QString& reason) {
  const QString file = runPath_.section('/', -1);
  leaveFile();
  const QString line = tr("What was measured of %1 is left out: %2").arg(nameOf(then), reason);
  return file.isEmpty() ? line
                        : tr("%1. %2 still holds it: Save run asks for a name").arg(line, file);
}

void Workspace::dropEarlier(Slot slot, const QString& reason) {
  const EarlierResults dropped = std::exchange(at(slot).earlier, {});
  emit sessionDamaged(leaveOut(*dropped.model, reason));
  emit documentChanged();
}

/// What was measured when the model was open before, once it can be told that it is this one.
void Workspace::recallEarlier(Slot slot) {
  SlotState& state = at(slot);
  if (!state.earlier.any() || !analysisCurrent(state, settings_) ||
      !baselineCurrent(state, settings_))
    return;
  const QString name = nameOf(*state.model);
  const bool told = state.earlier.proof == Proof::None;
  switch (takeBackEarlier(state, settings_)) {
    case TakenBack::Same:
      break;
    case TakenBack::Unknown:
      state.earlier.proof = Proof::None;
      if (told) return;
      emit sessionDamaged(
          leaveOut(*state.earlier.model,
                   tr("nothing tells whether it is of the weights of %1, until that is measured on "
                      "the same text and context")
                       .arg(name)));
      emit documentChanged();
      return;
    case TakenBack::Different:
      if (sameHashes(*state.earlier.model, *state.model))
        dropEarlier(slot, tr("of the same weights, it was computed otherwise than %1 is here, and "
                             "its perplexity differs")
                              .arg(name));
      else
        dropEarlier(slot, tr("%1 does not give the same perplexity: it has other weights, or is "
                             "computed otherwise here")
                              .arg(name));
      break;
  }
  recallPlan(state);
  emit sweepChanged(slot);
  emit sensitivityChanged(slot);
}

/// Once the weights are hashed.
void Workspace::judgeEarlier(Slot slot) {
  SlotState& state = at(slot);
  if (!state.earlier.any()) return;
  if (sameHashes(*state.earlier.model, *state.model)) {
    state.earlier.proof = Proof::Given;
    recallEarlier(slot);
    emit analysisChanged(slot);
    emit evaluationChanged(slot);
  } else if (!mayBeSameModel(*state.earlier.model, *state.model)) {
    dropEarlier(slot, tr("%1 has other weights").arg(nameOf(*state.model)));
  }
}

}  // namespace kvloupe
