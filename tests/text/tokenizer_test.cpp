// SPDX-License-Identifier: GPL-3.0-or-later
#include "text/tokenizer.hpp"

#include <QDir>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTemporaryDir>
#include <QtTest>
#include <algorithm>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "common/error.hpp"

using namespace kvloupe;

namespace {

using Ids = std::vector<std::int32_t>;

const QString kData = QStringLiteral(KVLOUPE_TEST_DATA "/text/");

QJsonDocument json(const QString& name) {
  QFile file(kData + name);
  if (!file.open(QIODevice::ReadOnly)) qFatal("%s is missing", qPrintable(file.fileName()));
  return QJsonDocument::fromJson(file.readAll());
}

Ids ids(const QJsonValue& value) {
  Ids list;
  for (const QJsonValue& id : value.toArray()) list.push_back(id.toInt());
  return list;
}

QString shown(const Ids& list) {
  QStringList text;
  for (const std::int32_t id : list) text += QString::number(id);
  return text.join(' ');
}

/// A model folder that holds one of the fixtures under the name that models have it by.
class ModelFolder {
 public:
  void add(const QString& fixture, const QString& name) {
    if (!QFile::copy(kData + fixture, folder_.filePath(name))) qFatal("cannot copy");
  }
  void write(const QString& name, const QByteArray& bytes) {
    QFile file(folder_.filePath(name));
    if (!file.open(QIODevice::WriteOnly)) qFatal("cannot write");
    file.write(bytes);
  }
  [[nodiscard]] std::unique_ptr<Tokenizer> open() const {
    return openTokenizer(folder_.path().toStdString());
  }
  [[nodiscard]] std::string path() const { return folder_.path().toStdString(); }

 private:
  QTemporaryDir folder_;
};

std::unique_ptr<Tokenizer> openFixture(const QString& name) {
  ModelFolder folder;
  if (QFile::exists(kData + name + ".model")) {
    folder.add(name + ".model", "tokenizer.model");
  } else {
    folder.add(name + ".json", "tokenizer.json");
  }
  return folder.open();
}

}  // namespace

class TokenizerTest : public QObject {
  Q_OBJECT

 private slots:
  void initTestCase() {
    for (const QJsonValue& text : json("strings.json").array()) {
      strings_.push_back(text.toString().toStdString());
    }
    expected_ = json("ids.json").object();
    QVERIFY(strings_.size() >= 200);
    QCOMPARE(expected_.size(), 14);
  }

  void givesTheLibrarysIds_data() {
    QTest::addColumn<QString>("name");
    for (const QString& name : expected_.keys()) QTest::newRow(qPrintable(name)) << name;
  }
  void givesTheLibrarysIds() {
    QFETCH(QString, name);
    const auto tokenizer = openFixture(name);
    const QJsonObject record = expected_[name].toObject();
    const QJsonArray plain = record["plain"].toArray();
    const QJsonObject decoded = record["decoded"].toObject();
    const Ids special = ids(record["special"]);
    QCOMPARE(plain.size(), static_cast<qsizetype>(strings_.size()));
    for (std::size_t i = 0; i < strings_.size(); ++i) {
      const std::string& text = strings_[i];
      const Ids want = ids(plain[static_cast<qsizetype>(i)]);
      const Ids got = tokenizer->encode(text, SpecialTokens::Omit);
      QVERIFY2(got == want,
               qPrintable(QString("%1: %2 gives %3, expected %4")
                              .arg(i)
                              .arg(QString::fromStdString(text), shown(got), shown(want))));
      Ids whole = want;
      if (!special.empty()) {
        whole.insert(whole.begin(), special.front());
        whole.insert(whole.end(), special.begin() + 1, special.end());
      }
      QVERIFY(tokenizer->encode(text) == whole);
      const QJsonValue back = decoded[QString::number(i)];
      QCOMPARE(QString::fromStdString(tokenizer->decode(want)),
               back.isString() ? back.toString() : QString::fromStdString(text));
    }
    QCOMPARE(tokenizer->bosId().value_or(-1), special.empty() ? -1 : special.front());
  }

  void encodesALongText() {
    // Words from the cache, words cut out of one piece, and words for the other merge loop.
    std::string text;
    for (int i = 0; i < 3; ++i) {
      for (const std::string& part : strings_) text += "\n\n" + part;
    }
    for (const QString& name : expected_.keys()) {
      const Ids got = openFixture(name)->encode(text.substr(2), SpecialTokens::Omit);
      const QJsonObject want = expected_[name].toObject()["long"].toObject();
      std::uint64_t hash = 0xCBF29CE484222325U;
      for (const std::int32_t id : got) {
        hash = (hash ^ static_cast<std::uint64_t>(id)) * 0x100000001B3U;
      }
      QVERIFY2(static_cast<int>(got.size()) == want["count"].toInt(), qPrintable(name));
      QVERIFY2(hash == want["fnv"].toString().toULongLong(nullptr, 16), qPrintable(name));
    }
  }

