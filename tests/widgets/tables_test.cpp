// SPDX-License-Identifier: GPL-3.0-or-later
#include <QApplication>
#include <QLabel>
#include <QRegularExpression>
#include <QScrollArea>
#include <QTest>

#include "controls/prose.hpp"
#include "tables/plan_difference_table.hpp"
#include "tables/verdict_table.hpp"
#include "theme/theme.hpp"

using namespace kvloupe;

namespace {

SafeRatio found(double budget, double ratio) {
  return {.budgetPercent = budget,
          .state = SafeRatio::State::Found,
          .ratio = ratio,
          .rank = 24,
          .deltaPplPercent = 0.8 * budget,
          .interval = Interval{0.7 * budget, 0.9 * budget},
          .failsFrom = {}};
}

std::shared_ptr<const Sweep> searched(SafeRatio::State third) {
  Sweep sweep;
  for (const char* name : {"v", "k_rope", "k", "kv"}) {
    SweepCurve curve;
    curve.name = name;
    curve.safe = {
        found(1, 1.44), found(3, 1.58),
        SafeRatio{
            .budgetPercent = 5, .state = third, .ratio = {}, .interval = {}, .failsFrom = {}}};
    sweep.curves.push_back(curve);
  }
  return std::make_shared<const Sweep>(sweep);
}

VerdictColumn column(ModelSlot slot, const std::shared_ptr<const Sweep>& sweep) {
  return {.slot = slot, .name = "demo:gqa", .mla = false, .sweep = sweep};
}

/// What a label cannot show whole.
QStringList cut(const QWidget& table) {
  QStringList words;
  for (const QLabel* label : table.findChildren<QLabel*>())
    if (label->isVisible() && !label->wordWrap() &&
        QFontMetrics(label->font()).horizontalAdvance(label->text()) > label->width())
      words << label->text();
  return words;
}

}  // namespace

class TablesTest : public QObject {
  Q_OBJECT

 private slots:
  void initTestCase() { applyTheme(*qobject_cast<QApplication*>(qApp), ThemeKind::Light); }
  void init() { QTest::failOnWarning(QRegularExpression("^(?!This plugin does not support).*")); }

  void bracketsGoBelowWhereThereIsNoRoom() {
    QScrollArea area;
    auto* table = new VerdictTable;
    area.setWidget(table);
    area.setWidgetResizable(true);
    area.resize(1000, 300);
    const auto sweep = searched(SafeRatio::State::Fails);
    table->setColumns({column(ModelSlot::A, sweep), column(ModelSlot::B, sweep)});
    area.show();
    QVERIFY(QTest::qWaitForWindowExposed(&area));
    QTest::qWait(20);
    QVERIFY(!table->stacked());
    QCOMPARE(cut(*table), QStringList());
    area.resize(690, 300);
    QTest::qWait(20);
    QVERIFY(table->stacked());
    QVERIFY(table->width() <= area.viewport()->width());
    QCOMPARE(cut(*table), QStringList());
    area.resize(1000, 300);
    QTest::qWait(20);
    QVERIFY(!table->stacked());
    // Figures stay through all of it.
    QVERIFY(table->cellText(ModelSlot::B, "kv", 3).startsWith(QString::fromUtf8("1.58×")));
  }

  /// Where the scroll bar decides whether there is room, the table comes to rest.
  void itComesToRestAtEveryWidth() {
    QScrollArea area;
    auto* table = new VerdictTable;
    area.setWidget(table);
    area.setWidgetResizable(true);
    area.resize(1000, 150);
    const auto sweep = searched(SafeRatio::State::Fails);
    table->setColumns({column(ModelSlot::A, sweep), column(ModelSlot::B, sweep)});
    area.show();
    QVERIFY(QTest::qWaitForWindowExposed(&area));
    for (int width = 1000; width > 640; width -= 6) {
      area.resize(width, 150);
      QTest::qWait(5);
      const bool stacked = table->stacked();
      const QWidget* body = table->findChild<QWidget*>();
      for (int turn = 0; turn < 3; ++turn) QTest::qWait(5);
      QCOMPARE(table->stacked(), stacked);
      QCOMPARE(table->findChild<QWidget*>(), body);
      QVERIFY2(cut(*table).isEmpty(),
               qPrintable(QString("%1: %2").arg(width).arg(cut(*table).join(' '))));
      QVERIFY(body->isVisible() && body->height() > 150);
    }
  }

