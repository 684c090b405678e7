// SPDX-License-Identifier: GPL-3.0-or-later
// What a stranger's folder is refused for: one line, and before the core module is loaded.
#include <QDir>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QTemporaryDir>
#include <QtTest>
#include <functional>

#include "program.hpp"

namespace {

/// Where the core module is not to be found: what needs it fails, and says so.
Outcome runWithoutCore(const QStringList& arguments) {
  QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
  environment.insert("KVLOUPE_CORE", "/nowhere/libkvloupe-core.so");
  return runCli(arguments, environment);
}

QByteArray contents(const QString& path) {
  QFile file(path);
  if (!file.open(QIODevice::ReadOnly)) qFatal("cannot read %s", qPrintable(path));
  return file.readAll();
}

void write(const QString& path, const QByteArray& bytes) {
  QFile file(path);
  if (!file.open(QIODevice::WriteOnly)) qFatal("cannot write %s", qPrintable(path));
  file.write(bytes);
}

/// A small llama with biases and a tokenizer, in the folder "m", that a test may damage.
class Model {
 public:
  Model() {
    QDir(folder_.path()).mkdir("m");
    const QString from = QStringLiteral(KVLOUPE_TEST_DATA);
    for (const char* name : {"config.json", "model.safetensors"})
      write(file(name), contents(from + "/model/llama_gqa_bias_llama3/" + name));
    write(file("tokenizer.json"), contents(from + "/text/words.json"));
    write(text(), "Some words to measure on.");
  }
  [[nodiscard]] QString path() const { return folder_.filePath("m"); }
  [[nodiscard]] QString file(const QString& name) const { return path() + '/' + name; }
  [[nodiscard]] QString text() const { return folder_.filePath("text.txt"); }
  void replace(const QString& name, const QByteArray& from, const QByteArray& to) const {
    QByteArray bytes = contents(file(name));
    if (!bytes.contains(from)) qFatal("%s: nothing to replace", qPrintable(name));
    write(file(name), bytes.replace(from, to));
  }

 private:
  QTemporaryDir folder_;
};

using Damage = std::function<void(const Model&)>;

}  // namespace

class RefusalTest : public QObject {
  Q_OBJECT

 private slots:
  void aGoodFolderNeedsTheCore() {
    const Model model;
    const Outcome outcome = runWithoutCore({"perplexity", model.path(), "--file", model.text()});
    QCOMPARE(outcome.status, 1);
    QVERIFY2(outcome.err.contains("the part of the program that runs models did not load"),
             outcome.err.constData());
  }

  void refused_data() {
    QTest::addColumn<Damage>("damage");
    QTest::addColumn<bool>("described");  // `info` refuses it, too
    QTest::addColumn<QString>("file");
    QTest::addColumn<QString>("says");
    const auto row = [](const char* name, const Damage& damage, bool described, const char* file,
                        const char* says) {
      QTest::newRow(name) << damage << described << QString(file) << QString(says);
    };
    row(
        "config", [](const Model& m) { m.replace("config.json", "\"hidden_size\"", "\"hidden\""); },
        false, "config.json", "hidden_size: missing; found no such key, expected this field");
    row(
        "quantized",
        [](const Model& m) {
          m.replace("config.json", "{", R"({"quantization_config": {"quant_method": "awq"},)");
        },
        true, "config.json",
        "quantization_config: quantized weights cannot be run; found awq, expected weights in F32, "
        "F16 or BF16");
    row(
        "weights cut short",
        [](const Model& m) {
          QFile file(m.file("model.safetensors"));
          QVERIFY(file.resize(file.size() - 8));
        },
        false, "model.safetensors", ": the file is truncated; found a data size of ");
    row(
        "weights of another model",
        [](const Model& m) {
          m.replace("config.json", "\"vocab_size\"", "\"vocab_size\": 7, \"v\"");
        },
        false, "model.safetensors",
        "model.embed_tokens.weight: the embedding does not have vocab_size rows; found ");
    row(
        "pickled weights",
        [](const Model& m) {
          QVERIFY(QFile::rename(m.file("model.safetensors"), m.file("pytorch_model.bin")));
        },
        true, "",
        "pytorch_model.bin: pickle files can run code when they are read and are never opened; "
        "found weights as pickle files alone, expected model.safetensors, or its index and shards");
    row(
        "no weights", [](const Model& m) { QVERIFY(QFile::remove(m.file("model.safetensors"))); },
        true, "",
        "no weights in the model's folder; found neither, expected model.safetensors, or "
        "its index and shards");
    row(
        "tokenizer",
        [](const Model& m) { m.replace("tokenizer.json", "\"type\":\"BPE\"", "\"type\":7"); },
        false, "tokenizer.json", "model.type: wrong type; found 7, expected a string");
    row(
        "tokenizer of another kind",
        [](const Model& m) {
          m.replace("tokenizer.json", "\"type\":\"BPE\"", "\"type\":\"Unigram\"");
        },
        true, "tokenizer.json",
        "model.type: a tokenizer model that is not supported; found the string \"Unigram\", "
        "expected "
        "\"BPE\"");
    row(
        "no tokenizer", [](const Model& m) { QVERIFY(QFile::remove(m.file("tokenizer.json"))); },
        true, "",
        "the model folder has no tokenizer; found none of them, expected tokenizer.json, "
        "tokenizer.model, or vocab.json and merges.txt");
  }

  void refused() {
    QFETCH(Damage, damage);
    QFETCH(bool, described);
    QFETCH(QString, file);
    QFETCH(QString, says);
    const Model model;
    damage(model);
    const QString place = model.path() + (file.isEmpty() ? "" : '/' + file) + ": ";
    for (const QString command : {"perplexity", "info"}) {
      QStringList arguments{command, model.path()};
      if (command == "info")
        arguments << "--json";
      else
        arguments << "--file" << model.text();
      const Outcome outcome = runWithoutCore(arguments);
      if (command == "info" && described) {
        QCOMPARE(outcome.status, 0);
        QVERIFY(!QJsonDocument::fromJson(outcome.out)["warnings"].toArray().isEmpty());
        continue;
      }
      QCOMPARE(outcome.status, 1);
      QVERIFY(outcome.out.isEmpty());
      QCOMPARE(outcome.err.count('\n'), 1);
      const QString line = QString::fromUtf8(outcome.err);
      QVERIFY2(line.startsWith("kvloupe-cli: " + place), outcome.err.constData());
      QVERIFY2(line.contains(says), outcome.err.constData());
    }
  }

  void infoNamesUnusedTensors() {
    const Model model;
    const auto warnings = [&model] {
      const Outcome outcome = runWithoutCore({"info", model.path(), "--json"});
      if (outcome.status != 0) qWarning("%s", outcome.err.constData());
      const QJsonDocument info = QJsonDocument::fromJson(outcome.out);
      return qMakePair(info["warnings"].toArray(), info["tokenizer"].toString());
    };
    QVERIFY(warnings().first.isEmpty());
    QVERIFY(warnings().second.startsWith("tokenizer.json, BPE"));
    model.replace("config.json", "\"attention_bias\": true", "\"attention_bias\": false");
    QCOMPARE(warnings().first.size(), 1);
    const QString warning = warnings().first[0].toString();
    QVERIFY2(warning.contains("tensors in the weights are not used, the first is "
                              "model.layers.0.self_attn."),
             qPrintable(warning));
  }
};

QTEST_GUILESS_MAIN(RefusalTest)
#include "refusal_test.moc"
