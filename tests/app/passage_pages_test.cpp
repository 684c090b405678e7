// SPDX-License-Identifier: GPL-3.0-or-later
// The pages that look at a passage closely, on the real core, driven by mouse and keyboard.
#include <qcustomplot.h>

#include <QCheckBox>
#include <QComboBox>
#include <QDoubleSpinBox>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QLineEdit>
#include <QProcess>
#include <QPushButton>
#include <QRegularExpression>
#include <QSignalSpy>
#include <QSpinBox>
#include <QTest>
#include <cmath>

#include "app/support/real_window.hpp"
#include "charts/attention_map.hpp"
#include "charts/bars_chart.hpp"
#include "charts/chart_plot.hpp"
#include "charts/head_map.hpp"
#include "charts/token_text.hpp"
#include "compression/plan/spec.hpp"
#include "controls/segmented_control.hpp"
#include "pages/attention_page.hpp"
#include "pages/attention_tools.hpp"
#include "pages/text_page.hpp"
#include "pages/text_tools.hpp"
#include "tables/loss_table.hpp"
#include "types/format.hpp"
#include "workspace/draft_for_model.hpp"

using namespace kvloupe;

class PassagePagesTest : public QObject {
  Q_OBJECT

  std::unique_ptr<RealWindow> real_;

  MainWindow& window() { return *real_->window; }
  Workspace& workspace() { return *real_->workspace; }
  TextPage& text() { return *window().workbench()->page<TextPage>(); }
  AttentionPage& attention() { return *window().workbench()->page<AttentionPage>(); }
  const Look& look(Looker looker) { return workspace().activeSlot().looks[indexOf(looker)]; }
  const Passage& read() { return *look(Looker::Text).seen.value; }
  const Passage& seen() { return *look(Looker::Attention).seen.value; }
  void compress(const char* spec) {
    workspace().editPlan(draftFor(*workspace().activeSlot().model, std::vector{parseSpec(spec)}),
                         workspace().newGesture());
    real_->settle();
  }
  /// To be looked at: written into the folder that KVLOUPE_PICTURES names.
  void picture(const QString& name) {
    QTest::qWait(80);
    const QString folder = qEnvironmentVariable("KVLOUPE_PICTURES");
    if (!folder.isEmpty()) QVERIFY(window().grab().save(folder + "/" + name + ".png"));
  }
  template <class Widget>
  Widget* named(QWidget& parent, const QString& name) {
    for (Widget* each : parent.findChildren<Widget*>())
      if (each->accessibleName() == name) return each;
    return nullptr;
  }

 private slots:
  void initTestCase() {
    real_ = std::make_unique<RealWindow>();
    // The list of recalled words of the beginning of the text.
    QFile whole(QString(KVLOUPE_DEMO) + "/evaluation.recall.json");
    QVERIFY(whole.open(QIODevice::ReadOnly));
    QJsonArray spans;
    for (const QJsonValue& span :
         QJsonDocument::fromJson(whole.readAll()).object()["spans"].toArray())
      if (span[1].toInt() <= 20000) spans.append(span);
    QFile part(real_->folder.filePath("evaluation.recall.json"));
    QVERIFY(part.open(QIODevice::WriteOnly));
    part.write(QJsonDocument(QJsonObject{{"bytes", 20000}, {"spans", spans}}).toJson());
    part.close();
    window().openPath("demo:gqa");
    real_->settle();
  }
  void init() { QTest::failOnWarning(QRegularExpression("^(?!This plugin does not support).*")); }
  void cleanupTestCase() { real_.reset(); }

  void nothingIsReadUntilThePageIsSeen() {
    QVERIFY(!look(Looker::Text).seen.value);
    QVERIFY(!look(Looker::Attention).seen.value);
    QTest::keyClick(&window(), Qt::Key_4, Qt::ControlModifier);
    QCOMPARE(window().workbench()->currentPage()->name(), "Text");
    real_->settle();
    QVERIFY(look(Looker::Text).seen.value);
    QVERIFY(!look(Looker::Attention).seen.value);
  }