  void undecidedIsSaidOnceTheSearchHasEnded() {
    VerdictTable table;
    VerdictColumn a = column(ModelSlot::A, searched(SafeRatio::State::Undecided));
    a.searching = true;
    table.setColumns({a});
    QCOMPARE(table.cellText(ModelSlot::A, "v", 5), QString::fromUtf8("–"));
    a.searching = false;
    table.setColumns({a});
    QCOMPARE(table.cellText(ModelSlot::A, "v", 5), "undecided");
  }

  /// A ruling stands once, its figures of every budget in the tooltip; without one it is said how
  /// there will be one.
  void theLastRowSaysWhatFollows() {
    VerdictTable table;
    Sweep judged = *searched(SafeRatio::State::Fails);
    judged.verdict.emplace();
    const std::string unclear =
        "V fails from its first step, 1.07×; K likewise; what lies between is too wide to tell";
    judged.verdict->rules = {{"k_rope", 1, Ruling::Holds, "V 1.44×, K fails from 1.07×"},
                             {"k_rope", 3, Ruling::Holds, "V 1.58×, K fails from 1.11×"},
                             {"k", 1, Ruling::Undecided, unclear},
                             {"k", 3, Ruling::DoesNotHold, "V passes; K likewise"}};
    VerdictColumn b = column(ModelSlot::B, searched(SafeRatio::State::Fails));
    b.unjudged = "“Measure the verdict” judges it";
    table.setColumns({column(ModelSlot::A, std::make_shared<const Sweep>(judged)), b});
    QCOMPARE(
        table.ruling(ModelSlot::A),
        QString("After RoPE it holds at 1, 3\u00a0%. At 1\u00a0%: V 1.44×, K fails from 1.07×.\n"
                "Before RoPE it is undecided at 1\u00a0%, it does not hold at 3\u00a0%. At "
                "1\u00a0%: %1.")
            .arg(QString::fromStdString(unclear)));
    QCOMPARE(table.ruling(ModelSlot::B), QString());
    QStringList drawn, tips;
    for (const Prose* line : table.findChildren<Prose*>()) {
      drawn << line->accessibleName();
      tips << line->toolTip();
    }
    QCOMPARE(drawn.join('\n'), table.ruling(ModelSlot::A));
    QVERIFY(tips.at(0).contains("K fails from 1.11×"));
    QStringList labels;
    for (const QLabel* label : table.findChildren<QLabel*>()) labels << label->text();
    QVERIFY(labels.contains(b.unjudged));
    // Rows are no higher than their words, whatever width the rulings were made with.
    auto* shown = new VerdictTable;
    QScrollArea area;
    area.setWidget(shown);
    area.setWidgetResizable(true);
    area.resize(1000, 120);
    shown->setColumns({column(ModelSlot::A, std::make_shared<const Sweep>(judged)), b});
    area.show();
    QVERIFY(QTest::qWaitForWindowExposed(&area));
    QTest::qWait(20);
    QVERIFY2(shown->height() > 220 && shown->height() < 330,
             qPrintable(QString::number(shown->height())));
  }

  void twoPlansStandBesideEachOther() {
    PlanDifferenceTable table;
    table.resize(680, 260);
    table.setView({.nameA = "V rank 32",
                   .nameB = "V rank 24",
                   .paired = "B less A, paired over 19 windows",
                   .rows = {{"PPL", "2.677", "2.945", QString::fromUtf8("+10.0\u00a0%")},
                            {"KL, mean", "0.0002 nats", "0.0934 nats", {}}},
                   .ruling = "B loses more than A: the paired interval lies above 0."});
    table.show();
    QVERIFY(QTest::qWaitForWindowExposed(&table));
    QTest::qWait(20);
    QStringList shown;
    for (const QLabel* label : table.findChildren<QLabel*>())
      if (label->isVisible() && label->width() > 0) shown << label->text();
    for (const char* words : {"PPL", "KL, mean", "V rank 32", "V rank 24", "2.945", "0.0934 nats",
                              "B loses more than A: the paired interval lies above 0."})
      QVERIFY2(shown.contains(words), words);
    QCOMPARE(cut(table), QStringList());
    QCOMPARE(table.rows().size(), std::size_t(3));
    QVERIFY(table.accessibleDescription().contains("B loses more"));
  }
};

QTEST_MAIN(TablesTest)
#include "tables_test.moc"
