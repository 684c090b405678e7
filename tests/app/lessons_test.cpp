// SPDX-License-Identifier: GPL-3.0-or-later
// Every bundled lesson on the real window, to its end, with the controls that it points at.
#include <QAbstractButton>
#include <QAction>
#include <QApplication>
#include <QComboBox>
#include <QMenu>
#include <QMenuBar>
#include <QMessageBox>
#include <QMouseEvent>
#include <QPushButton>
#include <QRegularExpression>
#include <QTest>
#include <algorithm>
#include <cmath>

#include "app/support/real_window.hpp"
#include "controls/pointer_ring.hpp"
#include "controls/rank_slider.hpp"
#include "controls/segmented_control.hpp"
#include "lessons/lesson_file.hpp"
#include "panels/lesson_panel.hpp"
#include "panels/models_panel.hpp"
#include "panels/start_page.hpp"
#include "types/format.hpp"
#include "window/left_dock.hpp"
#include "window/lesson_conduct.hpp"
#include "window/main_actions.hpp"
#include "window/main_window.hpp"

using namespace kvloupe;

namespace {

constexpr int kPatience = RealWindow::kPatience;

/// What a person does for each thing that a step waits for.
struct Hand {
  MainWindow& window;

  QWidget* control(const QString& name) const { return window.lessons()->control(name); }

  void choose(QComboBox* list, int index) const {
    QVERIFY(list && list->isVisible() && index >= 0);
    list->setFocus();
    while (list->currentIndex() != index)
      QTest::keyClick(list, list->currentIndex() < index ? Qt::Key_Down : Qt::Key_Up);
  }
  void operator()(const ModelGoal& goal) const {
    MainActions* actions = window.actions();
    (goal.model == "demo:mla" ? actions->openMla : actions->openGqa)->trigger();
  }
  void operator()(const PresetGoal& goal) const {
    auto* presets = qobject_cast<SegmentedControl*>(control("presets"));
    QVERIFY(presets && presets->isVisible());
    QTest::mouseClick(presets->segment(static_cast<int>(goal.preset)), Qt::LeftButton);
  }
  void operator()(const RankGoal& goal) const {
    static const std::array<QString, 4> kNames = {"kRank", "vRank", "latentRank", "ropeKeyRank"};
    auto* slider =
        qobject_cast<RankSlider*>(control(kNames[static_cast<std::size_t>(goal.target)]));
    QVERIFY(slider && slider->isVisible());
    const int rank = goal.atMost.value_or(goal.atLeast.value_or(1));
    const QPoint from = slider->handleRect().center();
    const QPointF to(slider->positionOf(rank), from.y());
    QTest::mousePress(slider, Qt::LeftButton, {}, from);
    QMouseEvent move(QEvent::MouseMove, to, slider->mapToGlobal(to), Qt::NoButton, Qt::LeftButton,
                     Qt::NoModifier);
    QApplication::sendEvent(slider, &move);
    QTest::mouseRelease(slider, Qt::LeftButton, {}, to.toPoint());
    slider->setFocus();
    while (slider->value() > rank) QTest::keyClick(slider, Qt::Key_Left);
    while (slider->value() < rank) QTest::keyClick(slider, Qt::Key_Right);
  }
  void operator()(const TapGoal& goal) const {
    auto* list = qobject_cast<QComboBox*>(control(goal.target == Target::K ? "kTap" : "vTap"));
    QVERIFY(list);
    choose(list, list->findText(QString::fromUtf8(tapName(goal.tap).data())));
  }
  void operator()(const PageGoal& goal) const {
    QTest::mouseClick(control(goal.page + "Tab"), Qt::LeftButton);
  }
  void operator()(const ChoiceGoal& goal) const {
    auto* list = qobject_cast<QComboBox*>(control(goal.control));
    QVERIFY(list);
    choose(list, list->findData(goal.shows));
  }
  void operator()(const TokensGoal& goal) const {
    auto* tab = window.findChild<QAbstractButton*>("dockModelsTab");
    QTest::mouseClick(tab, Qt::LeftButton);
    auto* list = qobject_cast<QComboBox*>(control("calibrationTokens"));
    QVERIFY(list);
    choose(list, goal.atMost ? 0 : list->findText("65,536"));
  }
  void operator()(const AnalysedGoal&) const {}
  void operator()(const MeasuredGoal&) const {}
};

}  // namespace

