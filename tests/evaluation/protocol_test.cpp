// SPDX-License-Identifier: GPL-3.0-or-later
#include "evaluation/protocol.hpp"

#include <QtTest>

#include "common/error.hpp"

using namespace kvloupe;

namespace {

std::int64_t scored(const std::vector<ScoredWindow>& windows) {
  std::int64_t total = 0;
  for (const ScoredWindow& window : windows) total += window.scored();
  return total;
}

}  // namespace

class ProtocolTest : public QObject {
  Q_OBJECT

 private slots:
  // The counts of stories260k's reference file.
  void countsOfTheReference() {
    const auto papers = protocolWindows(Protocol::Papers, 38921, 512, 0, true);
    QCOMPARE(papers.size(), std::size_t(76));
    QCOMPARE(scored(papers), std::int64_t(38836));
    const auto llama = protocolWindows(Protocol::LlamaCpp, 38921, 256, 0, true);
    QCOMPARE(scored(llama), std::int64_t(19304));
    QVERIFY(llama.back().bosFirst);
    QVERIFY(!protocolWindows(Protocol::LlamaCpp, 38921, 256, 0, false).front().bosFirst);
  }

  void shortTextsAreOneShorterWindow() {
    const auto windows = protocolWindows(Protocol::Papers, 100, 512, 0, false);
    QCOMPARE(windows.size(), std::size_t(1));
    QCOMPARE(windows[0].length, std::int64_t(100));
    QCOMPARE(scored(windows), std::int64_t(99));
  }

  void stridedScoresEveryTokenOnce_data() {
    QTest::addColumn<int>("tokens");
    QTest::addColumn<int>("context");
    QTest::addColumn<int>("stride");
    QTest::newRow("half") << 1000 << 128 << 64;
    QTest::newRow("one") << 70 << 16 << 1;
    QTest::newRow("all but one") << 1000 << 100 << 99;
    QTest::newRow("two tokens") << 20 << 2 << 1;
    QTest::newRow("short text") << 5 << 128 << 64;
    QTest::newRow("end on a window") << 192 << 128 << 64;
  }
  void stridedScoresEveryTokenOnce() {
    QFETCH(int, tokens);
    QFETCH(int, context);
    QFETCH(int, stride);
    std::vector<int> times(std::size_t(tokens), 0);
    const auto windows = protocolWindows(Protocol::Strided, tokens, context, stride, false);
    for (const ScoredWindow& w : windows) {
      QVERIFY(w.scoreFrom >= 1 && w.scored() > 0 && w.length <= context &&
              w.begin + w.length <= tokens);
      QCOMPARE(w.begin % stride, std::int64_t(0));
      for (std::int64_t i = w.scoreFrom; i < w.length; ++i) ++times[std::size_t(w.begin + i)];
    }
    QCOMPARE(windows.back().begin + windows.back().length, std::int64_t(tokens));
    QCOMPARE(times[0], 0);
    for (int i = 1; i < tokens; ++i) QCOMPARE(times[std::size_t(i)], 1);
  }

  void theLeastThatIsExpectedIsScored_data() {
    QTest::addColumn<int>("protocol");
    QTest::newRow("papers") << int(Protocol::Papers);
    QTest::newRow("strided") << int(Protocol::Strided);
    QTest::newRow("llama.cpp") << int(Protocol::LlamaCpp);
  }
  void theLeastThatIsExpectedIsScored() {
    QFETCH(int, protocol);
    std::string expected;
    try {
      (void)protocolWindows(Protocol(protocol), 1, 512, 256, true);
    } catch (const Error& error) {
      expected = error.detail().expected;
    }
    const int least = QString::fromStdString(expected).section(' ', 2, 2).toInt();
    QVERIFY2(least >= 2, expected.c_str());
    QCOMPARE(scored(protocolWindows(Protocol(protocol), least, 512, 256, true)), std::int64_t(1));
    if (least > 2)
      QVERIFY_EXCEPTION_THROWN((void)protocolWindows(Protocol(protocol), least - 1, 512, 256, true),
                               Error);
  }

  void whatCannotBeScoredIsRefused() {
    QVERIFY_EXCEPTION_THROWN((void)protocolWindows(Protocol::Papers, 1, 512, 0, true), Error);
    QVERIFY_EXCEPTION_THROWN((void)protocolWindows(Protocol::Papers, 0, 512, 0, true), Error);
    QVERIFY_EXCEPTION_THROWN((void)protocolWindows(Protocol::LlamaCpp, 2, 512, 0, true), Error);
    QVERIFY_EXCEPTION_THROWN((void)protocolWindows(Protocol::Strided, 50, 16, 16, true), Error);
    QVERIFY_EXCEPTION_THROWN((void)protocolWindows(Protocol::Strided, 50, 16, 0, true), Error);
    QVERIFY_EXCEPTION_THROWN((void)protocolFromName("paper"), Error);
  }
};

QTEST_GUILESS_MAIN(ProtocolTest)
#include "protocol_test.moc"
