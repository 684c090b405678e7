// SPDX-License-Identifier: GPL-3.0-or-later
#include "text/windows.hpp"

#include <QtTest>
#include <algorithm>
#include <cstdlib>
#include <map>
#include <numeric>

#include "common/error.hpp"

using namespace kvloupe;

class WindowsTest : public QObject {
  Q_OBJECT

 private slots:
  void dropsTheTail() {
    const std::vector<Window> expected{{0, 4}, {4, 4}};
    QVERIFY(papersWindows(11, 4) == expected);
    QVERIFY(papersWindows(8, 4) == expected);
  }

  void shortTextIsOneShorterWindow() {
    QVERIFY(papersWindows(3, 4) == (std::vector<Window>{{0, 3}}));
    QVERIFY(papersWindows(2, 2048) == (std::vector<Window>{{0, 2}}));
  }

  void countsStories260k() {
    // The reference scores 38,836 tokens: 76 windows of 512, but for each one's first.
    const auto windows = papersWindows(38921, 512);
    std::int64_t scored = 0;
    for (const Window& window : windows) scored += window.length - 1;
    QCOMPARE(scored, std::int64_t{38836});
  }

  void refusesTooFewTokens_data() {
    QTest::addColumn<qint64>("tokens");
    QTest::addColumn<qint64>("context");
    QTest::newRow("no token") << qint64{0} << qint64{4};
    QTest::newRow("one token") << qint64{1} << qint64{4};
    QTest::newRow("negative") << qint64{-5} << qint64{4};
    QTest::newRow("context of one") << qint64{10} << qint64{1};
    QTest::newRow("context of none") << qint64{10} << qint64{0};
  }
  void refusesTooFewTokens() {
    QFETCH(qint64, tokens);
    QFETCH(qint64, context);
    try {
      papersWindows(tokens, context);
      QFAIL("accepted");
    } catch (const Error& error) {
      QCOMPARE(error.code(), tokens < 2 ? ErrorCode::Unsupported : ErrorCode::InvalidArgument);
      QCOMPARE(error.detail().expected, std::string("at least 2 tokens"));
    }
  }

  void orderIsAPermutation() {
    const auto order = seededOrder(1000, 7);
    auto sorted = order;
    std::sort(sorted.begin(), sorted.end());
    std::vector<std::size_t> all(1000);
    std::iota(all.begin(), all.end(), std::size_t{0});
    QVERIFY(sorted == all);
    QVERIFY(order != all);
    QVERIFY(order == seededOrder(1000, 7));
    QVERIFY(order != seededOrder(1000, 8));
    QVERIFY(seededOrder(0, 1).empty());
    QVERIFY(seededOrder(1, 1) == std::vector<std::size_t>{0});
  }

  void orderIsTheSameEverywhere() {
    // The reference mt19937-64 with seed 5489 begins 14514284786278117030, 4620546740167642908.
    // The first modulo 3 is 1: swap places 2 and 1; the second modulo 2 is 0: swap 1 and 0.
    QVERIFY(seededOrder(3, 5489) == (std::vector<std::size_t>{2, 0, 1}));
  }

  void everyPlaceIsEquallyLikely() {
    // 6 orders of 3, 6,000 seeds: each count within 5 standard deviations of 1,000.
    std::map<std::vector<std::size_t>, int> counts;
    for (std::uint64_t seed = 0; seed < 6000; ++seed) ++counts[seededOrder(3, seed)];
    QCOMPARE(counts.size(), std::size_t{6});
    for (const auto& [order, count] : counts) QVERIFY(std::abs(count - 1000) < 145);
  }
};

QTEST_APPLESS_MAIN(WindowsTest)
#include "windows_test.moc"
