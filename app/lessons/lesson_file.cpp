// SPDX-License-Identifier: GPL-3.0-or-later
#include "lessons/lesson_file.hpp"

#include <QCoreApplication>
#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <algorithm>
#include <array>

#include "common/error.hpp"
#include "pages/pages.hpp"
#include "window/recent_items.hpp"

static void registerLessonResources() { Q_INIT_RESOURCE(kvloupe_lessons); }

namespace kvloupe {
namespace {

struct Words {
  Q_DECLARE_TR_FUNCTIONS(kvloupe::LessonFile)
};

constexpr qint64 kMostBytes = 1 << 20;
constexpr int kFewestSteps = 1, kMostSteps = 12;

const std::array<std::pair<QString, PlanPreset>, 4>& presetNames() {
  static const std::array<std::pair<QString, PlanPreset>, 4> kNames = {
      {{"v", PlanPreset::VOnly},
       {"k", PlanPreset::KOnly},
       {"kv", PlanPreset::KAndV},
       {"latent", PlanPreset::Latent}}};
  return kNames;
}

/// An object of the file and where it stands: "steps[2].wait[0]".
class Place {
 public:
  Place(QString file, QString path, QJsonValue value)
      : file_(std::move(file)), path_(std::move(path)), value_(std::move(value)) {}

  [[noreturn]] void refuse(const QString& message, const QString& found = {},
                           const QString& expected = {}) const {
    throw Error(ErrorCode::Malformed, {.message = message.toStdString(),
                                       .file = file_.toStdString(),
                                       .place = path_.toStdString(),
                                       .expected = expected.toStdString(),
                                       .found = found.toStdString(),
                                       .advice = {}});
  }

  /// Every key has to be one of these.
  void allow(const QStringList& keys) const {
    if (!value_.isObject()) refuse(Words::tr("not an object"));
    for (const QString& key : object().keys())
      if (!keys.contains(key)) refuse(Words::tr("unknown key"), "\"" + key + "\"", keys.join(", "));
  }
  [[nodiscard]] bool has(const QString& key) const { return object().contains(key); }
  [[nodiscard]] Place at(const QString& key) const {
    return {file_, path_.isEmpty() ? key : path_ + "." + key, object().value(key)};
  }
  [[nodiscard]] std::vector<Place> list(const QString& key) const {
    const QJsonValue value = object().value(key);
    if (!value.isArray()) at(key).refuse(Words::tr("not a list"));
    std::vector<Place> places;
    for (const QJsonValue& each : value.toArray())
      places.push_back({file_, QString("%1[%2]").arg(at(key).path_).arg(places.size()), each});
    return places;
  }
  [[nodiscard]] QString string() const {
    if (!value_.isString() || value_.toString().trimmed().isEmpty())
      refuse(Words::tr("not a text"));
    return value_.toString();
  }
  [[nodiscard]] QString string(const QString& key) const {
    if (!has(key)) refuse(Words::tr("a key is missing"), {}, "\"" + key + "\"");
    return at(key).string();
  }
  [[nodiscard]] std::optional<std::int64_t> number(const QString& key) const {
    if (!has(key)) return std::nullopt;
    const QJsonValue value = object().value(key);
    const qint64 whole = value.toInteger(-1);
    if (!value.isDouble() || whole < 1) at(key).refuse(Words::tr("not a whole number from 1"));
    return whole;
  }
  void must(const QString& key) const {
    if (object().value(key) != QJsonValue(true)) at(key).refuse(Words::tr("can be true only"));
  }
  /// What a parser of words says, with the place it was found at.
  template <class Parse>
  auto parsed(Parse parse) const {
    try {
      return parse();
    } catch (const Error& error) {
      const ErrorDetail& d = error.detail();
      refuse(QString::fromStdString(d.message), QString::fromStdString(d.found),
             QString::fromStdString(d.expected));
    }
  }

 private:
  [[nodiscard]] QJsonObject object() const { return value_.toObject(); }

