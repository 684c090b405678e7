// SPDX-License-Identifier: GPL-3.0-or-later

#include <QAbstractButton>
#include <QApplication>
#include <QComboBox>
#include <QDoubleSpinBox>
#include <QInputDialog>
#include <QLabel>
#include <QMenu>
#include <QPushButton>
#include <QRegularExpression>
#include <QSignalSpy>
#include <QSpinBox>
#include <QTest>
#include <QWheelEvent>

#include "controls/choice_box.hpp"
#include "controls/rank_cell.hpp"
#include "controls/rank_slider.hpp"
#include "controls/segmented_control.hpp"
#include "panels/compression_panel.hpp"
#include "panels/projector_plan.hpp"
#include "theme/theme.hpp"
#include "widgets/support/compression_view.hpp"

using namespace kvloupe;
using namespace kvloupe::test;

class PanelsCompressionTest : public QObject {
  Q_OBJECT

 private slots:
  void initTestCase() { applyTheme(*qobject_cast<QApplication*>(qApp), ThemeKind::Light); }
  void init() { QTest::failOnWarning(QRegularExpression("^(?!This plugin does not support).*")); }

  void whatIsSetComesWithMoreAndStaysWhileItIsTakenBack() {
    CompressionPanel panel;
    panel.resize(304, 900);
    follow(panel);
    CompressionView shown = view();
    panel.setView(shown);
    panel.show();
    QVERIFY(QTest::qWaitForWindowExposed(&panel));
    auto* residual = named<QSpinBox>(panel, "V residual, tokens");
    auto* more = named<QPushButton>(panel, "More of V");
    QVERIFY(residual && more);
    QVERIFY(!residual->isVisible());
    QVERIFY(more->isVisible());
    QTest::mouseClick(more, Qt::LeftButton);
    QVERIFY(residual->isVisible());
    QCOMPARE(more->accessibleName(), QStringLiteral("Less of V"));
    QTest::mouseClick(more, Qt::LeftButton);
    QVERIFY(!residual->isVisible());
    // A plan that has it shows it, and goes on when it is set to nothing.
    for (TargetSetting& setting : shown.draft.settings)
      if (setting.target == Target::V) setting.residual = 1;
    panel.setView(shown);
    QVERIFY(residual->isVisible());
    residual->setFocus();
    QTest::keyClick(residual, Qt::Key_Down);
    QCOMPARE(residual->value(), 0);
    QVERIFY(residual->isVisible());
    QVERIFY(residual->hasFocus());
  }

  void fourFiguresStandUnderASlider() {
    CompressionPanel panel;
    panel.setView(view());
    panel.resize(304, 780);
    panel.show();
    const QString text = words(panel);
    for (const QString& figure :
         {QString("24 / 64"), QString::fromUtf8("37.5\u00a0%"), QString::fromUtf8("2.67×"),
          QString::fromUtf8("1.45× · 2,112"), QString("V tensor"), QString("64 / 64"),
          QString("untouched"), QString("V rank 24, K untouched")})
      QVERIFY2(text.contains(figure), qPrintable(figure + " in\n" + text));
  }

  void largeFiguresAreNotCut() {
    CompressionPanel panel;
    ProjectorPlan hall;
    CompressionView large = view();
    for (TargetSetting& setting : large.draft.settings) setting.headDim = 1024;
    large.accounting.targets = {{.target = Target::K,
                                 .dim = 1024,
                                 .rank = 1024,
                                 .kept = 1,
                                 .tensorRatio = 128,
                                 .cacheRatio = 1.99,
                                 .bytesPerToken = 131072}};
    panel.setView(large);
    panel.resize(304, 780);
    hall.setView(large);
    hall.resize(ProjectorPlan::kWidth, 700);
    for (QWidget* each : std::initializer_list<QWidget*>{&panel, &hall}) {
      each->show();
      QVERIFY(QTest::qWaitForWindowExposed(each));
      int found = 0;
      for (const QLabel* label : each->findChildren<QLabel*>()) {
        const QString words = label->text();
        if (words != "1024 / 1024" && words != QString::fromUtf8("128.00×") &&
            !words.startsWith(QString::fromUtf8("1.99×")))
          continue;
        ++found;
        const double needed = QFontMetricsF(label->font()).horizontalAdvance(words);
        QVERIFY2(label->width() >= needed, qPrintable(words));
        QVERIFY2(label->mapTo(each, QPoint(label->width(), 0)).x() <= each->width(),
                 qPrintable(words));
      }
      QVERIFY(found >= 3);
    }
  }

