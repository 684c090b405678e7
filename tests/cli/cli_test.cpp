// SPDX-License-Identifier: GPL-3.0-or-later
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QTemporaryDir>
#include <QtTest>

#include "program.hpp"

namespace {

QJsonObject json(const QStringList& arguments) {
  const Outcome outcome = runCli(arguments);
  if (outcome.status != 0) qWarning("%s", outcome.err.constData());
  return QJsonDocument::fromJson(outcome.out).object();
}

}  // namespace

class CliTest : public QObject {
  Q_OBJECT

  QTemporaryDir folder_;
  QString text_;

 private slots:
  void initTestCase() {
    QFile whole(QStringLiteral(KVLOUPE_DEMO "/evaluation.txt"));
    QVERIFY(whole.open(QIODevice::ReadOnly));
    text_ = folder_.filePath("text.txt");
    QFile part(text_);
    QVERIFY(part.open(QIODevice::WriteOnly));
    part.write(whole.read(8000));
  }

  void infoTellsTheCache() {
    const QJsonObject info = json({"info", "demo:gqa", "--json"});
    QCOMPARE(info["model_type"].toString(), "qwen2");
    QCOMPARE(info["layers"].toInt(), 6);
    QCOMPARE(info["kv_bytes_per_token"].toInt(), 3072);
    QVERIFY(runCli({"info", "demo:mla"}).out.contains("MLA"));
  }

  void memoryChangesNoFigure() {
    const QStringList question = {"perplexity",
                                  "demo:mla",
                                  "--file",
                                  text_,
                                  "-c",
                                  "64",
                                  "--compress",
                                  "latent:rank=32",
                                  "--calibration-tokens",
                                  "512",
                                  "--json"};
    const QJsonObject resident = json(question + QStringList{"--memory", "resident"});
    const QJsonObject streamed = json(question + QStringList{"--memory", "stream"});
    QVERIFY(resident["ppl"].toDouble() > 1);
    for (const char* key : {"ppl", "baseline_ppl", "nll_sum", "kl_mean", "tokens_scored"})
      QCOMPARE(streamed[QLatin1String(key)], resident[QLatin1String(key)]);
    QVERIFY(streamed["provenance"]["device"].toString().contains("streamed"));
    const Outcome wrong = runCli({"perplexity", "demo:gqa", "--memory", "swap"});
    QCOMPARE(wrong.status, 2);
    QVERIFY(wrong.err.contains("--memory"));
  }

  void tokenizeIsOneArray() {
    const Outcome outcome = runCli({"tokenize", "demo:gqa", "--file", text_, "--json"});
    QCOMPARE(outcome.status, 0);
    const QJsonArray ids = QJsonDocument::fromJson(outcome.out).array();
    QVERIFY(ids.size() > 500);
    QCOMPARE(runCli({"tokenize", "demo:gqa", "--file", text_}).out.count('\n'), ids.size());
  }

  void analyzeHasTheKeysOfTheSchema() {
    const QJsonObject analysis =
        json({"analyze", "demo:gqa", "--file", text_, "-c", "64", "--taps", "k,v", "--json"});
    const QJsonArray layers = analysis["layers"].toArray();
    QCOMPARE(layers.size(), 12);
    const QJsonObject layer = layers[0].toObject();
    for (const char* key :
         {"layer", "tap", "heads", "spread", "noise_floor", "tokens", "nonfinite"})
      QVERIFY2(layer.contains(QLatin1String(key)), key);
    for (const char* key : {"median", "p97_5", "n_eff"})
      QVERIFY2(layer["noise_floor"].toObject()[QLatin1String(key)].toDouble() > 1, key);
    const QJsonObject head = layer["heads"].toArray()[0].toObject();
    QCOMPARE(head["sigma"].toArray().size(), 64);
    QVERIFY(head["spread"].toDouble() > 1);
    QVERIFY(head["rank_95"].toInt() > 1);
  }

