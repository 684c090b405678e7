// SPDX-License-Identifier: GPL-3.0-or-later
#include "workspace/needs.hpp"

#include <QFileInfo>
#include <QStringList>
#include <algorithm>
#include <array>

#include "compression/plan/spec.hpp"
#include "evaluation/restricted_specs.hpp"
#include "workspace/resource_folder.hpp"

namespace kvloupe {
namespace {

// At the end of a passage's key: with the whole text's recalled words.
constexpr QLatin1String kWithRecall("|recall");

std::optional<std::string> textOf(const SlotState& state, const QString& chosen,
                                  const QString& demo) {
  if (!chosen.isEmpty()) return chosen.toStdString();
  if (state.path.startsWith("demo:")) return std::string();
  if (const auto bundled = findResource("demo/" + demo)) return bundled->toStdString();
  return std::nullopt;
}

QString textKey(const std::optional<std::string>& text) {
  return text ? QString::fromStdString(*text) : QString();
}

bool failedWith(const SlotState& state, const QString& key) {
  return state.measurementFailures.contains(key);
}

AnalysisRequest analysisRequest(const SlotState& state, const MeasurementSettings& settings) {
  AnalysisRequest request;
  request.textPath = *calibrationTextOf(state, settings);
  request.maxTokens = settings.calibrationTokens;
  request.context = contextOf(state, settings);
  return request;
}

EvaluationRequest evaluationRequest(const SlotState& state, const MeasurementSettings& settings) {
  EvaluationRequest request;
  request.textPath = *evaluationTextOf(state, settings);
  request.protocol = settings.protocol.toStdString();
  request.context = contextOf(state, settings);
  request.calibrationPath = calibrationTextOf(state, settings).value_or(std::string());
  request.calibrationTokens = settings.calibrationTokens;
  return request;
}

QString allocationText(const AllocationWish& wish) {
  QStringList parts{QString::number(wish.budgetPercent), QString::fromStdString(wish.keys)};
  for (const Target target : wish.targets)
    parts << QString::fromUtf8(targetName(target).data(),
                               static_cast<qsizetype>(targetName(target).size()));
  for (const std::string& format : wish.formats) parts << QString::fromStdString(format);
  return parts.join('|');
}

/// What is looked at under which plan, as part of a passage's key.
QString placeKey(const std::string& specs, int window, const QString& sentence,
                 const std::optional<HeadChoice>& head) {
  QString key =
      "passage|" + QString::fromStdString(specs) + "|" + QString::number(window) + "|" + sentence;
  if (head) key += QString("|layer %1 head %2").arg(head->layer).arg(head->head);
  return key;
}

bool hashesPending(const ModelInfo& model) {
  return std::any_of(model.weightFiles.begin(), model.weightFiles.end(),
                     [](const WeightFile& file) { return file.sha256.empty(); });
}

std::optional<Need> hashOf(const SlotState& state, Slot slot) {
  const QString key = "hash";
  if (!hashesPending(*state.model) || failedWith(state, key)) return std::nullopt;
  return Need{NeedKind::Hash, slot, key, HashJob{slot}};
}

/// Whether the hash of the weights tells if what was measured earlier is of them.
bool hashTellsOfEarlier(const SlotState& state) {
  return state.earlier.any() && state.earlier.proof == Proof::Awaited &&
         !hashesPending(*state.earlier.model);
}

std::optional<Need> sweepOf(const SlotState& state, Slot slot,
                            const MeasurementSettings& settings) {
  if (!state.sweepWish) return std::nullopt;
  QString key = measuredOnKey(state, settings) + "|sweep";
  for (const std::string& curve : state.sweepWish->curves)
    key += "|" + QString::fromStdString(curve);
  if (state.sweepWish->verdict) key += "|verdict";
  if (failedWith(state, key)) return std::nullopt;
  SweepRequest request;
  request.measure = evaluationRequest(state, settings);
  request.curves = state.sweepWish->curves;
  request.verdict = state.sweepWish->verdict;
  request.measure.known = comparablePlans(state, settings);
  return Need{NeedKind::Sweep, slot, key, SweepJob{slot, std::move(request)}};
}

std::optional<Need> sensitivityOf(const SlotState& state, Slot slot,
                                  const MeasurementSettings& settings) {
  if (state.sensitivityWish.empty()) return std::nullopt;
  const QString key = sensitivityKey(state, settings, specText(state.sensitivityWish));
  if (failedWith(state, key)) return std::nullopt;
  SensitivityRequest request;
  request.measure = evaluationRequest(state, settings);
  request.measure.specs = state.sensitivityWish;
  request.measure.known = comparablePlans(state, settings);
  request.cumulative = true;
  if (const SensitivityPtr& before = state.sensitivity.value) {
    request.known = before;  // where it was another question, it is passed over
    std::vector<EvaluationPtr>& known = request.measure.known;
    known.insert(known.end(), before->plans.begin(), before->plans.end());
  }
  return Need{NeedKind::Sensitivity, slot, key, SensitivityJob{slot, std::move(request)}};
}

std::optional<Need> allocationOf(const SlotState& state, Slot slot,
                                 const MeasurementSettings& settings) {
  if (!state.allocationWish) return std::nullopt;
  const AllocationWish& wish = *state.allocationWish;
  const QString key = measuredOnKey(state, settings) + "|allocation|" + allocationText(wish);
  if (failedWith(state, key)) return std::nullopt;
  AllocationRequest request;
  request.measure = evaluationRequest(state, settings);
  request.budgetPercent = wish.budgetPercent;
  request.targets = wish.targets;
  request.formats = wish.formats;
  request.keys = wish.keys;
  request.measure.known = comparablePlans(state, settings);
  request.known = state.layerCosts;  // where they are of another question, they are passed over
  return Need{NeedKind::Allocation, slot, key, AllocateJob{slot, std::move(request)}};
}

/// Whether the evaluation text lists its recalled words and all of it was measured under the plan.
bool wholeTextKnown(const SlotState& state, const MeasurementSettings& settings,
                    const PassageWish& wish) {
  if (!wish.onlyLayers.empty() || specsOf(state.draft).empty() || !planCurrent(state, settings))
    return false;
  const QString& text = settings.evaluationPath;
  if (text.isEmpty())
    return state.path.startsWith("demo:") || findResource("demo/evaluation.recall.json");
  const QFileInfo file(text);
  return QFile::exists(file.path() + "/" + file.completeBaseName() + ".recall.json");
}

std::optional<Need> passageOf(const SlotState& state, Slot slot,
                              const MeasurementSettings& settings, Looker looker) {
  const std::optional<PassageWish>& wish = state.looks[indexOf(looker)].wish;
  if (!wish || passageCurrent(state, settings, looker)) return std::nullopt;
  const QString key = passageKey(state, settings, looker);
  if (failedWith(state, key)) return std::nullopt;
  PassageRequest request;
  request.measure = evaluationRequest(state, settings);
  request.measure.specs = passageSpecs(state, *wish);
  // A whole measurement of this plan tells of the recalled words, where the text lists them.
  if (looker == Looker::Text && wholeTextKnown(state, settings, *wish))
    request.measure.known = {state.current.value};
  request.window = wish->window;
  request.sentence = wish->sentence.toStdString();
  request.attention = wish->attention;
  return Need{looker == Looker::Text ? NeedKind::Text : NeedKind::Attention, slot, key,
              LookJob{slot, std::move(request)}};
}

/// Whether sweeps, sensitivities and allocations have what they rest on, or will.
bool measurable(const SlotState& state, const MeasurementSettings& settings) {
  return state.phase == Phase::Open && calibrationTextOf(state, settings) &&
         evaluationTextOf(state, settings) && !failedWith(state, analysisKey(state, settings)) &&
         !failedWith(state, baselineKey(state, settings));
}

std::optional<Need> measurementOf(const SlotState& state, Slot slot,
                                  const MeasurementSettings& settings, Looks looks) {
  if (state.phase != Phase::Open) return std::nullopt;
  if (!calibrationTextOf(state, settings)) return std::nullopt;
  if (!analysisCurrent(state, settings)) {
    const QString key = analysisKey(state, settings);
    if (failedWith(state, key)) return std::nullopt;
    return Need{NeedKind::Analysis, slot, key, AnalyseJob{slot, analysisRequest(state, settings)}};
  }
  if (!evaluationTextOf(state, settings)) return std::nullopt;
  if (looks == Looks::First)
    for (const Looker looker : {Looker::Text, Looker::Attention})
      if (auto need = passageOf(state, slot, settings, looker)) return need;
  if (hashTellsOfEarlier(state))  // a save in the midst of a long baseline has to know it
    if (auto need = hashOf(state, slot)) return need;
  if (failedWith(state, baselineKey(state, settings))) return std::nullopt;  // a plan would too
  const bool planFirst = state.draftMoved && !specsOf(state.draft).empty();
  const auto baseline = [&]() -> std::optional<Need> {
    const QString key = baselineKey(state, settings);
    if (baselineCurrent(state, settings)) return std::nullopt;
    return Need{NeedKind::Baseline, slot, key,
                EvaluateJob{slot, evaluationRequest(state, settings)}};
  };
  const auto plan = [&]() -> std::optional<Need> {
    const QString key = planKey(state, settings);
    if (planCurrent(state, settings) || failedWith(state, key)) return std::nullopt;
    return Need{NeedKind::Plan, slot, key, EvaluateJob{slot, planRequest(state, settings)}};
  };
  if (auto need = planFirst ? plan() : baseline()) return need;
  if (auto need = planFirst ? baseline() : plan()) return need;
  if (auto need = sweepOf(state, slot, settings)) return need;
  if (auto need = sensitivityOf(state, slot, settings)) return need;
  return allocationOf(state, slot, settings);
}

}  // namespace

EvaluationRequest planRequest(const SlotState& state, const MeasurementSettings& settings) {
  EvaluationRequest request = evaluationRequest(state, settings);
  request.specs = specsOf(state.draft);
  return request;
}

std::optional<std::string> calibrationTextOf(const SlotState& state,
                                             const MeasurementSettings& settings) {
  return textOf(state, settings.calibrationPath, "calibration.txt");
}

std::optional<std::string> evaluationTextOf(const SlotState& state,
                                            const MeasurementSettings& settings) {
  return textOf(state, settings.evaluationPath, "evaluation.txt");
}

int contextOf(const SlotState& state, const MeasurementSettings& settings) {
  const int unlessTold = settings.protocol == "llama.cpp" ? 512 : 2048;
  const int wanted = settings.context > 0 ? settings.context : unlessTold;
  if (!state.model || state.model->maxPositions <= 0) return wanted;
  return std::min(wanted, state.model->maxPositions);
}

std::int64_t windowTokensOf(const SlotState& state, const MeasurementSettings& settings) {
  const bool saved = state.phase == Phase::Saved;
  const Keyed<EvaluationPtr>& known =
      saved && !state.baseline.value ? state.current : state.baseline;
  if (!known.value || (!saved && known.key != baselineKey(state, settings)))
    return contextOf(state, settings);
  // Every token of a window but its first is scored.
  const EvaluationFigures& figures = known.value->figures;
  const bool shorter = figures.windowsPlanned == 1 && known.value->protocol != "llama.cpp";
  return shorter ? std::min<std::int64_t>(known.value->context, figures.tokensPlanned + 1)
                 : known.value->context;
}

QString analysisKey(const SlotState& state, const MeasurementSettings& settings) {
  return QString("%1|%2|%3")
      .arg(textKey(calibrationTextOf(state, settings)))
      .arg(settings.calibrationTokens)
      .arg(contextOf(state, settings));
}

QString baselineKey(const SlotState& state, const MeasurementSettings& settings) {
  return QString("%1|%2|%3")
      .arg(textKey(evaluationTextOf(state, settings)))
      .arg(settings.protocol)
      .arg(contextOf(state, settings));
}

QString planKey(const SlotState& state, const MeasurementSettings& settings) {
  const std::vector<CompressionSpec> specs = specsOf(state.draft);
  if (specs.empty()) return baselineKey(state, settings);
  return measuredOnKey(state, settings) + QString::fromStdString(specText(specs));
}

std::vector<CompressionSpec> passageSpecs(const SlotState& state, const PassageWish& wish) {
  const std::vector<CompressionSpec> whole = specsOf(state.draft);
  constexpr std::array kAll = {Target::K, Target::V, Target::Latent, Target::RopeKey};
  return wish.onlyLayers.empty() ? whole : restrictedSpecs(whole, kAll, wish.onlyLayers);
}

QString passageKey(const SlotState& state, const MeasurementSettings& settings, Looker looker) {
  const std::optional<PassageWish>& wish = state.looks[indexOf(looker)].wish;
  if (!wish) return {};
  QString key =
      measuredOnKey(state, settings) +
      placeKey(specText(passageSpecs(state, *wish)), wish->window, wish->sentence, wish->attention);
  if (looker == Looker::Text && wholeTextKnown(state, settings, *wish)) key += kWithRecall;
  return key;
}

QString keyOfPassage(const SlotState& state, const MeasurementSettings& settings,
                     const Passage& passage) {
  std::optional<HeadChoice> head;
  if (passage.attention) head = {passage.attention->layer, passage.attention->head};
  QString key =
      measuredOnKey(state, settings) +
      placeKey(passage.specText, passage.window, QString::fromStdString(passage.sentence), head);
  if (passage.recall) key += kWithRecall;
  return key;
}

QString passageKeyWithoutRecall(QString key) {
  if (key.endsWith(kWithRecall)) key.chop(kWithRecall.size());
  return key;
}

bool passageStale(const SlotState& state, const MeasurementSettings& settings, Looker looker) {
  const Look& look = state.looks[indexOf(looker)];
  if (!look.wish || !look.seen.value) return false;
  if (state.phase == Phase::Saved)
    return look.seen.value->specText != specText(passageSpecs(state, *look.wish));
  return passageKeyWithoutRecall(look.seen.key) !=
         passageKeyWithoutRecall(passageKey(state, settings, looker));
}

bool passageCurrent(const SlotState& state, const MeasurementSettings& settings, Looker looker) {
  const Look& look = state.looks[indexOf(looker)];
  return look.wish && look.seen.value && look.seen.key == passageKey(state, settings, looker);
}

std::vector<EvaluationPtr> comparablePlans(const SlotState& state,
                                           const MeasurementSettings& settings) {
  std::vector<EvaluationPtr> plans;
  if (!state.model) return plans;
  const QString measuredOn = measuredOnKey(state, settings);
  for (const Keyed<EvaluationPtr>& plan : state.plans)
    if (state.phase == Phase::Saved || plan.key.startsWith(measuredOn)) plans.push_back(plan.value);
  return plans;
}

QString measuredOnKey(const SlotState& state, const MeasurementSettings& settings) {
  return baselineKey(state, settings) + "|" + analysisKey(state, settings) + "|";
}

QString sensitivityKey(const SlotState& state, const MeasurementSettings& settings,
                       const std::string& specs) {
  return measuredOnKey(state, settings) + "|sensitivity|" + QString::fromStdString(specs);
}

bool analysisCurrent(const SlotState& state, const MeasurementSettings& settings) {
  return state.analysis.value && state.analysis.value->complete() &&
         state.analysis.key == analysisKey(state, settings);
}

bool baselineCurrent(const SlotState& state, const MeasurementSettings& settings) {
  return state.baseline.value && state.baseline.value->figures.complete() &&
         state.baseline.key == baselineKey(state, settings);
}

bool planCurrent(const SlotState& state, const MeasurementSettings& settings) {
  if (specsOf(state.draft).empty()) return baselineCurrent(state, settings);
  return state.current.value && state.current.value->figures.complete() &&
         state.current.key == planKey(state, settings);
}

bool sweepCurrent(const SlotState& state, const MeasurementSettings& settings) {
  if (!state.model || !state.sweep.value) return false;
  return state.phase == Phase::Saved || state.sweep.key == measuredOnKey(state, settings);
}

bool sweepAwaited(const SlotState& state, const MeasurementSettings& settings) {
  return measurable(state, settings) && sweepOf(state, Slot::A, settings);
}

bool sensitivityAwaited(const SlotState& state, const MeasurementSettings& settings) {
  return measurable(state, settings) && sensitivityOf(state, Slot::A, settings);
}

bool allocationAwaited(const SlotState& state, const MeasurementSettings& settings) {
  return measurable(state, settings) && allocationOf(state, Slot::A, settings);
}

const JobError* failureOf(const SlotState& state, const MeasurementSettings& settings) {
  if (!state.model) return nullptr;
  for (const QString& key :
       {analysisKey(state, settings), baselineKey(state, settings), planKey(state, settings)})
    if (const auto failure = state.measurementFailures.find(key);
        failure != state.measurementFailures.end())
      return &failure->second;
  return nullptr;
}

std::optional<Need> nextNeed(const Slots& models, Slot active, const MeasurementSettings& settings,
                             Looks looks) {
  const Slot other = active == Slot::A ? Slot::B : Slot::A;
  auto first = measurementOf(models[indexOf(active)], active, settings, looks);
  auto second = measurementOf(models[indexOf(other)], other, settings, looks);
  // Two models opened at once: the layers of both stand before a plan that nobody touched yet.
  const bool unasked = first && !models[indexOf(active)].draftMoved &&
                       (first->kind == NeedKind::Baseline || first->kind == NeedKind::Plan);
  if (unasked && second && second->kind == NeedKind::Analysis) return second;
  if (first) return first;
  if (second) return second;
  for (const Slot slot : {active, other}) {
    const SlotState& state = models[indexOf(slot)];
    if (state.phase != Phase::Open) continue;
    if (auto need = hashOf(state, slot)) return need;
  }
  return std::nullopt;
}

}  // namespace kvloupe
