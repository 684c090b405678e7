// SPDX-License-Identifier: GPL-3.0-or-later
#include <QFile>
#include <QTemporaryDir>
#include <QtTest>
#include <string>

#include "common/error.hpp"
#include "support/caught_error.hpp"
#include "support/processor_timer.hpp"
#include "text/tokenizer.hpp"

using namespace kvloupe;

namespace {

const QByteArray kGood = R"({
  "version": "1.0", "truncation": null, "padding": null,
  "added_tokens": [
    {"id": 0, "content": "<unk>", "single_word": false, "lstrip": false, "rstrip": false,
     "normalized": false, "special": true},
    {"id": 6, "content": "<s>", "single_word": false, "lstrip": false, "rstrip": false,
     "normalized": false, "special": true}],
  "normalizer": {"type": "NFC"},
  "pre_tokenizer": {"type": "Split", "pattern": {"Regex": "a+"}, "behavior": "Isolated",
                    "invert": false},
  "post_processor": {"type": "TemplateProcessing",
    "single": [{"SpecialToken": {"id": "<s>", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}}],
    "pair": [], "special_tokens": {"<s>": {"id": "<s>", "ids": [6], "tokens": ["<s>"]}}},
  "decoder": {"type": "Fuse"},
  "model": {"type": "BPE", "dropout": null, "unk_token": "<unk>", "continuing_subword_prefix": null,
    "end_of_word_suffix": null, "fuse_unk": false, "byte_fallback": false,
    "vocab": {"<unk>": 0, "a": 1, "b": 2, "ab": 3, "c": 4, "abc": 5},
    "merges": ["a b", ["ab", "c"]]}})";

struct Refusal {
  const char* title;
  QByteArray from;  // in the good file
  QByteArray to;
  ErrorCode code;
  const char* place;
  const char* found;  // "" where the message says it all
  const char* expected;
};

constexpr auto kMalformed = ErrorCode::Malformed;
constexpr auto kMismatch = ErrorCode::Mismatch;
constexpr auto kUnsupported = ErrorCode::Unsupported;

}  // namespace

Q_DECLARE_METATYPE(kvloupe::ErrorCode)

/// Every way in which trust.md says that a tokenizer file must be refused.
class TokenizerRefusalTest : public QObject {
  Q_OBJECT

 private:
  static void write(const QTemporaryDir& folder, const QString& name, const QByteArray& bytes) {
    QFile file(folder.filePath(name));
    if (!file.open(QIODevice::WriteOnly)) qFatal("cannot write");
    file.write(bytes);
  }

  static void row(const Refusal& r) {
    QByteArray bytes = kGood;
    if (!bytes.contains(r.from)) qFatal("%s: nothing to replace", r.title);
    bytes.replace(r.from, r.to);
    QTest::newRow(r.title) << bytes << r.code << r.place << r.found << r.expected;
  }

 private slots:
  void acceptsTheGoodFile() {
    QTemporaryDir folder;
    write(folder, "tokenizer.json", kGood);
    const auto tokenizer = openTokenizer(folder.path().toStdString());
    QVERIFY(tokenizer->encode("abcx") == (std::vector<std::int32_t>{6, 1, 2, 4, 0}));
    QVERIFY(tokenizer->encode("bc<s>") == (std::vector<std::int32_t>{6, 2, 4, 6}));
  }

