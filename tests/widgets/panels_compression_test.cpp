// SPDX-License-Identifier: GPL-3.0-or-later
#include <QAbstractButton>
#include <QApplication>
#include <QComboBox>
#include <QDoubleSpinBox>
#include <QLabel>
#include <QRegularExpression>
#include <QSignalSpy>
#include <QSpinBox>
#include <QTest>

#include "controls/rank_slider.hpp"
#include "controls/segmented_control.hpp"
#include "panels/compression_panel.hpp"
#include "panels/target_controls.hpp"
#include "theme/theme.hpp"

using namespace kvloupe;

namespace {

CompressionView view() {
  const auto setting = [](Target target, std::vector<Tap> taps, int rank) {
    return TargetSetting{.target = target,
                         .headDim = 64,
                         .layerDim = 128,
                         .taps = taps,
                         .rank = rank,
                         .tap = taps.front(),
                         .scope = Scope::Head};
  };
  CompressionView view;
  view.models = {{ModelSlot::A, "demo:gqa"}, {ModelSlot::B, "demo:mla"}};
  view.draft.settings = {setting(Target::K, {Tap::KRope, Tap::K}, 64),
                         setting(Target::V, {Tap::V}, 24)};
  view.accounting.targets = {{.target = Target::K, .dim = 64, .rank = 64, .bytesPerToken = 3072},
                             {.target = Target::V,
                              .dim = 64,
                              .rank = 24,
                              .kept = 0.375,
                              .tensorRatio = 64.0 / 24,
                              .cacheRatio = 128.0 / 88,
                              .bytesPerToken = 2112}};
  view.accounting.cacheRatio = 128.0 / 88;
  view.accounting.bytesPerToken = 2112;
  view.accounting.baselineBytesPerToken = 3072;
  return view;
}

/// All words on a panel, one a line.
QString words(const QWidget& panel) {
  QStringList lines;
  for (const QLabel* label : panel.findChildren<QLabel*>())
    if (label->isVisibleTo(&panel) && !label->text().isEmpty()) lines << label->text();
  return lines.join('\n');
}

template <class Widget>
Widget* named(const QWidget& panel, const QString& name) {
  for (Widget* widget : panel.findChildren<Widget*>())
    if (widget->accessibleName() == name) return widget;
  return nullptr;
}

}  // namespace

class PanelsCompressionTest : public QObject {
  Q_OBJECT

 private slots:
  void initTestCase() { applyTheme(*qobject_cast<QApplication*>(qApp), ThemeKind::Light); }
  void init() { QTest::failOnWarning(QRegularExpression("^(?!This plugin does not support).*")); }

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
    auto* tap = named<QComboBox>(panel, "K tap");
    QCOMPARE(tap->itemText(1), "k");
    emit tap->activated(1);
    QCOMPARE(edits.takeLast()[0].value<PlanDraft>().find(Target::K)->tap, Tap::K);
    emit named<QComboBox>(panel, "V method")->activated(0);
    QVERIFY(edits.takeLast()[0].value<PlanDraft>().find(Target::V)->untouched());
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
