// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/analysis_words.hpp"

#include <QCoreApplication>
#include <QStringList>

#include "jobs/error_words.hpp"
#include "types/format.hpp"
#include "workspace/workspace.hpp"

namespace kvloupe {
namespace {

struct Words {
  Q_DECLARE_TR_FUNCTIONS(kvloupe::AnalysisWords)
};

}  // namespace

BarState analysisState(const Workspace& workspace, Slot slot) {
  const SlotState& state = workspace.slot(slot);
  if (state.phase == Phase::Saved) return BarState::Measured;
  if (analysisCurrent(state, workspace.settings())) return BarState::Measured;
  const Activity& activity = workspace.activity();
  const bool streaming = activity.measuring == NeedKind::Analysis && activity.slot == slot &&
                         state.analysis.key == analysisKey(state, workspace.settings());
  return streaming ? BarState::Measuring : BarState::Stale;
}

QString analysisAbsence(const Workspace& workspace) {
  const SlotState& state = workspace.activeSlot();
  if (!state.model)
    return Words::tr("Figures appear when a model is open and text streams through it");
  if (const JobError* failure = failureOf(state, workspace.settings())) return errorLine(*failure);
  if (state.phase == Phase::Saved) return Words::tr("This run holds no analysis");
  if (!calibrationTextOf(state, workspace.settings()))
    return Words::tr("Choose a calibration text first");
  if (workspace.paused()) return Words::tr("Stopped: Analyse goes on");
  return Words::tr("Figures appear as the calibration text streams through the model");
}

QString provenanceOf(const ModelInfo& model, const Analysis& analysis,
                     const std::vector<std::pair<Target, Tap>>& taps) {
  QStringList names;
  for (const auto& [target, tap] : taps) {
    const std::string_view name = tapName(tap);
    names << QString::fromUtf8(name.data(), static_cast<qsizetype>(name.size()));
  }
  return Words::tr("%1 · %2 · %3, %4 tokens, ctx %5 · %6 %7")
      .arg(QString::fromStdString(model.name), names.join(", "),
           QString::fromStdString(analysis.text.name),
           QString::fromStdString(formatCount(analysis.tokens)))
      .arg(analysis.context)
      .arg(QCoreApplication::applicationName(), QCoreApplication::applicationVersion());
}

}  // namespace kvloupe
