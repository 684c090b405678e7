// SPDX-License-Identifier: GPL-3.0-or-later
// Projector mode on the real window: what is large, what is gone, and that all of it comes back.
#include <QAbstractButton>
#include <QAction>
#include <QApplication>
#include <QLabel>
#include <QMenuBar>
#include <QMouseEvent>
#include <QRegularExpression>
#include <QTest>

#include "app/support/real_window.hpp"
#include "charts/budget_ruler.hpp"
#include "charts/chart_plot.hpp"
#include "charts/layers_chart.hpp"
#include "controls/pointer_ring.hpp"
#include "controls/rank_slider.hpp"
#include "lessons/lesson_file.hpp"
#include "pages/layers_page.hpp"
#include "pages/layers_tools.hpp"
#include "panels/compression_panel.hpp"
#include "panels/impact_panel.hpp"
#include "panels/lesson_panel.hpp"
#include "panels/log_pane.hpp"
#include "panels/models_panel.hpp"
#include "panels/models_rail.hpp"
#include "panels/projector_impact.hpp"
#include "panels/projector_plan.hpp"
#include "panels/status_line.hpp"
#include "tables/loss_table.hpp"
#include "types/format.hpp"
#include "window/left_dock.hpp"
#include "window/lesson_conduct.hpp"
#include "window/main_actions.hpp"
#include "window/main_window.hpp"
#include "window/page_bar.hpp"
#include "window/projector_mode.hpp"

using namespace kvloupe;

class ProjectorTest : public QObject {
  Q_OBJECT

  std::unique_ptr<RealWindow> real_;

  MainWindow& window() { return *real_->window; }
  Workbench& bench() { return *window().workbench(); }
  ProjectorMode& projector() { return *window().projector(); }
  LayersPage& layers() { return *bench().page<LayersPage>(); }
  void picture(const QString& name) {
    const QString folder = qEnvironmentVariable("KVLOUPE_PICTURES");
    if (folder.isEmpty()) return;
    window().setWindowState(Qt::WindowNoState);  // the screen of a test is small
    window().resize(1440, 900);
    QTest::qWait(300);
    QVERIFY(window().grab().save(folder + "/" + name + ".png"));
  }
  int typeOf(const QString& name) {
    auto* label = window().findChild<QLabel*>(name);
    return label != nullptr && label->isVisible() ? label->font().pixelSize() : 0;
  }

 private slots:
  void initTestCase() {
    real_ = std::make_unique<RealWindow>();
    QVERIFY(!window().actions()->projector->isEnabled());  // nothing to show yet
    window().openPath("demo:gqa");
    real_->settle();
  }
  void init() { QTest::failOnWarning(QRegularExpression("^(?!This plugin does not support).*")); }
  void cleanupTestCase() { real_.reset(); }

  void onlyWhatIsLookedAtStays() {
    QTest::keyClick(&window(), Qt::Key_F11);
    QVERIFY(projector().on());
    QVERIFY(window().windowState() & Qt::WindowFullScreen);
    for (const QWidget* gone : std::initializer_list<QWidget*>{
             window().menuBar(), window().statusLine(), bench().models(), bench().rail(),
             layers().tools(), bench().compression(), bench().impact()})
      QVERIFY2(!gone->isVisible(), gone->metaObject()->className());
    for (const QWidget* there : std::initializer_list<QWidget*>{
             bench().pageBar(), layers().chart(), projector().plan(), projector().impact()})
      QVERIFY2(there->isVisible(), there->metaObject()->className());
    picture("projector");
  }

