// SPDX-License-Identifier: GPL-3.0-or-later
#include "io/json.hpp"

#include <fmt/format.h>

#include <QtTest>
#include <functional>
#include <limits>

#include "support/caught_error.hpp"

using kvloupe::ErrorCode;
using kvloupe::JsonDocument;
using kvloupe::JsonKind;
using kvloupe::JsonValue;
using kvloupe::test::caughtError;
using kvloupe::test::qstring;

class JsonTest : public QObject {
  Q_OBJECT

 private slots:
  void refusedTexts_data() {
    QTest::addColumn<QByteArray>("json");
    QTest::addColumn<QString>("message");
    QTest::addColumn<QString>("place");
    QTest::addColumn<QString>("found");
    const auto row = [](const char* name, QByteArray json, const char* message, const char* place,
                        const char* found) {
      QTest::newRow(name) << json << QString(message) << QString(place) << QString(found);
    };
    row("empty", "", "not valid JSON", "byte 0", "the end of the text");
    row("white space alone", " \n", "not valid JSON", "byte 2", "the end of the text");
    row("cut short", R"({"a": [1, 2)", "not valid JSON", "byte 11", "the end of the text");
    row("two values", "{} {}", "not valid JSON", "byte 3", "{} {");
    row("trailing comma", "[1,]", "not valid JSON", "byte 3", "1,]");
    row("comment", "[1] // one", "not valid JSON", "byte 4", "1] /");
    row("single quotes", "{'a': 1}", "not valid JSON", "byte 1", "{'");
    row("NaN", R"({"a": NaN})", "not valid JSON", "byte 6", "\"a\": N");
    row("leading zero", "[01]", "not valid JSON", "byte 2", "1");
    row("line break in a string", "[\"a\nb\"]", "not valid JSON", "byte 3", "\"a<U+000A>");
    row("lone surrogate", R"(["\ud800"])", "not valid JSON", "byte 8", R"("\ud800")");
    row("zero byte after the value", QByteArray("{}\0x", 4), "not valid JSON", "byte 2",
        "a zero byte");
    row("zero byte in a string", QByteArray("[\"\0\"]", 5), "not valid JSON", "byte 2",
        "a zero byte");
    row("number beyond a double", "[1e400]", "the number is too large", "byte 5", "1e400");
    row("stray continuation", "[\"a\x80\"]", "not valid UTF-8", "byte 3", "the byte 0x80");
    row("overlong slash", "[\"\xc0\xaf\"]", "not valid UTF-8", "byte 2", "the byte 0xc0");
    row("overlong in three", "[\"\xe0\x80\xaf\"]", "not valid UTF-8", "byte 2", "the byte 0xe0");
    row("surrogate in UTF-8", "[\"\xed\xa0\x80\"]", "not valid UTF-8", "byte 2", "the byte 0xed");
    row("above U+10FFFF", "[\"\xf4\x90\x80\x80\"]", "not valid UTF-8", "byte 2", "the byte 0xf4");
    row("cut inside a character", "[\"\xe2\x82", "not valid UTF-8", "byte 2", "the byte 0xe2");
    row("UTF-16", QByteArray("\xff\xfe{\0}\0", 6), "not valid UTF-8", "byte 0", "the byte 0xff");
    row("duplicate", R"({"a": 1, "b": 2, "a": 3})", "the same key twice", "a",
        "it at byte 4 and again at byte 20");
    row("duplicate through an escape", R"({"o": {"ab": 1, "\u0061b": 2}})", "the same key twice",
        "o.ab", "it at byte 11 and again at byte 25");
    row("duplicate in an array's object", R"([0, {"x": 1, "x": 1}])", "the same key twice", "[1].x",
        "it at byte 8 and again at byte 16");
    row("one level too deep", "[[[[[]]]]]", "nested too deeply", "byte 5", "level 5");
  }

  void refusedTexts() {
    QFETCH(QByteArray, json);
    const auto error = caughtError([&] {
      static_cast<void>(JsonDocument::parse(json.toStdString(), "some/file.json", {.maxDepth = 4}));
    });
    QVERIFY(error);
    QCOMPARE(error->code(), ErrorCode::Malformed);
    QCOMPARE(qstring(error->detail().file), "some/file.json");
    QTEST(qstring(error->detail().message), "message");
    QTEST(qstring(error->detail().place), "place");
    QTEST(qstring(error->detail().found), "found");
    QVERIFY(!error->detail().expected.empty());
  }

