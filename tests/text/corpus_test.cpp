// SPDX-License-Identifier: GPL-3.0-or-later
#include "text/corpus.hpp"

#include <QFile>
#include <QTemporaryDir>
#include <QtTest>
#include <string>

#include "common/error.hpp"
#include "text/utf8.hpp"

using namespace kvloupe;
using namespace std::string_literals;

class CorpusTest : public QObject {
  Q_OBJECT

 private:
  std::string write(const QString& name, const std::string& bytes) {
    QFile file(folder_.filePath(name));
    if (!file.open(QIODevice::WriteOnly)) qFatal("cannot write");
    file.write(bytes.data(), static_cast<qint64>(bytes.size()));
    return file.fileName().toStdString();
  }

  QTemporaryDir folder_;

 private slots:
  void readsPlainText() {
    const std::string path = write("plain.txt", "Grüße, 世界\n");
    const Text text = readText(path);
    QCOMPARE(text.path, path);
    QCOMPARE(text.name, "plain.txt"s);
    QCOMPARE(text.utf8, "Grüße, 世界\n"s);
    // printf 'Grüße, 世界\n' | sha256sum
    QCOMPARE(text.sha256, "c3ed76464ab0c34f0c6f3b792fbc73384a73ed6c3a0b870ca963957f2d493691"s);
    QVERIFY(text.documents == std::vector<std::size_t>{0});
  }

  void dropsTheByteOrderMark() {
    QCOMPARE(readText(write("bom.txt", "\xEF\xBB\xBFtext")).utf8, "text"s);
  }

  void readsJsonLines() {
    const Text text = readText(write(
        "two.jsonl", "{\"text\": \"one\\n\", \"id\": 1}\r\n\n{\"text\":\"\"}\n{\"text\":\"two\"}"));
    QCOMPARE(text.utf8, "one\ntwo"s);
    QVERIFY(text.documents == (std::vector<std::size_t>{0, 4}));
  }

  void documentsStartWithBos() {
    QTemporaryDir model;
    QVERIFY(QFile::copy(KVLOUPE_TEST_DATA "/text/llama2.json", model.filePath("tokenizer.json")));
    const auto tokenizer = openTokenizer(model.path().toStdString());
    const Text text = readText(write("docs.jsonl", "{\"text\":\"the sea\"}\n{\"text\":\"the\"}\n"));
    std::vector<std::int32_t> expected = tokenizer->encode("the sea");
    for (const std::int32_t id : tokenizer->encode("the")) expected.push_back(id);
    QCOMPARE(expected.front(), 1);
    QVERIFY(encodeText(*tokenizer, text) == expected);
  }

  void refuses_data() {
    QTest::addColumn<QString>("name");
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<int>("code");
    QTest::addColumn<QString>("line");
    const auto row = [](const char* title, const char* name, const std::string& bytes,
                        ErrorCode code, const char* line) {
      QTest::newRow(title) << name << QByteArray(bytes.data(), static_cast<int>(bytes.size()))
                           << static_cast<int>(code) << line;
    };
    row("empty", "a.txt", "", ErrorCode::Malformed, "the text is empty; expected a text in UTF-8");
    row("byte order mark alone", "a.txt", "\xEF\xBB\xBF", ErrorCode::Malformed,
        "the text is empty; found a byte order mark alone, expected a text in UTF-8");
    row("NUL", "a.txt", "abc\0def"s, ErrorCode::Malformed,
        "looks like a binary file: byte 0x00 at offset 3; expected a text in UTF-8");
    row("PNG", "a.txt", "\x89PNG\r\n\x1a\n\0\0"s, ErrorCode::Malformed,
        "looks like a binary file: byte 0x89 at offset 0; expected a text in UTF-8");
    row("UTF-16", "a.txt",
        "\xFF\xFE"
        "a\0"s,
        ErrorCode::Malformed,
        "looks like UTF-16, save it as UTF-8; found byte 0xFF at offset 0, expected a text in "
        "UTF-8");
    row("Latin-1", "a.txt", "caf\xE9 au lait", ErrorCode::Malformed,
        "offset 3: the text is not UTF-8; found byte 0xE9, expected a text in UTF-8");
    row("cut character", "a.txt", "abc\xE4\xB8", ErrorCode::Malformed,
        "offset 3: the text is not UTF-8; found byte 0xE4, expected a text in UTF-8");
    row("surrogate", "a.txt", "\xED\xA0\x80", ErrorCode::Malformed,
        "offset 0: the text is not UTF-8; found byte 0xED, expected a text in UTF-8");
    row("overlong", "a.txt", "12345678\xC0\xAF", ErrorCode::Malformed,
        "offset 8: the text is not UTF-8; found byte 0xC0, expected a text in UTF-8");
    row("no document", "a.jsonl", "\n{\"text\":\"\"}\n", ErrorCode::Malformed,
        "the text is empty; found no document, expected a text in UTF-8");
  }
  void refuses() {
    QFETCH(QString, name);
    QFETCH(QByteArray, bytes);
    QFETCH(int, code);
    QFETCH(QString, line);
    const std::string path = write(name, bytes.toStdString());
    try {
      readText(path);
      QFAIL("accepted");
    } catch (const Error& error) {
      QCOMPARE(QString::fromUtf8(error.what()), QString::fromStdString(path) + ": " + line);
      QCOMPARE(static_cast<int>(error.code()), code);
    }
  }