  void aDragIsOneGesture() {
    CompressionPanel panel;
    panel.setView(view());
    panel.resize(304, 780);
    panel.show();
    QVERIFY(QTest::qWaitForWindowExposed(&panel));
    std::vector<std::pair<int, int>> edits;  // V's rank, gesture
    QSignalSpy drags(&panel, &CompressionPanel::dragChanged);
    connect(&panel, &CompressionPanel::planEdited, &panel,
            [&](const PlanDraft& draft, int gesture) {
              edits.emplace_back(draft.find(Target::V)->rank, gesture);
              CompressionView next = panel.view();
              next.draft = draft;
              panel.setView(next);
            });
    auto* slider = named<RankSlider>(panel, "V rank");
    QVERIFY(slider);
    const QPoint handle = slider->handleRect().center();
    QTest::mousePress(slider, Qt::LeftButton, {}, handle);
    for (int step = 1; step <= 4; ++step) {
      QMouseEvent move(QEvent::MouseMove, QPointF(handle + QPoint(8 * step, 0)),
                       slider->mapToGlobal(QPointF(handle + QPoint(8 * step, 0))), Qt::NoButton,
                       Qt::LeftButton, Qt::NoModifier);
      QApplication::sendEvent(slider, &move);
    }
    QTest::mouseRelease(slider, Qt::LeftButton, {}, handle + QPoint(32, 0));
    QVERIFY(edits.size() >= 3);
    for (const auto& [rank, gesture] : edits) {
      QVERIFY(rank > 24);
      QCOMPARE(gesture, edits.front().second);
    }
    QCOMPARE(drags.count(), 2);

    QTest::keyClick(slider, Qt::Key_Left);
    QVERIFY(edits.back().second != edits.front().second);
  }

  void theNumbersEditTheSameRank() {
    CompressionPanel panel;
    panel.setView(view());
    QSignalSpy edits(&panel, &CompressionPanel::planEdited);
    named<QSpinBox>(panel, "V rank, number")->setValue(10);
    QCOMPARE(edits.takeLast()[0].value<PlanDraft>().find(Target::V)->rank, 10);
    named<QDoubleSpinBox>(panel, "V kept, percent")->setValue(50.7);  // 32.4 dimensions
    QCOMPARE(edits.takeLast()[0].value<PlanDraft>().find(Target::V)->rank, 32);
    auto* tap = named<ChoiceBox>(panel, "K tap");
    QCOMPARE(tap->itemText(1), "k");
    emit tap->activated(1);
    QCOMPARE(edits.takeLast()[0].value<PlanDraft>().find(Target::K)->tap, Tap::K);
    emit named<QComboBox>(panel, "V method")->activated(0);
    QVERIFY(edits.takeLast()[0].value<PlanDraft>().find(Target::V)->untouched());
  }

  void listsSayWhatCannotBeChosen() {
    CompressionPanel panel;
    panel.setView(view());
    panel.resize(304, 780);
    panel.show();
    QVERIFY(QTest::qWaitForWindowExposed(&panel));
    QSignalSpy edits(&panel, &CompressionPanel::planEdited);
    auto* bits = named<ChoiceBox>(panel, "V format");
    QCOMPARE(bits->currentText(), "16");
    const int q8 = static_cast<int>(Format::Q8_0);
    QVERIFY(!bits->offers(q8));
    QCOMPARE(bits->itemText(q8),
             QString::fromUtf8("q8_0 – the format's blocks do not fit: 24 coefficients a head"));
    QVERIFY(bits->itemData(q8, Qt::ToolTipRole).toString().contains("a multiple of 32"));
    QVERIFY(!(bits->model()->index(q8, 0).flags() & Qt::ItemIsEnabled));
    emit bits->activated(q8);  // as a screen reader might
    QCOMPARE(edits.count(), 0);
    // By keyboard the entries that are refused are passed over.
    bits->setFocus();
    QTest::keyClick(bits, Qt::Key_Down);
    QCOMPARE(edits.takeLast()[0].value<PlanDraft>().find(Target::V)->format, Format::Int2);
    QTest::keyClick(bits, Qt::Key_End);
    QVERIFY(edits.takeLast()[0].value<PlanDraft>().find(Target::V)->format != Format::Q4_0);
    // The wheel over a list that has no focus scrolls the panel.
    bits->clearFocus();
    const int before = bits->currentIndex();
    QWheelEvent wheel(bits->rect().center(), bits->mapToGlobal(bits->rect().center()), {},
                      {0, -120}, Qt::NoButton, Qt::NoModifier, Qt::NoScrollPhase, false);
    QApplication::sendEvent(bits, &wheel);
    QCOMPARE(bits->currentIndex(), before);
    QCOMPARE(edits.count(), 0);
  }