  void perplexityHasTheKeysOfTheSchema() {
    const QJsonObject plain =
        json({"perplexity", "demo:gqa", "--file", text_, "-c", "64", "--json"});
    QCOMPARE(plain["protocol"].toString(), "papers");
    for (const char* key : {"tokens_scored", "nll_sum", "ppl"})
      QVERIFY2(plain[QLatin1String(key)].toDouble() > 1, key);
    QVERIFY(!plain.contains("delta_ppl_percent"));

    const QJsonObject both =
        json({"perplexity", "demo:gqa", "--file", text_, "-c", "64", "--compress", "v:rank=24",
              "--compress", "k:rank=48", "--json", "--per-token"});
    for (const char* key :
         {"baseline_ppl", "delta_ppl_percent", "delta_ppl_ci95", "kl_mean", "kl_p99",
          "top1_agreement", "rms_delta_p", "tensor_ratio", "cache_ratio", "bytes_per_token"})
      QVERIFY2(both.contains(QLatin1String(key)), key);
    QCOMPARE(both["baseline_ppl"].toDouble(), plain["ppl"].toDouble());
    QCOMPARE(both["tensor_ratio"].toObject()["v"].toDouble(), 64.0 / 24);
    QCOMPARE(both["bytes_per_token"].toInt(), 3072 - 960 - 384);
    QCOMPARE(both["delta_ppl_ci95"].toArray().size(), 2);
    QCOMPARE(both["nll"].toArray().size(), both["tokens_scored"].toInt());
    QCOMPARE(both["baseline_nll"].toArray().size(), both["tokens_scored"].toInt());
  }