  void tooLong() {
    const auto error = caughtError(
        [] { static_cast<void>(JsonDocument::parse("[1, 2, 3]", "f", {.maxBytes = 8})); });
    QVERIFY(error);
    QCOMPARE(qstring(error->detail().found), "9 bytes");
    QCOMPARE(qstring(error->detail().expected), "at most 8 bytes");
  }

  void tooManyValues() {
    const auto error = caughtError([] { JsonDocument::parse("[1, 2, 3]", "f", {.maxValues = 3}); });
    QVERIFY(error);
    QCOMPARE(qstring(error->detail().message), "too many values");
    QCOMPARE(qstring(error->detail().place), "byte 9");
    JsonDocument::parse("[1, 2, 3]", "f", {.maxValues = 4});
  }

  void readsValues() {
    const auto document = JsonDocument::parse(
        "\xef\xbb\xbf  {\"int\": -7, \"zero\": -0, \"real\": 2.5e-3, \"yes\": true, \"none\": null,"
        " \"text\": \"a\\n\\u00e9\\ud83d\\ude00\", \"list\": [1, [], {\"k\": []}],"
        " \"most\": 9223372036854775807, \"least\": -9223372036854775808} ",
        "f");
    const JsonValue root = document.root();
    QCOMPARE(root.requireInt("int"), -7);
    QCOMPARE(root.requireInt("zero"), 0);
    QCOMPARE(root.requireDouble("real"), 2.5e-3);
    QCOMPARE(root.requireDouble("int"), -7.0);
    QCOMPARE(root.requireBool("yes"), true);
    QVERIFY(root.at("none").isNull());
    QVERIFY(root.requireString("text") == "a\n\xc3\xa9\xf0\x9f\x98\x80");
    QCOMPARE(root.requireInt("most"), std::numeric_limits<std::int64_t>::max());
    QCOMPARE(root.requireInt("least"), std::numeric_limits<std::int64_t>::min());
    QCOMPARE(root.requireArray("list").size(), 3u);

    std::string kinds;
    for (const JsonValue item : root.requireArray("list")) kinds += item.describe() + "; ";
    QCOMPARE(qstring(kinds), "1; an array of 0; an object of 1; ");
    std::string keys;
    for (const JsonValue member : root) keys += std::string(member.key()) + " ";
    QCOMPARE(qstring(keys), "int zero real yes none text list most least ");
  }

  void keepsLargeIntegersApart() {
    const auto document = JsonDocument::parse(
        "[18446744073709551615, 18446744073709551616, -9223372036854775809, 1.0]", "f");
    std::vector<JsonKind> kinds;
    for (const JsonValue value : document.root()) kinds.push_back(value.kind());
    QVERIFY(kinds == (std::vector{JsonKind::Unsigned, JsonKind::BigInteger, JsonKind::BigInteger,
                                  JsonKind::Real}));
    QCOMPARE(qstring((*document.root().begin()).describe()), "18446744073709551615");
  }

  void absentOrNull() {
    const auto document = JsonDocument::parse(R"({"n": null, "i": 3})", "f");
    const JsonValue root = document.root();
    QVERIFY(!root.optionalInt("n") && !root.optionalInt("absent"));
    QVERIFY(!root.optionalString("n") && !root.optionalBool("n") && !root.optionalDouble("n"));
    QVERIFY(!root.optionalArray("n") && !root.optionalObject("absent"));
    QVERIFY(root.optionalInt("i") == 3);
    QVERIFY(!root.find("absent"));
  }