  void aFormatBringsItsScaleAndRotation() {
    CompressionPanel panel;
    CompressionView quantized = view();
    panel.setView(quantized);
    panel.resize(304, 900);
    panel.show();
    QVERIFY(!named<ChoiceBox>(panel, "V scale")->isVisibleTo(&panel));
    QVERIFY(!named<ChoiceBox>(panel, "V rotation")->isVisibleTo(&panel));
    for (TargetSetting& setting : quantized.draft.settings)
      if (setting.target == Target::V) setting.format = Format::Int4;
    panel.setView(quantized);
    auto* scale = named<ChoiceBox>(panel, "V scale");
    auto* rotation = named<ChoiceBox>(panel, "V rotation");
    QVERIFY(scale->isVisibleTo(&panel) && rotation->isVisibleTo(&panel));
    QCOMPARE(named<QComboBox>(panel, "V method")->currentText(), "Both");
    QSignalSpy edits(&panel, &CompressionPanel::planEdited);
    emit scale->activated(static_cast<int>(Scale::Channel));
    QCOMPARE(edits.takeLast()[0].value<PlanDraft>().find(Target::V)->scale, Scale::Channel);
    emit rotation->activated(static_cast<int>(Rotation::Hadamard));
    QCOMPARE(edits.takeLast()[0].value<PlanDraft>().find(Target::V)->rotation, Rotation::Hadamard);
    emit named<QComboBox>(panel, "V method")->activated(static_cast<int>(Method::Quantize));
    QVERIFY(!edits.takeLast()[0].value<PlanDraft>().find(Target::V)->lowRank());
    for (TargetSetting& setting : quantized.draft.settings)
      if (setting.target == Target::V) setting.format = Format::Q8_0;
    panel.setView(quantized);
    QVERIFY(!scale->isVisibleTo(&panel) && rotation->isVisibleTo(&panel));
  }

  void whatIsTypedOutlivesNews() {
    CompressionPanel panel;
    panel.setView(view());
    panel.setLayersFolded(false);
    panel.show();
    auto* cell = named<RankCell>(panel, "V layer 2 rank");
    cell->setFocus();
    cell->selectAll();
    QTest::keyClicks(cell, "4");
    panel.setView(panel.view());
    QCOMPARE(cell->text(), "4");
    CompressionView other = panel.view();
    other.draft = withRank(other.draft, Target::V, 30);
    panel.setView(other);
    QCOMPARE(cell->text(), "30");
  }

  void aPlanIsRenamedWhateverComesBetween() {
    PlansMenu menu;
    PlansView plans;
    plans.model = true;
    plans.kept = {{"K&V", {}}, {"other", {}}};
    plans.current = 0;
    menu.setView(plans);
    menu.show();
    menu.click();
    QCOMPARE(menu.plansMenu()->actions()[0]->text(), "K&&V");
    QSignalSpy renamed(&menu, &PlansMenu::renameRequested);
    for (QAction* action : menu.plansMenu()->actions())
      if (action->text().startsWith("Rename")) action->trigger();
    menu.plansMenu()->close();
    plans.current = 1;
    menu.setView(plans);
    auto* dialog = menu.findChild<QInputDialog*>();
    QCOMPARE(dialog->textValue(), "K&V");
    dialog->setTextValue("both");
    dialog->accept();
    QCOMPARE(renamed.count(), 1);
    QCOMPARE(renamed[0], QVariantList({"K&V", "both"}));
  }

  void aSafeRankIsUsedOnAnUntouchedPlan() {
    CompressionPanel panel;
    CompressionView untouched = view();
    untouched.draft = untouchedDraft(untouched.draft);
    untouched.safe.found = {{.budgetPercent = 1,
                             .figure = "1.44",
                             .place = "at K and V rank 25",
                             .detail = {},
                             .rank = 25,
                             .targets = {Target::K, Target::V}}};
    panel.setView(untouched);
    panel.show();
    QSignalSpy edits(&panel, &CompressionPanel::planEdited);
    QTest::mouseClick(named<QAbstractButton>(panel, "Use the safe rank"), Qt::LeftButton);
    QCOMPARE(edits.count(), 1);
    const auto draft = edits.takeLast()[0].value<PlanDraft>();
    QCOMPARE(draft.find(Target::K)->rank, 25);
    QCOMPARE(draft.find(Target::V)->rank, 25);
  }

  void presetsThatTheModelLacksAreDisabled() {
    CompressionPanel panel;
    panel.setView(view());
    auto* presets = named<SegmentedControl>(panel, "Presets");
    QVERIFY(!presets->segment(3)->isEnabled());
    QCOMPARE(presets->currentIndex(), 0);
    QSignalSpy edits(&panel, &CompressionPanel::planEdited);
    emit presets->activated(2);
    const auto draft = edits.takeLast()[0].value<PlanDraft>();
    QCOMPARE(draft.find(Target::K)->rank, 24);
    QVERIFY(draft.linked);
  }

  void foldingKeepsSlidersAndFigures() {
    CompressionPanel panel;
    panel.setView(view());
    panel.resize(304, 560);
    panel.show();
    panel.setDetailsFolded(true);
    QVERIFY(!named<QSpinBox>(panel, "V rank, number")->isVisibleTo(&panel));
    QVERIFY(named<RankSlider>(panel, "V rank")->isVisibleTo(&panel));
    QVERIFY(words(panel).contains("24 / 64"));
  }

  void withoutAModelThereAreNoSliders() {
    CompressionPanel panel;
    panel.show();
    QVERIFY(!named<RankSlider>(panel, "V rank")->isVisibleTo(&panel));
    QVERIFY(words(panel).contains("Sliders appear when a model is open."));
  }
};

QTEST_MAIN(PanelsCompressionTest)
#include "panels_compression_test.moc"