  QString file_, path_;
  QJsonValue value_;
};

std::optional<Target> targetFrom(const QString& name) { return targetFromName(name.toStdString()); }

LessonGoal goalAt(const Place& place) {
  if (place.has("preset")) {
    place.allow({"preset"});
    const QString name = place.string("preset");
    for (const auto& [known, preset] : presetNames())
      if (known == name) return PresetGoal{preset};
    place.at("preset").refuse(Words::tr("no preset has this name"), "\"" + name + "\"",
                              "v, k, kv, latent");
  }
  if (place.has("rank") || place.has("tap")) {
    const bool rank = place.has("rank");
    place.allow(rank ? QStringList{"rank", "atMost", "atLeast"} : QStringList{"tap", "is"});
    const QString key = rank ? "rank" : "tap";
    const auto target = targetFrom(place.string(key));
    if (!target)
      place.at(key).refuse(Words::tr("no target has this name"), {},
                           Words::tr("k, v, latent or rope_key"));
    if (!rank) {
      const auto tap = tapFromName(place.string("is").toStdString());
      if (!tap)
        place.at("is").refuse(Words::tr("no tap has this name"), {}, "k, k_rope, v, latent");
      return TapGoal{*target, *tap};
    }
    RankGoal goal{.target = *target, .atMost = {}, .atLeast = {}};
    if (const auto most = place.number("atMost")) goal.atMost = static_cast<int>(*most);
    if (const auto least = place.number("atLeast")) goal.atLeast = static_cast<int>(*least);
    if (!goal.atMost && !goal.atLeast)
      place.refuse(Words::tr("a key is missing"), {}, Words::tr("atMost or atLeast"));
    return goal;
  }
  if (place.has("page")) {
    place.allow({"page"});
    const QString page = place.string("page");
    if (!pageKeys().contains(page))
      place.at("page").refuse(Words::tr("no page has this name"), "\"" + page + "\"",
                              pageKeys().join(", "));
    return PageGoal{page};
  }
  if (place.has("control")) {
    place.allow({"control", "shows"});
    return ChoiceGoal{place.string("control"), place.string("shows")};
  }
  if (place.has("calibrationTokens")) {
    place.allow({"calibrationTokens"});
    const Place range = place.at("calibrationTokens");
    range.allow({"atMost", "atLeast"});
    const TokensGoal goal{range.number("atMost"), range.number("atLeast")};
    if (!goal.atMost && !goal.atLeast)
      range.refuse(Words::tr("a key is missing"), {}, Words::tr("atMost or atLeast"));
    return goal;
  }
  if (place.has("analysed")) {
    place.allow({"analysed"});
    place.must("analysed");
    return AnalysedGoal{};
  }
  place.allow(
      {"preset", "rank", "tap", "page", "control", "calibrationTokens", "analysed", "measured"});
  if (!place.has("measured")) place.refuse(Words::tr("nothing to wait for"));
  place.allow({"measured"});
  place.must("measured");
  return MeasuredGoal{};
}

void checkReadings(const Place& place, const std::vector<Reading>& readings,
                   const QStringList& records) {
  for (const Reading& reading : readings)
    if (!records.contains(reading.record))
      place.refuse(Words::tr("no earlier step keeps this record"), "\"" + reading.record + "\"",
                   records.join(", "));
}

QString textAt(const Place& place, const QStringList& records) {
  const QString text = place.string();
  checkReadings(place, place.parsed([&] { return readingsIn(text); }), records);
  return text;
}

LessonAnswer answerAt(const Place& place, const QStringList& records) {
  place.allow({"when", "say"});
  LessonAnswer answer;
  answer.say = place.has("say") ? textAt(place.at("say"), records) : place.string("say");
  if (!place.has("when")) return answer;
  for (const Place& each : place.list("when")) {
    const Comparison comparison = each.parsed([&] { return parseComparison(each.string()); });
    checkReadings(each, {comparison.left}, records);
    if (comparison.right) checkReadings(each, {*comparison.right}, records);
    answer.when.push_back(comparison);
  }
  return answer;
}

QString paragraphsAt(const Place& place, const QStringList& records) {
  QStringList paragraphs;
  for (const Place& each : place.list("text")) paragraphs << textAt(each, records);
  if (paragraphs.isEmpty()) place.at("text").refuse(Words::tr("no paragraph"));
  return paragraphs.join('\n');
}

/// As it is opened: a bundled model, or a folder, found from where the lesson is.
QString modelAt(const Place& place, const QString& key, const QString& file) {
  const QString model = place.string(key);
  if (model.startsWith("demo:")) return model;
  if (isRunPath(model))
    place.at(key).refuse(Words::tr("a saved run is no model"), "\"" + model + "\"",
                         Words::tr("demo:gqa, demo:mla or a folder"));
  return QDir::cleanPath(QFileInfo(file).absoluteDir().absoluteFilePath(model));
}

LessonStep stepAt(const Place& place, const QString& file, const QString& model,
                  QStringList& records) {
  place.allow({"title", "model", "text", "point", "wait", "record", "answer"});
  LessonStep step;
  step.title = place.string("title");
  step.text = paragraphsAt(place, records);
  step.waits.emplace_back(ModelGoal{place.has("model") ? modelAt(place, "model", file) : model});
  if (place.has("point")) {
    const Place point = place.at("point");
    point.allow({"control", "title", "hint"});
    step.point = LessonPointer{point.string("control"), point.string("title"),
                               point.has("hint") ? point.string("hint") : QString()};
  }
  if (place.has("wait"))
    for (const Place& each : place.list("wait")) step.waits.push_back(goalAt(each));
  if (place.has("record")) {
    step.record = place.string("record");
    if (records.contains(step.record))
      place.at("record").refuse(Words::tr("this record is kept already"));
    records << step.record;
  }
  if (place.has("answer")) {
    for (const Place& each : place.list("answer")) step.answers.push_back(answerAt(each, records));
    if (step.answers.empty() || !step.answers.back().when.empty())
      place.at("answer").refuse(Words::tr("the last answer has to hold whatever was measured"), {},
                                Words::tr("one without \"when\""));
  }
  return step;
}

}  // namespace

Lesson readLesson(const QByteArray& json, const QString& file) {
  QJsonParseError error;
  const QJsonDocument document = QJsonDocument::fromJson(json, &error);
  if (document.isNull())
    Place(file, Words::tr("byte %1").arg(error.offset), {})
        .refuse(Words::tr("not JSON"), error.errorString());
  const Place whole(file, {}, document.isObject() ? QJsonValue(document.object()) : QJsonValue());
  whole.allow({"title", "summary", "model", "steps"});
  Lesson lesson;
  lesson.key = QFileInfo(file).completeBaseName();
  lesson.title = whole.string("title");
  lesson.summary = whole.string("summary");
  const QString model = modelAt(whole, "model", file);
  QStringList records = {kNow};
  for (const Place& step : whole.list("steps"))
    lesson.steps.push_back(stepAt(step, file, model, records));
  const auto steps = static_cast<int>(lesson.steps.size());
  if (steps < kFewestSteps || steps > kMostSteps)
    whole.at("steps").refuse(Words::tr("too few or too many steps"), QString::number(steps),
                             Words::tr("%1 to %2").arg(kFewestSteps).arg(kMostSteps));
  return lesson;
}

Lesson readLessonFile(const QString& path) {
  QFile file(path);
  const auto refuse = [&](ErrorCode code, const QString& message) {
    throw Error(code, {.message = message.toStdString(),
                       .file = path.toStdString(),
                       .place = {},
                       .expected = {},
                       .found = {},
                       .advice = {}});
  };
  if (!file.exists()) refuse(ErrorCode::NotFound, Words::tr("there is no such file"));
  // A pipe would block whoever opens it.
  if (!QFileInfo(path).isFile()) refuse(ErrorCode::Malformed, Words::tr("not a regular file"));
  if (!file.open(QIODevice::ReadOnly)) refuse(ErrorCode::Io, file.errorString());
  if (file.size() > kMostBytes) refuse(ErrorCode::Malformed, Words::tr("larger than any lesson"));
  return readLesson(file.readAll(), path);
}

const std::vector<Lesson>& bundledLessons() {
  static const std::vector<Lesson> kLessons = [] {
    registerLessonResources();
    std::vector<Lesson> lessons;
    for (const QFileInfo& file :
         QDir(QStringLiteral(":/lessons")).entryInfoList({"*.json"}, QDir::Files, QDir::Name))
      lessons.push_back(readLessonFile(file.filePath()));
    return lessons;
  }();
  return kLessons;
}

}  // namespace kvloupe
