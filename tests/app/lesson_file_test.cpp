// SPDX-License-Identifier: GPL-3.0-or-later
// What a lesson file may hold, and the one line that refuses what it may not.
#include "lessons/lesson_file.hpp"

#include <sys/stat.h>

#include <QFile>
#include <QTemporaryDir>
#include <QTest>
#include <algorithm>

#include "common/error.hpp"

using namespace kvloupe;

namespace {

/// Single quotes for double ones: the lines are legible, and moc reads them.
QByteArray quoted(QByteArray text) { return text.replace('\'', '"'); }

QByteArray lesson(const QByteArray& steps) {
  return quoted("{'title': 'Is it so?', 'summary': 'A try', 'model': 'demo:gqa', 'steps': [" +
                steps + "]}");
}

QByteArray step(const QByteArray& more) {
  return "{'title': 'One', 'text': ['Words {now.ppl}']" + more + "}";
}

}  // namespace

class LessonFileTest : public QObject {
  Q_OBJECT

 private slots:
  void aLessonIsReadWhole() {
    const Lesson read = readLesson(
        lesson(
            step(", 'point': {'control': 'vRank', 'title': 'Here', 'hint': 'there'}, "
                 "'wait': [{'preset': 'v'}, {'rank': 'v', 'atMost': 8}, {'tap': 'v', 'is': 'v'}, "
                 "{'page': 'layers'}, {'control': 'layersTap', 'shows': 'k'}, "
                 "{'calibrationTokens': {'atLeast': 4096}}, {'analysed': true}, "
                 "{'measured': true}], "
                 "'record': 'v'") +
            "," +
            step(", 'model': 'demo:mla', "
                 "'answer': [{'when': ['v.dppl.low > 0', 'v.spread.k_rope.max >= v.floor.v'], "
                 "'say': 'a'}, "
                 "{'say': 'It was {v.dppl.interval}'}]")),
        "try.json");
    QCOMPARE(read.key, "try");
    QCOMPARE(read.title, "Is it so?");
    QCOMPARE(read.steps.size(), std::size_t(2));
    const LessonStep& first = read.steps[0];
    QCOMPARE(first.waits.size(), std::size_t(9));
    QCOMPARE(std::get<ModelGoal>(first.waits[0]).model, "demo:gqa");
    QCOMPARE(std::get<PresetGoal>(first.waits[1]).preset, PlanPreset::VOnly);
    QCOMPARE(*std::get<RankGoal>(first.waits[2]).atMost, 8);
    QVERIFY(!std::get<RankGoal>(first.waits[2]).atLeast);
    QCOMPARE(std::get<TapGoal>(first.waits[3]).tap, Tap::V);
    QCOMPARE(std::get<ChoiceGoal>(first.waits[5]).shows, "k");
    QCOMPARE(*std::get<TokensGoal>(first.waits[6]).atLeast, 4096);
    QCOMPARE(first.point->control, "vRank");
    QCOMPARE(first.record, "v");
    const LessonStep& second = read.steps[1];
    QCOMPARE(std::get<ModelGoal>(second.waits[0]).model, "demo:mla");
    QCOMPARE(second.answers.size(), std::size_t(2));
    QCOMPARE(second.answers[0].when[1].left.part, Part::Max);
    QCOMPARE(*second.answers[0].when[1].right->tap, Tap::V);
  }

  void aFolderIsFoundFromTheLesson() {
    const QByteArray json =
        lesson(step("") + "," + step(", 'model': '../other'") + "," + step(", 'model': '/c'"));
    QByteArray own = json;
    own.replace("demo:gqa", "mine/");
    const auto modelOf = [](const Lesson& read, std::size_t step) {
      return std::get<ModelGoal>(read.steps[step].waits[0]).model;
    };
    const Lesson read = readLesson(own, "/lessons/try.json");
    QCOMPARE(modelOf(read, 0), "/lessons/mine");
    QCOMPARE(modelOf(read, 1), "/other");
    QCOMPARE(modelOf(read, 2), "/c");
    QCOMPARE(modelOf(readLesson(json, "/lessons/try.json"), 0), "demo:gqa");
  }

  void aPipeIsRefused() {
    const QTemporaryDir folder;
    const QString path = folder.filePath("pipe.json");
    QCOMPARE(mkfifo(qPrintable(path), 0600), 0);
    try {
      const Lesson read = readLessonFile(path);
      QFAIL(qPrintable("it was read: " + read.title));
    } catch (const Error& error) {
      QCOMPARE(error.code(), ErrorCode::Malformed);
      QVERIFY(QString::fromUtf8(error.what()).contains("not a regular file"));
    }
  }

