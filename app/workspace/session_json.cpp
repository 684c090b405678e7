// SPDX-License-Identifier: GPL-3.0-or-later
#include "workspace/session_json.hpp"

#include <QCoreApplication>
#include <QFileInfo>
#include <QJsonArray>
#include <QJsonDocument>
#include <QStringList>
#include <algorithm>

#include "common/error.hpp"
#include "compression/plan/spec.hpp"
#include "workspace/draft_for_model.hpp"

namespace kvloupe {
namespace {

constexpr int kVersion = 1;
constexpr std::size_t kMostBytes = 1 << 20;
constexpr qsizetype kMostSpecs = 4096;
constexpr qsizetype kMostKept = 1000;
constexpr qsizetype kLongestName = 200;

struct Words {
  Q_DECLARE_TR_FUNCTIONS(kvloupe::Session)
};

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

QJsonArray specsJson(const std::vector<CompressionSpec>& specs) {
  QJsonArray list;
  for (const CompressionSpec& spec : specs) list.append(QString::fromStdString(specText(spec)));
  return list;
}

QJsonObject planJson(const PlanDraft& draft) {
  return {
      {"specs", specsJson(specsOf(draft))}, {"linked", draft.linked}, {"expanded", draft.expanded}};
}

QJsonArray keptJson(const std::vector<NamedPlan>& kept) {
  QJsonArray list;
  for (const NamedPlan& plan : kept)
    list.append(QJsonObject{{"name", plan.name}, {"specs", specsJson(plan.specs)}});
  return list;
}

/// Nothing where they are none that this model can have.
std::optional<std::vector<CompressionSpec>> specsFrom(const QJsonValue& json,
                                                      const ModelInfo& model) {
  if (!json.isArray() || json.toArray().size() > kMostSpecs) return std::nullopt;
  std::vector<CompressionSpec> specs;
  try {
    for (const QJsonValue& spec : json.toArray())
      specs.push_back(parseSpec(spec.toString().toStdString()));
  } catch (const Error&) {
    return std::nullopt;
  }
  if (!planOf(model, specs)) return std::nullopt;
  return specs;
}

std::optional<PlanDraft> planFrom(const QJsonObject& json, const ModelInfo& model) {
  const auto specs = specsFrom(json["specs"], model);
  if (!specs) return std::nullopt;
  PlanDraft draft = draftFor(model, *specs);
  if (!isPlanOf(model, draft, *specs)) return std::nullopt;
  draft.expanded = draft.hasLatent() && json["expanded"].toBool(draft.expanded);
  draft.linked = json["linked"].toBool();
  return draft;
}

/// The plans that the model can have, under names that tell them apart; `left` counts the others.
std::vector<NamedPlan> keptFrom(const QJsonValue& json, const ModelInfo& model, int& left) {
  std::vector<NamedPlan> kept;
  if (!json.isArray() && !json.isUndefined()) ++left;
  for (const QJsonValue& each : json.toArray()) {
    const QString name = each.toObject()["name"].toString().trimmed();
    const auto specs = specsFrom(each.toObject()["specs"], model);
    const bool taken = std::any_of(kept.begin(), kept.end(),
                                   [&](const NamedPlan& plan) { return plan.name == name; });
    if (!specs || taken || name.isEmpty() || name.size() > kLongestName ||
        static_cast<qsizetype>(kept.size()) >= kMostKept)
      ++left;
    else
      kept.push_back({name, *specs});
  }
  return kept;
}

/// The document, or why it cannot be read.
QJsonObject documentFrom(const std::string& text, QString& fault) {
  QString why;
  QJsonObject document;
  if (text.size() > kMostBytes) {
    why = Words::tr("it is longer than 1 MiB");
  } else {
    QJsonParseError error;
    const auto json = QJsonDocument::fromJson(QByteArray::fromStdString(text), &error);
    document = json.object();
    if (error.error != QJsonParseError::NoError)
      why = Words::tr("no JSON at byte %1").arg(error.offset);
    else if (!json.isObject())
      why = Words::tr("no JSON object");
    else if (document["version"].toInt() != kVersion)
      why = Words::tr("its version is %1, not %2")
                .arg(document["version"].toVariant().toString().left(20))
                .arg(kVersion);
  }
  if (!why.isEmpty())
    fault = Words::tr(
                "What the window showed is not restored, the file’s session cannot be read: "
                "%1. Its figures are whole")
                .arg(why);
  return why.isEmpty() ? document : QJsonObject();
}

}  // namespace

std::string sessionText(const Slots& models, const SessionParts& parts) {
  QJsonObject plans, kept;
  // As in the file: B alone stands in the place of A.
  const bool bAlone = !models[indexOf(Slot::A)].model;
  for (const Slot slot : {Slot::A, Slot::B}) {
    const SlotState& state = models[indexOf(slot)];
    if (!state.model) continue;
    const QString key = slotKey(bAlone ? Slot::A : slot);
    plans[key] = planJson(state.draft);
    kept[key] = keptJson(state.kept);
  }
  const QJsonObject document{{"version", kVersion},
                             {"active", slotKey(bAlone ? Slot::A : parts.active)},
                             {"settings", settingsJson(parts.settings)},
                             {"plans", plans},
                             {"kept", kept},
                             {"view", parts.view}};
  return QJsonDocument(document).toJson(QJsonDocument::Compact).toStdString();
}

SessionParts restoreSession(const std::string& text, Slots& models, const SessionParts& now) {
  SessionParts parts = now;
  parts.fault.clear();
  if (text.empty()) return parts;
  const QJsonObject document = documentFrom(text, parts.fault);
  if (!parts.fault.isEmpty()) return parts;
  parts.active = Slot::A;
  parts.settings = settingsFrom(document["settings"].toObject(), now.settings);
  parts.view = document["view"].toObject();
  if (document["active"].toString() == slotKey(Slot::B) && models[indexOf(Slot::B)].model)
    parts.active = Slot::B;
  int left = 0;
  for (const Slot slot : {Slot::A, Slot::B}) {
    SlotState& state = models[indexOf(slot)];
    if (!state.model) continue;
    const QJsonValue plan = document["plans"].toObject().value(slotKey(slot));
    if (auto draft = planFrom(plan.toObject(), *state.model))
      state.draft = std::move(*draft);
    else if (!plan.isUndefined())
      ++left;
    state.kept = keptFrom(document["kept"].toObject().value(slotKey(slot)), *state.model, left);
  }
  if (left == 1)
    parts.fault = Words::tr("A plan of the session is none that its model can have, and left out");
  if (left > 1)
    parts.fault =
        Words::tr("%1 plans of the session are none that their model can have, and left out")
            .arg(left);
  return parts;
}

}  // namespace kvloupe