  void refuses_data() {
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<ErrorCode>("code");
    QTest::addColumn<QString>("place");
    QTest::addColumn<QString>("found");
    QTest::addColumn<QString>("expected");
    row({"no JSON", "{\n  \"version\"", "{\n  version", kMalformed, "byte 4", "{<U+000A>  v",
         "JSON"});
    row({"root an array", kGood, "[]", kMalformed, "", "an array of 0", "an object"});
    row({"root a string", kGood, "\"tokenizer\"", kMalformed, "", "the string \"tokenizer\"",
         "an object"});
    row({"empty file", kGood, "", kMalformed, "byte 0", "the end of the text", "JSON"});
    row({"cut", "[\"ab\", \"c\"]]}}", "[\"ab\"", kMalformed, "byte 1055", "the end of the text",
         "JSON"});
    row({"version", "\"1.0\"", "\"2.0\"", kUnsupported, "version", "the string \"2.0\"",
         "\"1.0\""});
    row({"no model", "\"model\": {", "\"mode\": {", kMalformed, "model", "no such key",
         "this field"});
    row({"duplicate key in the vocabulary", "\"c\": 4,", "\"c\": 4, \"\\u0061\": 7,", kMalformed,
         "model.vocab.a", "it at byte 987 and again at byte 1025", "every key once"});
    row({"unknown model", "\"type\": \"BPE\"", "\"type\": \"Unigram\"", kUnsupported, "model.type",
         "the string \"Unigram\"", "\"BPE\""});
    row({"dropout", "\"dropout\": null", "\"dropout\": 0.1", kUnsupported, "model.dropout", "0.1",
         "null or 0"});
    row({"duplicate id", "\"c\": 4", "\"c\": 3", kMalformed, "model.vocab",
         "id 3 for \"ab\" and \"c\"", "an id of its own for every token"});
    row({"negative id", "\"c\": 4", "\"c\": -4", kMalformed, "model.vocab.c", "-4",
         "an integer from 0 to 2147483646"});
    row({"fractional id", "\"c\": 4", "\"c\": 4.5", kMalformed, "model.vocab.c", "4.5",
         "an integer"});
    row({"id of 2^31", "\"c\": 4", "\"c\": 2147483648", kMalformed, "model.vocab.c", "2147483648",
         "an integer from 0 to 2147483646"});
    row({"id of 2^31 - 1", "\"c\": 4", "\"c\": 2147483647", kMalformed, "model.vocab.c",
         "2147483647", "an integer from 0 to 2147483646"});
    row({"id of 2^64 - 1", "\"c\": 4", "\"c\": 18446744073709551615", kMalformed, "model.vocab.c",
         "18446744073709551615", "an integer below 2^63"});
    row({"id of 10^30", "\"c\": 4", "\"c\": 1000000000000000000000000000000", kMalformed,
         "model.vocab.c", "1000000000000000000000000000000", "an integer below 2^63"});
    row({"id a string", "\"c\": 4", "\"c\": \"4\"", kMalformed, "model.vocab.c", "the string \"4\"",
         "an integer"});
    row({"vocabulary an array", "\"vocab\": {", "\"vocab\": [], \"old\": {", kMalformed,
         "model.vocab", "an array of 0", "an object"});
    row({"merge of one part", "\"a b\"", "\"ab\"", kMalformed, "model.merges[0]",
         "the string \"ab\"", "two tokens with a space between them"});
    row({"merge of three parts", "\"a b\"", "\"a b c\"", kMalformed, "model.merges[0]",
         "the string \"a b c\"", "two tokens with a space between them"});
    row({"merge pair of three", "[\"ab\", \"c\"]", "[\"a\", \"b\", \"c\"]", kMalformed,
         "model.merges[1]", "an array of 3", "two tokens"});
    row({"merge a number", "\"a b\"", "7", kMalformed, "model.merges[0]", "7", "two tokens"});
    row({"merge part a number", "[\"ab\", \"c\"]", "[\"ab\", 3]", kMalformed, "model.merges[1][1]",
         "3", "a string"});
    row({"merge of an unknown left part", "\"a b\"", "\"x b\"", kMismatch, "model.merges[0]",
         "\"x\"", "a token of the vocabulary"});
    row({"merge of an unknown right part", "[\"ab\", \"c\"]", "[\"ab\", \"x\"]", kMismatch,
         "model.merges[1]", "\"x\"", "a token of the vocabulary"});
    row({"merge without result", "[\"ab\", \"c\"]", "[\"b\", \"c\"]", kMismatch, "model.merges[1]",
         "\"bc\"", "a token of the vocabulary"});
    row({"unknown token", "\"unk_token\": \"<unk>\"", "\"unk_token\": \"<UNK>\"", kMismatch,
         "model.unk_token", "the string \"<UNK>\"", "a token of the vocabulary"});
    row({"unknown token a number", "\"unk_token\": \"<unk>\"", "\"unk_token\": 99", kMalformed,
         "model.unk_token", "99", "a string"});
    row({"added token with another token's id", "\"id\": 6", "\"id\": 3", kMismatch,
         "added_tokens[1].id", "3", "an id that is not the one of \"ab\""});
    row({"added token with another id than in the vocabulary", "{\"id\": 0", "{\"id\": 9",
         kMismatch, "added_tokens[0].id", "9", "its id there, 0"});
    row({"added tokens with one id", "\"added_tokens\": [",
         "\"added_tokens\": [{\"id\": 6, \"content\": \"x\"},", kMismatch, "added_tokens[2].id",
         "6", "an id of its own for every token"});
    row({"added token with two ids", "\"added_tokens\": [",
         "\"added_tokens\": [{\"id\": 8, \"content\": \"<s>\"},", kMismatch, "added_tokens[2].id",
         "6", "one id"});
    row({"added token with a negative id", "\"id\": 6", "\"id\": -6", kMalformed,
         "added_tokens[1].id", "-6", "an integer from 0 to 2147483646"});
    row({"added token with a large id", "\"id\": 6", "\"id\": 4294967296", kMalformed,
         "added_tokens[1].id", "4294967296", "an integer from 0 to 2147483646"});
    row({"added token without content", "\"content\": \"<s>\"", "\"text\": \"<s>\"", kMalformed,
         "added_tokens[1].content", "no such key", "this field"});
    row({"added tokens an object", "\"added_tokens\": [", "\"added_tokens\": {}, \"old\": [",
         kMalformed, "added_tokens", "an object of 0", "an array"});
    row({"template naming a missing token", "{\"id\": \"<s>\", \"type_id\": 0}",
         "{\"id\": \"</s>\", \"type_id\": 0}", kMismatch,
         "post_processor.single[0].SpecialToken.id", "the string \"</s>\"",
         "a token of special_tokens"});
    row({"template with an id that no token has", "\"ids\": [6]", "\"ids\": [7]", kMismatch,
         "post_processor.special_tokens.<s>.ids[0]", "7", "the id of a token"});
    row({"template with a negative id", "\"ids\": [6]", "\"ids\": [-1]", kMalformed,
         "post_processor.special_tokens.<s>.ids[0]", "-1", "an integer from 0 to 2147483646"});
    row({"template of a second text", "{\"id\": \"A\"", "{\"id\": \"B\"", kMalformed,
         "post_processor.single[1].Sequence.id", "the string \"B\"", "\"A\""});
    row({"bad regular expression", "\"a+\"", "\"(a+\"", kMalformed, "pre_tokenizer.pattern.Regex",
         "(a+", "a regular expression"});
    row({"pattern of another kind", "{\"Regex\":", "{\"Glob\":", kMalformed,
         "pre_tokenizer.pattern", "an object of 1", "an object with \"String\" or \"Regex\""});
    row({"unknown behavior", "\"Isolated\"", "\"Merged\"", kUnsupported, "pre_tokenizer.behavior",
         "the string \"Merged\"",
         "Removed, Isolated, MergedWithPrevious, MergedWithNext or Contiguous"});
    row({"unknown normalizer", "\"NFC\"", "\"Precompiled\"", kUnsupported, "normalizer.type",
         "the string \"Precompiled\"",
         "NFC, NFD, NFKC, NFKD, Lowercase, Strip, StripAccents, Nmt, Prepend, Replace, ByteLevel "
         "or Sequence"});
    row({"unknown pre-tokenizer", "\"type\": \"Split\"", "\"type\": \"UnicodeScripts\"",
         kUnsupported, "pre_tokenizer.type", "the string \"UnicodeScripts\"",
         "Split, ByteLevel, Metaspace, Digits, Punctuation, Whitespace, WhitespaceSplit or "
         "Sequence"});
    row({"unknown post-processor", "\"TemplateProcessing\"", "\"Other\"", kUnsupported,
         "post_processor.type", "the string \"Other\"",
         "TemplateProcessing, ByteLevel, BertProcessing, RobertaProcessing or Sequence"});
    row({"unknown decoder", "\"Fuse\"", "\"CTC\"", kUnsupported, "decoder.type",
         "the string \"CTC\"",
         "ByteLevel, ByteFallback, Fuse, Replace, Strip, Metaspace or Sequence"});
    row({"component without a type", "{\"type\": \"Fuse\"}", "{}", kMalformed, "decoder.type",
         "no such key", "this field"});
    row({"component a string", "{\"type\": \"NFC\"}", "\"NFC\"", kMalformed, "normalizer",
         "the string \"NFC\"", "an object"});
    row({"normalizer in a sequence", "{\"type\": \"NFC\"}",
         "{\"type\": \"Sequence\", \"normalizers\": [{\"type\": \"NFC\"}, {\"type\": \"Bert\"}]}",
         kUnsupported, "normalizer.normalizers[1].type", "the string \"Bert\"",
         "NFC, NFD, NFKC, NFKD, Lowercase, Strip, StripAccents, Nmt, Prepend, Replace, ByteLevel "
         "or Sequence"});
    row({"metaspace of two characters", "{\"type\": \"Fuse\"}",
         "{\"type\": \"Metaspace\", \"replacement\": \"__\"}", kMalformed, "decoder.replacement",
         "the string \"__\"", "one character"});
    row({"misspelt byte token", "\"byte_fallback\": false,\n    \"vocab\": {",
         "\"byte_fallback\": true, \"vocab\": {\"<0xZZ>\": 9, ", kMalformed, "model.vocab",
         "\"<0xZZ>\"", "<0x00> to <0xFF>"});
    row({"byte tokens missing", "\"byte_fallback\": false,\n    \"vocab\": {",
         "\"byte_fallback\": true, \"vocab\": {\"<0x41>\": 9, ", kMalformed, "model.vocab",
         "1 of them, not <0x00>", "all 256 or none"});
  }
  void refuses() {
    QFETCH(QByteArray, bytes);
    QFETCH(ErrorCode, code);
    QFETCH(QString, place);
    QFETCH(QString, found);
    QFETCH(QString, expected);
    QTemporaryDir folder;
    write(folder, "tokenizer.json", bytes);
    const test::ProcessorTimer timer;
    const auto error = test::caughtError([&] { (void)openTokenizer(folder.path().toStdString()); });
    QVERIFY2(error, "accepted");
    QVERIFY(timer.elapsed() < 250);
    QCOMPARE(test::qstring(error->detail().file), folder.filePath("tokenizer.json"));
    QCOMPARE(error->code(), code);
    QCOMPARE(test::qstring(error->detail().place), place);
    QCOMPARE(test::qstring(error->detail().found), found);
    QCOMPARE(test::qstring(error->detail().expected), expected);
    QVERIFY(!error->detail().message.empty());
    QVERIFY(!test::qstring(error->what()).contains('\n'));
  }