  void wrongTypes_data() {
    QTest::addColumn<std::function<void(const JsonValue&)>>("access");
    QTest::addColumn<QString>("line");
    using Access = std::function<void(const JsonValue&)>;
    const auto row = [](const char* name, Access access, const char* line) {
      QTest::newRow(name) << access << QString(line);
    };
    row(
        "absent", [](const JsonValue& v) { v.at("o").requireInt("x"); },
        "f: o.x: missing; found no such key, expected this field");
    row(
        "absent in the root", [](const JsonValue& v) { v.at("x"); },
        "f: x: missing; found no such key, expected this field");
    row(
        "string for integer", [](const JsonValue& v) { v.at("o").requireInt("s"); },
        "f: o.s: wrong type; found the string \"7\", expected an integer");
    row(
        "real for integer", [](const JsonValue& v) { v.requireInt("real"); },
        "f: real: wrong type; found 1.5, expected an integer");
    row(
        "2^64-1 as integer", [](const JsonValue& v) { v.requireInt("u"); },
        "f: u: the number is too large; found 18446744073709551615, expected an integer below "
        "2^63");
    row(
        "2^64-1 as real", [](const JsonValue& v) { v.requireDouble("u"); },
        "f: u: the number is too large; found 18446744073709551615, expected an integer below "
        "2^63");
    row(
        "bool for integer", [](const JsonValue& v) { v.requireInt("b"); },
        "f: b: wrong type; found true, expected an integer");
    row(
        "integer for bool", [](const JsonValue& v) { v.requireBool("i"); },
        "f: i: wrong type; found 3, expected true or false");
    row(
        "integer for string", [](const JsonValue& v) { v.requireString("i"); },
        "f: i: wrong type; found 3, expected a string");
    row(
        "null for string", [](const JsonValue& v) { v.requireString("n"); },
        "f: n: wrong type; found null, expected a string");
    row(
        "object for array", [](const JsonValue& v) { v.requireArray("o"); },
        "f: o: wrong type; found an object of 1, expected an array");
    row(
        "array for object", [](const JsonValue& v) { v.requireObject("a"); },
        "f: a: wrong type; found an array of 2, expected an object");
    row(
        "a field of an array", [](const JsonValue& v) { v.at("a").at("x"); },
        "f: a: wrong type; found an array of 2, expected an object");
    row(
        "optional of another type", [](const JsonValue& v) { v.optionalInt("b"); },
        "f: b: wrong type; found true, expected an integer");
    row(
        "out of range", [](const JsonValue& v) { v.at("i").asInt(4, 9); },
        "f: i: out of range; found 3, expected an integer from 4 to 9");
    row(
        "inside arrays", [](const JsonValue& v) { (*++(*++v.at("a").begin()).begin()).asInt(); },
        "f: a[1][1]: wrong type; found the string \"x\", expected an integer");
  }

  void wrongTypes() {
    const auto document = JsonDocument::parse(
        R"({"o": {"s": "7"}, "real": 1.5, "u": 18446744073709551615, "b": true, "i": 3, "n": null,
            "a": [0, [1, "x"]]})",
        "f");
    QFETCH(std::function<void(const JsonValue&)>, access);
    const auto error = caughtError([&] { access(document.root()); });
    QVERIFY(error);
    QCOMPARE(error->code(), ErrorCode::Malformed);
    QTEST(QString(error->what()), "line");
  }

  /// A long or hostile name may not flood the line, nor be cut inside a character.
  void shortensNames() {
    const std::string name = std::string(59, 'k') + "\xc3\xa9" + std::string(100'000, 'k');
    const auto document = JsonDocument::parse("{\"" + name + "\": \"" + name + "\"}", "f");
    const auto error = caughtError([&] { static_cast<void>((*document.root().begin()).asInt()); });
    QVERIFY(error);
    const std::string shortName = std::string(59, 'k') + "...";
    QCOMPARE(qstring(error->detail().place), qstring(shortName));
    QCOMPARE(qstring(error->detail().found), qstring("the string \"" + shortName + "\""));
  }

  /// As many members as a vocabulary has; quadratic work would run into the test's time limit.
  void largeObject() {
    std::string json = "{";
    for (int i = 0; i < 60'000; ++i) json += fmt::format("\"token{}\":1,", i);
    const auto document = JsonDocument::parse(json + "\"last\":1}", "f");
    QCOMPARE(document.root().size(), 60'001u);
    const auto error = caughtError([&] { JsonDocument::parse(json + "\"token29999\":1}", "f"); });
    QVERIFY(error);
    QCOMPARE(qstring(error->detail().place), "token29999");
  }

  /// Nesting costs no stack: a depth that would overflow it is refused, or read where allowed.
  void deepNesting() {
    const std::string deep = std::string(200'000, '[') + std::string(200'000, ']');
    QVERIFY(caughtError([&] { static_cast<void>(JsonDocument::parse(deep, "f")); }));
    const auto document = JsonDocument::parse(deep, "f", {.maxDepth = 200'000});
    QCOMPARE(document.root().size(), 1u);
  }
};

QTEST_APPLESS_MAIN(JsonTest)
#include "json_test.moc"