  void aRunIsSaved() {
    const QString path = folder_.filePath("run.kvl.h5");
    const Outcome outcome = runCli({"perplexity", "demo:mla", "--file", text_, "-c", "64",
                                    "--compress", "latent:rank=64", "--analyze", "-o", path});
    QVERIFY2(outcome.status == 0, outcome.err.constData());
    QVERIFY(outcome.out.contains("Whole cache"));
    QVERIFY(QFileInfo(path).size() > 10'000);
  }

  void failuresAreOneLine_data() {
    QTest::addColumn<QStringList>("arguments");
    QTest::addColumn<int>("status");
    QTest::addColumn<QByteArray>("mentions");
    const QString absent = folder_.filePath("absent");
    QTest::newRow("missing folder")
        << QStringList{"analyze", absent, "--file", text_} << 1 << QByteArray("absent");
    QTest::newRow("missing text") << QStringList{"perplexity", "demo:gqa", "--file", absent} << 1
                                  << QByteArray("absent");
    QTest::newRow("no such command")
        << QStringList{"foo"} << 2
        << QByteArray("which command is meant; found \"foo\", expected one of info, tokenize, ");
    QTest::newRow("no command") << QStringList{} << 2 << QByteArray("found none, expected one of");
    QTest::newRow("no such option")
        << QStringList{"info", "demo:gqa", "--ctx"} << 2 << QByteArray("--ctx");
    QTest::newRow("no model") << QStringList{"info"} << 2 << QByteArray("MODEL");
    const QString pipe = folder_.filePath("pipe.json");
    QCOMPARE(QProcess::execute("mkfifo", {pipe}), 0);
    QDir(folder_.path()).mkpath("taken.safetensors");
    const QByteArray notAFile = "found a device or pipe, expected the name of a file";
    QTest::newRow("empty output") << QStringList{"analyze", "demo:gqa", "-o", ""} << 2
                                  << QByteArray("the name of a file is empty");
    QTest::newRow("empty plan") << QStringList{"perplexity", "demo:gqa", "--export-plan", ""} << 2
                                << QByteArray("the name of a file is empty");
    QTest::newRow("run into a pipe")
        << QStringList{"analyze", "demo:gqa", "-o", pipe} << 1 << notAFile;
    QTest::newRow("run into a device")
        << QStringList{"verdict", "demo:gqa", "-o", "/dev/null"} << 1 << notAFile;
    QTest::newRow("run over a folder")
        << QStringList{"sweep", "demo:gqa", "-o", folder_.path()} << 1
        << QByteArray("found a folder, expected the name of a file");
    QTest::newRow("plan into a pipe")
        << QStringList{"plan", "demo:gqa", "--budget", "1", "-o", pipe} << 1 << notAFile;
    QTest::newRow("a folder where the plan's tensors go")
        << QStringList{"perplexity", "demo:gqa",      "--compress",
                       "v:rank=9",   "--export-plan", folder_.filePath("taken.json")}
        << 1 << QByteArray("taken.safetensors: the plan cannot be written; found a folder");
    QTest::newRow("plan from a pipe")
        << QStringList{"perplexity", "demo:gqa", "--plan", pipe} << 1
        << QByteArray("not a regular file; found a device or pipe, expected a regular file");
    QTest::newRow("plan that is none")
        << QStringList{"perplexity", "demo:gqa", "--plan", absent} << 1
        << QByteArray("no such file; found No such file or directory, expected a readable file");
    QTest::newRow("plan that is a text") << QStringList{"perplexity", "demo:gqa", "--plan", text_}
                                         << 1 << QByteArray("not valid JSON");
    QTest::newRow("table into a pipe")
        << QStringList{"export", text_, "--what", "layers", "-o", pipe} << 1 << notAFile;
    QTest::newRow("table into no folder")
        << QStringList{"export", text_, "--what", "layers", "-o", absent + "/t.csv"} << 1
        << QByteArray("expected a folder that can be written to");
    QTest::newRow("bad spec") << QStringList{"perplexity", "demo:gqa",   "--file",
                                             text_,        "--compress", "v:rnak=3"}
                              << 2 << QByteArray("rnak");
    QTest::newRow("rank over d") << QStringList{"perplexity", "demo:gqa",   "--file",
                                                text_,        "--compress", "v:rank=65"}
                                 << 2 << QByteArray("expected 1 to 64");
    QTest::newRow("stride of windows that have none")
        << QStringList{"perplexity", "demo:gqa", "--file", text_, "--stride", "9"} << 2
        << QByteArray("--stride: only strided windows have a stride");
    QTest::newRow("skip over a window")
        << QStringList{"analyze", "demo:gqa", "--file", text_, "-c", "64", "--skip", "64"} << 2
        << QByteArray("--skip: nothing would be left of a window");
    QTest::newRow("no device") << QStringList{"analyze", "demo:gqa", "--device", "banana"} << 2
                               << QByteArray("expected auto or cpu");
    QTest::newRow("analysis without its text")
        << QStringList{"perplexity", KVLOUPE_DEMO "/gqa", "--file", text_, "--analyze"} << 2
        << QByteArray("--calibration: which text is to be analysed");
    QTest::newRow("over the evaluated text")
        << QStringList{"perplexity", "demo:gqa", "--file", text_, "-o", text_} << 1
        << QByteArray("a file that is no run would be overwritten");
    QTest::newRow("plan over the evaluated text")
        << QStringList{"plan", "demo:gqa", "--file", text_, "--budget", "1", "-o", text_} << 1
        << QByteArray("text.txt: a file that is no plan would be overwritten");
    QVERIFY(QFile::copy(QStringLiteral(KVLOUPE_DEMO "/gqa/model.safetensors"),
                        folder_.filePath("model.safetensors")));
    QTest::newRow("a plan's tensors over a model's")
        << QStringList{"perplexity", "demo:gqa",      "--compress",
                       "v:rank=9",   "--export-plan", folder_.filePath("model.json")}
        << 1
        << QByteArray(
               "model.safetensors: a file that is no plan would be overwritten; found "
               "another file, expected the tensors of a plan, or none");
    QTest::newRow("table over what is none")
        << QStringList{"export", text_, "--what", "layers", "-o", text_} << 1
        << QByteArray("a file that is no table would be overwritten");
    QTest::newRow("protocol") << QStringList{"perplexity", "demo:gqa",   "--file",
                                             text_,        "--protocol", "mine"}
                              << 2 << QByteArray("papers");
    QTest::newRow("tap") << QStringList{"analyze", "demo:gqa", "--file", text_, "--taps", "k,z"}
                         << 2 << QByteArray("\"z\"");
    QTest::newRow("device") << QStringList{"analyze", "demo:gqa", "--device", "cuda:0"} << 1
                            << QByteArray("cuda:0");
    QTest::newRow("a budget of nothing")
        << QStringList{"plan", "demo:gqa", "--budget", "0"} << 2
        << QByteArray("--budget: found \"0\", expected a number over 0");
    QTest::newRow("a rank that is no number")
        << QStringList{"sweep", "demo:gqa", "--ranks", "8,a"} << 2
        << QByteArray("--ranks: found \"a\", expected a whole number from 1");
    QTest::newRow("a context of one") << QStringList{"analyze", "demo:gqa", "-c", "1"} << 2
                                      << QByteArray("found \"1\", expected a whole number from 2");
    QTest::newRow("an option twice")
        << QStringList{"perplexity", "demo:gqa", "-c", "64", "-c", "32"} << 2
        << QByteArray("--context: given more than once");
    QTest::newRow("an option without its value")
        << QStringList{"perplexity", "demo:gqa", "--tokens"} << 2
        << QByteArray("--tokens: its value is missing");
    QTest::newRow("a target of other models")
        << QStringList{"plan", "demo:gqa", "--budget", "1", "--targets", "rope_key"} << 2
        << QByteArray("--targets: qwen2 has no such target; found rope_key, expected k, v");
    const QString one = folder_.filePath("one.txt");
    QFile token(one);
    QVERIFY(token.open(QIODevice::WriteOnly) && token.write("a") == 1);
    token.close();
    for (const char* option : {"--file", "--calibration"})
      QTest::addRow("one token as %s", option)
          << QStringList{"perplexity", "demo:gqa", "--compress", "v:rank=9",
                         "--tokens",   "64",       option,       one}
          << 1 << QByteArray("one.txt: the text is too short to be measured; found 1");
  }
  void failuresAreOneLine() {
    QFETCH(QStringList, arguments);
    QFETCH(int, status);
    QFETCH(QByteArray, mentions);
    const Outcome outcome = runCli(arguments);
    QCOMPARE(outcome.status, status);
    QCOMPARE(outcome.err.count('\n'), 1);
    QVERIFY2(outcome.err.contains(mentions), outcome.err.constData());
    QVERIFY(outcome.out.isEmpty());
  }

  // Whoever waited for the figures sees them, wherever they cannot be kept.
  void figuresAreShownThoughTheyCannotBeSaved() {
    const QString run = folder_.filePath("full.kvl.h5"), plan = folder_.filePath("full.json");
    const auto limited = [&](const QStringList& arguments) {  // no file over 4 KB
      return runProgram(
          "/bin/sh",
          QStringList{"-c", "trap '' XFSZ; ulimit -f 8; exec \"$0\" \"$@\"", KVLOUPE_CLI} +
              arguments);
    };
    const QStringList question = {"perplexity", "demo:gqa", "--file", text_,        "-c",
                                  "64",         "--tokens", "512",    "--compress", "v:rank=9"};
    for (const QStringList& to :
         {QStringList{"-o", run}, {"--export-plan", plan}, {"-o", "/proc/full.kvl.h5"}}) {
      const Outcome outcome = limited(question + to);
      QCOMPARE(outcome.status, 1);
      QVERIFY(outcome.out.contains("Compressed PPL"));
      QVERIFY(!outcome.out.contains("Saved to"));
      QCOMPARE(outcome.err.count('\n'), 1);
      QVERIFY2(outcome.err.contains("full."), outcome.err.constData());
    }
    QVERIFY(!QFile::exists(run) && !QFile::exists(plan));
  }

  void wantOfMemoryIsOneLine() {
#ifdef __SANITIZE_ADDRESS__
    QSKIP("AddressSanitizer needs terabytes of addresses");
#endif
    // The first is too little for the libraries: OpenBLAS would never come back.
    for (const char* kilobytes : {"700000", "1000000"}) {
      const Outcome outcome = runProgram(
          "/bin/sh", {"-c", QString("ulimit -v %1; exec \"$0\" \"$@\"").arg(kilobytes), KVLOUPE_CLI,
                      "perplexity", "demo:gqa", "--quiet", "--file", text_, "--dtype", "float32"});
      // On another system the second may be enough.
      if (outcome.status == 0 && QByteArray(kilobytes) != "700000") continue;
      QCOMPARE(outcome.status, 1);
      QVERIFY2(outcome.err.count('\n') == 1 && outcome.err.contains("memory"),
               outcome.err.constData());
    }
  }

  void aPlanOfAnotherModelIsSaidToBeOne() {
    const QString plan = folder_.filePath("v.json");
    QStringList question = {"perplexity", "demo:gqa", "--file",   text_,
                            "-c",         "64",       "--tokens", "512"};
    QCOMPARE(runCli(question + QStringList{"--compress", "v:rank=9", "--export-plan", plan}).status,
             0);
    const Outcome own = runCli(question + QStringList{"--plan", plan});
    QCOMPARE(own.status, 0);
    QVERIFY2(own.err.isEmpty(), own.err.constData());
    question[1] = "demo:mla";
    const Outcome other = runCli(question + QStringList{"--plan", plan});
    QCOMPARE(other.status, 0);
    QVERIFY2(other.err.contains("made for other weights, those of demo:gqa"),
             other.err.constData());
  }

  void helpLeadsToTheFirstFigures() {
    const QByteArray help = runCli({"--help"}).out;
    for (const char* step : {"kvloupe-cli verdict", "kvloupe-cli plan", "kvloupe-cli export"})
      QVERIFY2(help.contains(step), step);
    for (const char* command : {"perplexity", "sensitivity"})
      QVERIFY(runCli({command, "--help"}).out.contains("SPEC is TARGET:key=value"));
    for (const char* command : {"analyze", "perplexity", "sweep", "verdict", "sensitivity", "plan"})
      for (const char* raw : {"TEXT", "INT", "FLOAT", "POSITIVE"})
        QVERIFY2(!runCli({command, "--help"}).out.contains(raw), raw);
  }

  void usage() {
    QCOMPARE(runCli({}).status, 2);
    QCOMPARE(runCli({"analyse"}).status, 2);
    QCOMPARE(runCli({"perplexity", "demo:gqa", "--ctx"}).status, 2);
    QCOMPARE(runCli({"--help"}).status, 0);
    QCOMPARE(runCli({"perplexity", "--help"}).status, 0);
  }
};

QTEST_GUILESS_MAIN(CliTest)
#include "cli_test.moc"