  void refusesBadLines_data() {
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<QString>("place");
    QTest::newRow("no text") << QByteArray("{\"text\":\"a\"}\n{\"body\":\"b\"}\n") << "line 2";
    QTest::newRow("number") << QByteArray("{\"text\":7}\n") << "line 1, text";
    QTest::newRow("no JSON") << QByteArray("{\"text\":\"a\"}\n\nhello\n") << "line 3";
    QTest::newRow("array") << QByteArray("[\"a\"]\n") << "line 1";
    QTest::newRow("NUL") << QByteArray("{\"text\":\"a\\u0000b\"}\n") << "line 1, text";
  }
  void refusesBadLines() {
    QFETCH(QByteArray, bytes);
    QFETCH(QString, place);
    try {
      readText(write("bad.jsonl", bytes.toStdString()));
      QFAIL("accepted");
    } catch (const Error& error) {
      QCOMPARE(error.code(), ErrorCode::Malformed);
      QVERIFY2(error.detail().place.starts_with(place.toStdString()), error.what());
    }
  }

  void refusesWhatIsNoFile() {
    try {
      readText(folder_.filePath("missing.txt").toStdString());
      QFAIL("accepted");
    } catch (const Error& error) {
      QCOMPARE(error.code(), ErrorCode::NotFound);
    }
    try {
      readText(folder_.path().toStdString());
      QFAIL("accepted");
    } catch (const Error& error) {
      QCOMPARE(error.code(), ErrorCode::Malformed);
      QCOMPARE(error.detail().message, "this is a folder"s);
    }
  }

  void replacesIllFormedParts_data() {
    // As Python's bytes.decode("utf-8", "replace").
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<QString>("text");
    QTest::newRow("lone byte") << QByteArray("a\xFFz") << QString("a\uFFFDz");
    QTest::newRow("cut three") << QByteArray("a\xE4\xB8z") << QString("a\uFFFDz");
    QTest::newRow("cut four") << QByteArray("\xF0\x9F\x98") << QString("\uFFFD");
    QTest::newRow("surrogate") << QByteArray("\xED\xA0\x80") << QString("\uFFFD\uFFFD\uFFFD");
    QTest::newRow("overlong") << QByteArray("\xC0\xAF") << QString("\uFFFD\uFFFD");
    QTest::newRow("too high") << QByteArray("\xF4\x90\x80\x80")
                              << QString("\uFFFD\uFFFD\uFFFD\uFFFD");
    QTest::newRow("good") << QByteArray("ok \xE4\xB8\x96") << QString("ok 世");
  }
  void replacesIllFormedParts() {
    QFETCH(QByteArray, bytes);
    QFETCH(QString, text);
    QCOMPARE(QString::fromStdString(replaceInvalidUtf8(bytes.toStdString())), text);
  }
};

QTEST_APPLESS_MAIN(CorpusTest)
#include "corpus_test.moc"
