// SPDX-License-Identifier: GPL-3.0-or-later
#include "panels/plan_words.hpp"

#include <QCoreApplication>
#include <QStringList>
#include <array>
#include <set>

namespace kvloupe {
namespace {

struct Words {
  Q_DECLARE_TR_FUNCTIONS(kvloupe::PlanWords)
};

QString text(std::string_view name) {
  return QString::fromLatin1(name.data(), static_cast<qsizetype>(name.size()));
}

template <class Enum, std::size_t N>
QString nameOf(Enum value, const std::array<std::string_view, N>& names) {
  return text(names[static_cast<std::size_t>(value)]);
}

QString formatWord(Format format) {
  return format == Format::Bits16 ? Words::tr("16 bits") : nameOf(format, kFormatNames);
}

QString count(std::size_t layers) {
  return layers == 1 ? Words::tr("1 layer")
                     : Words::tr("%n layers", nullptr, static_cast<int>(layers));
}

/// The layers whose override differs.
std::set<int> changedLayers(const TargetSetting& before, const TargetSetting& after) {
  std::set<int> changed;
  for (const auto& [layer, apart] : before.layers) {
    const auto other = after.layers.find(layer);
    if (other == after.layers.end() || other->second != apart) changed.insert(layer);
  }
  for (const auto& [layer, apart] : after.layers)
    if (!before.layers.contains(layer)) changed.insert(layer);
  return changed;
}

/// "rank 24", "int4", "rank 24 int4", "untouched".
QString keptWords(const TargetSetting& setting, const LayerKept& kept) {
  if (setting.untouched(kept)) return Words::tr("untouched");
  QStringList words;
  if (kept.rank < setting.dim()) words << Words::tr("rank %1").arg(kept.rank);
  if (kept.format != Format::Bits16) words << formatWord(kept.format);
  return words.join(QLatin1Char(' '));
}

/// What was done to one target, without its name: "rank 24", "tap k", "layer 3 rank 12".
QString settingChange(const TargetSetting& before, const TargetSetting& after) {
  if (after.untouched() && !before.untouched()) return Words::tr("untouched");
  if (before.tap != after.tap) return Words::tr("tap %1").arg(text(tapName(after.tap)));
  if (before.scope != after.scope)
    return Words::tr("scope %1").arg(nameOf(after.scope, kScopeNames));
  if (before.basis != after.basis)
    return Words::tr("basis %1").arg(nameOf(after.basis, kBasisNames));
  if (before.scale != after.scale)
    return Words::tr("scale %1").arg(nameOf(after.scale, kScaleNames));
  if (before.rotation != after.rotation)
    return Words::tr("rotation %1").arg(nameOf(after.rotation, kRotationNames));
  if (before.group != after.group) return Words::tr("group %1").arg(after.group);
  if (before.residual != after.residual) return Words::tr("residual %1").arg(after.residual);
  if (before.sink != after.sink) return Words::tr("sink %1").arg(after.sink);
  if (before.seed != after.seed) return Words::tr("seed %1").arg(after.seed);
  if (before.everywhere() != after.everywhere()) {
    if (before.rank == after.rank) return formatWord(after.format);
    if (before.format == after.format) return Words::tr("rank %1").arg(after.rank);
    return keptWords(after, after.everywhere());
  }
  const std::set<int> changed = changedLayers(before, after);
  if (changed.size() != 1) return count(changed.size());
  const int layer = *changed.begin();
  return after.layers.contains(layer)
             ? Words::tr("layer %1 %2").arg(layer).arg(keptWords(after, after.at(layer)))
             : Words::tr("layer %1 as the others").arg(layer);
}

}  // namespace

QString targetWord(Target target) {
  switch (target) {
    case Target::K:
      return QStringLiteral("K");
    case Target::V:
      return QStringLiteral("V");
    case Target::Latent:
      return Words::tr("latent");
    case Target::RopeKey:
      return Words::tr("rotary key");
  }
  return {};
}

QString describe(const PlanDraft& draft) {
  if (draft.settings.empty()) return {};
  if (draft.beyond) return QString::fromStdString(draft.beyond->text);
  const auto one = [&](const TargetSetting& setting) {
    const QString kept = keptWords(setting, setting.everywhere());
    if (setting.layers.empty()) return Words::tr("%1 %2").arg(targetWord(setting.target), kept);
    return Words::tr("%1 %2, %3 apart")
        .arg(targetWord(setting.target), kept, count(setting.layers.size()));
  };
  auto [first, second] = shownTargets(draft);
  const bool firstRests = draft.find(first)->untouched();
  const bool secondRests = draft.find(second)->untouched();
  if (firstRests && secondRests) return Words::tr("untouched");
  if (firstRests) std::swap(first, second);
  return QStringList{one(*draft.find(first)), one(*draft.find(second))}.join(QStringLiteral(", "));
}

QString changeWords(const PlanDraft& before, const PlanDraft& after) {
  if (before.settings.size() != after.settings.size() || before.beyond || after.beyond ||
      before.expanded != after.expanded)
    return describe(after);
  if (before.linked != after.linked && before.settings == after.settings)
    return after.linked ? Words::tr("link") : Words::tr("no link");
  QStringList changes;
  for (std::size_t i = 0; i < after.settings.size(); ++i)
    if (before.settings[i] != after.settings[i])
      changes << Words::tr("%1 %2").arg(targetWord(after.settings[i].target),
                                        settingChange(before.settings[i], after.settings[i]));
  return changes.size() == 1 ? changes.front() : describe(after);
}

}  // namespace kvloupe