  void refusesOtherFiles_data() {
    QTest::addColumn<QString>("name");
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<QString>("message");
    QTest::newRow("LFS pointer") << "tokenizer.json"
                                 << QByteArray("version https://git-lfs.github.com/spec/v1\n")
                                 << "looks like a Git LFS pointer: the file was not downloaded";
    QTest::newRow("web page") << "tokenizer.json" << QByteArray("<!DOCTYPE html><html></html>")
                              << "looks like an HTML page: the download got a web page instead";
    QTest::newRow("LFS pointer for a model")
        << "tokenizer.model" << QByteArray("version https://git-lfs.github.com/spec/v1\n")
        << "looks like a Git LFS pointer: the file was not downloaded";
    QTest::newRow("empty model") << "tokenizer.model" << QByteArray()
                                 << "not a SentencePiece model";
    QTest::newRow("text as a model")
        << "tokenizer.model" << QByteArray("hello world") << "not a SentencePiece model";
    QTest::newRow("cut model") << "tokenizer.model" << sentencePiece().left(3000)
                               << "not a SentencePiece model";
  }
  void refusesOtherFiles() {
    QFETCH(QString, name);
    QFETCH(QByteArray, bytes);
    QFETCH(QString, message);
    QTemporaryDir folder;
    write(folder, name, bytes);
    const auto error = test::caughtError([&] { (void)openTokenizer(folder.path().toStdString()); });
    QVERIFY2(error, "accepted");
    QCOMPARE(error->code(), ErrorCode::Malformed);
    QCOMPARE(test::qstring(error->detail().message), message);
    QCOMPARE(test::qstring(error->detail().file), folder.filePath(name));
  }