class LessonsTest : public QObject {
  Q_OBJECT

  std::unique_ptr<RealWindow> real_;

  MainWindow& window() { return *real_->window; }
  LessonConduct& lessons() { return *window().lessons(); }
  LessonRunner& runner() { return *lessons().runner(); }
  LeftDock& dock() { return *window().workbench()->leftDock(); }
  const LessonView& view() { return dock().lesson()->view(); }
  void press(const QString& name) {
    auto* button = window().findChild<QAbstractButton*>(name);
    QVERIFY2(button && button->isVisible() && button->isEnabled(), qPrintable(name));
    QTest::mouseClick(button, Qt::LeftButton);
  }
  void picture(const QString& name) {
    const QString folder = qEnvironmentVariable("KVLOUPE_PICTURES");
    QTest::qWait(folder.isEmpty() ? 0 : 200);
    if (!folder.isEmpty()) QVERIFY(window().grab().save(folder + "/" + name + ".png"));
  }
  /// A lesson that takes the place of measurements asks whether to save them.
  void giveUpWhatWasMeasured() {
    for (QMessageBox* question : window().findChildren<QMessageBox*>())
      if (question->isVisible())
        QTest::mouseClick(question->button(QMessageBox::Discard), Qt::LeftButton);
  }
  void waitForTheStep() {
    QTRY_VERIFY2_WITH_TIMEOUT(runner().stepDone(), qPrintable(runner().current().title), kPatience);
    QCoreApplication::processEvents();  // the words follow when the event loop is idle
  }
  /// Everything that a step says is said, and of this measurement.
  void itSaysWhatWasMeasured(const Lesson& lesson, const LessonStep& step) {
    const QByteArray where = (lesson.key + ": " + step.title).toUtf8();
    for (const QString& said : {view().text, view().answer}) {
      QVERIFY2(!said.contains('{') && !said.contains('}'), where);
      QVERIFY2(!said.contains(QString::fromUtf8("–")), (where + ": " + said.toUtf8()).constData());
    }
    if (!step.answers.empty()) QVERIFY2(!view().answer.isEmpty(), where);
    const bool measured = std::any_of(
        step.waits.begin(), step.waits.end(),
        [](const LessonGoal& goal) { return std::holds_alternative<MeasuredGoal>(goal); });
    if (!measured || step.record.isEmpty()) return;
    const SlotState& state = real_->workspace->activeSlot();
    const LessonRecord& kept = runner().records().at(step.record);
    QCOMPARE(kept.plan.get(), state.current.value.get());
    if (step.answers.back().say.contains(step.record + ".dppl"))
      QVERIFY2(view().answer.contains(
                   QString::fromStdString(formatDeltaPpl(kept.plan->figures.deltaPplPercent))),
               where);
  }
  /// The control exists, and can be seen where the step can be seen.
  void theRingIsAroundTheControl(const LessonStep& step, const QByteArray& where) {
    if (!step.point) return;
    QWidget* control = lessons().control(step.point->control);
    QVERIFY2(control, (where + ": no control " + step.point->control.toUtf8()).constData());
    if (runner().stepDone() && step.waits.size() > 1) return;
    PointerRing* ring = lessons().ring();
    QVERIFY2(ring->control() && ring->isVisible(), where);
    const QRect around = ring->ringRect();
    QVERIFY2(!around.isEmpty() && window().rect().contains(around), where);
    const QRect card = ring->cardRect();
    QVERIFY2(card.isNull() || window().rect().contains(card), where);
    QWidget* pointed = ring->control();
    const QPoint middle =
        qobject_cast<QMenu*>(control) != nullptr
            ? around.center()
            : QRect(pointed->mapTo(&window(), QPoint()), pointed->size()).center();
    QVERIFY2(around.contains(middle), where);
    if (qobject_cast<RankSlider*>(control) != nullptr)
      QVERIFY2(!card.intersects(around), where);  // the handle is never under the card
  }

 private slots:
  void initTestCase() { real_ = std::make_unique<RealWindow>(); }
  void init() { QTest::failOnWarning(QRegularExpression("^(?!This plugin does not support).*")); }
  void cleanupTestCase() { real_.reset(); }