  void typeAndHandlesAreLarge() {
    for (const char* figure : {"hallBaseline", "hallCompressed", "hallDelta", "hallRatio"})
      QVERIFY2(typeOf(figure) >= 40 && typeOf(figure) <= 52, figure);
    for (const QLabel* label : projector().plan()->findChildren<QLabel*>())
      if (label->isVisible() && !label->text().isEmpty())
        QVERIFY2(label->font().pixelSize() >= 16, qPrintable(label->text()));
    RankSlider* v = real_->slider("V rank");
    QVERIFY(v && v->large());
    QCOMPARE(v->handleRect().height(), 28);
    // Chart text of 12 as 18, and lines of 2.
    const LayersChart* chart = layers().chart();
    QCOMPARE(chart->magnification(), 1.5);
    QCOMPARE(chart->plot()->xAxis->tickLabelFont().pixelSize() * chart->magnification(), 18.0);
    QCOMPARE(chart->plot()->xAxis->basePen().widthF() * chart->magnification(), 2.0);
    QVERIFY(!chart->plot()->plottingHints().testFlag(QCP::phCacheLabels));
    QVERIFY(!chart->hasFocus());
    QCOMPARE(chart->plot()->viewport().width(),
             static_cast<int>(std::ceil(chart->plot()->width() / 1.5)));
  }

  void itShowsWhatWasMeasured() {
    const EvaluationFigures& figures = real_->workspace->activeSlot().current.value->figures;
    const auto text = [&](const char* name) { return window().findChild<QLabel*>(name)->text(); };
    QCOMPARE(text("hallBaseline"), QString::fromStdString(formatPpl(figures.baseline.ppl)));
    QCOMPARE(text("hallCompressed"), QString::fromStdString(formatPpl(figures.compressed.ppl)));
    QCOMPARE(text("hallDelta"), QString::fromStdString(formatDeltaPpl(figures.deltaPplPercent)));
    const BudgetRuler* ruler = projector().impact()->ruler();
    QCOMPARE(ruler->mark()->deltaPplPercent, figures.deltaPplPercent);
    QCOMPARE(ruler->mark()->interval->low, figures.deltaInterval->low);
    QVERIFY(ruler->range().low <= figures.deltaInterval->low);
    QVERIFY(ruler->range().high >= figures.deltaInterval->high);
    for (const double budget : BudgetRuler::budgets())
      QVERIFY(ruler->range().low < budget && budget < ruler->range().high);
  }

  void aClickOnABarMeetsTheBar() {
    LayersChart* chart = layers().chart();
    chart->plot()->replot();
    const LayersChart::Bar bar = chart->bars()[6];
    QTest::mouseClick(chart->plot(), Qt::LeftButton, {},
                      chart->plot()->toWidget(bar.rect).center().toPoint());
    QCOMPARE(bench().currentPage()->name(), "Dimensions");
    picture("projector-dimensions");
    QTest::keyClick(&window(), Qt::Key_1, Qt::ControlModifier);
    QCOMPARE(bench().currentPage()->name(), "Layers");
  }

  void everyPageIsLarge() {
    for (const int key : {Qt::Key_2, Qt::Key_3, Qt::Key_4, Qt::Key_5, Qt::Key_6, Qt::Key_1}) {
      QTest::keyClick(&window(), static_cast<Qt::Key>(key), Qt::ControlModifier);
      const Page* page = bench().currentPage();
      for (const QLabel* label : page->findChildren<QLabel*>())
        if (label->isVisible() && !label->text().isEmpty())
          QVERIFY2(label->font().pixelSize() >= 16,
                   qPrintable(page->name() + ": " + label->text()));
      for (const QAbstractButton* button : page->findChildren<QAbstractButton*>())
        if (button->isVisible() && !button->text().isEmpty())
          QVERIFY2(button->font().pixelSize() >= 16,
                   qPrintable(page->name() + ": " + button->text()));
      const auto* losses = page->findChild<LossTable*>();
      if (losses) QCOMPARE(losses->rowRect(1).height(), losses->rowRect(0).height());
      if (losses) QVERIFY(losses->rowRect(0).height() >= 37);
    }
  }

