// SPDX-License-Identifier: GPL-3.0-or-later
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTemporaryDir>
#include <QtTest>

#include "program.hpp"

/// Parts, merged, from the command line and by the scripts of packaging/slurm.
class ShardsTest : public QObject {
  Q_OBJECT

  QTemporaryDir folder_;
  QString text_;
  QProcessEnvironment environment_ = QProcessEnvironment::systemEnvironment();

  Outcome run(const QStringList& arguments) const { return runCli(arguments, environment_); }
  QStringList analyze(const QStringList& more) const {
    return QStringList{"analyze", "demo:gqa", "--file", text_, "-c", "64", "--taps", "k,v"} + more;
  }

 private slots:
  void initTestCase() {
    QFile whole(QStringLiteral(KVLOUPE_DEMO "/evaluation.txt"));
    text_ = folder_.filePath("text.txt");
    QFile part(text_);
    QVERIFY(whole.open(QIODevice::ReadOnly) && part.open(QIODevice::WriteOnly));
    part.write(whole.read(4000));
    environment_.insert("KVLOUPE_CLI", QStringLiteral(KVLOUPE_CLI));
  }

  void partsMergeToTheDocumentOfOneRun() {
    QStringList parts;
    for (const char* shard : {"1/2", "2/2"}) {
      parts << folder_.filePath(QString::number(parts.size()) + ".kvl.h5");
      const Outcome part = run(analyze({"--shard", shard, "-o", parts.back()}));
      QVERIFY2(part.status == 0, part.err.constData());
    }
    const Outcome over = run(QStringList{"merge"} + parts + QStringList{"-o", parts.front()});
    QCOMPARE(over.status, 2);
    QVERIFY2(over.err.contains("a part would be overwritten"), over.err.constData());
    const Outcome merged = run(QStringList{"merge"} + parts +
                               QStringList{"-o", folder_.filePath("w.kvl.h5"), "--json"});
    QVERIFY2(merged.status == 0, merged.err.constData());
    const QJsonObject a = QJsonDocument::fromJson(merged.out).object();
    const QJsonObject b = QJsonDocument::fromJson(run(analyze({"--json"})).out).object();
    QVERIFY(a["complete"].toBool());
    QCOMPARE(a["tokens"].toInt(), b["tokens"].toInt());
    QCOMPARE(a["layers"].toArray().size(), b["layers"].toArray().size());
    for (int i = 0; i < b["layers"].toArray().size(); ++i)
      QCOMPARE(a["layers"][i]["spread"].toDouble(), b["layers"][i]["spread"].toDouble());
  }

  void wrongUsesAreRefused_data() {
    QTest::addColumn<QStringList>("arguments");
    QTest::addColumn<QString>("mentions");
    QTest::newRow("no file") << analyze({"--shard", "1/2"}) << "found no -o";
    for (const char* shard : {"3/2", "-1/2", "1", "1/0", "a/b", "1/2x"})
      QTest::addRow("shard %s", shard)
          << analyze({QStringLiteral("--shard=%1").arg(QLatin1String(shard)), "-o", "x.kvl.h5"})
          << "--shard";
    QTest::newRow("more parts than windows")
        << analyze({"--shard", "90/99", "-o", folder_.filePath("x.kvl.h5")}) << "at most";
    QTest::newRow("merge into nothing") << QStringList{"merge", "a.kvl.h5"} << "--output";
  }
  void wrongUsesAreRefused() {
    QFETCH(QStringList, arguments);
    QFETCH(QString, mentions);
    const Outcome outcome = run(arguments);
    QCOMPARE(outcome.status, 2);
    QVERIFY2(outcome.err.contains(mentions.toUtf8()), outcome.err.constData());
  }