  void everyTokenHasTheColourOfItsLoss() {
    compress("k:rank=10");
    const Passage& passage = read();
    QCOMPARE(passage.specText, "k:rank=10");
    QCOMPARE(passage.tokens.size(), std::size_t(256));
    TokenText* shown = text().text();
    QCOMPARE(shown->view().passage.get(), &passage);
    const ColorScale& scale = shown->scale();
    QCOMPARE(scale.high, 0.6);
    QCOMPARE(scale.low, -0.6);
    QVERIFY(!shown->colorOf(0).isValid());  // nothing stands before it
    int better = 0, worse = 0;
    for (int t = 1; t < 256; ++t) {
      const PassageToken& token = passage.tokens[std::size_t(t)];
      const double delta = double(token.nll) - double(token.baselineNll);
      QCOMPARE(shown->valueOf(t), delta);
      const QColor color = shown->colorOf(t);
      QCOMPARE(color, scale.color(delta, lightPalette()));
      // Green is better and violet worse.
      if (delta < -0.1) QVERIFY(color.green() > color.red());
      if (delta > 0.1) QVERIFY(color.green() < color.red());
      better += delta < -0.1;
      worse += delta > 0.1;
    }
    QVERIFY2(better > 2 && worse > 10, qPrintable(QString("%1 %2").arg(better).arg(worse)));
    picture("text");
  }

  void theTableAndTheHistogramHoldTheSameTokens() {
    const Passage& passage = read();
    const std::vector<int> shown = text().losses()->shown();
    QVERIFY(shown.size() >= 6);
    double least = INFINITY;
    for (const int token : shown) {
      const double loss = deltaNllOf(passage.tokens[std::size_t(token)]);
      QVERIFY(loss <= least);
      least = loss;
    }
    for (int t = 1; t < 256; ++t)
      if (std::find(shown.begin(), shown.end(), t) == shown.end())
        QVERIFY(deltaNllOf(passage.tokens[std::size_t(t)]) <= least);
    const BarsData& bars = text().bars()->data();
    double tokens = 0;
    for (const Bar& bar : bars.bars) {
      tokens += bar.value;
      double inside = 0;
      for (int t = 1; t < 256; ++t) {
        const double loss = deltaNllOf(passage.tokens[std::size_t(t)]);
        inside += loss >= bar.from - 1e-9 && loss <= bar.to + 1e-9;
      }
      QVERIFY(std::abs(inside - bar.value) <= 1);  // one may stand on an edge
    }
    QCOMPARE(tokens, 255.0);
  }

  void keysGoFromWorstToWorst() {
    const Passage& passage = read();
    const std::vector<int> order = worstFirst(passage);
    text().text()->setFocus();
    QTest::keyClick(text().text(), Qt::Key_N);
    QCOMPARE(text().text()->view().chosen, order[0]);
    QTest::keyClick(text().text(), Qt::Key_N);
    QTest::keyClick(text().text(), Qt::Key_N);
    QCOMPARE(text().text()->view().chosen, order[2]);
    QTest::keyClick(text().text(), Qt::Key_N, Qt::ShiftModifier);
    QCOMPARE(text().text()->view().chosen, order[1]);
    // The token is in view, and its card tells what the core says.
    const QRectF rect = text().text()->tokenRect(order[1]);
    QVERIFY(QRectF(text().text()->plot()->axisRect()->rect()).contains(rect.center()));
    const TipText tip = tipShown();
    const PassageToken& token = passage.tokens[std::size_t(order[1])];
    QCOMPARE(tip.columns.size(), std::size_t(2));
    QCOMPARE(tip.columns[1].rows.size(), std::size_t(5));
    QCOMPARE(tip.columns[1].rows[0].second, double(token.likeliest[0].probability));
    QVERIFY(tip.lines[0].first.contains(
        QString::fromStdString(formatProbability(std::exp(-double(token.nll))))));
    picture("text-worst");
    // The table follows, and leads.
    QTest::mouseClick(text().losses(), Qt::LeftButton, {}, text().losses()->rowRect(4).center());
    QCOMPARE(text().text()->view().chosen, order[4]);
    text().losses()->setFocus();
    QTest::keyClick(text().losses(), Qt::Key_Down);
    QCOMPARE(text().text()->view().chosen, order[5]);
    QTest::keyClick(text().text(), Qt::Key_Right);
    QCOMPARE(text().text()->view().chosen, order[5] + 1);
  }

