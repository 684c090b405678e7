// SPDX-License-Identifier: GPL-3.0-or-later
#include "workspace/kept_passages.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "compression/plan/spec.hpp"
#include "evaluation/same_measurement.hpp"
#include "workspace/needs.hpp"

namespace kvloupe {
namespace {

template <class Values>
bool allFinite(const Values& values) {
  return std::all_of(values.begin(), values.end(), [](auto x) { return std::isfinite(x); });
}

bool finite(const std::vector<LikelyToken>& tokens) {
  return std::all_of(tokens.begin(), tokens.end(),
                     [](const LikelyToken& token) { return std::isfinite(token.probability); });
}

bool finite(const Passage& passage) {
  const bool tokens =
      std::all_of(passage.tokens.begin(), passage.tokens.end(), [](const PassageToken& token) {
        return std::isfinite(token.baselineNll) && std::isfinite(token.nll) &&
               std::isfinite(token.kl) && finite(token.baselineLikeliest) &&
               finite(token.likeliest);
      });
  const bool layers =
      std::all_of(passage.layers.begin(), passage.layers.end(), [](const LayerAttention& layer) {
        return std::isfinite(layer.mean) && allFinite(layer.heads);
      });
  const auto& head = passage.attention;
  return tokens && layers &&
         (!head ||
          (allFinite(head->baseline) && allFinite(head->compressed) && allFinite(head->rowKl)));
}

std::size_t bytesOf(const Passage& passage) {
  std::size_t bytes = passage.tokens.size() * sizeof(PassageToken);
  for (const PassageToken& token : passage.tokens)
    bytes += (token.baselineLikeliest.size() + token.likeliest.size()) * sizeof(LikelyToken);
  for (const auto& [id, text] : passage.texts) bytes += sizeof id + text.size();
  if (passage.attention)
    bytes +=
        (passage.attention->baseline.size() + passage.attention->compressed.size()) * sizeof(float);
  return bytes;
}

/// Whether the same was looked at, on the same settings and under the same plan.
bool sameLook(const Passage& a, const Passage& b) {
  const auto headOf = [](const Passage& passage) {
    const auto& head = passage.attention;
    return head ? std::pair(head->layer, head->head) : std::pair(-1, -1);
  };
  return sameSetting(a.setting, b.setting) && a.specText == b.specText &&
         a.sentence == b.sentence && a.window == b.window && headOf(a) == headOf(b);
}

std::string planOf(const SlotState& state, const PassageWish& wish) {
  return specText(passageSpecs(state, wish));
}

}  // namespace

bool samePlace(const Passage& passage, const PassageWish& wish) {
  if (passage.attention.has_value() != wish.attention.has_value()) return false;
  if (!wish.attention) return passage.sentence.empty() && passage.window == wish.window;
  // Without a sentence the text's first is meant, which the passage names.
  return passage.attention->layer == wish.attention->layer &&
         passage.attention->head == wish.attention->head &&
         (wish.sentence.isEmpty() || wish.sentence.toStdString() == passage.sentence);
}

void keepPassage(std::vector<Keyed<PassagePtr>>& kept, const Keyed<PassagePtr>& seen) {
  if (!finite(*seen.value)) return;
  const QString place = passageKeyWithoutRecall(seen.key);
  std::erase_if(kept, [&](const Keyed<PassagePtr>& other) {
    return passageKeyWithoutRecall(other.key) == place || sameLook(*other.value, *seen.value);
  });
  kept.push_back(seen);
  std::size_t bytes = 0;
  auto oldest = kept.end();
  while (oldest != kept.begin() && (bytes += bytesOf(*(oldest - 1)->value)) <= kKeptPassageBytes)
    --oldest;
  kept.erase(kept.begin(), oldest);
}

bool recallPassage(SlotState& state, const MeasurementSettings& settings, Looker looker) {
  Look& look = state.looks[indexOf(looker)];
  if (!look.wish || !state.model) return false;
  const PassagePtr before = look.seen.value;
  if (state.phase == Phase::Open) {
    if (passageCurrent(state, settings, looker)) return false;
    const QString key = passageKey(state, settings, looker);
    const auto kept = std::find_if(state.passages.begin(), state.passages.end(),
                                   [&](const auto& each) { return each.key == key; });
    if (kept == state.passages.end()) return false;
    look.seen = *kept;
    std::rotate(kept, kept + 1, state.passages.end());  // the last that was looked at
    return look.seen.value != before;
  }
  const std::string plan = planOf(state, *look.wish);
  if (before && !samePlace(*before, *look.wish)) look.seen = {};
  // The newest of those that are asked for; what stood there under another plan stays, stale.
  for (const Keyed<PassagePtr>& kept : state.passages)
    if (samePlace(*kept.value, *look.wish) && kept.value->specText == plan) look.seen = kept;
  return look.seen.value != before;
}

}  // namespace kvloupe
