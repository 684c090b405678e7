// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/tap_choices.hpp"

#include <QCoreApplication>
#include <algorithm>

namespace kvloupe {
namespace {

struct Words {
  Q_DECLARE_TR_FUNCTIONS(kvloupe::TapChoices)
};

QString tapText(Tap tap) {
  const std::string_view name = tapName(tap);
  return QString::fromUtf8(name.data(), static_cast<qsizetype>(name.size()));
}

bool has(const ModelInfo& model, Tap tap) {
  return std::find(model.taps.begin(), model.taps.end(), tap) != model.taps.end();
}

}  // namespace

std::vector<TapChoice> tapChoicesOf(const ModelInfo& model) {
  std::vector<TapChoice> choices;
  if (model.attention == AttentionKind::Mla) {
    choices.push_back({Words::tr("latent and k_rope"),
                       QStringLiteral("latent,k_rope"),
                       {{Target::Latent, Tap::Latent}, {Target::RopeKey, Tap::KRope}}});
    choices.push_back({Words::tr("k and v, expanded"),
                       QStringLiteral("k,v"),
                       {{Target::K, Tap::K}, {Target::V, Tap::V}}});
    if (has(model, Tap::LatentRaw))
      choices.push_back({Words::tr("latent_raw and k_rope"),
                         QStringLiteral("latent_raw,k_rope"),
                         {{Target::Latent, Tap::LatentRaw}, {Target::RopeKey, Tap::KRope}}});
    return choices;
  }
  for (const Tap tap : {Tap::KRope, Tap::K, Tap::KPrebias})
    if (has(model, tap))
      choices.push_back({tapText(tap), tapText(tap), {{Target::K, tap}, {Target::V, Tap::V}}});
  return choices;
}

int indexOfTaps(const std::vector<TapChoice>& choices,
                const std::vector<std::pair<Target, Tap>>& taps) {
  for (std::size_t i = 0; i < choices.size(); ++i)
    if (choices[i].taps == taps) return static_cast<int>(i);
  return -1;
}

int indexOfTaps(const std::vector<TapChoice>& choices, const QString& keyOrName) {
  // Sessions of earlier versions hold names.
  for (std::size_t i = 0; i < choices.size(); ++i)
    if (choices[i].key == keyOrName || choices[i].name == keyOrName) return static_cast<int>(i);
  return -1;
}

int headCountOf(const ModelInfo& model, const std::vector<std::pair<Target, Tap>>& taps) {
  int heads = 0;
  for (const auto& [target, tap] : taps) heads = std::max(heads, tapShape(model, tap).heads);
  return heads;
}

}  // namespace kvloupe