  TipText tipShown() {
    for (TipCard* card : window().findChildren<TipCard*>())
      if (card->isVisible()) return card->text();
    return {};
  }

  void thePointerHoversAndChooses() {
    TokenText* shown = text().text();
    shown->plot()->replot();
    QTest::keyClick(shown, Qt::Key_Home);
    const QPoint at = shown->tokenRect(12).center().toPoint();
    QTest::mouseMove(shown->plot(), at);
    QVERIFY(tipShown().note.contains("12"));
    QTest::mouseClick(shown->plot(), Qt::LeftButton, {}, at);
    QCOMPARE(shown->view().chosen, 12);
    QTest::mouseMove(shown->plot(), QPoint(2, 2));
    // The wheel scrolls and zooms nothing.
    window().resize(1024, 680);
    QTest::qWait(100);
    const double before = shown->scrolled();
    QWheelEvent wheel(QPointF(40, 40), shown->plot()->mapToGlobal(QPointF(40, 40)), {}, {0, -240},
                      Qt::NoButton, {}, Qt::NoScrollPhase, false);
    QApplication::sendEvent(shown->plot(), &wheel);
    QVERIFY(shown->scrolled() > before);
    QVERIFY(!shown->isZoomed());
    picture("text-minimum");
    window().resize(1440, 900);
    QTest::qWait(100);
  }

  void toolsChangeWhatColoursSay() {
    auto* color = named<QComboBox>(text(), "Colour by");
    color->setCurrentIndex(1);
    emit color->activated(1);
    TokenText* shown = text().text();
    const Passage& passage = read();
    QCOMPARE(shown->scale().kind, ColorScale::Kind::Sequential);
    for (int t = 1; t < 256; ++t)
      QCOMPARE(shown->valueOf(t), std::max(0.0, deltaNllOf(passage.tokens[std::size_t(t)])));
    color->setCurrentIndex(2);
    emit color->activated(2);
    QCOMPARE(shown->valueOf(9), double(passage.tokens[9].kl));
    color->setCurrentIndex(0);
    emit color->activated(0);
    auto* reach = named<QDoubleSpinBox>(text(), "Scale");
    reach->setValue(1.5);
    QCOMPARE(shown->scale().high, 1.5);
    reach->setValue(0.6);
  }

  void positionsAndRecalledWords() {
    const EvaluationPtr whole = workspace().activeSlot().current.value;
    QTest::mouseClick(text().below()->segment(1), Qt::LeftButton);
    const BarsData& positions = text().bars()->data();
    QCOMPARE(positions.bars.size(), whole->figures.positions.size());
    QVERIFY(positions.bars.size() > 4);
    QCOMPARE(positions.bars[3].value, whole->figures.positions[3].deltaNll);
    picture("text-position");
    QTest::mouseClick(text().below()->segment(2), Qt::LeftButton);
    QVERIFY(read().recall);
    const BarsData& recalled = text().bars()->data();
    QCOMPARE(recalled.bars.size(), std::size_t(2));
    QCOMPARE(recalled.bars[0].value, read().recall->recalled.deltaNll);
    QCOMPARE(recalled.bars[1].value, read().recall->others.deltaNll);
    const double tokens = double(read().recall->recalled.tokens + read().recall->others.tokens);
    QCOMPARE(tokens, double(whole->nll.size()));
    picture("text-recalled");
    QTest::mouseClick(text().below()->segment(0), Qt::LeftButton);
  }