  void refusesALinkOutOfTheFolder() {
    QTemporaryDir outside;
    write(outside, "tokenizer.json", "{}");
    for (const QString name : {"tokenizer.json", "tokenizer.model"}) {
      QTemporaryDir folder;
      QVERIFY(QFile::link(outside.filePath("tokenizer.json"), folder.filePath(name)));
      const auto error =
          test::caughtError([&] { (void)openTokenizer(folder.path().toStdString()); });
      QVERIFY2(error, "accepted");
      QCOMPARE(test::qstring(error->detail().message),
               "a link that leads out of the model's folder");
      QCOMPARE(test::qstring(error->detail().file), folder.filePath(name));
    }
  }

  void survivesDamagedModels() {
    // Every refusal is an Error; what is still accepted must encode without a crash.
    const QByteArray good = sentencePieceWithMap();
    quint32 random = 12345;
    int refused = 0;
    for (int i = 0; i < 400; ++i) {
      QByteArray bytes = good;
      for (int k = 0; k < 3; ++k) {
        random = random * 1664525 + 1013904223;
        // The second half of the file holds the trainer's facts and the character map.
        const qsizetype from = k == 0 ? 0 : good.size() * 3 / 4;
        bytes[from + static_cast<qsizetype>(random >> 8) % (good.size() - from)] =
            static_cast<char>(random >> 24);
      }
      QTemporaryDir folder;
      write(folder, "tokenizer.model", bytes);
      const auto error = test::caughtError([&] {
        const auto tokenizer = openTokenizer(folder.path().toStdString());
        (void)tokenizer->encode("A text with e\u0301 and ﬁ... \u3000 ㎏");
      });
      if (error) ++refused;
    }
    QVERIFY(refused > 20);
  }

