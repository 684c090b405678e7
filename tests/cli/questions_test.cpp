// SPDX-License-Identifier: GPL-3.0-or-later
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTemporaryDir>
#include <QtTest>

#include "program.hpp"

/// The commands that measure many plans, and every document against its schema.
class QuestionsTest : public QObject {
  Q_OBJECT

  QTemporaryDir folder_;
  QString text_, calibration_;
  bool canValidate_ = false;

  QStringList measured(const QStringList& command) const {
    return command + QStringList{"--file", text_, "--calibration", calibration_, "-c", "64"};
  }

  /// Whether a document follows a schema; true where nothing here can tell.
  bool follows(const QByteArray& json, const char* schema) const {
    if (!canValidate_) return true;
    const Outcome valid =
        runProgram(QStringLiteral("/usr/bin/python3"),
                   {QStringLiteral(KVLOUPE_TEST_FOLDER "/validate.py"),
                    QStringLiteral(KVLOUPE_SCHEMAS "/%1.schema.json").arg(QLatin1String(schema))},
                   json);
    if (valid.status != 0)
      qWarning("%s: %s%s", schema, valid.out.constData(), valid.err.constData());
    return valid.status == 0;
  }

  /// The document that a command prints, held against a schema.
  QJsonObject document(const QStringList& arguments, const char* schema, int status = 0) {
    const Outcome outcome = runCli(arguments + QStringList{"--json"});
    if (outcome.status != status) {
      qWarning("%s", outcome.err.constData());
      return {};
    }
    return follows(outcome.out, schema) ? QJsonDocument::fromJson(outcome.out).object()
                                        : QJsonObject();
  }