  void anotherWindowIsReadAndOldOnesAreStale() {
    auto* spin = named<QSpinBox>(text(), "Window");
    spin->setValue(3);
    QCOMPARE(look(Looker::Text).wish->window, 3);
    real_->settle();
    QCOMPARE(read().window, 3);
    QCOMPARE(text().text()->view().passage->window, 3);
    QVERIFY(!text().text()->view().stale);
    workspace().editPlan(
        draftFor(*workspace().activeSlot().model, std::vector{parseSpec("v:rank=9")}),
        workspace().newGesture());
    QTRY_VERIFY(text().text()->view().stale);  // at once, until it is read again
    QVERIFY(text().text()->subtitle().contains("last run"));
    real_->settle();
    QVERIFY(!text().text()->view().stale);
    QCOMPARE(read().specText, "v:rank=9");
  }

  void aLayerOfItsOwnCanBeSeenAlone() {
    auto* layers = named<QComboBox>(text(), "Compressed layers");
    QVERIFY(!layers->isVisible());
    const std::vector specs = {parseSpec("k:rank=40"), parseSpec("k:rank=6@2")};
    workspace().editPlan(draftFor(*workspace().activeSlot().model, specs),
                         workspace().newGesture());
    real_->settle();
    QVERIFY(layers->isVisible());
    QCOMPARE(layers->count(), 3);
    QCOMPARE(layers->itemText(2), "Layer 2 alone");
    layers->setCurrentIndex(2);
    emit layers->activated(2);
    real_->settle();
    for (const QString& spec : QString::fromStdString(read().specText).split(' '))
      QVERIFY2(spec.endsWith("@2"), qPrintable(spec));
    QVERIFY(read().specText.find("rank=6") != std::string::npos);
    layers->setCurrentIndex(0);
    emit layers->activated(0);
    compress("k:rank=8");
    QVERIFY(!layers->isVisible());
  }

  void attentionHoldsTheCoresWeights() {
    QTest::keyClick(&window(), Qt::Key_3, Qt::ControlModifier);
    QCOMPARE(window().workbench()->currentPage()->name(), "Attention");
    QVERIFY(!look(Looker::Text).wish);
    real_->settle();
    const Passage& passage = seen();
    const int tokens = int(passage.tokens.size());
    QVERIFY(tokens > 4);
    QCOMPARE(named<QLineEdit>(attention(), "Sentence")->text(),
             QString::fromStdString(passage.sentence));
    const auto& [before, after, difference] = attention().maps();
    for (int row = 0; row < tokens; ++row)
      for (int key = 0; key <= row; ++key) {
        const auto at = std::size_t(row * tokens + key);
        QCOMPARE(before->value(row, key), double(passage.attention->baseline[at]));
        QCOMPARE(after->value(row, key), double(passage.attention->compressed[at]));
        QCOMPARE(difference->value(row, key), after->value(row, key) - before->value(row, key));
        QVERIFY(std::abs(difference->value(row, key)) <= difference->scale().high + 1e-9);
      }
    QCOMPARE(difference->scale().low, -difference->scale().high);
    // The row whose attention moved most is chosen.
    const std::vector<double>& kl = passage.attention->rowKl;
    QCOMPARE(kl[std::size_t(before->view().row)], *std::max_element(kl.begin(), kl.end()));
    picture("attention");
  }

