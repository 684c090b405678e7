// SPDX-License-Identifier: GPL-3.0-or-later
#include "io/safetensors.hpp"

#include <fmt/format.h>

#include <QtTest>
#include <limits>
#include <string>

#include "support/caught_error.hpp"

using kvloupe::Dtype;
using kvloupe::ErrorCode;
using kvloupe::parseSafetensorsHeader;
using kvloupe::safetensorsHeaderBytes;
using kvloupe::TensorEntry;
using kvloupe::test::caughtError;
using kvloupe::test::qstring;

namespace {

std::string one(std::initializer_list<std::string_view> fields) {
  return fmt::format("{{\"t\": {{{}}}}}", fmt::join(fields, ""));
}

std::string tensor(std::string_view name, std::int64_t begin, std::int64_t end) {
  return fmt::format("\"{}\": {{\"dtype\": \"U8\", \"shape\": [{}], \"data_offsets\": [{}, {}]}}",
                     name, end - begin, begin, end);
}

std::string both(const std::string& first, const std::string& second) {
  return fmt::format("{{{}, {}}}", first, second);
}

std::vector<TensorEntry> parse(const std::string& header, std::int64_t dataBytes) {
  return parseSafetensorsHeader(header, 8 + static_cast<std::int64_t>(header.size()) + dataBytes,
                                "m/model.safetensors");
}

}  // namespace

class SafetensorsTest : public QObject {
  Q_OBJECT

