// SPDX-License-Identifier: GPL-3.0-or-later
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTemporaryDir>
#include <QtTest>
#include <csignal>

#include "program.hpp"

namespace {

QJsonObject parsed(const QByteArray& json) { return QJsonDocument::fromJson(json).object(); }

QByteArray contents(const QString& path) {
  QFile file(path);
  return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

}  // namespace

/// What an interrupted measurement leaves, and how another run goes on from it.
class ResumeTest : public QObject {
  Q_OBJECT

  QTemporaryDir folder_;
  QString text_, calibration_;

  QString path(const char* name) const { return folder_.filePath(QLatin1String(name)); }

  QStringList measured(const QStringList& command, const char* context = "64") const {
    return command +
           QStringList{"--file", text_, "--calibration", calibration_, "-c", context, "--json"};
  }

  /// Runs a command until a signal ends it after something was measured: what it printed; empty
  /// where it cannot be.
  static QJsonObject interrupted(const QStringList& arguments, int signal) {
    // How long a start takes depends on the machine: try until it falls into the measurement.
    for (int wait = 600; wait < 60'000; wait += wait / 2) {
      QProcess process;
      process.start(QStringLiteral(KVLOUPE_CLI), arguments);
      if (!process.waitForStarted()) return {};
      QTest::qWait(wait);
      ::kill(pid_t(process.processId()), signal);
      const Outcome outcome = outcomeOf(process);
      if (outcome.status != 130) {
        qWarning("status %d: %s", outcome.status, outcome.err.constData());
        return {};
      }
      if (!outcome.err.contains("interrupted")) continue;  // nothing was measured
      return parsed(outcome.out);
    }
    return {};
  }

  QJsonObject document(const QStringList& arguments) const {
    const Outcome outcome = runCli(arguments);
    if (outcome.status != 0) qWarning("%s", outcome.err.constData());
    return outcome.status == 0 ? parsed(outcome.out) : QJsonObject();
  }

  /// A refusal in one line that leaves the file as it is.
  static bool refused(const QStringList& arguments, const QString& file, const QByteArray& says) {
    const QByteArray before = contents(file);
    const Outcome outcome = runCli(arguments);
    const bool as = outcome.status == 1 && outcome.out.isEmpty() && outcome.err.count('\n') == 1 &&
                    outcome.err.contains(says) && !before.isEmpty() && contents(file) == before;
    if (!as) qWarning("status %d: %s", outcome.status, outcome.err.constData());
    return as;
  }

 private slots:
  void initTestCase() {
    text_ = demoExcerpt("evaluation.txt", 6000, path("text.txt"));
    calibration_ = demoExcerpt("calibration.txt", 4000, path("calibration.txt"));
    QVERIFY(!text_.isEmpty() && !calibration_.isEmpty());
  }