  void aClickShowsARow() {
    AttentionMap* map = attention().maps()[0];
    map->plot()->replot();
    QTest::mouseClick(map->plot(), Qt::LeftButton, {}, map->cellRect(4, 1).center().toPoint());
    for (const AttentionMap* each : attention().maps()) QCOMPARE(each->view().row, 4);
    const BarsData& row = attention().row()->data();
    QCOMPARE(row.bars.size(), std::size_t(10));
    QCOMPARE(row.bars[2].value, map->value(4, 1));
    QCOMPARE(row.bars[3].value, attention().maps()[1]->value(4, 1));
    // Tab goes from row to row, Return takes one.
    map->setFocus(Qt::TabFocusReason);
    QTest::keyClick(map, Qt::Key_Tab);
    QTest::keyClick(map, Qt::Key_Tab);
    QTest::keyClick(map, Qt::Key_Tab);
    QTest::keyClick(map, Qt::Key_Return);
    QCOMPARE(attention().maps()[2]->view().row, 2);
  }

  void layersAndHeadsAreChosenByTheirBars() {
    const Passage& passage = seen();
    BarsChart* layers = attention().layers();
    QCOMPARE(layers->data().bars.size(), std::size_t(6));
    for (std::size_t layer = 0; layer < 6; ++layer)
      QCOMPARE(layers->data().bars[layer].value, passage.layers[layer].mean);
    layers->plot()->replot();
    QTest::mouseClick(layers->plot(), Qt::LeftButton, {}, layers->barRect(3).center().toPoint());
    real_->settle();
    QCOMPARE(seen().attention->layer, 3);
    QCOMPARE(named<QSpinBox>(attention(), "Layer")->value(), 3);
    QCOMPARE(layers->data().selected, 3);
    // By heads.
    auto* by = named<SegmentedControl>(attention(), "KL by layers or heads");
    QTest::mouseClick(by->segment(1), Qt::LeftButton);
    HeadMap* heads = attention().heads();
    QVERIFY(heads->isVisible());
    QCOMPARE(heads->value(4, 2), seen().layers[4].heads[2]);
    QTest::qWait(80);
    heads->plot()->replot();
    QTest::mouseClick(heads->plot(), Qt::LeftButton, {}, heads->cellRect(4, 2).center().toPoint());
    real_->settle();
    QCOMPARE(seen().attention->layer, 4);
    QCOMPARE(seen().attention->head, 2);
    QCOMPARE(seen().attention->kvHead, 1);
    picture("attention-heads");
    QTest::mouseClick(by->segment(0), Qt::LeftButton);
  }

  void aSentenceOfOnesOwn() {
    auto* edit = named<QLineEdit>(attention(), "Sentence");
    edit->setFocus();
    edit->selectAll();
    QTest::keyClicks(edit, "Anna gave the old miller a lantern because it was dark.");
    QTest::keyClick(edit, Qt::Key_Return);
    real_->settle();
    QCOMPARE(seen().sentence, "Anna gave the old miller a lantern because it was dark.");
    QCOMPARE(attention().maps()[0]->tokens(), int(seen().tokens.size()));
    picture("attention-own");
    // One token is refused in words, where the charts stand; another sentence brings them back.
    edit->selectAll();
    QTest::keyClicks(edit, "a");
    QTest::keyClick(edit, Qt::Key_Return);
    real_->settle();
    QVERIFY2(attention().maps()[0]->emptyText().contains("does not fit a window"),
             qPrintable(attention().maps()[0]->emptyText()));
    QVERIFY(!window().errorDialog());
    QVERIFY(attention().maps()[0]->view().stale);
    edit->selectAll();
    QTest::keyClicks(edit, "The miller sold the boat to Anna.");
    QTest::keyClick(edit, Qt::Key_Return);
    real_->settle();
    QVERIFY(!attention().maps()[0]->view().stale);
    QCOMPARE(seen().sentence, "The miller sold the boat to Anna.");
  }

