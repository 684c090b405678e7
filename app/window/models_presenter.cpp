// SPDX-License-Identifier: GPL-3.0-or-later
#include <QCoreApplication>
#include <algorithm>

#include "jobs/error_words.hpp"
#include "types/format.hpp"
#include "window/presenters.hpp"
#include "words/core_words.hpp"
#include "workspace/draft_for_model.hpp"

namespace kvloupe {
namespace {

struct Words {
  Q_DECLARE_TR_FUNCTIONS(kvloupe::ModelsPresenter)
};

QString text(const std::string& words) { return QString::fromStdString(words); }

std::vector<std::pair<QString, QString>> factsOf(const ModelInfo& model) {
  std::vector<std::pair<QString, QString>> facts;
  facts.emplace_back(Words::tr("Family"), familyText(model));
  facts.emplace_back(Words::tr("Layers"), QString::number(model.numLayers));
  if (model.attention == AttentionKind::Mla) {
    facts.emplace_back(Words::tr("Heads"), QString::number(model.numHeads));
    facts.emplace_back(
        Words::tr("Latent"),
        Words::tr("%1 + rotary key %2").arg(model.kvLoraRank).arg(model.qkRopeHeadDim));
  } else {
    facts.emplace_back(Words::tr("Heads"),
                       Words::tr("%1 query, %2 KV").arg(model.numHeads).arg(model.numKvHeads));
    facts.emplace_back(Words::tr("Head dim"), QString::number(model.headDim));
  }
  const QString parameters = text(formatParameters(model.parameterCount));
  facts.emplace_back(Words::tr("Parameters"),
                     model.storedDtype.empty()
                         ? parameters
                         : QString::fromUtf8("%1 · %2").arg(parameters, text(model.storedDtype)));
  facts.emplace_back(Words::tr("KV cache"),
                     text(formatBytesPerToken(static_cast<double>(model.kvBytesPerToken))));
  return facts;
}

ModelCardView cardOf(const SlotState& state, const MeasurementSettings& settings, bool active) {
  ModelCardView card;
  if (state.failure)
    card.refusal =
        ModelCardView::Refusal{state.failure->path.section('/', -1, -1, QString::SectionSkipEmpty),
                               errorWords(state.failure->error).headline};
  if (!state.opening.isEmpty() && !state.model) {
    card.kind = ModelCardView::Kind::Opening;
    card.name = state.opening.section('/', -1, -1, QString::SectionSkipEmpty);
    return card;
  }
  if (!state.model) return card;
  card.kind = state.phase == Phase::Saved ? ModelCardView::Kind::Saved : ModelCardView::Kind::Open;
  card.name = text(state.model->name);
  card.active = active;
  card.facts = factsOf(*state.model);
  card.cacheBytesPerToken = static_cast<double>(state.model->kvBytesPerToken);
  card.planBytesPerToken =
      accountFor(*state.model, state.draft, windowTokensOf(state, settings)).bytesPerToken;
  for (const std::string& warning : state.model->warnings) card.warnings << coreWords(warning);
  if (state.phase == Phase::Saved)
    card.facts.emplace_back(Words::tr("Shown from"), Words::tr("a saved run"));
  if (state.phase == Phase::Saved && active)
    card.facts.emplace_back("F5", Words::tr("opens the model"));
  return card;
}

}  // namespace

QString familyText(const ModelInfo& model) {
  QString sharing = "GQA";
  if (model.attention == AttentionKind::Mla)
    sharing = "MLA";
  else if (model.numKvHeads == model.numHeads)
    sharing = "MHA";
  else if (model.numKvHeads == 1)
    sharing = "MQA";
  return text(model.family) + QString::fromUtf8(" · ") + sharing;
}

ModelsView modelsView(const Workspace& workspace, const std::vector<TextChoice>& texts) {
  ModelsView view;
  for (const Slot slot : {Slot::A, Slot::B})
    view.cards[indexOf(slot)] =
        cardOf(workspace.slot(slot), workspace.settings(), slot == workspace.active());
  view.analyseHint =
      Words::tr("Goes on with what was stopped or failed; all else is measured by itself");
  const SlotState& state = workspace.activeSlot();
  const MeasurementSettings& settings = workspace.settings();
  view.calibration = settings.calibrationPath;
  view.evaluation = settings.evaluationPath;
  view.calibrationTokens = settings.calibrationTokens;
  view.calibrations.push_back({Words::tr("demo calibration"), {}});
  view.evaluations.push_back({Words::tr("demo evaluation"), {}});
  view.calibrations.insert(view.calibrations.end(), texts.begin(), texts.end());
  view.evaluations.insert(view.evaluations.end(), texts.begin(), texts.end());
  const auto offer = [](std::vector<TextChoice>& choices, const QString& path) {
    const TextChoice choice{path.section('/', -1), path};
    if (!path.isEmpty() && std::find(choices.begin(), choices.end(), choice) == choices.end())
      choices.push_back(choice);
  };
  offer(view.calibrations, settings.calibrationPath);  // the command line names them too
  offer(view.evaluations, settings.evaluationPath);
  if (!state.model) return view;

  if (state.phase == Phase::Saved) {  // what the run was measured on
    const Evaluation* plan = state.current.value.get();
    const std::optional<TextInfo> calibration =
        state.analysis.value        ? std::optional(state.analysis.value->text)
        : plan && plan->calibration ? std::optional(*plan->calibration)
                                    : std::nullopt;
    view.calibrations.front().name = calibration ? text(calibration->name) : Words::tr("none");
    view.calibration.clear();
    if (calibration)
      view.calibrationNote = Words::tr("of %1").arg(text(formatCount(calibration->tokens)));
    if (state.baseline.value) {
      view.evaluations.front().name = text(state.baseline.value->text.name);
      view.evaluation.clear();
    }
  }
  if (const AnalysisPtr& analysis = state.analysis.value)
    view.calibrationNote = Words::tr("of %1").arg(text(formatCount(analysis->text.tokens)));
  if (const EvaluationPtr& baseline = state.baseline.value)
    view.evaluationNote = Words::tr("%1 tokens").arg(text(formatCount(baseline->text.tokens)));
  view.protocol = settings.protocol;
  view.context = contextOf(state, settings);
  view.maxContext = state.model->maxPositions;
  if (state.phase == Phase::Saved && state.baseline.value) {
    view.context = state.baseline.value->context;
    view.protocol = text(state.baseline.value->protocol);
  }
  view.device = text(state.model->device);
  view.settingsEnabled = state.phase == Phase::Open;
  view.canStop = workspace.activity().busy();
  const bool unmeasured =
      state.phase == Phase::Open && (workspace.paused() || !state.measurementFailures.empty());
  if (state.phase == Phase::Saved)
    view.analyseHint =
        Words::tr("Shown from a saved run: F5 opens its model, which is then analysed");
  view.canAnalyse = unmeasured && !workspace.activity().busy();
  return view;
}

}  // namespace kvloupe
