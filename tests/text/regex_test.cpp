// SPDX-License-Identifier: GPL-3.0-or-later
#include "text/regex.hpp"

#include <QElapsedTimer>
#include <QtTest>
#include <string>
#include <vector>

#include "common/error.hpp"

using namespace kvloupe;

namespace {

QString matches(const QString& pattern, const QString& subject) {
  const Regex regex(pattern.toStdString(), "tokenizer.json", "pre_tokenizer");
  const std::string text = subject.toStdString();
  QStringList found;
  regex.forEachMatch(text, [&](std::size_t begin, std::size_t end) {
    found += QString::fromStdString(text.substr(begin, end - begin));
  });
  return found.join('|');
}

}  // namespace

class RegexTest : public QObject {
  Q_OBJECT

 private slots:
  // Expectations are what pre_tokenizers.Split(Regex(pattern), "removed", invert=True) of the
  // tokenizers library keeps.
  void meansWhatOnigurumaMeans_data() {
    QTest::addColumn<QString>("pattern");
    QTest::addColumn<QString>("subject");
    QTest::addColumn<QString>("found");
    QTest::newRow("white space") << R"--(\s)--"
                                 << QString::fromUtf8("a\u180e\u0085\u00a0\u200b\u3000\tb")
                                 << QString::fromUtf8("\u0085|\u00a0|\u3000|\t");
    QTest::newRow("word alone")
        << R"--(\w+)--" << QString::fromUtf8("na\u00efve_x\u00b2\u00bd \u0966\u0967\u203fz\u0345")
        << QString::fromUtf8("na\u00efve_x\u00b2\u00bd|\u0966\u0967\u203fz\u0345");
    QTest::newRow("word in a class")
        << R"--([\w]+)--" << QString::fromUtf8("x\u00b2\u00bd a_b") << QString::fromUtf8("x|a_b");
    QTest::newRow("not word") << R"--([\W]+)--" << QString::fromUtf8("ab--\u00b2cd")
                              << QString::fromUtf8("--\u00b2");
    QTest::newRow("digit") << R"--(\d+)--" << QString::fromUtf8("12\u0663\u096a\u00b2")
                           << QString::fromUtf8("12\u0663\u096a");
    QTest::newRow("hex digit") << R"--(\h+)--" << QString::fromUtf8("xyz0AfG")
                               << QString::fromUtf8("0Af");
    QTest::newRow("vertical tab") << R"--(\v)--" << QString::fromUtf8("a\nb\013c")
                                  << QString::fromUtf8("\013");
    QTest::newRow("line ends") << R"--(^a|b$)--" << QString::fromUtf8("a\na b\nb")
                               << QString::fromUtf8("a|a|b|b");
    QTest::newRow("dot") << R"--(.+)--" << QString::fromUtf8("ab\ncd\r")
                         << QString::fromUtf8("ab|cd\r");
    QTest::newRow("dot all") << R"--((?m:.)+)--" << QString::fromUtf8("ab\ncd")
                             << QString::fromUtf8("ab\ncd");
    QTest::newRow("interval plus")
        << R"--(a{2}+)--" << QString::fromUtf8("aaaaab") << QString::fromUtf8("aaaa");
    QTest::newRow("lazy exact") << R"--(a{2}?b)--" << QString::fromUtf8("aab b")
                                << QString::fromUtf8("aab|b");
    QTest::newRow("interval from 0")
        << R"--(a{,2}b)--" << QString::fromUtf8("aaab") << QString::fromUtf8("aab");
    QTest::newRow("possessive") << R"--(a++b|.)--" << QString::fromUtf8("aab")
                                << QString::fromUtf8("aab");
    QTest::newRow("intersection") << R"--([a-z&&[^aeiou]]+)--" << QString::fromUtf8("hello world")
                                  << QString::fromUtf8("h|ll|w|rld");
    QTest::newRow("nested class") << R"--([a[0-9]_]+)--" << QString::fromUtf8("a1_b2")
                                  << QString::fromUtf8("a1_|2");
    QTest::newRow("negated nested")
        << R"--([^a[0-9]]+)--" << QString::fromUtf8("xa1yz") << QString::fromUtf8("x|yz");
    QTest::newRow("posix") << R"--([[:upper:][:punct:]]+)--" << QString::fromUtf8("Hi! A+B")
                           << QString::fromUtf8("H|!|A+B");
    QTest::newRow("long names") << R"--(\p{Letter}+|\p{^Letter})--" << QString::fromUtf8("ab1c")
                                << QString::fromUtf8("ab|1|c");
    QTest::newRow("script") << R"--(\p{Han}+)--"
                            << QString::fromUtf8("\u6f22\u5b57\u304b\u306a\u3001\u3006\u3190")
                            << QString::fromUtf8("\u6f22\u5b57");
    QTest::newRow("Unicode 15") << R"--(\p{L}+)--"
                                << QString::fromUtf8("\U00031350\U0002ebf0 \u0897")
                                << QString::fromUtf8("\U00031350\U0002ebf0");
    QTest::newRow("case") << R"--((?i:k)+|(?i)HALLO)--" << QString::fromUtf8("kK\u212A halLO")
                          << QString::fromUtf8("kK\u212A|halLO");
    QTest::newRow("option in mid-branch")
        << R"--(x(?i)a|b)--" << QString::fromUtf8("xA xB B b") << QString::fromUtf8("xA|xB");
    QTest::newRow("boundary") << R"--(\bé\w*)--"
                              << QString::fromUtf8("\u00e9t\u00e9 caf\u00e9 \u00e9a")
                              << QString::fromUtf8("\u00e9t\u00e9|\u00e9a");
    QTest::newRow("lookbehind") << R"--((?<!\d)\d{1,3}(?=(?:\d{3})*\b))--"
                                << QString::fromUtf8("1234567 12") << QString::fromUtf8("1|12");
    QTest::newRow("backreference") << R"--((?<q>['\"]).*?\k<q>)--" << QString::fromUtf8("'a' \"b\"")
                                   << QString::fromUtf8("'a'|\"b\"");
    QTest::newRow("code points") << R"--(\u4e00|\x{1F600}|\x41)--"
                                 << QString::fromUtf8("\u4e00\U0001f600A")
                                 << QString::fromUtf8("\u4e00|\U0001f600|A");
    QTest::newRow("linebreak") << R"--(\R)--" << QString::fromUtf8("a\r\nb\u2028")
                               << QString::fromUtf8("\r\n|\u2028");
    QTest::newRow("emoji") << R"--(\p{Emoji_Presentation}+)--"
                           << QString::fromUtf8("a\U0001f600\U0001f44d1")
                           << QString::fromUtf8("\U0001f600\U0001f44d");
  }
  void meansWhatOnigurumaMeans() {
    QFETCH(QString, pattern);
    QFETCH(QString, subject);
    QFETCH(QString, found);
    QCOMPARE(matches(pattern, subject), found);
  }

