// SPDX-License-Identifier: GPL-3.0-or-later
#include "evaluation/text_overlap.hpp"

#include <QtTest>
#include <random>
#include <string>

using namespace kvloupe;

namespace {

std::string noise(std::size_t bytes, unsigned seed) {
  std::mt19937 generator(seed);
  std::string text(bytes, ' ');
  for (char& c : text) c = char('a' + generator() % 26);
  return text;
}

}  // namespace

class TextOverlapTest : public QObject {
  Q_OBJECT

 private slots:
  void aPassageIsFoundWhereverItStands() {
    const std::string passage = noise(kOverlapBytes, 1);
    for (std::size_t shift : {0, 1, 37, 99, 100, 101, 250}) {
      const std::string first = noise(500 + shift, 2) + passage + noise(300, 3);
      const std::string second = noise(777, 4) + passage + noise(50, 5);
      const auto overlap = findOverlap(first, second);
      QVERIFY(overlap.has_value());
      QVERIFY(overlap->length >= kOverlapBytes);
      QCOMPARE(first.substr(overlap->firstOffset, overlap->length),
               second.substr(overlap->secondOffset, overlap->length));
    }
  }

  void oneByteLessIsNoOverlap() {
    const std::string passage = noise(kOverlapBytes - 1, 1);
    QVERIFY(!findOverlap("A" + passage + "B" + noise(300, 2), "C" + passage + "D" + noise(300, 3)));
  }

  void shortAndEmptyTexts() {
    QVERIFY(!findOverlap("", ""));
    QVERIFY(!findOverlap(noise(500, 1), ""));
    QVERIFY(findOverlap(noise(200, 1), noise(200, 1)));
  }

  void repetitionStaysFast() {
    std::string first, second;
    for (int i = 0; i < 20000; ++i) first += "ab" + std::to_string(i % 7);
    for (int i = 0; i < 20000; ++i) second += "abc" + std::to_string(i % 5);
    QVERIFY(!findOverlap(first, second));
  }
};

QTEST_GUILESS_MAIN(TextOverlapTest)
#include "text_overlap_test.moc"
