// SPDX-License-Identifier: GPL-3.0-or-later
#include "workspace/earlier_results.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

#include "evaluation/same_measurement.hpp"
#include "workspace/kept_passages.hpp"
#include "workspace/needs.hpp"

namespace kvloupe {
namespace {

// Nats a token, of the baseline's NLL: another CPU or library rounds otherwise.
constexpr double kSameNll = 1e-4;

/// Tokens and windows of one baseline beside another's, as far as both were measured.
struct BaselineDifference {
  double nats = 0;
  std::int64_t tokens = 0;

  [[nodiscard]] bool same() const { return nats <= kSameNll * static_cast<double>(tokens); }
};

/// Of each window, where its tokens begin among those that were measured; -1: it was not.
std::vector<std::int64_t> windowBegins(const Evaluation& evaluation) {
  std::vector<std::int64_t> begins;
  std::int64_t next = 0;
  for (std::size_t w = 0; w < evaluation.windowTokens.size(); ++w) {
    const bool measured = w < evaluation.windowMeasured.size() && evaluation.windowMeasured[w] != 0;
    begins.push_back(measured ? next : -1);
    if (measured) next += evaluation.windowTokens[w];
  }
  return begins;
}

bool sameWindows(const Evaluation& a, const Evaluation& b) {
  return a.protocol == b.protocol && a.context == b.context && a.stride == b.stride &&
         a.text.sha256 == b.text.sha256 && a.windowTokens == b.windowTokens &&
         a.windowFirst == b.windowFirst;
}

/// Of two with the same windows.
BaselineDifference difference(const Evaluation& a, const Evaluation& b) {
  BaselineDifference sum;
  const std::vector<std::int64_t> inA = windowBegins(a), inB = windowBegins(b);
  for (std::size_t w = 0; w < inA.size(); ++w) {
    const std::int64_t tokens = a.windowTokens[w];
    if (inA[w] < 0 || inB[w] < 0 || inA[w] + tokens > std::ssize(a.baselineNll) ||
        inB[w] + tokens > std::ssize(b.baselineNll))
      continue;
    for (std::int64_t t = 0; t < tokens; ++t)
      sum.nats += std::abs(double(a.baselineNll[static_cast<std::size_t>(inA[w] + t)]) -
                           double(b.baselineNll[static_cast<std::size_t>(inB[w] + t)]));
    sum.tokens += tokens;
  }
  return sum;
}

/// Of a sensitivity that was measured on the baseline's windows.
BaselineDifference difference(const Evaluation& baseline, const Sensitivity& sensitivity) {
  BaselineDifference sum;
  const std::vector<std::int64_t> begins = windowBegins(baseline);
  for (const WindowDamage& window : sensitivity.measured) {
    const auto w = static_cast<std::size_t>(window.window);
    if (w >= begins.size() || begins[w] < 0 || baseline.windowTokens[w] != window.tokens) continue;
    const auto first = baseline.baselineNll.begin() + begins[w];
    sum.nats += std::abs(std::accumulate(first, first + window.tokens, 0.0) - window.baselineNll);
    sum.tokens += window.tokens;
  }
  return sum;
}

/// Whether it was measured on what is asked for now.
bool isOfSettings(const EvaluationSetting& setting, const SlotState& state) {
  const Evaluation& baseline = *state.baseline.value;
  const Analysis& analysis = *state.analysis.value;
  return setting.protocol == baseline.protocol && setting.context == baseline.context &&
         setting.stride == baseline.stride && setting.text.sha256 == baseline.text.sha256 &&
         (!setting.calibration || (setting.calibration->sha256 == analysis.text.sha256 &&
                                   setting.calibrationTokens == analysis.tokens));
}

/// Of all earlier figures of the baseline that can be laid beside today's.
BaselineDifference differenceOf(const EarlierResults& earlier, const SlotState& state) {
  const Evaluation& baseline = *state.baseline.value;
  BaselineDifference all;
  const auto add = [&](const BaselineDifference& each) {
    all.nats += each.nats;
    all.tokens += each.tokens;
  };
  if (earlier.baseline && sameWindows(*earlier.baseline, baseline))
    add(difference(*earlier.baseline, baseline));
  for (const EvaluationPtr& plan : earlier.plans)
    if (sameWindows(*plan, baseline)) add(difference(*plan, baseline));
  if (earlier.sensitivity && isOfSettings(earlier.sensitivity->setting, state))
    add(difference(baseline, *earlier.sensitivity));
  return all;
}

bool allThere(const Sweep& sweep, const std::vector<Keyed<EvaluationPtr>>& plans) {
  for (const SweepCurve& curve : sweep.curves)
    for (const SweepPoint& point : curve.points) {
      const auto index = static_cast<std::size_t>(point.plan);
      if (point.plan < 0 || index >= sweep.plans.size() ||
          std::ranges::none_of(plans, [&](const auto& plan) {
            return sameMeasurement(*plan.value, *sweep.plans[index]);
          }))
        return false;
    }
  return true;
}

/// Those of the settings, older than what was looked at since.
void takeBackPassages(SlotState& state, const MeasurementSettings& settings) {
  const QString measuredOn = measuredOnKey(state, settings);
  std::vector<Keyed<PassagePtr>> passages;
  std::erase_if(state.earlier.passages, [&](const Keyed<PassagePtr>& passage) {
    if (!isOfSettings(passage.value->setting, state)) return false;
    // A run holds no keys; that of a sentence nobody wrote is known only while the model is open.
    const bool keyed = passage.key.startsWith(measuredOn);
    keepPassage(passages, {passage.value,
                           keyed ? passage.key : keyOfPassage(state, settings, *passage.value)});
    return true;
  });
  for (const Keyed<PassagePtr>& passage : state.passages) keepPassage(passages, passage);
  state.passages = std::move(passages);
}

}  // namespace

bool mayBeSameModel(const ModelInfo& a, const ModelInfo& b) {
  return a.configJson == b.configJson && a.computeDtype == b.computeDtype &&
         std::ranges::equal(
             a.weightFiles, b.weightFiles, [](const WeightFile& x, const WeightFile& y) {
               const bool known = !x.sha256.empty() && !y.sha256.empty();
               return x.name == y.name && x.bytes == y.bytes && (!known || x.sha256 == y.sha256);
             });
}

bool sameHashes(const ModelInfo& a, const ModelInfo& b) {
  return !a.weightFiles.empty() &&
         std::ranges::equal(a.weightFiles, b.weightFiles,
                            [](const WeightFile& x, const WeightFile& y) {
                              return x.name == y.name && !x.sha256.empty() && x.sha256 == y.sha256;
                            });
}

EarlierResults resultsOf(const SlotState& state) {
  EarlierResults results;
  if (state.earlier.any() && state.earlier.proof == Proof::Awaited) return state.earlier;
  if (state.earlier.any() && state.earlier.proof == Proof::Given) results = state.earlier;
  results.model = state.model;
  if (state.analysis.value) results.analysis = state.analysis.value;
  if (state.baseline.value && state.baseline.value->figures.complete())
    results.baseline = state.baseline.value;
  for (const Keyed<EvaluationPtr>& plan : state.plans) results.plans.push_back(plan.value);
  if (state.sweep.value) results.sweep = state.sweep.value;
  if (state.sensitivity.value) results.sensitivity = state.sensitivity.value;
  if (state.layerCosts) results.layerCosts = state.layerCosts;
  results.passages.insert(results.passages.end(), state.passages.begin(), state.passages.end());
  return results;
}

TakenBack takeBackEarlier(SlotState& state, const MeasurementSettings& settings) {
  EarlierResults& earlier = state.earlier;
  const BaselineDifference difference = differenceOf(earlier, state);
  if (!difference.same()) return TakenBack::Different;
  if (difference.tokens > 0) earlier.proof = Proof::Given;
  if (earlier.proof != Proof::Given) return TakenBack::Unknown;
  const QString measuredOn = measuredOnKey(state, settings);
  std::vector<Keyed<EvaluationPtr>> plans;
  std::erase_if(earlier.plans, [&](const EvaluationPtr& plan) {
    if (!isOfSettings(*plan, state)) return false;
    plans.push_back({plan, measuredOn + QString::fromStdString(plan->specText)});
    return true;
  });
  for (const Keyed<EvaluationPtr>& plan : state.plans) {  // what was measured since is newer
    std::erase_if(plans, [&](const auto& other) { return other.key == plan.key; });
    plans.push_back(plan);
  }
  state.plans = std::move(plans);
  if (earlier.sweep && !state.sweep.value && isOfSettings(earlier.sweep->setting, state) &&
      allThere(*earlier.sweep, state.plans))
    state.sweep = {std::exchange(earlier.sweep, nullptr), measuredOn};
  if (earlier.sensitivity && !state.sensitivity.value &&
      isOfSettings(earlier.sensitivity->setting, state)) {
    const QString key = sensitivityKey(state, settings, earlier.sensitivity->specText);
    state.sensitivity = {std::exchange(earlier.sensitivity, nullptr), key};
  }
  if (!state.layerCosts) state.layerCosts = std::exchange(earlier.layerCosts, nullptr);
  takeBackPassages(state, settings);
  earlier.analysis = nullptr;
  if (earlier.baseline && sameWindows(*earlier.baseline, *state.baseline.value))
    earlier.baseline = nullptr;
  return TakenBack::Same;
}

}  // namespace kvloupe