  /// A plan file, held against its schema.
  QJsonObject planFile(const QString& path) const {
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly)) return {};
    const QByteArray json = file.readAll();
    return follows(json, "plan-file") ? QJsonDocument::fromJson(json).object() : QJsonObject();
  }

 private slots:
  void initTestCase() {
    text_ = demoExcerpt("evaluation.txt", 2200, folder_.filePath("text.txt"));
    calibration_ = demoExcerpt("calibration.txt", 4000, folder_.filePath("calibration.txt"));
    QVERIFY(!text_.isEmpty() && !calibration_.isEmpty());
    canValidate_ =
        runProgram(QStringLiteral("/usr/bin/python3"), {"-c", "import jsonschema"}).status == 0;
  }

  void documentsFollowTheirSchemas() {
    if (!canValidate_) QSKIP("python3-jsonschema is not installed");
    QVERIFY(!document({"info", "demo:mla"}, "info").isEmpty());
    const Outcome ids = runCli({"tokenize", "demo:gqa", "--file", text_, "--json"});
    QCOMPARE(ids.status, 0);
    QVERIFY(follows(ids.out, "tokenize"));
    QVERIFY(!QJsonDocument::fromJson(ids.out).array().isEmpty());
    QVERIFY(!document({"analyze", "demo:gqa", "--file", text_, "-c", "64", "--taps",
                       "k_prebias,k,k_rope,v,q,q_rope"},
                      "analyze")
                 .isEmpty());
    QVERIFY(!document({"analyze", "demo:mla", "--file", text_, "-c", "64"}, "analyze").isEmpty());
    QVERIFY(
        !document({"perplexity", "demo:gqa", "--file", text_, "-c", "64"}, "perplexity").isEmpty());
    QVERIFY(
        !document(measured({"perplexity", "demo:gqa", "--compress", "v:rank=24", "--per-token"}),
                  "perplexity")
             .isEmpty());
  }

  void analyzeGivesWhatIsOverLayers() {
    const QJsonObject analysis =
        document({"analyze", "demo:gqa", "--file", text_, "-c", "64", "--skip", "2"}, "analyze");
    QVERIFY(!analysis.isEmpty());
    QCOMPARE(analysis["kv_ratio"].toArray().size(), 3 * 6);
    const QJsonObject ratio = analysis["kv_ratio"].toArray()[0].toObject();
    double key = 0, value = 0;
    for (const auto& entry : analysis["layers"].toArray()) {
      const QJsonObject layer = entry.toObject();
      if (layer["layer"] != ratio["layer"]) continue;
      if (layer["tap"] == ratio["key_tap"]) key = layer["spread"].toDouble();
      if (layer["tap"].toString() == "v") value = layer["spread"].toDouble();
    }
    QCOMPARE(ratio["ratio"].toDouble(), key / value);
    QVERIFY(analysis["provenance"].toObject()["command"].toString().contains("--skip 2"));
    QCOMPARE(analysis["provenance"].toObject()["weights"].toArray().size(), 1);
  }

  void sensitivityIsThatOfTheLayerAlone() {
    const QJsonObject map =
        document(measured({"sensitivity", "demo:gqa", "--compress", "kv:rank=16"}), "sensitivity");
    QCOMPARE(map["columns"].toArray().size(), 3);
    QCOMPARE(map["cells"].toArray().size(), 18);
    const QJsonObject alone =
        document(measured({"perplexity", "demo:gqa", "--compress", "v:rank=16@2"}), "perplexity");
    for (const auto& entry : map["cells"].toArray()) {
      const QJsonObject cell = entry.toObject();
      if (cell["layer"].toInt() != 2 || cell["column"].toString() != "v") continue;
      const double expected = alone["delta_ppl_percent"].toDouble();
      QVERIFY(std::abs(cell["delta_ppl_percent"].toDouble() - expected) <
              1e-6 * std::max(1.0, std::abs(expected)));
      QVERIFY(std::abs(cell["kl_mean"].toDouble() - alone["kl_mean"].toDouble()) < 1e-9);
      QCOMPARE(cell["bits_saved"].toDouble(), 2 * 48 * 16.0);
    }
  }

  void sweepComparesExportsAndResumes() {
    const QString path = folder_.filePath("sweep.kvl.h5");
    const QStringList command =
        measured({"sweep", "demo:gqa", "--targets", "v,k", "--ranks", "16,48", "-o", path});
    const QJsonObject sweep = document(command, "sweep");
    QCOMPARE(sweep["curves"].toArray().size(), 3);  // V, K after and before RoPE
    QCOMPARE(sweep["plans"].toInt(), 6);
    bool front = false;
    for (const auto& curve : sweep["curves"].toArray())
      for (const auto& point : curve.toObject()["points"].toArray())
        front = front || point.toObject()["on_front"].toBool();
    QVERIFY(front);

    const QJsonObject again = document(command + QStringList{"--resume"}, "sweep");
    QVERIFY(again["curves"] == sweep["curves"]);

    // What another question adds to the file leaves what stands in it.
    const QByteArray points = runCli({"export", path, "--what", "sweep"}).out;
    QVERIFY(!document(measured({"perplexity", "demo:gqa", "--compress", "v:rank=40", "-o", path,
                                "--resume"}),
                      "perplexity")
                 .isEmpty());
    QCOMPARE(runCli({"export", path, "--what", "sweep"}).out, points);
    QCOMPARE(runCli({"export", path, "--what", "perplexity"}).out.count('\n'),
             9);  // and the baseline
    QVERIFY(document(command + QStringList{"--resume"}, "sweep")["curves"] == sweep["curves"]);
    QCOMPARE(runCli({"export", path, "--what", "perplexity"}).out.count('\n'), 9);
    QVERIFY(!document(command, "sweep").isEmpty());  // without --resume anew

    const QJsonObject same = document({"compare", path, path}, "compare");
    QCOMPARE(same["plans"].toArray().size(), 6);
    for (const auto& plan : same["plans"].toArray())
      QCOMPARE(plan.toObject()["delta_nll"].toDouble(), 0.0);

    const QByteArray csv = runCli({"export", path, "--what", "sweep"}).out;
    QCOMPARE(csv.count('\n'), 7);
    QVERIFY(csv.startsWith("curve,compress,rank"));
    QCOMPARE(runCli({"export", path, "--what", "perplexity"}).out.count('\n'), 7);
    const Outcome layers = runCli({"export", path, "--what", "layers"});
    QCOMPARE(layers.status, 1);
    QVERIFY(layers.err.contains("found layers, expected perplexity, tokens, sweep"));
    const QString table = folder_.filePath("table.csv");
    for (int i = 0; i < 2; ++i)  // over a table, too
      QCOMPARE(runCli({"export", path, "--what", "sweep", "-o", table}).status, 0);
    QFile written(table);
    QVERIFY(written.open(QIODevice::ReadOnly));
    QCOMPARE(written.readAll(), csv);
    QCOMPARE(runCli({"export", path, "--what", "sweep", "-o", path}).status, 1);
    QCOMPARE(runCli({"export", path, "--what", "sweep"}).out, csv);  // the run is untouched
    QCOMPARE(runCli({"export", path, "--what", "nonsense"}).status, 2);
  }

  void verdictSpeaks() {
    const QJsonObject verdict =
        document(measured({"verdict", "demo:mla", "--budget", "5", "--tokens", "400"}), "sweep");
    QVERIFY(!verdict["verdict"].isNull());
    QVERIFY(!verdict["verdict"].toObject()["half_rank_delta_nll"].isNull());
    const QJsonArray sentences = verdict["verdict"].toObject()["sentences"].toArray();
    QVERIFY(sentences.last().toString().contains("64 tokens of context"));
  }

  void aPlanKeepsItsRatioAndRunsAgain() {
    const QString path = folder_.filePath("plan.json");
    const QJsonObject plan = document(
        measured({"plan", "demo:gqa", "--min-ratio", "1.3", "--targets", "v", "-o", path}), "plan");
    QVERIFY(plan["met"].toBool());
    QVERIFY(plan["plan"].toObject()["cache_ratio"].toDouble() >= 1.3);
    QVERIFY(plan["uniform"].toObject()["cache_ratio"].toDouble() >=
            plan["plan"].toObject()["cache_ratio"].toDouble());
    const QJsonObject file = planFile(path);
    QVERIFY(file["specs"].toArray().size() > 0);
    QVERIFY(file["llama_cpp"].isNull());  // it has no low rank
    const QJsonObject again =
        document(measured({"perplexity", "demo:gqa", "--plan", path}), "perplexity");
    QCOMPARE(again["ppl"].toDouble(), plan["plan"].toObject()["ppl"].toDouble());
  }

  void anExportedPlanNamesTheFlagsOfLlamaCpp() {
    const QString path = folder_.filePath("formats.json");
    const QStringList command = measured({"perplexity", "demo:gqa", "--export-plan", path});
    QVERIFY(!document(command +
                          QStringList{"--compress", "k:format=q8_0", "--compress", "v:format=q4_0"},
                      "perplexity")
                 .isEmpty());
    const QJsonObject file = planFile(path);
    const QJsonObject llama = file["llama_cpp"].toObject();
    QCOMPARE(llama["flags"].toString(), QString("-ctk q8_0 -ctv q4_0"));
    QCOMPARE(llama["environment"].toString(), QString("LLAMA_ATTN_ROT_DISABLE=1"));
    QVERIFY(llama["build"].toString().contains("744c0c7"));
    QVERIFY(llama["note"].toString().contains("Builds since April 2026 rotate"));
    QCOMPARE(file["chains"].toArray().size(), 12);
    QFile tensors(folder_.filePath("formats.safetensors"));
    QVERIFY(tensors.open(QIODevice::ReadOnly));
    QCOMPARE(file["tensors"].toObject()["sha256"].toString().toLatin1(),
             QCryptographicHash::hash(tensors.readAll(), QCryptographicHash::Sha256).toHex());
    // A rotation, or one layer that differs, is nothing that llama.cpp's flags say.
    QVERIFY(!document(command + QStringList{"--compress", "kv:format=q8_0,rotate=hadamard"},
                      "perplexity")
                 .isEmpty());
    QVERIFY(planFile(path)["llama_cpp"].isNull());
    QVERIFY(!document(command + QStringList{"--compress", "kv:format=q8_0@1-5"}, "perplexity")
                 .isEmpty());
    QVERIFY(planFile(path)["llama_cpp"].isNull());
    QCOMPARE(runCli(command).status, 2);  // nothing to export
  }

  void aPlanThatCannotBeWrittenIsRefusedFirst() {
    const Outcome outcome = runCli(
        measured({"plan", "demo:gqa", "--budget", "1", "-o", folder_.path() + "/none/p.json"}));
    QCOMPARE(outcome.status, 1);
    QVERIFY(outcome.err.contains("none/p.json"));
    QCOMPARE(runCli(measured({"plan", "demo:gqa", "--budget", "1", "-o", folder_.path()})).status,
             1);
  }

  void warningsAreInTheDocument() {
    const QJsonObject noncausal = document(
        measured({"perplexity", "demo:gqa", "--compress", "k:bits=4,scale=channel"}), "perplexity");
    QCOMPARE(noncausal["warnings"].toArray().size(), 1);
    const QJsonObject causal =
        document(measured({"perplexity", "demo:gqa", "--compress", "k:bits=4"}), "perplexity");
    QCOMPARE(causal["warnings"].toArray().size(), 0);
  }

  void untilStopsEarly() {
    const QJsonObject stopped =
        document(measured({"perplexity", "demo:gqa", "--compress", "v:rank=24", "--until", "50"}),
                 "perplexity");
    QCOMPARE(stopped["windows"].toInt(), std::min(12, stopped["windows_planned"].toInt()));
    QCOMPARE(stopped["delta_ppl_confidence"].toDouble(), 0.98);
  }
};

QTEST_GUILESS_MAIN(QuestionsTest)
#include "questions_test.moc"