  void countsAddedTokensOnFromTheVocabulary_data() {
    // The library passes over the ids that the file declares for them.
    QTest::addColumn<QByteArray>("vocab");
    QTest::addColumn<QString>("ids");
    QTest::newRow("whole") << QByteArray(R"({"a": 0, "b": 1, "ab": 2})") << "2 3 4 1";
    QTest::newRow("with a gap") << QByteArray(R"({"a": 0, "b": 1, "ab": 5})") << "5 3 4 1";
  }
  void countsAddedTokensOnFromTheVocabulary() {
    QFETCH(QByteArray, vocab);
    QFETCH(QString, ids);
    ModelFolder folder;
    // No "type" in the model, as in the library's first files.
    folder.write("tokenizer.json",
                 R"({"added_tokens": [{"id": 9, "content": "<x>", "special": true},
                     {"id": 12, "content": "<y>", "normalized": false}],
                     "model": {"merges": ["a b"], "vocab": )" +
                     vocab + "}}");
    QCOMPARE(shown(folder.open()->encode("ab<x><y>b")), ids);
  }

  void ignoresTruncationAndPadding() {
    ModelFolder folder;
    QJsonObject root = json("qwen.json").object();
    root["truncation"] = QJsonObject{
        {"direction", "Right"}, {"max_length", 4}, {"strategy", "LongestFirst"}, {"stride", 0}};
    folder.write("tokenizer.json", QJsonDocument(root).toJson());
    QVERIFY(folder.open()->encode("The harbour master wrote") ==
            openFixture("qwen")->encode("The harbour master wrote"));
  }

  void readsIllFormedTextAsReplacements() {
    const auto tokenizer = openFixture("qwen");
    QVERIFY(tokenizer->encode("a\xFF z\xE4\xB8") == tokenizer->encode("a\uFFFD z\uFFFD"));
  }

  void addsBosToALoneSentencePieceModel_data() {
    QTest::addColumn<QByteArray>("config");
    QTest::addColumn<bool>("adds");
    QTest::newRow("no config") << QByteArray() << true;
    QTest::newRow("says nothing") << QByteArray("{\"bos_token\": \"<s>\"}") << true;
    QTest::newRow("true") << QByteArray("{\"add_bos_token\": true}") << true;
    QTest::newRow("null") << QByteArray("{\"add_bos_token\": null}") << true;
    QTest::newRow("false") << QByteArray("{\"add_bos_token\": false}") << false;
  }
  void addsBosToALoneSentencePieceModel() {
    QFETCH(QByteArray, config);
    QFETCH(bool, adds);
    ModelFolder folder;
    folder.add("sp_identity.model", "tokenizer.model");
    if (!config.isEmpty()) folder.write("tokenizer_config.json", config);
    const auto tokenizer = folder.open();
    Ids expected = tokenizer->encode("the sea", SpecialTokens::Omit);
    if (adds) expected.insert(expected.begin(), 1);
    QVERIFY(tokenizer->encode("the sea") == expected);
    QCOMPARE(tokenizer->bosId().has_value(), adds);
  }

  void configBesideTokenizerJsonAddsNoBos() {
    ModelFolder folder;
    folder.add("qwen.json", "tokenizer.json");
    folder.write("tokenizer_config.json",
                 "{\"bos_token\": \"<|im_start|>\", \"add_bos_token\": true}");
    QVERIFY(!folder.open()->bosId());
  }

  void prefersTokenizerJson() {
    ModelFolder folder;
    folder.add("qwen.json", "tokenizer.json");
    folder.add("sp_identity.model", "tokenizer.model");
    QVERIFY(folder.open()->encode("The sea") == openFixture("qwen")->encode("The sea"));
  }

  void readsVocabAndMerges_data() {
    QTest::addColumn<QString>("fixture");
    QTest::addColumn<QByteArray>("config");
    QTest::newRow("GPT-2, no config") << "gpt2" << QByteArray();
    QTest::newRow("GPT-2") << "gpt2" << QByteArray("{\"tokenizer_class\": \"GPT2TokenizerFast\"}");
    QTest::newRow("Qwen2") << "qwen" << QByteArray("{\"tokenizer_class\": \"Qwen2Tokenizer\"}");
  }
  void readsVocabAndMerges() {
    QFETCH(QString, fixture);
    QFETCH(QByteArray, config);
    // The same model as a tokenizer.json without added tokens and with the kind's own steps.
    QJsonObject root = json(fixture + ".json").object();
    const QJsonObject model = root["model"].toObject();
    root["added_tokens"] = QJsonArray();
    if (fixture == "gpt2") {
      root["normalizer"] = QJsonValue::Null;
      root["pre_tokenizer"] =
          QJsonObject{{"type", "ByteLevel"}, {"add_prefix_space", false}, {"trim_offsets", true}};
    }
    ModelFolder reference;
    reference.write("tokenizer.json", QJsonDocument(root).toJson());

    ModelFolder folder;
    folder.write("vocab.json", QJsonDocument(model["vocab"].toObject()).toJson());
    QByteArray merges = "#version: 0.2\n";
    for (const QJsonValue& merge : model["merges"].toArray()) {
      merges += merge.isString()
                    ? merge.toString().toUtf8()
                    : merge[0].toString().toUtf8() + ' ' + merge[1].toString().toUtf8();
      merges += '\n';
    }
    folder.write("merges.txt", merges);
    if (!config.isEmpty()) folder.write("tokenizer_config.json", config);

    const auto got = folder.open();
    const auto want = reference.open();
    QVERIFY(!got->bosId());
    for (const std::string& text : strings_) {
      QVERIFY2(got->encode(text) == want->encode(text), text.c_str());
    }
  }

  void addedTokensOfTheConfigCount() {
    ModelFolder folder;
    const QJsonObject model = json("qwen.json").object()["model"].toObject();
    folder.write("vocab.json", QJsonDocument(model["vocab"].toObject()).toJson());
    folder.write("merges.txt", "");
    folder.write("tokenizer_config.json",
                 "{\"tokenizer_class\": \"Qwen2Tokenizer\", \"added_tokens_decoder\": {\"900\": "
                 "{\"content\": \"<|box|>\", \"special\": true}}}");
    const auto tokenizer = folder.open();
    const Ids got = tokenizer->encode("a<|box|>");
    QCOMPARE(got.size(), std::size_t{2});
    QCOMPARE(got[1], 900);
    QCOMPARE(tokenizer->vocabSize(), 901);
  }

  void showsTokens() {
    const auto qwen = openFixture("qwen");
    const Ids the = qwen->encode(" the");
    QCOMPARE(QString::fromStdString(qwen->tokenText(the.back())), QString(" the"));
    QCOMPARE(QString::fromStdString(qwen->tokenText(qwen->encode("\uE000").front())),
             QString("<0xEE>"));
    QCOMPARE(qwen->tokenText(qwen->encode("<|im_end|>").front()), std::string("<|im_end|>"));
    QCOMPARE(qwen->tokenText(99'999), std::string());
    QCOMPARE(qwen->tokenText(-1), std::string());
    const auto llama = openFixture("llama2");
    QCOMPARE(llama->tokenText(llama->encode("the").back()).substr(0, 1), std::string(" "));
    const auto model = openFixture("sp_identity");
    QCOMPARE(model->tokenText(model->encode(" ").back()).substr(0, 1), std::string(" "));
    QCOMPARE(model->tokenText(99'999), std::string());
  }

  void describesItself() {
    QCOMPARE(openFixture("qwen")->description(),
             std::string("tokenizer.json, byte-level BPE, 423 tokens"));
    QCOMPARE(openFixture("llama2")->description(),
             std::string("tokenizer.json, BPE with byte fallback, 560 tokens"));
    QCOMPARE(openFixture("sp_identity")->description(),
             std::string("tokenizer.model, SentencePiece, 480 tokens"));
    QCOMPARE(openFixture("qwen")->vocabSize(), 423);
  }

  void checksIdsAgainstTheModel() {
    const auto tokenizer = openFixture("qwen");
    const Ids good = tokenizer->encode("a text");
    checkTokenIds(good, 423, *tokenizer, "m");
    const Ids bad = tokenizer->encode("a<|im_end|>");
    try {
      checkTokenIds(bad, 422, *tokenizer, "m");
      QFAIL("accepted");
    } catch (const Error& error) {
      QCOMPARE(error.code(), ErrorCode::Mismatch);
      QCOMPARE(error.detail().file, std::string("m"));
      QCOMPARE(error.detail().place, std::string("token 1 of the text"));
      QCOMPARE(error.detail().found, std::string("id 422 (\"<|im_end|>\")"));
      QCOMPARE(error.detail().expected, std::string("ids below the 422 rows of the embedding"));
    }
  }

  void saysWhatItLookedFor() {
    ModelFolder folder;
    folder.write("vocab.json", "{}");
    try {
      (void)folder.open();
      QFAIL("opened");
    } catch (const Error& error) {
      QCOMPARE(error.code(), ErrorCode::NotFound);
      QCOMPARE(error.detail().file, folder.path());
      QCOMPARE(error.detail().expected,
               std::string("tokenizer.json, tokenizer.model, or vocab.json and merges.txt"));
    }
  }

 private:
  std::vector<std::string> strings_;
  QJsonObject expected_;
};

QTEST_APPLESS_MAIN(TokenizerTest)
#include "tokenizer_test.moc"