  void refusesBadVocabAndMerges_data() {
    QTest::addColumn<QByteArray>("vocab");
    QTest::addColumn<QByteArray>("merges");
    QTest::addColumn<QByteArray>("config");
    QTest::addColumn<ErrorCode>("code");
    QTest::addColumn<QString>("file");
    QTest::addColumn<QString>("place");
    const QByteArray vocab = R"({"a": 0, "b": 1, "ab": 2})";
    QTest::newRow("root") << QByteArray("[]") << QByteArray() << QByteArray() << kMalformed
                          << "vocab.json"
                          << "";
    QTest::newRow("no pair") << vocab << QByteArray("#version: 0.2\na b\na b c\n") << QByteArray()
                             << kMalformed << "merges.txt"
                             << "line 3";
    QTest::newRow("one part") << vocab << QByteArray("ab\n") << QByteArray() << kMalformed
                              << "merges.txt"
                              << "line 1";
    QTest::newRow("unknown part") << vocab << QByteArray("a b\na c\n") << QByteArray() << kMismatch
                                  << "merges.txt"
                                  << "merge[1]";
    QTest::newRow("not UTF-8") << vocab << QByteArray("a \xFF\n") << QByteArray() << kMalformed
                               << "merges.txt"
                               << "byte 2";
    QTest::newRow("other kind") << vocab << QByteArray("a b\n")
                                << QByteArray(R"({"tokenizer_class": "BartTokenizer"})")
                                << kUnsupported << "tokenizer_config.json"
                                << "tokenizer_class";
    QTest::newRow("clash") << vocab << QByteArray("a b\n")
                           << QByteArray(R"({"added_tokens_decoder": {"1": {"content": "x"}}})")
                           << kMismatch << "tokenizer_config.json"
                           << "added_tokens_decoder.1";
    QTest::newRow("key") << vocab << QByteArray("a b\n")
                         << QByteArray(R"({"added_tokens_decoder": {"-1": {"content": "x"}}})")
                         << kMalformed << "tokenizer_config.json"
                         << "added_tokens_decoder.-1";
    QTest::newRow("large key")
        << vocab << QByteArray("a b\n")
        << QByteArray(R"({"added_tokens_decoder": {"99999999999999999999": {"content": "x"}}})")
        << kMalformed << "tokenizer_config.json"
        << "added_tokens_decoder.99999999999999999999";
  }
  void refusesBadVocabAndMerges() {
    QFETCH(QByteArray, vocab);
    QFETCH(QByteArray, merges);
    QFETCH(QByteArray, config);
    QFETCH(ErrorCode, code);
    QFETCH(QString, file);
    QFETCH(QString, place);
    QTemporaryDir folder;
    write(folder, "vocab.json", vocab);
    write(folder, "merges.txt", merges);
    if (!config.isEmpty()) write(folder, "tokenizer_config.json", config);
    const auto error = test::caughtError([&] { (void)openTokenizer(folder.path().toStdString()); });
    QVERIFY2(error, "accepted");
    QCOMPARE(error->code(), code);
    QCOMPARE(test::qstring(error->detail().file), folder.filePath(file));
    QCOMPARE(test::qstring(error->detail().place), place);
  }

  void refusesARunawayExpressionWithItsPlace() {
    QByteArray bytes = kGood;
    bytes.replace("\"a+\"", "\"(b|b)*d\"");
    QTemporaryDir folder;
    write(folder, "tokenizer.json", bytes);
    const auto tokenizer = openTokenizer(folder.path().toStdString());
    const auto error =
        test::caughtError([&] { (void)tokenizer->encode(std::string(3000, 'b') + "!d"); });
    QVERIFY2(error, "came to an end");
    QCOMPARE(error->code(), ErrorCode::Malformed);
    QCOMPARE(test::qstring(error->detail().file), folder.filePath("tokenizer.json"));
    QCOMPARE(test::qstring(error->detail().place), QString("pre_tokenizer.pattern.Regex"));
    QCOMPARE(test::qstring(error->detail().expected), QString("one whose matches end"));
  }

 private:
  static QByteArray fixture(const char* name) {
    QFile file(QString(KVLOUPE_TEST_DATA "/text/") + name);
    if (!file.open(QIODevice::ReadOnly)) qFatal("%s is missing", name);
    return file.readAll();
  }
  static QByteArray sentencePiece() { return fixture("sp_identity.model"); }
  static QByteArray sentencePieceWithMap() { return fixture("sp_rules.model"); }
};

QTEST_APPLESS_MAIN(TokenizerRefusalTest)
#include "tokenizer_refusal_test.moc"