  void aTokensSentenceOpensItsAttention() {
    window().showPage("text");
    real_->settle();
    text().text()->setFocus();
    QTest::keyClick(text().text(), Qt::Key_N);
    const int token = text().text()->view().chosen;
    const QString sentence = sentenceAround(read(), token);
    QVERIFY(sentence.contains(tokenName(read(), read().tokens[std::size_t(token)].id)));
    QTest::keyClick(text().text(), Qt::Key_Return);
    QCOMPARE(window().workbench()->currentPage()->name(), "Attention");
    real_->settle();
    QCOMPARE(QString::fromStdString(seen().sentence), sentence);
  }

  void viewsAreKeptAndComeBack() {
    QJsonObject view = attention().view();
    QCOMPARE(view["layer"].toInt(), seen().attention->layer);
    view["layer"] = 1;
    view["head"] = 3;
    view["root"] = false;
    attention().setView(view);
    real_->settle();
    QCOMPARE(seen().attention->layer, 1);
    QCOMPARE(seen().attention->head, 3);
    QVERIFY(!attention().maps()[0]->scale().root);
    QCOMPARE(attention().view(), view);
    QJsonObject window = text().view();
    window["window"] = 1;
    window["reach"] = 0.3;
    window["below"] = 1;
    text().setView(window);
    QCOMPARE(text().view(), window);
  }

  void aMlaModelHasItsPages() {
    window().openPath("demo:mla", Slot::A);
    real_->settle();
    QCOMPARE(seen().layers.size(), std::size_t(6));
    QVERIFY(seen().layers[2].mean > 0);
    picture("attention-mla");
    window().showPage("text");
    real_->settle();
    QCOMPARE(read().tokens.size(), std::size_t(256));
  }

  void everyFigureLeavesWithItsValues() {
    for (const QString& page : {QString("text"), QString("attention")}) {
      window().showPage(page);
      real_->settle();
      for (ChartFrame* chart : window().workbench()->currentPage()->charts()) {
        const QString path = real_->folder.filePath("chart.csv");
        chart->save(path, FigureSpec::twoColumns());
        QFile file(path);
        QVERIFY(file.open(QIODevice::ReadOnly));
        QVERIFY2(file.readAll().count('\n') > 3, qPrintable(chart->title()));
        QVERIFY(chart->renderSvg(FigureSpec::twoColumns()).size() > 2000);
        QVERIFY2(!chart->accessibleDescription().isEmpty(), qPrintable(chart->title()));
        QVERIFY(!chart->provenance().isEmpty());
      }
    }
  }

  void whatWasLookedAtComesBackAtOnce() {
    window().showPage("text");
    compress("v:rank=24");
    const PassagePtr before = look(Looker::Text).seen.value;
    compress("v:rank=20");
    QVERIFY(look(Looker::Text).seen.value != before);
    workspace().undoGroup()->undo();
    QCOMPARE(look(Looker::Text).seen.value, before);  // nothing ran in between
    QVERIFY(!text().text()->view().stale);
    real_->settle();
    QCOMPARE(look(Looker::Text).seen.value, before);
    window().showPage("attention");
    real_->settle();
    QCOMPARE(seen().specText, "v:rank=24");
  }

