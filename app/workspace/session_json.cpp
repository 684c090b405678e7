// SPDX-License-Identifier: GPL-3.0-or-later
#include "workspace/session_json.hpp"

#include <QFileInfo>
#include <QJsonArray>
#include <QJsonDocument>

#include "common/error.hpp"
#include "compression/plan/spec.hpp"
#include "workspace/draft_for_model.hpp"

namespace kvloupe {
namespace {

constexpr int kVersion = 1;
constexpr std::size_t kMostBytes = 1 << 20;
constexpr qsizetype kMostSpecs = 4096;

QString slotKey(Slot slot) { return slot == Slot::A ? QStringLiteral("a") : QStringLiteral("b"); }

QJsonObject settingsJson(const MeasurementSettings& settings) {
  const auto absolute = [](const QString& path) {
    return path.isEmpty() ? path : QFileInfo(path).absoluteFilePath();
  };
  return {{"calibration", absolute(settings.calibrationPath)},
          {"calibration_tokens", static_cast<double>(settings.calibrationTokens)},
          {"evaluation", absolute(settings.evaluationPath)},
          {"protocol", settings.protocol},
          {"context", settings.context}};
}

MeasurementSettings settingsFrom(const QJsonObject& json, MeasurementSettings settings) {
  settings.calibrationPath = json["calibration"].toString(settings.calibrationPath);
  settings.evaluationPath = json["evaluation"].toString(settings.evaluationPath);
  settings.calibrationTokens =
      std::max<std::int64_t>(0, json["calibration_tokens"].toInteger(settings.calibrationTokens));
  const QString protocol = json["protocol"].toString();
  if (QStringList{"papers", "strided", "llama.cpp"}.contains(protocol))
    settings.protocol = protocol;
  settings.context = std::max(0, json["context"].toInt(settings.context));
  return settings;
}

QJsonObject planJson(const PlanDraft& draft) {
  QJsonArray specs;
  for (const CompressionSpec& spec : specsOf(draft))
    specs.append(QString::fromStdString(specText(spec)));
  return {{"specs", specs}, {"linked", draft.linked}, {"expanded", draft.expanded}};
}

/// Nothing where the plan is none that this model can have.
std::optional<PlanDraft> planFrom(const QJsonObject& json, const ModelInfo& model) {
  if (!json["specs"].isArray() || json["specs"].toArray().size() > kMostSpecs) return std::nullopt;
  std::vector<CompressionSpec> specs;
  try {
    for (const QJsonValue& spec : json["specs"].toArray())
      specs.push_back(parseSpec(spec.toString().toStdString()));
  } catch (const Error&) {
    return std::nullopt;
  }
  PlanDraft draft = draftFor(model, specs);
  if (!isPlanOf(model, draft, specs)) return std::nullopt;
  draft.expanded = draft.hasLatent() && json["expanded"].toBool(draft.expanded);
  draft.linked = json["linked"].toBool();
  return draft;
}

}  // namespace

std::string sessionText(const Slots& models, const SessionParts& parts) {
  QJsonObject plans;
  // As in the file: B alone stands in the place of A.
  const bool bAlone = !models[indexOf(Slot::A)].model;
  for (const Slot slot : {Slot::A, Slot::B}) {
    const SlotState& state = models[indexOf(slot)];
    if (state.model) plans[slotKey(bAlone ? Slot::A : slot)] = planJson(state.draft);
  }
  const QJsonObject document{{"version", kVersion},
                             {"active", slotKey(bAlone ? Slot::A : parts.active)},
                             {"settings", settingsJson(parts.settings)},
                             {"plans", plans},
                             {"view", parts.view}};
  return QJsonDocument(document).toJson(QJsonDocument::Compact).toStdString();
}

SessionParts restoreSession(const std::string& text, Slots& models, const SessionParts& now) {
  if (text.empty() || text.size() > kMostBytes) return now;
  const QJsonObject document = QJsonDocument::fromJson(QByteArray::fromStdString(text)).object();
  if (document["version"].toInt() != kVersion) return now;
  SessionParts parts{Slot::A, settingsFrom(document["settings"].toObject(), now.settings),
                     document["view"].toObject()};
  if (document["active"].toString() == slotKey(Slot::B) && models[indexOf(Slot::B)].model)
    parts.active = Slot::B;
  for (const Slot slot : {Slot::A, Slot::B}) {
    SlotState& state = models[indexOf(slot)];
    if (!state.model) continue;
    auto draft = planFrom(document["plans"].toObject()[slotKey(slot)].toObject(), *state.model);
    if (draft) state.draft = std::move(*draft);
  }
  return parts;
}

}  // namespace kvloupe