  void theStartPageAndTheMenuOfferThem() {
    QStringList offered;
    for (const QAction* action : window().actions()->lessons->actions()) offered << action->text();
    for (const Lesson& lesson : bundledLessons()) {
      QVERIFY2(offered.contains(lesson.title), qPrintable(lesson.title));
      bool listed = false;
      for (const auto* row : window().startPage()->findChildren<QAbstractButton*>())
        listed = listed || (row->text() == lesson.title && row->isVisible());
      QVERIFY2(listed, qPrintable(lesson.title));
    }
    QVERIFY(!window().actions()->leaveLesson->isEnabled());
    picture("start");
  }

  void aClickOnTheStartPageBegins() {
    for (auto* row : window().startPage()->findChildren<QAbstractButton*>())
      if (row->text() == bundledLessons().front().title) QTest::mouseClick(row, Qt::LeftButton);
    QVERIFY(runner().running());
    QVERIFY(dock().lesson()->isVisible());
    QCOMPARE(dock().width(), LeftDock::kLessonWidth);
    QCOMPARE(view().step, 0);
    QVERIFY(!view().canGoOn);
    QVERIFY(window().findChild<QPushButton*>("lessonNext")->isEnabled() == view().canGoOn);
  }

  void leavingPutsTheDockBack() {
    press("lessonLeave");
    QVERIFY(!runner().running());
    QCOMPARE(dock().width(), LeftDock::kModelsWidth);
    QVERIFY(dock().models()->isVisible());
    QVERIFY(!lessons().ring()->isVisible());
    window().workbench()->foldModels(true);
    lessons().start(bundledLessons().front());
    QVERIFY(dock().lesson()->isVisible());
    press("lessonLeave");
    QVERIFY(window().workbench()->modelsFolded());
    window().workbench()->foldModels(false);
  }

  void aBadFileIsOneLineOfTheLog() {
    QFile bad(real_->folder.filePath("bad.json"));
    QVERIFY(bad.open(QIODevice::WriteOnly));
    bad.write("{\"title\": 1}");
    bad.close();
    QString line;
    connect(&lessons(), &LessonConduct::refused, this, [&](const QString& said) { line = said; });
    lessons().startFile(bad.fileName());
    QVERIFY(!runner().running());
    QVERIFY2(line.contains("bad.json: title: not a text"), qPrintable(line));
  }

  void eachIsDoneByHandToItsEnd_data() {
    QTest::addColumn<int>("index");
    for (std::size_t i = 0; i < bundledLessons().size(); ++i)
      QTest::newRow(qPrintable(bundledLessons()[i].key)) << static_cast<int>(i);
  }
  void eachIsDoneByHandToItsEnd() {
    QFETCH(int, index);
    const Lesson& lesson = bundledLessons()[static_cast<std::size_t>(index)];
    lessons().start(lesson);
    giveUpWhatWasMeasured();
    const Hand hand{window()};
    for (std::size_t i = 0; i < lesson.steps.size(); ++i) {
      const LessonStep& step = lesson.steps[i];
      const QByteArray where = (lesson.key + ": " + step.title).toUtf8();
      QCOMPARE(runner().step(), static_cast<int>(i));
      QTRY_VERIFY_WITH_TIMEOUT(real_->workspace->activeSlot().model, kPatience);
      theRingIsAroundTheControl(step, where);
      picture(QString("%1-%2a").arg(lesson.key).arg(i));
      for (const LessonGoal& goal : step.waits) {
        const LessonStage stage = lessons().stage();
        if (stateOf(goal, stage).met || !stateOf(goal, stage).ofThePerson) continue;
        QVERIFY2(!runner().stepDone(), where);
        std::visit(hand, goal);
        giveUpWhatWasMeasured();
        if (QTest::currentTestFailed()) return;
        QTRY_VERIFY2_WITH_TIMEOUT(stateOf(goal, stage).met, where, kPatience);
      }
      waitForTheStep();
      picture(QString("%1-%2b").arg(lesson.key).arg(i));
      itSaysWhatWasMeasured(lesson, step);
      if (QTest::currentTestFailed()) return;
      press("lessonNext");
    }
    QVERIFY(!runner().running());
    QVERIFY(!lessons().ring()->isVisible());
    real_->settle();
  }