  void aSavedRunShowsWhatWasLookedAt() {
    const PassagePtr read = look(Looker::Text).seen.value;
    const PassagePtr attended = look(Looker::Attention).seen.value;
    QVERIFY(read && attended);
    window().showPage("text");
    real_->settle();
    const QString path = real_->folder.filePath("looked.kvl.h5");
    QSignalSpy saved(&workspace(), &Workspace::runSaved);
    workspace().saveRun(path);
    QTRY_COMPARE(saved.count(), 1);
    QSignalSpy opened(&workspace(), &Workspace::runOpened);
    workspace().openRun(path);
    QTRY_COMPARE(opened.count(), 1);
    real_->settle();
    QCOMPARE(workspace().activeSlot().phase, Phase::Saved);
    const PassagePtr kept = look(Looker::Text).seen.value;
    QVERIFY(kept && kept != read);
    QCOMPARE(text().text()->view().passage, kept);
    QVERIFY(!text().text()->view().stale);
    QCOMPARE(kept->specText, read->specText);
    QCOMPARE(kept->tokens.size(), read->tokens.size());
    for (std::size_t t = 0; t < kept->tokens.size(); ++t) {
      const PassageToken &here = kept->tokens[t], &there = read->tokens[t];
      QCOMPARE(here.id, there.id);
      QCOMPARE(here.scored, there.scored);
      QCOMPARE(here.recalled, there.recalled);
      QCOMPARE(here.nll, there.nll);
      QCOMPARE(here.baselineNll, there.baselineNll);
      QCOMPARE(here.kl, there.kl);
      QCOMPARE(here.sameTop1, there.sameTop1);
      QCOMPARE(here.likeliest.size(), there.scored ? std::size_t(5) : std::size_t(0));
      for (std::size_t c = 0; c < here.likeliest.size(); ++c) {
        QCOMPARE(here.likeliest[c].id, there.likeliest[c].id);
        QCOMPARE(here.baselineLikeliest[c].probability, there.baselineLikeliest[c].probability);
      }
    }
    QCOMPARE(kept->texts, read->texts);
    QCOMPARE(kept->recall.has_value(), read->recall.has_value());
    picture("text-saved");
    window().showPage("attention");
    QCOMPARE(seen().attention->baseline, attended->attention->baseline);
    QCOMPARE(seen().attention->compressed, attended->attention->compressed);
    QCOMPARE(attention().maps()[0]->view().passage, look(Looker::Attention).seen.value);
    picture("attention-saved");
  }

  /// Figures of a run, written by a program that never opens its model.
  void aSavedRunIsExportedWithoutItsModel() {
    const QString path = real_->folder.filePath("looked.kvl.h5");
    for (const QString& page : {QString("text"), QString("attention")}) {
      const QString values = real_->folder.filePath(page + ".csv");
      QProcess program;
      program.setProcessChannelMode(QProcess::MergedChannels);
      program.start(KVLOUPE_PROGRAM, {"--export", page, "-o", values, path});
      QVERIFY(program.waitForFinished(RealWindow::kPatience));
      QVERIFY2(program.exitCode() == 0, program.readAll().constData());
      QFile file(values);
      QVERIFY(file.open(QIODevice::ReadOnly));
      const QByteArray rows = file.readAll();
      if (page == "attention") {
        QVERIFY2(rows.contains("\nrow,token,key"), rows.left(80).constData());
        continue;
      }
      QVERIFY2(rows.contains("\ntoken,text,id,delta_nll"), rows.left(80).constData());
      for (const PassageToken& token : read().tokens) {
        if (!token.scored) continue;
        const QByteArray delta = QByteArray::number(deltaNllOf(token), 'g', 8);
        QVERIFY2(rows.contains("," + delta + ","), delta.constData());
      }
    }
  }

  void aSavedRunSaysWhatItHoldsInstead() {
    window().showPage("text");
    auto* spin = named<QSpinBox>(text(), "Window");
    const int held = spin->value();
    QTRY_VERIFY(text().text()->view().passage);
    compress("v:rank=11");  // never read: what stood there stays, and says so
    QVERIFY(text().text()->view().stale);
    QTest::mouseClick(text().below()->segment(1), Qt::LeftButton);
    QVERIFY(text().bars()->data().stale);  // the whole text was read under the other plan
    spin->setValue(held + 1);
    QTRY_VERIFY(!text().text()->view().passage);
    const QString words = QString("window %1 under v:rank=24").arg(held);
    QVERIFY2(text().text()->emptyText().contains(words), qPrintable(text().text()->emptyText()));
    picture("text-saved-other");
    workspace().undoGroup()->undo();
    spin->setValue(held);
    QTRY_VERIFY(text().text()->view().passage);
    QVERIFY(!text().text()->view().stale);
  }
};

QTEST_MAIN(PassagePagesTest)
#include "passage_pages_test.moc"
