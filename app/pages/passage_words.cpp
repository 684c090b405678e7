// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/passage_words.hpp"

#include <QCoreApplication>

#include "jobs/error_words.hpp"
#include "workspace/workspace.hpp"

namespace kvloupe {
namespace {

struct Words {
  Q_DECLARE_TR_FUNCTIONS(kvloupe::PassageWords)
};

constexpr int kListed = 3;

/// What a saved run holds where it does not hold what is asked for.
QString keptElsewhere(const SlotState& state, Looker looker) {
  QStringList held;
  for (auto kept = state.passages.rbegin(); kept != state.passages.rend(); ++kept) {
    const Passage& passage = *kept->value;
    if (passage.attention.has_value() != (looker == Looker::Attention)) continue;
    const QString plan = passagePlan(passage);
    held << (passage.attention ? Words::tr("layer %1, head %2 under %3")
                                     .arg(passage.attention->layer)
                                     .arg(passage.attention->head)
                                     .arg(plan)
                               : Words::tr("window %1 under %2").arg(passage.window).arg(plan));
  }
  if (held.isEmpty())
    return Words::tr("This run holds no text that was read: open its model to read one");
  if (held.size() > kListed) {
    const qsizetype more = held.size() - kListed;
    held = held.mid(0, kListed);
    held << Words::tr("%1 more").arg(more);
  }
  return Words::tr("This run does not hold this: open its model to read it.\nIt holds %1")
      .arg(held.join(QStringLiteral("; ")));
}

}  // namespace

QString passageAbsence(const Workspace& workspace, Looker looker) {
  const SlotState& state = workspace.activeSlot();
  if (!state.model) return Words::tr("Open a model first");
  if (state.phase == Phase::Saved) return keptElsewhere(state, looker);
  const QString key = passageKey(state, workspace.settings(), looker);
  if (const auto failure = state.measurementFailures.find(key);
      failure != state.measurementFailures.end())
    return Words::tr("Failed: %1").arg(errorLine(failure->second));
  if (const JobError* failure = failureOf(state, workspace.settings()))
    return Words::tr("Failed: %1").arg(errorLine(*failure));
  if (!evaluationTextOf(state, workspace.settings()))
    return Words::tr("Choose an evaluation text first");
  const std::optional<NeedKind> measuring = workspace.activity().measuring;
  if (measuring == NeedKind::Sensitivity) return Words::tr("Read when the sensitivity is measured");
  if (measuring == NeedKind::Allocation) return Words::tr("Read when the layers are allocated");
  if (workspace.paused()) return Words::tr("Stopped: Analyse goes on");
  return looker == Looker::Text
             ? Words::tr("Tokens appear when both models have read the window")
             : Words::tr("Weights appear when both models have read the sentence");
}

QString passagePlan(const Passage& passage) {
  return passage.specText.empty() ? Words::tr("nothing compressed")
                                  : QString::fromStdString(passage.specText);
}

QString passageProvenance(const ModelInfo& model, const Passage& passage) {
  const QString what = passage.sentence.empty()
                           ? Words::tr("window %1 of %2")
                                 .arg(passage.window)
                                 .arg(QString::fromStdString(passage.setting.text.name))
                           : Words::tr("a sentence of %1 tokens").arg(passage.tokens.size());
  return Words::tr("%1 · %2 · %3 · %4, ctx %5 · %6 %7")
      .arg(QString::fromStdString(model.name), passagePlan(passage), what,
           QString::fromStdString(passage.setting.protocol))
      .arg(passage.setting.context)
      .arg(QCoreApplication::applicationName(), QCoreApplication::applicationVersion());
}

void lookAtActive(Workspace& workspace, Looker looker, const std::optional<PassageWish>& wish) {
  const Slot active = workspace.active();
  workspace.lookAt(active == Slot::A ? Slot::B : Slot::A, looker, std::nullopt);
  workspace.lookAt(active, looker, wish);
}

}  // namespace kvloupe