  void theSliderMeasuresAndUndoTakesTheDragBack() {
    RankSlider* v = real_->slider("V rank");
    const int before = v->value();
    const QPoint from = v->handleRect().center();
    QTest::mousePress(v, Qt::LeftButton, {}, from);
    // The ruler does not grow while the pointer drags.
    BudgetRuler* ruler = projector().impact()->ruler();
    const double end = ruler->range().high;
    BudgetRuler::Mark far;
    far.deltaPplPercent = 10 * end;
    ruler->setMark(far);
    QCOMPARE(ruler->range().high, end);
    for (int step = 1; step <= 4; ++step) {
      const QPointF at = from - QPoint(20 * step, 0);
      QMouseEvent move(QEvent::MouseMove, at, v->mapToGlobal(at), Qt::NoButton, Qt::LeftButton,
                       Qt::NoModifier);
      QApplication::sendEvent(v, &move);
    }
    QTest::mouseRelease(v, Qt::LeftButton, {}, from - QPoint(80, 0));
    QVERIFY(v->value() < before);
    real_->settle();
    const EvaluationFigures& figures = real_->workspace->activeSlot().current.value->figures;
    QCOMPARE(window().findChild<QLabel*>("hallDelta")->text(),
             QString::fromStdString(formatDeltaPpl(figures.deltaPplPercent)));
    window().actions()->undo->trigger();
    QCOMPARE(v->value(), before);
    real_->settle();
  }

  void aFigureIsTheSameAsAtTheDesk() {
    const FigureSpec spec = FigureSpec::twoColumns();
    const QImage hall = layers().chart()->renderImage(spec, 100);
    projector().setOn(false);
    QCOMPARE(layers().chart()->renderImage(spec, 100), hall);
    projector().setOn(true);
  }

  void aLessonWorksInIt() {
    LessonConduct& lessons = *window().lessons();
    lessons.start(bundledLessons().front());
    LeftDock* dock = bench().leftDock();
    QVERIFY(dock->lesson()->isVisible() && !dock->modelsTab()->isVisible());
    QTRY_VERIFY_WITH_TIMEOUT(lessons.runner()->stepDone(), RealWindow::kPatience);
    lessons.runner()->goOn();
    QCOMPARE(lessons.ring()->control(), real_->slider("V rank"));
    QVERIFY(lessons.ring()->ringRect().isValid());
    picture("projector-lesson");
    lessons.runner()->leave();
    QVERIFY(!dock->isVisible());
  }

  void leavingPutsEverythingBack_data() {
    QTest::addColumn<int>("key");
    QTest::newRow("F11") << static_cast<int>(Qt::Key_F11);
    QTest::newRow("Esc") << static_cast<int>(Qt::Key_Escape);
  }
  void leavingPutsEverythingBack() {
    QFETCH(int, key);
    projector().setOn(false);
    window().resize(1300, 880);
    window().actions()->themes->actions().last()->trigger();  // dark
    bench().showLog(true);
    bench().foldImpact(true);
    const QRect before = window().geometry();
    projector().setOn(true);
    QVERIFY(!bench().log()->isVisible());
    QVERIFY(!kvloupe::palette().dark);
    QTest::keyClick(&window(), static_cast<Qt::Key>(key));
    QVERIFY(!projector().on());
    QVERIFY(!window().actions()->projector->isChecked());
    QTRY_COMPARE(window().geometry(), before);
    QVERIFY(!(window().windowState() & Qt::WindowFullScreen));
    QVERIFY(kvloupe::palette().dark);
    for (const QWidget* back : std::initializer_list<QWidget*>{
             window().menuBar(), window().statusLine(), bench().models(), layers().tools(),
             bench().compression(), bench().impact()})
      QTRY_VERIFY2(back->isVisible(), back->metaObject()->className());
    QVERIFY(bench().logShown() && bench().impact()->folded());
    QCOMPARE(layers().chart()->magnification(), 1.0);
    QCOMPARE(layers().chart()->plot()->viewport(), layers().chart()->plot()->rect());
    QVERIFY(!projector().plan() && !projector().impact());
    bench().showLog(false);
    bench().foldImpact(false);
    window().actions()->themes->actions()[1]->trigger();  // light
  }
};

QTEST_MAIN(ProjectorTest)
#include "projector_test.moc"