 private slots:
  void refusedLengths_data() {
    QTest::addColumn<QByteArray>("start");
    QTest::addColumn<qint64>("fileBytes");
    QTest::addColumn<QString>("line");
    const QString at = "f: byte 0: ";
    QTest::newRow("empty file") << QByteArray() << qint64{0}
                                << at + "too short for a safetensors file; found 0 bytes, expected "
                                        "8 bytes of header length and a header";
    QTest::newRow("7 bytes") << QByteArray("\2\0\0\0\0\0\0", 7) << qint64{7}
                             << at + "too short for a safetensors file; found 7 bytes, expected 8 "
                                     "bytes of header length and a header";
    QTest::newRow("no header") << QByteArray(8, '\0') << qint64{100}
                               << at + "the header is empty; found a header of 0 bytes, expected a "
                                       "header of 2 bytes or more";
    QTest::newRow("past the end") << QByteArray("\x5d\0\0\0\0\0\0\0", 8) << qint64{100}
                                  << at + "the header ends past the end of the file; found a "
                                          "header of 93 bytes, expected at most 92 bytes in a file "
                                          "of 100";
    QTest::newRow("over 100 MB") << QByteArray("\x01\xe1\xf5\x05\0\0\0\0", 8)
                                 << qint64{1'000'000'000}
                                 << at + "the header is too long; found a header of 100000001 "
                                         "bytes, expected at most 100000000 bytes";
    QTest::newRow("2^64-1") << QByteArray(8, '\xff') << qint64{100}
                            << at + "the header is too long; found a header of "
                                    "18446744073709551615 bytes, expected at most 100000000 bytes";
    QTest::newRow("2^63") << QByteArray("\0\0\0\0\0\0\0\x80", 8) << qint64{100}
                          << at + "the header is too long; found a header of 9223372036854775808 "
                                  "bytes, expected at most 100000000 bytes";
  }

  void refusedLengths() {
    QFETCH(QByteArray, start);
    QFETCH(qint64, fileBytes);
    const auto bytes =
        std::as_bytes(std::span(start.constData(), static_cast<std::size_t>(start.size())));
    const auto error =
        caughtError([&] { static_cast<void>(safetensorsHeaderBytes(bytes, fileBytes, "f")); });
    QVERIFY(error);
    QCOMPARE(error->code(), ErrorCode::Malformed);
    QTEST(QString(error->what()), "line");
  }

  void acceptedLengths() {
    const QByteArray most("\x00\xe1\xf5\x05\0\0\0\0", 8);
    const auto bytes = std::as_bytes(std::span(most.constData(), 8));
    QCOMPARE(safetensorsHeaderBytes(bytes, 100'000'008, "f"), 100'000'000);
  }

  void refusedHeaders_data() {
    QTest::addColumn<QByteArray>("header");
    QTest::addColumn<qint64>("dataBytes");
    QTest::addColumn<QString>("message");
    QTest::addColumn<QString>("place");
    QTest::addColumn<QString>("found");
    QTest::addColumn<QString>("expected");
    const auto row = [](const char* name, const std::string& header, qint64 dataBytes,
                        const char* message, const char* place, const char* found,
                        const char* expected) {
      QTest::newRow(name) << QByteArray::fromStdString(header) << dataBytes << QString(message)
                          << QString(place) << QString(found) << QString(expected);
    };
    const std::string u8 = R"("dtype": "U8", )";
    const std::string shape4 = R"("shape": [4], )";
    const std::string offsets4 = R"("data_offsets": [0, 4])";

    row("not UTF-8", "{\"\xff\": 1}", 0, "not valid UTF-8", "byte 2", "the byte 0xff", "UTF-8");
    row("invalid JSON", "{\"t\": }", 0, "not valid JSON", "byte 6", "\"t\": }", "JSON");
    row("zero padding", std::string("{}\0\0", 4), 0, "not valid JSON", "byte 2", "a zero byte",
        "JSON");
    row("array", "[]", 0, "the header is not a JSON object", "", "an array of 0",
        "an object of tensors");
    row("string", "\"t\"", 0, "the header is not a JSON object", "", "the string \"t\"",
        "an object of tensors");
    row("nested too deeply", R"({"a": [[[[[[[[]]]]]]]]})", 0, "nested too deeply", "byte 14",
        "level 9", "at most 8 levels");
    row("duplicate name", both(tensor("t", 0, 4), tensor("t", 4, 8)), 8, "the same key twice", "t",
        "it at byte 4 and again at byte 64", "every key once");
    row("duplicate through an escape", R"({"t": {}, "\u0074": {}})", 0, "the same key twice", "t",
        "it at byte 4 and again at byte 18", "every key once");
    row("tensor is no object", R"({"t": 4})", 4, "wrong type", "t", "4", "an object");

    row("unknown dtype", one({R"("dtype": "f32", )", shape4, offsets4}), 4, "unknown dtype",
        "t.dtype", "the string \"f32\"",
        "one of BOOL, U8, I8, F8_E5M2, F8_E4M3, F8_E8M0, I16, U16, F16, BF16, I32, U32, F32, C64, "
        "F64, I64, U64");
    row("dtype a number", one({R"("dtype": 1, )", shape4, offsets4}), 4, "wrong type", "t.dtype",
        "1", "a string");
    row("no dtype", one({shape4, offsets4}), 4, "missing", "t.dtype", "no such key", "this field");
    row("no shape", one({u8, offsets4}), 4, "missing", "t.shape", "no such key", "this field");
    row("no offsets", one({R"("dtype": "U8", "shape": [4])"}), 4, "missing", "t.data_offsets",
        "no such key", "this field");
    row("shape no array", one({u8, R"("shape": 4, )", offsets4}), 4, "wrong type", "t.shape", "4",
        "an array");
    row("negative dimension", one({u8, R"("shape": [-4], )", offsets4}), 4, "out of range",
        "t.shape[0]", "-4", "an integer from 0 to 9223372036854775807");
    row("fractional dimension", one({u8, R"("shape": [4.0], )", offsets4}), 4, "wrong type",
        "t.shape[0]", "4", "an integer");
    row("dimension 2^64-1", one({u8, R"("shape": [18446744073709551615], )", offsets4}), 4,
        "the number is too large", "t.shape[0]", "18446744073709551615", "an integer below 2^63");
    row("shape product", one({u8, R"("shape": [4294967296, 4294967296, 0], )", offsets4}), 4,
        "the product of the shape is too large", "t.shape", "an array of 3",
        "a tensor below 2^63 bytes");
    row("byte size", one({R"("dtype": "F64", "shape": [2305843009213693952], )", offsets4}), 4,
        "the tensor is too large", "t.shape", "an array of 1", "a tensor below 2^63 bytes");
    row("size against shape", one({R"("dtype": "F32", )", shape4, offsets4}), 4,
        "the tensor's bytes do not match its shape and dtype", "t", "4 bytes",
        "16 bytes for F32 of shape [4]");
    row("three offsets", one({u8, shape4, R"("data_offsets": [0, 4, 4])"}), 4, "wrong length",
        "t.data_offsets", "an array of 3", "two offsets");
    row("one offset", one({u8, shape4, R"("data_offsets": [4])"}), 4, "wrong length",
        "t.data_offsets", "an array of 1", "two offsets");
    row("negative offset", one({u8, shape4, R"("data_offsets": [-4, 0])"}), 4, "out of range",
        "t.data_offsets[0]", "-4", "an integer from 0 to 9223372036854775738");
    row("fractional offset", one({u8, shape4, R"("data_offsets": [0, 4.5])"}), 4, "wrong type",
        "t.data_offsets[1]", "4.5", "an integer");
    row("offset 2^63-1",
        one({u8, shape4, R"("data_offsets": [9223372036854775803, 9223372036854775807])"}), 4,
        "out of range", "t.data_offsets[0]", "9223372036854775803",
        "an integer from 0 to 9223372036854775703");
    row("begin after end", one({u8, shape4, R"("data_offsets": [4, 0])"}), 4,
        "the tensor ends before it begins", "t.data_offsets", "[4, 0]", "begin <= end");

    row("overlap", both(tensor("a", 0, 4), tensor("b", 2, 6)), 6,
        "the tensor overlaps the one before it", "b", "data offset 2", "data offset 4");
    row("one inside another", both(tensor("a", 0, 9), tensor("b", 2, 6)), 9,
        "the tensor overlaps the one before it", "b", "data offset 2", "data offset 9");
    row("nothing but white space", "  ", 0, "not valid JSON", "byte 2", "the end of the text",
        "JSON");
    row("number", "7", 0, "the header is not a JSON object", "", "7", "an object of tensors");
    row("name twice in a tensor", one({u8, u8, shape4, offsets4}), 4, "the same key twice",
        "t.dtype", "it at byte 14 and again at byte 29", "every key once");
    row("hole", both(tensor("b", 5, 8), tensor("a", 0, 4)), 8, "a hole before the tensor", "b",
        "data offset 5", "data offset 4");
    row("hole at the start", fmt::format("{{{}}}", tensor("a", 1, 4)), 4,
        "a hole before the tensor", "a", "data offset 1", "data offset 0");
    row("empty tensor beyond the others", both(tensor("a", 0, 4), tensor("b", 5, 5)), 5,
        "a hole before the tensor", "b", "data offset 5", "data offset 4");
    row("empty tensor inside another", both(tensor("a", 0, 4), tensor("b", 2, 2)), 4,
        "the tensor overlaps the one before it", "b", "data offset 2", "data offset 4");
    row("trailing bytes", fmt::format("{{{}}}", tensor("a", 0, 4)), 5,
        "bytes left over after the last tensor", "byte 72", "a data size of 5", "a data size of 4");
    row("data without tensors", "{}", 1, "bytes left over after the last tensor", "byte 10",
        "a data size of 1", "a data size of 0");
    row("truncated", fmt::format("{{{}}}", tensor("a", 0, 4)), 3, "the file is truncated", "a",
        "a data size of 3", "a data size of 4");

    row("metadata no object", R"({"__metadata__": []})", 0, "wrong type", "__metadata__",
        "an array of 0", "an object");
    row("metadata no string", R"({"__metadata__": {"a": "b", "n": 1}})", 0, "wrong type",
        "__metadata__.n", "1", "a string");
  }

  void refusedHeaders() {
    QFETCH(QByteArray, header);
    QFETCH(qint64, dataBytes);
    const auto error = caughtError([&] { parse(header.toStdString(), dataBytes); });
    QVERIFY(error);
    QCOMPARE(error->code(), ErrorCode::Malformed);
    QCOMPARE(qstring(error->detail().file), "m/model.safetensors");
    QTEST(qstring(error->detail().message), "message");
    QTEST(qstring(error->detail().place), "place");
    QTEST(qstring(error->detail().found), "found");
    QTEST(qstring(error->detail().expected), "expected");
  }

  void tooManyTensors() {
    std::string header = "{";
    for (int i = 0; i <= kvloupe::kMaxSafetensorsTensors; ++i) {
      if (i > 0) header += ',';
      header += tensor(std::to_string(i), 0, 0);
    }
    header += '}';
    const auto error = caughtError([&] { parse(header, 0); });
    QVERIFY(error);
    QCOMPARE(error->code(), ErrorCode::Malformed);
    QCOMPARE(qstring(error->detail().file), "m/model.safetensors");
    QCOMPARE(qstring(error->detail().message), "too many tensors");
    QCOMPARE(qstring(error->detail().found), "an object of 100001");
    QCOMPARE(qstring(error->detail().expected), "at most 100000");
  }

  void acceptedHeaders() {
    const std::string header =
        " \n{\"b\": {\"dtype\": \"F32\", \"shape\": [2, 3], \"data_offsets\": [2, 26]}, "
        "\"__metadata__\": {\"format\": \"pt\"}, "
        "\"a\": {\"dtype\": \"BF16\", \"shape\": [], \"data_offsets\": [0, 2], \"more\": 1}, "
        "\"none\": {\"dtype\": \"F16\", \"shape\": [0, 9], \"data_offsets\": [2, 2]}}   ";
    const std::vector<TensorEntry> entries = parse(header, 26);
    const auto data = static_cast<std::int64_t>(header.size()) + 8;
    QCOMPARE(entries.size(), 3u);
    QCOMPARE(qstring(entries[0].name), "a");
    QCOMPARE(entries[0].dtype, Dtype::BF16);
    QCOMPARE(entries[0].elements(), 1);
    QVERIFY(entries[0].shape.empty());
    QCOMPARE(entries[0].begin, data);
    QCOMPARE(qstring(entries[1].name), "none");
    QCOMPARE(entries[1].elements(), 0);
    QCOMPARE(qstring(entries[2].name), "b");
    QVERIFY(entries[2].shape == (std::vector<std::int64_t>{2, 3}));
    QCOMPARE(entries[2].begin, data + 2);
    QCOMPARE(entries[2].end, data + 26);
    QCOMPARE(entries[2].elements(), 6);

    QVERIFY(parse("{}", 0).empty());
    QVERIFY(parse(R"({"__metadata__": {}})", 0).empty());
  }

  void dtypes() {
    QCOMPARE(qstring(kvloupe::dtypeName(Dtype::U64)), "U64");
    QCOMPARE(kvloupe::dtypeBytes(Dtype::U64), 8);
    QCOMPARE(qstring(kvloupe::dtypeName(Dtype::F32)), "F32");
    QCOMPARE(kvloupe::dtypeBytes(Dtype::F32), 4);
    QCOMPARE(qstring(kvloupe::dtypeName(Dtype::BF16)), "BF16");
    QCOMPARE(kvloupe::dtypeBytes(Dtype::BF16), 2);
  }
};

QTEST_APPLESS_MAIN(SafetensorsTest)
#include "safetensors_test.moc"