  // The scripts as Slurm runs them: one task after the other, of which one fails at first.
  void theSlurmScriptsMakeWhatOneRunMakes() {
    const QString folder = folder_.filePath("array");
    QVERIFY(QDir().mkpath(folder));
    const QStringList question = {"sweep", "demo:gqa",  "--file", text_,     "-c",
                                  "64",    "--targets", "v",      "--ranks", "32"};
    QFile command(folder + "/command");
    QVERIFY(command.open(QIODevice::WriteOnly));
    command.write(("2\n" + question.join('\n') + "\n").toUtf8());
    command.close();
    const auto script = [&](const char* name, const QString& task) {
      QProcessEnvironment environment = environment_;
      environment.insert("SLURM_ARRAY_TASK_ID", task);
      return runProgram("/bin/bash",
                        {QStringLiteral(KVLOUPE_SLURM "/") + QLatin1String(name), folder}, {},
                        environment);
    };
    const Outcome first = script("part.sbatch", "0");
    QVERIFY2(first.status == 0, first.err.constData());
    QVERIFY(script("merge.sbatch", {}).status != 0);
    QVERIFY(!QFile::exists(folder + "/whole.kvl.h5"));
    QCOMPARE(script("part.sbatch", "1").status, 0);
    const Outcome merged = script("merge.sbatch", {});
    QVERIFY2(merged.status == 0, merged.err.constData());

    const QString whole = folder_.filePath("sweep.kvl.h5");
    QCOMPARE(run(question + QStringList{"-o", whole}).status, 0);
    const auto exported = [&](const QString& file, const char* what) {
      return run({"export", file, "--what", QLatin1String(what)}).out;
    };
    for (const char* what : {"tokens", "sweep"}) {
      const QByteArray expected = exported(whole, what);
      QVERIFY(expected.size() > 100);
      QCOMPARE(exported(folder + "/whole.kvl.h5", what), expected);
    }
  }

  // What waits or runs is not submitted again; a merge waits for it and for what is new.
  void submittingAgainLeavesWhatRuns() {
    // In the place of Slurm's: sbatch keeps what it was told and counts, squeue prints a file.
    const QString slurm = folder_.filePath("slurm");
    QVERIFY(QDir().mkpath(slurm));
    const auto program = [&](const char* name, const QByteArray& lines) {
      QFile file(slurm + "/" + QLatin1String(name));
      QVERIFY(file.open(QIODevice::WriteOnly));
      file.write("#!/bin/bash\ncd " + slurm.toUtf8() + "\n" + lines);
      QVERIFY(file.setPermissions(QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner));
    };
    program("sbatch", "printf '[%s]' \"$@\" >>told; echo x >>jobs; wc -l <jobs\n");
    program("squeue", "cat queue\n");
    program("scancel", "printf '[cancel %s]' \"$@\" >>told\n");
    QProcessEnvironment environment = environment_;
    environment.insert("PATH", slurm + ":" + environment.value("PATH"));
    const QString folder = folder_.filePath("of 100 %");
    const QByteArray quoted = folder.toUtf8().replace("%", "%%");
    /// What sbatch and scancel are told where `queue` waits or runs.
    const auto submit = [&](const QByteArray& queue, const QStringList& arguments) {
      QFile::remove(slurm + "/told");
      QFile waiting(slurm + "/queue");
      if (waiting.open(QIODevice::WriteOnly)) waiting.write(queue);
      waiting.close();
      const Outcome outcome =
          runProgram("/bin/bash", QStringList{KVLOUPE_SLURM "/submit", folder, "3"} + arguments, {},
                     environment);
      QFile told(slurm + "/told");
      const bool any = told.open(QIODevice::ReadOnly);
      return outcome.err + (any ? told.readAll() : QByteArray());
    };
    const auto part = [&](const QByteArray& tasks) {
      return "[--parsable][--output=" + quoted + "/part-%a.log][--array=" + tasks +
             "][" KVLOUPE_SLURM "/part.sbatch][" + folder.toUtf8() + "]";
    };
    const auto merge = [&](const QByteArray& after) {
      return "[--parsable][--output=" + quoted + "/merge.log]" +
             (after.isEmpty() ? after
                              : "[--dependency=afterok:" + after + "][--kill-on-invalid-dep=yes]") +
             "[" KVLOUPE_SLURM "/merge.sbatch][" + folder.toUtf8() + "]";
    };
    const QStringList question = {"sweep", "a model", "--with", ""};
    QCOMPARE(submit("9 0\n", question), part("0,1,2") + merge("1"));  // 9 is not of this folder
    QCOMPARE(submit("1 0\n1 1\n1 2\n2 N/A\n9 0\n", question), "");
    QVERIFY(submit("", {"sweep", "a", "model"}).contains("another command: '3' 'sweep' 'a model'"));
    const auto done = [&](int task) {
      QFile file(QString("%1/part-%2.kvl.h5").arg(folder).arg(task));
      QVERIFY(file.open(QIODevice::WriteOnly));
    };
    done(0);  // 1 failed, 2 runs, and the merge is gone, or not yet
    QCOMPARE(submit("1 2\n", question), part("1") + merge("1_2:3"));
    QCOMPARE(submit("1 2\n4 N/A\n", question), part("1") + "[cancel 4]" + merge("1_2:5"));
    QCOMPARE(submit("1 2\n5 1\n", question), merge("5_1:1_2"));
    done(1);
    done(2);
    QCOMPARE(submit("", question), merge(""));
  }
};

QTEST_GUILESS_MAIN(ShardsTest)
#include "shards_test.moc"
