// SPDX-License-Identifier: GPL-3.0-or-later
#include "lessons/reading.hpp"

#include <QCoreApplication>
#include <QRegularExpression>
#include <algorithm>
#include <array>

#include "common/error.hpp"
#include "lessons/figures.hpp"
#include "workspace/draft_for_model.hpp"
#include "workspace/workspace.hpp"

namespace kvloupe {
namespace {

struct Words {
  Q_DECLARE_TR_FUNCTIONS(kvloupe::LessonReading)
};

enum class Subject : std::uint8_t { None, Target, Tap };

struct QuantityForm {
  const char* name;
  Quantity quantity;
  Subject subject;
  std::array<Part, 4> parts;  // that it has; the first where none is given
};

constexpr std::array kQuantities = {
    QuantityForm{"name", Quantity::Name, Subject::None, {}},
    QuantityForm{"plan", Quantity::Plan, Subject::None, {}},
    QuantityForm{"layers", Quantity::Layers, Subject::None, {}},
    QuantityForm{"tokens", Quantity::Tokens, Subject::None, {}},
    QuantityForm{"scored", Quantity::Scored, Subject::None, {}},
    QuantityForm{"ppl", Quantity::Ppl, Subject::None, {}},
    QuantityForm{"dppl",
                 Quantity::Dppl,
                 Subject::None,
                 {Part::Value, Part::Low, Part::High, Part::Interval}},
    QuantityForm{"cache", Quantity::Cache, Subject::None, {}},
    QuantityForm{"bytes", Quantity::Bytes, Subject::None, {}},
    QuantityForm{"rank", Quantity::Rank, Subject::Target, {}},
    QuantityForm{"kept", Quantity::Kept, Subject::Target, {}},
    QuantityForm{"tensor", Quantity::Tensor, Subject::Target, {}},
    QuantityForm{"energy", Quantity::Energy, Subject::Target, {}},
    QuantityForm{"spread",
                 Quantity::Spread,
                 Subject::Tap,
                 {Part::Median, Part::Min, Part::Max, Part::Layer}},
    QuantityForm{"floor", Quantity::Floor, Subject::Tap, {}},
    QuantityForm{"inside", Quantity::Inside, Subject::Tap, {}},
    QuantityForm{
        "rank95", Quantity::Rank95, Subject::Tap, {Part::Median, Part::Min, Part::Max, Part::Max}},
};

constexpr std::array<std::pair<const char*, Part>, 7> kParts = {{{"low", Part::Low},
                                                                 {"high", Part::High},
                                                                 {"interval", Part::Interval},
                                                                 {"min", Part::Min},
                                                                 {"median", Part::Median},
                                                                 {"max", Part::Max},
                                                                 {"layer", Part::Layer}}};

[[noreturn]] void refuse(const QString& message, const QString& found, const QString& expected) {
  throw Error(ErrorCode::Malformed, {.message = message.toStdString(),
                                     .file = {},
                                     .place = {},
                                     .expected = expected.toStdString(),
                                     .found = found.toStdString(),
                                     .advice = {}});
}

QString quantityNames() {
  QStringList names;
  for (const QuantityForm& form : kQuantities) names << form.name;
  return names.join(", ");
}

const QRegularExpression& bracePattern() {
  static const QRegularExpression kPattern("\\{([^{}]*)\\}");
  return kPattern;
}

}  // namespace

LessonRecord recordOf(const Workspace& workspace) {
  const SlotState& state = workspace.activeSlot();
  const MeasurementSettings& settings = workspace.settings();
  LessonRecord record{.model = state.model,
                      .analysis = {},
                      .baseline = {},
                      .plan = {},
                      .draft = state.draft,
                      .accounting = {}};
  if (!state.model) return record;
  record.accounting = accountFor(*state.model, state.draft, windowTokensOf(state, settings));
  if (analysisCurrent(state, settings)) record.analysis = state.analysis.value;
  if (baselineCurrent(state, settings)) record.baseline = state.baseline.value;
  if (planCurrent(state, settings))
    record.plan = specsOf(state.draft).empty() ? state.baseline.value : state.current.value;
  return record;
}

Reading parseReading(const QString& words) {
  QStringList parts = words.split('.');
  const auto take = [&] { return parts.isEmpty() ? QString() : parts.takeFirst(); };
  Reading reading;
  reading.record = take();
  const QString name = take();
  const auto* form = std::find_if(kQuantities.begin(), kQuantities.end(),
                                  [&](const QuantityForm& each) { return name == each.name; });
  if (reading.record.isEmpty() || form == kQuantities.end())
    refuse(Words::tr("no figure has this name"), "\"" + words + "\"",
           Words::tr("RECORD.QUANTITY, where the quantity is one of %1").arg(quantityNames()));
  reading.quantity = form->quantity;
  if (form->subject == Subject::Target) {
    reading.target = targetFromName(take().toStdString());
    if (!reading.target)
      refuse(Words::tr("the figure needs a target"), "\"" + words + "\"",
             Words::tr("k, v, latent or rope_key"));
  } else if (form->subject == Subject::Tap) {
    reading.tap = tapFromName(take().toStdString());
    if (!reading.tap)
      refuse(Words::tr("the figure needs a tap"), "\"" + words + "\"", "k, k_rope, v, latent");
  }
  reading.part = form->parts.front();
  if (!parts.isEmpty()) {
    const QString part = take();
    const auto* known = std::find_if(kParts.begin(), kParts.end(),
                                     [&](const auto& each) { return part == each.first; });
    const bool has = known != kParts.end() && std::find(form->parts.begin(), form->parts.end(),
                                                        known->second) != form->parts.end();
    if (!has || !parts.isEmpty())
      refuse(Words::tr("the figure has no such part"), "\"" + words + "\"", name);
    reading.part = known->second;
  }
  return reading;
}

Figure readFigure(const Reading& reading, const LessonRecords& records) {
  const auto record = records.find(reading.record);
  return record == records.end() ? Figure{{}, QString::fromUtf8("–")}
                                 : figureOf(reading, record->second);
}

Comparison parseComparison(const QString& words) {
  static const std::array<std::pair<QString, Comparison::Op>, 4> kOps = {
      {{"<", Comparison::Op::Less},
       {"<=", Comparison::Op::LessEqual},
       {">", Comparison::Op::Greater},
       {">=", Comparison::Op::GreaterEqual}}};
  const QStringList parts = words.split(' ', Qt::SkipEmptyParts);
  const auto* op = parts.size() == 3
                       ? std::find_if(kOps.begin(), kOps.end(),
                                      [&](const auto& o) { return o.first == parts[1]; })
                       : kOps.end();
  if (op == kOps.end())
    refuse(Words::tr("this compares nothing"), "\"" + words + "\"",
           Words::tr("READING < READING, or <=, >, >="));
  Comparison comparison;
  comparison.left = parseReading(parts[0]);
  comparison.op = op->second;
  bool isNumber = false;
  comparison.number = parts[2].toDouble(&isNumber);
  if (!isNumber) comparison.right = parseReading(parts[2]);
  return comparison;
}

bool holds(const Comparison& comparison, const LessonRecords& records) {
  const std::optional<double> left = readFigure(comparison.left, records).number;
  const std::optional<double> right = comparison.right
                                          ? readFigure(*comparison.right, records).number
                                          : std::optional(comparison.number);
  if (!left || !right) return false;
  switch (comparison.op) {
    case Comparison::Op::Less:
      return *left < *right;
    case Comparison::Op::LessEqual:
      return *left <= *right;
    case Comparison::Op::Greater:
      return *left > *right;
    case Comparison::Op::GreaterEqual:
      return *left >= *right;
  }
  return false;
}

std::vector<Reading> readingsIn(const QString& text) {
  QString rest = text;
  if (rest.remove(bracePattern()).contains(QRegularExpression("[{}]")))
    refuse(Words::tr("a brace is not closed"), "\"" + text + "\"", "{RECORD.QUANTITY}");
  std::vector<Reading> readings;
  for (const QRegularExpressionMatch& match : bracePattern().globalMatch(text))
    readings.push_back(parseReading(match.captured(1)));
  return readings;
}

QString filledIn(const QString& text, const LessonRecords& records) {
  QString filled;
  qsizetype from = 0;
  for (const QRegularExpressionMatch& match : bracePattern().globalMatch(text)) {
    filled += text.mid(from, match.capturedStart() - from);
    filled += readFigure(parseReading(match.captured(1)), records).text;
    from = match.capturedEnd();
  }
  return filled + text.mid(from);
}

}  // namespace kvloupe