  void whatIsWrongIsSaidInOneLine_data() {
    QTest::addColumn<QByteArray>("json");
    QTest::addColumn<QString>("place");
    QTest::addColumn<QString>("word");
    const auto row = [](const char* name, const QByteArray& json, const char* place,
                        const char* word) {
      QTest::newRow(name) << json << QString(place) << QString(word);
    };
    row("no JSON", "{\"title\": ", "byte 10", "not JSON");
    row("a list", "[]", "", "not an object");
    row("no steps", "{'title': 't', 'summary': 's', 'model': 'demo:gqa'}", "steps", "list");
    row("empty", lesson(""), "steps", "1 to 12");
    row("no title", lesson("{'text': ['a']}"), "steps[0]", "\"title\"");
    row("unknown key", lesson(step(", 'ponit': {}")), "steps[0]", "\"ponit\"");
    row("a run", lesson(step(", 'model': 'saved.kvl.h5'")), "steps[0].model", "saved run");
    row("empty text", lesson("{'title': 't', 'text': []}"), "steps[0].text", "no paragraph");
    row("unknown figure", lesson("{'title': 't', 'text': ['{now.pll}']}"), "steps[0].text[0]",
        "\"now.pll\"");
    row("open brace", lesson("{'title': 't', 'text': ['{now.ppl']}"), "steps[0].text[0]", "brace");
    row("no target", lesson("{'title': 't', 'text': ['{now.rank}']}"), "steps[0].text[0]",
        "target");
    row("no such part", lesson("{'title': 't', 'text': ['{now.ppl.low}']}"), "steps[0].text[0]",
        "no such part");
    row("a record to come", lesson("{'title': 't', 'text': ['{later.ppl}']}"), "steps[0].text[0]",
        "\"later\"");
    row("kept twice", lesson(step(", 'record': 'a'") + "," + step(", 'record': 'a'")),
        "steps[1].record", "already");
    row("nothing to wait for", lesson(step(", 'wait': [{}]")), "steps[0].wait[0]", "wait for");
    row("no preset", lesson(step(", 'wait': [{'preset': 'q'}]")), "steps[0].wait[0].preset",
        "\"q\"");
    row("no goal of a rank", lesson(step(", 'wait': [{'rank': 'v'}]")), "steps[0].wait[0]",
        "atMost");
    row("half a rank", lesson(step(", 'wait': [{'rank': 'v', 'atMost': 1.5}]")),
        "steps[0].wait[0].atMost", "whole number");
    row("no page", lesson(step(", 'wait': [{'page': 'nowhere'}]")), "steps[0].wait[0].page",
        "\"nowhere\"");
    row("not true", lesson(step(", 'wait': [{'measured': false}]")), "steps[0].wait[0].measured",
        "true");
    row("no comparison", lesson(step(", 'answer': [{'when': ['now.ppl'], 'say': 'a'}]")),
        "steps[0].answer[0].when[0]", "compares nothing");
    row("no last answer", lesson(step(", 'answer': [{'when': ['now.ppl > 1'], 'say': 'a'}]")),
        "steps[0].answer", "whatever was measured");
  }
  void whatIsWrongIsSaidInOneLine() {
    QFETCH(QByteArray, json);
    QFETCH(QString, place);
    QFETCH(QString, word);
    try {
      const Lesson read = readLesson(quoted(json), "bad.json");
      QFAIL(qPrintable("it was read: " + read.title));
    } catch (const Error& error) {
      QCOMPARE(error.code(), ErrorCode::Malformed);
      QCOMPARE(QString::fromStdString(error.detail().place), place);
      const QString line = QString::fromUtf8(error.what());
      QVERIFY2(line.startsWith("bad.json: "), qPrintable(line));
      QVERIFY2(line.contains(word), qPrintable(line));
      QVERIFY(!line.contains('\n'));
    }
  }

  void aFileThatIsNotThereIsNamed() {
    try {
      const Lesson read = readLessonFile("/nowhere/lesson.json");
      QFAIL(qPrintable("it was read: " + read.title));
    } catch (const Error& error) {
      QCOMPARE(error.code(), ErrorCode::NotFound);
      QVERIFY(QString::fromUtf8(error.what()).contains("/nowhere/lesson.json"));
    }
  }

  void everyBundledLessonIsRead() {
    const std::vector<Lesson>& lessons = bundledLessons();
    QVERIFY(lessons.size() >= 2);
    for (const Lesson& each : lessons) {
      QVERIFY2(each.title.endsWith('?'), qPrintable(each.title));
      QVERIFY2(each.steps.size() >= 4 && each.steps.size() <= 7, qPrintable(each.title));
    }
  }
};

QTEST_APPLESS_MAIN(LessonFileTest)
#include "lesson_file_test.moc"