  void aPerplexityGoesOn() {
    const QString run = path("perplexity.kvl.h5");
    const QString longer = demoExcerpt("evaluation.txt", 12'000, path("longer.txt"));
    const QStringList command = {"perplexity", "demo:gqa", "--file", longer,       "--calibration",
                                 calibration_, "-c",       "64",     "--compress", "v:rank=24",
                                 "-o",         run,        "--json", "--per-token"};
    const QJsonObject partial = interrupted(command, SIGINT);
    QVERIFY(!partial.isEmpty() && !partial["complete"].toBool());
    QVERIFY(partial["windows"].toInt() < partial["windows_planned"].toInt());
    const QJsonObject resumed = document(command + QStringList{"--resume"});
    const QJsonObject whole = document(command);
    QVERIFY(resumed["complete"].toBool());
    for (const char* key : {"nll", "ppl", "kl_p99", "delta_ppl_ci95"})
      QVERIFY2(!whole[key].isUndefined() && resumed[key] == whole[key], key);
  }

  void aSensitivityGoesOn() {
    const QString run = path("sensitivity.kvl.h5");
    const QStringList command = measured(
        {"sensitivity", "demo:gqa", "--compress", "kv:rank=16", "--cumulative", "-o", run});
    const QJsonObject partial = interrupted(command, SIGTERM);
    QVERIFY(!partial.isEmpty() && !partial["complete"].toBool());
    const int windows = partial["windows"].toInt();
    QVERIFY(windows > 0 && windows <= partial["windows_planned"].toInt());
    // Again, later: it goes on from the first.
    const QJsonObject further = interrupted(command + QStringList{"--resume"}, SIGINT);
    QVERIFY(further["windows"].toInt() >= windows);
    const QJsonObject resumed = document(command + QStringList{"--resume"});
    const QJsonObject whole = document(command);
    QVERIFY(resumed["complete"].toBool());
    for (const char* key : {"cells", "cumulative", "baseline_ppl", "tokens_scored"})
      QVERIFY2(!whole[key].isUndefined() && resumed[key] == whole[key], key);
    // The layers that were measured together are plans of the run.
    const QByteArray plans = runCli({"export", run, "--what", "perplexity"}).out;
    QCOMPARE(plans.count('\n'), 1 + 3 * 5);
  }

  void aPlanGoesOn() {
    const QString file = path("plan.json"), run = path("plan.partial.kvl.h5");
    const QStringList command = measured(
        {"plan", "demo:gqa", "--budget", "5", "--formats", "int8", "--targets", "v", "-o", file});
    const QJsonObject partial = interrupted(command, SIGINT);
    QVERIFY(!partial.isEmpty() && !partial["complete"].toBool());
    QVERIFY(partial["plan"].isNull());
    const QJsonObject marked = parsed(contents(file));
    QVERIFY(marked["complete"].isBool() && !marked["complete"].toBool());
    QCOMPARE(marked["measured_so_far"].toString(), "plan.partial.kvl.h5");
    QVERIFY(QFile::exists(run));
    QVERIFY(refused({"perplexity", "demo:gqa", "--plan", file}, file, "--resume"));
    // With other ways to choose from it would be another plan.
    QVERIFY(refused(measured({"plan", "demo:gqa", "--budget", "5", "--formats", "int4", "--targets",
                              "v", "-o", file, "--resume"}),
                    run, "another question"));

    const QJsonObject resumed = document(command + QStringList{"--resume"});
    QVERIFY(!QFile::exists(run));
    const QByteArray tensors = contents(path("plan.safetensors"));
    const QJsonObject whole = document(command);
    QVERIFY(resumed["complete"].toBool() && parsed(contents(file))["complete"].toBool());
    for (const char* key : {"choices", "plan", "uniform", "measured", "estimate_percent", "met"})
      QVERIFY2(!whole[key].isUndefined() && resumed[key] == whole[key], key);
    QVERIFY(!tensors.isEmpty() && contents(path("plan.safetensors")) == tensors);
  }

  void anotherQuestionIsRefused() {
    const QString run = path("questions.kvl.h5");
    const QStringList plan = {"--compress", "v:rank=24", "-o", run, "--resume"};
    const QStringList analysis = {"analyze", "demo:gqa", "--taps",   "v",
                                  "-o",      run,        "--resume", "--file"};
    QVERIFY(!document(measured({"perplexity", "demo:gqa"}) + plan).isEmpty());
    QVERIFY(!document(analysis + QStringList{calibration_, "-c", "64", "--json"}).isEmpty());
    QVERIFY(!document(measured({"sensitivity", "demo:gqa"}) + plan).isEmpty());

    const QByteArray says = "answers another question";
    QVERIFY(refused(
        {"perplexity", "demo:gqa", "--file", calibration_, "-c", "64", "-o", run, "--resume"}, run,
        says));
    for (const char* command : {"perplexity", "sensitivity"}) {
      QVERIFY(refused(measured({command, "demo:gqa"}, "128") + plan, run, says));
      for (const QStringList& other : {QStringList{"--protocol", "strided"}, {"--tokens", "400"}})
        QVERIFY(refused(measured({command, "demo:gqa"}) + plan + other, run, says));
    }
    QVERIFY(refused(measured({"sweep", "demo:gqa", "--ranks", "16", "-o", run, "--resume"}, "128"),
                    run, says));
    QVERIFY(refused(
        measured({"sensitivity", "demo:gqa", "--compress", "k:rank=24", "-o", run, "--resume"}),
        run, says));
    QVERIFY(refused(analysis + QStringList{text_, "-c", "64"}, run, says));
    QVERIFY(refused(analysis + QStringList{calibration_, "-c", "128"}, run, says));
    QVERIFY(refused(analysis + QStringList{calibration_, "-c", "64", "--skip", "1"}, run, says));
    for (const char* command : {"perplexity", "analyze"})
      QVERIFY(refused({command, "demo:mla", "--file", text_, "-c", "64", "-o", run, "--resume"},
                      run, "of other weights"));
    // Another plan on the same windows stands beside the first.
    QVERIFY(!document(measured({"perplexity", "demo:gqa", "--compress", "v:rank=16", "-o", run,
                                "--resume"}))
                 .isEmpty());
    const QByteArray table = runCli({"export", run, "--what", "perplexity"}).out;
    QVERIFY(table.contains("v:rank=24") && table.contains("v:rank=16"));
    QVERIFY(!runCli({"export", run, "--what", "sensitivity"}).out.isEmpty());
    QVERIFY(!runCli({"export", run, "--what", "layers"}).out.isEmpty());
  }
};

QTEST_GUILESS_MAIN(ResumeTest)
#include "resume_test.moc"
