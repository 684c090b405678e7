// SPDX-License-Identifier: GPL-3.0-or-later
// What a report says of figures that are not of what is chosen now, and of texts by their names.
#include "report/report_content.hpp"

#include <QTest>
#include <algorithm>

#include "app/support/fake_workspace.hpp"
#include "pages/compare_page.hpp"
#include "pages/pages.hpp"
#include "report/report_commands.hpp"
#include "theme/theme.hpp"

using namespace kvloupe;
using kvloupe::test::FakeWorkspace;

namespace {

/// Every text, and every cell and line in it, of a report.
QString wordsOf(const Report& report) {
  QStringList words;
  for (const ReportBlock& block : report.blocks) {
    if (const auto* text = std::get_if<ReportText>(&block)) words << text->words;
    if (const auto* heading = std::get_if<ReportHeading>(&block))
      words << "Heading: " + heading->words;
    if (const auto* command = std::get_if<ReportCommand>(&block)) words << command->line;
    if (const auto* table = std::get_if<ReportTable>(&block)) {
      words << table->caption << table->head.join('|');
      for (const QStringList& row : table->rows) words << row.join('|');
    }
  }
  return words.join('\n');
}

/// The command that the plans' table names in the row of a plan.
QString commandOf(const Report& report, const QString& plan) {
  QString number;
  for (const ReportBlock& block : report.blocks)
    if (const auto* table = std::get_if<ReportTable>(&block);
        table && table->head.last() == "command")
      for (const QStringList& row : table->rows)
        if (row.front() == plan) number = row.last();
  for (const ReportBlock& block : report.blocks)
    if (const auto* command = std::get_if<ReportCommand>(&block);
        command && command->what == "Command " + number)
      return command->line;
  return {};
}

}  // namespace

class ReportContentTest : public QObject, FakeWorkspace {
  Q_OBJECT

  Report report() const {
    return reportOf(ReportSource(*workspace_), {.title = {}, .author = {}, .figures = {"impact"}});
  }

 private slots:
  void init() {
    make();
    applyTheme(*qobject_cast<QApplication*>(qApp), ThemeKind::Light);
    runner_->start();
    open();
  }
  void cleanup() { remove(); }

  void aVerdictOnAnotherContextIsStale() {
    workspace_->findSafeRatios(Slot::A, {.curves = {}, .verdict = true});
    settle();
    const Report fresh = report();
    QVERIFY(wordsOf(fresh).contains("V is the fragile one."));
    QVERIFY(!wordsOf(fresh).contains("stale"));
    QVERIFY2(commandOf(fresh, "v:rank=4").startsWith("kvloupe-cli verdict"),
             qPrintable(wordsOf(fresh)));

    MeasurementSettings settings = workspace_->settings();
    settings.context = 64;
    workspace_->setSettings(settings);
    settle();
    const Report later = report();
    QVERIFY(!wordsOf(later).contains("V is the fragile one."));
    QVERIFY(wordsOf(later).contains("demo:gqa, stale"));
    // The same plan, measured by itself on the new context.
    const QString line = commandOf(later, "v:rank=4");
    QVERIFY2(line.startsWith("kvloupe-cli perplexity") && line.contains("-c 64"),
             qPrintable(wordsOf(later)));
  }

  void twoPlansOfAModelAreInIt() {
    workspace_->editPlan(withRank(workspace_->activeSlot().draft, Target::V, 6), 1);
    settle();
    QWidget host;
    const std::vector<Page*> pages = makePages(workspace_.get(), &host);
    pageOf<ComparePage>(pages)->setView({{"plans", true}, {"plan_b", "v:rank=4"}});
    ReportSource source(*workspace_);
    source.followPages(pages);
    const Report made = reportOf(source, {.title = {}, .author = {}, .figures = {"compare-plans"}});
    const QString words = wordsOf(made);
    QVERIFY2(words.contains(QString::fromUtf8("ΔPPL|+2.00")), qPrintable(words));
    QVERIFY2(words.contains("Not measured on the same windows") ||
                 words.contains("paired interval") || words.contains("Fewer than 3 windows"),
             qPrintable(words));
    const auto figures = std::count_if(
        made.blocks.begin(), made.blocks.end(),
        [](const ReportBlock& block) { return std::holds_alternative<ReportFigures>(block); });
    QCOMPARE(figures, 1);
    const auto asked = [](const ReportSource& of, const char* key) {
      for (const ReportOffer& offer : of.offers())
        if (offer.key == key) return offer.absence.isEmpty() && offer.asked;
      return false;
    };
    QVERIFY(asked(source, "compare-plans") && !asked(source, "compare"));  // one model

    // Beside two models both are drawn, whichever the page shows.
    workspace_->openModel("demo:mla", Slot::B);
    settle();
    for (const bool plans : {false, true}) {
      pageOf<ComparePage>(pages)->showPlans(plans);
      ReportSource pair(*workspace_);
      QVERIFY(!asked(pair, "compare-plans"));  // nobody chose two
      pair.followPages(pages);
      QVERIFY(asked(pair, "compare") && asked(pair, "compare-plans"));
      const QString both = wordsOf(
          reportOf(pair, {.title = {}, .author = {}, .figures = {"compare", "compare-plans"}}));
      QVERIFY2(both.contains("Heading: A beside B") && both.contains("Heading: Two plans of"),
               qPrintable(both));
    }
    workspace_->closeModel(Slot::B);
    settle();
  }

  void onlyTheTextsOfTheDemoNeedNoOption() {
    const SlotState& state = workspace_->activeSlot();
    QVERIFY(!analysisCommand(state, *state.analysis.value).contains("--file"));
    Analysis own = *state.analysis.value;
    own.text.name = "demo notes.txt";
    own.text.path = "/texts/demo notes.txt";
    QVERIFY(analysisCommand(state, own).contains("--file '/texts/demo notes.txt'"));
  }
};

QTEST_MAIN(ReportContentTest)
#include "report_content_test.moc"