  void eachIsDoneByTheProgramToItsEnd_data() { eachIsDoneByHandToItsEnd_data(); }
  void eachIsDoneByTheProgramToItsEnd() {
    QFETCH(int, index);
    const Lesson& lesson = bundledLessons()[static_cast<std::size_t>(index)];
    lessons().start(lesson);
    giveUpWhatWasMeasured();
    while (runner().running()) {
      const int step = runner().step();
      while (!runner().stepDone()) {
        QCoreApplication::processEvents();
        if (view().canDoIt) {
          press("lessonDoIt");
          giveUpWhatWasMeasured();
        } else
          QTRY_VERIFY_WITH_TIMEOUT(runner().stepDone() || view().canDoIt, kPatience);
        if (QTest::currentTestFailed()) return;
      }
      QCoreApplication::processEvents();
      press("lessonNext");
      QVERIFY(!runner().running() || runner().step() == step + 1);
    }
    real_->settle();
  }

  void readingsAreTheFiguresOfTheCore() {
    Workspace& workspace = *real_->workspace;
    workspace.setActive(Slot::A);
    workspace.editPlan(
        withRank(withPreset(workspace.activeSlot().draft, PlanPreset::VOnly), Target::V, 16),
        workspace.newGesture());
    real_->settle();
    const LessonRecords records = {{"now", recordOf(workspace)}};
    const auto read = [&](const char* words) { return readFigure(parseReading(words), records); };
    const Analysis& analysis = *workspace.activeSlot().analysis.value;
    std::vector<double> spreads;
    double energy = 0;
    int heads = 0, inside = 0;
    for (const TapStatistics& tap : analysis.taps) {
      if (tap.tap != Tap::V) continue;
      spreads.push_back(*tap.joined.spread);
      inside += *tap.joined.spread <= tap.joined.effectiveNoiseFloor->p97_5;
      for (const HeadStatistics& head : tap.heads) {
        double kept = 0, whole = 0;
        for (std::size_t i = 0; i < head.eigenvalues.size(); ++i) {
          whole += head.eigenvalues[i];
          if (i < 16) kept += head.eigenvalues[i];
        }
        energy += 100 * kept / whole;
        ++heads;
      }
    }
    std::sort(spreads.begin(), spreads.end());
    QCOMPARE(*read("now.spread.v.max").number, spreads.back());
    QCOMPARE(read("now.spread.v.max").text, QString::fromStdString(formatSpread(spreads.back())));
    QCOMPARE(*read("now.spread.v.min").number, spreads.front());
    QCOMPARE(*read("now.spread.v").number, (spreads[2] + spreads[3]) / 2);
    const TapStatistics* most =
        analysis.find(static_cast<int>(*read("now.spread.v.layer").number), Tap::V);
    QCOMPARE(*most->joined.spread, spreads.back());
    QCOMPARE(*read("now.inside.v").number, static_cast<double>(inside));
    QVERIFY(std::abs(*read("now.energy.v").number - energy / heads) < 1e-9);
    QCOMPARE(*read("now.tokens").number, static_cast<double>(analysis.tokens));
    const Evaluation& plan = *workspace.activeSlot().current.value;
    QCOMPARE(*read("now.dppl.low").number, plan.figures.deltaInterval->low);
    QCOMPARE(*read("now.dppl").number, plan.figures.deltaPplPercent);
    QCOMPARE(*read("now.rank.v").number, 16.0);
    QCOMPARE(*read("now.tensor.v").number, 4.0);
    QCOMPARE(*read("now.cache").number, plan.accounting.cacheRatio);
    QCOMPARE(read("now.plan").text, "V rank 16, K untouched");
    QVERIFY(!read("now.plan").number);
    QVERIFY(!read("now.spread.latent").number);  // a tap that this model has not
    QVERIFY(!holds(parseComparison("now.spread.latent < 1000"), records));
    QVERIFY(!holds(parseComparison("never.ppl > 0"), records));
    QVERIFY(holds(parseComparison("now.dppl.low < now.dppl.high"), records));
    QCOMPARE(filledIn("{now.rank.v} of {now.name}", records), "16 of demo:gqa");
  }

  void backGoesBackAndKeepsWhatWasMeasured() {
    lessons().start(bundledLessons().front());
    waitForTheStep();
    press("lessonNext");
    QCOMPARE(runner().step(), 1);
    press("lessonBack");
    QCOMPARE(runner().step(), 0);
    QVERIFY(view().canGoOn);
    press("lessonLeave");
  }
};

QTEST_MAIN(LessonsTest)
#include "lessons_test.moc"
