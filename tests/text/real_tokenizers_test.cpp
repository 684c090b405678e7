// SPDX-License-Identifier: GPL-3.0-or-later
#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QtTest>
#include <string>
#include <vector>

#include "text/corpus.hpp"
#include "text/tokenizer.hpp"
#include "text/windows.hpp"

using namespace kvloupe;

namespace {

using Ids = std::vector<std::int32_t>;

QString shared(const QString& path) {
  return qEnvironmentVariable("KVLOUPE_SHARED_DATA") + '/' + path;
}

QByteArray contents(const QString& path) {
  QFile file(path);
  if (!file.open(QIODevice::ReadOnly)) qFatal("cannot read %s", qPrintable(path));
  return file.readAll();
}

}  // namespace

/// Real tokenizers against ids from llama.cpp's and transformers' own runs.
class RealTokenizersTest : public QObject {
  Q_OBJECT

 private slots:
  void initTestCase() {
    if (!QDir(shared("tokenizers")).exists()) QSKIP("KVLOUPE_SHARED_DATA holds no tokenizers");
  }

  void givesTheGoldenIds_data() {
    QTest::addColumn<QString>("pairs");
    QTest::addColumn<QStringList>("files");  // as they are, and under which name
    QTest::newRow("GPT-2") << "gpt2/ggml-vocab-gpt-2.gguf"
                           << QStringList{"gpt2/tokenizer.json", "tokenizer.json"};
    QTest::newRow("GPT-2, merges as pairs")
        << "gpt2/ggml-vocab-gpt-2.gguf"
        << QStringList{"gpt2/tokenizer.new-merges-format.json", "tokenizer.json"};
    QTest::newRow("GPT-2, vocab and merges")
        << "gpt2/ggml-vocab-gpt-2.gguf"
        << QStringList{"gpt2/vocab.json", "vocab.json", "gpt2/merges.txt", "merges.txt"};
    QTest::newRow("Llama 2") << "llama-2/ggml-vocab-llama-spm.gguf"
                             << QStringList{"llama-2/tokenizer.json", "tokenizer.json"};
    QTest::newRow("Llama 2, SentencePiece")
        << "llama-2/ggml-vocab-llama-spm.gguf"
        << QStringList{"llama-2/tokenizer.model", "tokenizer.model"};
    QTest::newRow("Qwen2.5") << "qwen2.5/ggml-vocab-qwen2.gguf"
                             << QStringList{"qwen2.5/tokenizer.reconstructed.json",
                                            "tokenizer.json"};
    QTest::newRow("Qwen2.5, vocab and merges") << "qwen2.5/ggml-vocab-qwen2.gguf"
                                               << QStringList{"qwen2.5/vocab.json",
                                                              "vocab.json",
                                                              "qwen2.5/merges.txt",
                                                              "merges.txt",
                                                              "qwen2.5/tokenizer_config.json",
                                                              "tokenizer_config.json"};
  }
  void givesTheGoldenIds() {
    QFETCH(QString, pairs);
    QFETCH(QStringList, files);
    QTemporaryDir folder;
    for (qsizetype i = 0; i < files.size(); i += 2) {
      QVERIFY(QFile::copy(shared("tokenizers/" + files[i]), folder.filePath(files[i + 1])));
    }
    const auto tokenizer = openTokenizer(folder.path().toStdString());
    QString all = QString::fromUtf8(contents(shared("tokenizers/" + pairs + ".inp")));
    const QStringList texts = all.split("\n__ggml_vocab_test__\n");
    const QList<QByteArray> lines = contents(shared("tokenizers/" + pairs + ".out")).split('\n');
    QVERIFY(texts.size() > 40);
    QVERIFY(lines.size() >= texts.size());
    for (qsizetype i = 0; i < texts.size(); ++i) {
      const Ids got = tokenizer->encode(texts[i].toStdString(), SpecialTokens::Omit);
      QStringList shown;
      for (const std::int32_t id : got) shown += QString::number(id);
      QCOMPARE(shown.join(' '), QString::fromUtf8(lines[i]).simplified());
    }
  }

  void mistralReadsBothFilesAlike() {
    QTemporaryDir json, model;
    const QString from = "tokenizers/mistral-7b-v0.1/";
    QVERIFY(QFile::copy(shared(from + "tokenizer.json"), json.filePath("tokenizer.json")));
    QVERIFY(QFile::copy(shared(from + "tokenizer.model"), model.filePath("tokenizer.model")));
    const Text text = readText(shared("text/tinystories/calibration.txt").toStdString());
    const auto a = openTokenizer(json.path().toStdString());
    const auto b = openTokenizer(model.path().toStdString());
    QVERIFY(encodeText(*a, text) == encodeText(*b, text));
    QVERIFY(a->bosId() == b->bosId());
  }

  void countsTheReferencesTokens_data() {
    QTest::addColumn<QString>("text");
    QTest::addColumn<int>("count");
    QTest::newRow("eval") << "eval.txt" << 38'921;
    QTest::newRow("calibration") << "calibration.txt" << 119'725;
  }
  void countsTheReferencesTokens() {
    QFETCH(QString, text);
    QFETCH(int, count);
    const Text corpus = readText(shared("text/tinystories/" + text).toStdString());
    QTemporaryDir model;
    QVERIFY(QFile::copy(shared("models/stories260k/tokenizer.model"),
                        model.filePath("tokenizer.model")));
    const Ids fromJson =
        encodeText(*openTokenizer(shared("models/stories260k").toStdString()), corpus);
    const Ids fromModel = encodeText(*openTokenizer(model.path().toStdString()), corpus);
    QCOMPARE(static_cast<int>(fromJson.size()), count);
    QVERIFY(fromJson == fromModel);
    if (text == "eval.txt") {
      const Ids first{1, 385, 328, 432, 261, 376, 298, 315, 421, 395, 317, 272};
      QVERIFY(Ids(fromJson.begin(), fromJson.begin() + 12) == first);
      QCOMPARE(papersWindows(count, 512).size(), std::size_t{76});
    }
  }
};

QTEST_APPLESS_MAIN(RealTokenizersTest)
#include "real_tokenizers_test.moc"