  void skipsEmptyMatchesBehindAMatch() {
    const Regex regex("a*", "f", "p");
    std::vector<std::pair<std::size_t, std::size_t>> found;
    regex.forEachMatch("baac",
                       [&](std::size_t begin, std::size_t end) { found.emplace_back(begin, end); });
    const std::vector<std::pair<std::size_t, std::size_t>> expected{{0, 0}, {1, 3}, {4, 4}};
    QVERIFY(found == expected);
  }

  void findsMatchesFarApart() {
    const std::string text = std::string(100'000, 'a') + "X" + std::string(70'001, '\xC3');
    std::string valid;
    for (const char c : text) valid += c == '\xC3' ? std::string("ö") : std::string(1, c);
    valid += "X";
    std::vector<std::size_t> found;
    Regex("X", "f", "p").forEachMatch(valid, [&](std::size_t begin, std::size_t) {
      found.push_back(begin);
    });
    QVERIFY(found == (std::vector<std::size_t>{100'000, valid.size() - 1}));
  }

  void longRunsAreNoRunaway() {
    const std::string spaces(2'000'000, ' ');
    int count = 0;
    Regex(R"(\s*[\r\n]+|\s+(?!\S)|\s+)", "f", "p").forEachMatch(spaces + "a", [&](auto, auto) {
      ++count;
    });
    QCOMPARE(count, 2);
  }

  void refuses_data() {
    QTest::addColumn<QString>("pattern");
    QTest::addColumn<int>("code");
    QTest::addColumn<QString>("message");
    const int bad = static_cast<int>(ErrorCode::Malformed);
    const int unsupported = static_cast<int>(ErrorCode::Unsupported);
    QTest::newRow("open group") << "(ab" << bad << "a group without its end";
    QTest::newRow("open class") << "[ab" << bad << "a character class without its end";
    QTest::newRow("lone )") << "ab)" << bad << "a ) without its (";
    QTest::newRow("nothing to repeat") << "*a" << bad << "nothing to repeat";
    QTest::newRow("property") << R"(\p{Nonsense}+)" << unsupported << R"(\p{Nonsense})";
    QTest::newRow("recursion") << R"(\p{L}|(?R)*)" << unsupported << "(?R";
    QTest::newRow("escape") << R"(\q)" << unsupported << R"(the escape \q)";
    QTest::newRow("verb") << "(*COMMIT)a" << unsupported << "(*";
    QTest::newRow("absent operator") << "(?~abc)" << unsupported << "(?~";
    QTest::newRow("call-out") << "(?C1)a" << unsupported << "(?C";
    QTest::newRow("backreference") << R"((a)\2)" << bad << "bad regular expression";
    QTest::newRow("huge repeat") << "(?:(?:a{1000}){1000}){1000}" << bad << "regular expression";
    QTest::newRow("long") << QString(70'000, 'a') << bad << "70000 bytes";
    QTest::newRow("nested deeply")
        << QString(5000, '(') + QString(5000, ')') << unsupported << "nested too deeply";
  }
  void refuses() {
    QFETCH(QString, pattern);
    QFETCH(int, code);
    QFETCH(QString, message);
    try {
      const Regex regex(pattern.toStdString(), "some/tokenizer.json",
                        "pre_tokenizer.pattern.Regex");
      QFAIL("accepted");
    } catch (const Error& error) {
      QCOMPARE(static_cast<int>(error.code()), code);
      QCOMPARE(error.detail().file, std::string("some/tokenizer.json"));
      QCOMPARE(error.detail().place, std::string("pre_tokenizer.pattern.Regex"));
      QVERIFY2(error.detail().message.find(message.toStdString()) != std::string::npos,
               error.what());
    }
  }

  void endsRunaways_data() {
    QTest::addColumn<QString>("pattern");
    QTest::newRow("nested repeat") << "(a+)+$";
    QTest::newRow("alternatives") << "(a|a)*b";
    QTest::newRow("overlapping groups") << "(?:a|aa)+b";
    QTest::newRow("recursion by backreference") << R"((a*)*\1b)";
  }
  void endsRunaways() {
    QFETCH(QString, pattern);
    const Regex regex(pattern.toStdString(), "tokenizer.json", "pre_tokenizer");
    QElapsedTimer timer;
    timer.start();
    try {
      regex.forEachMatch(std::string(5000, 'a') + "!b", [](auto, auto) {});
      QFAIL("came to an end");
    } catch (const Error& error) {
      QCOMPARE(error.code(), ErrorCode::Malformed);
      QVERIFY2(error.detail().message.find("runs away") != std::string::npos, error.what());
      QCOMPARE(error.detail().place, std::string("pre_tokenizer"));
    }
    QVERIFY2(timer.elapsed() < 20'000, qPrintable(QString::number(timer.elapsed())));
  }
};

QTEST_APPLESS_MAIN(RegexTest)
#include "regex_test.moc"
