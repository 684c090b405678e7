// SPDX-License-Identifier: GPL-3.0-or-later
#include <QAbstractButton>
#include <QApplication>
#include <QFocusFrame>
#include <QRegularExpression>
#include <QSignalSpy>
#include <QStyleOptionSlider>
#include <QTest>
#include <QWheelEvent>

#include "controls/badge.hpp"
#include "controls/buttons.hpp"
#include "controls/chip.hpp"
#include "controls/labels.hpp"
#include "controls/pointer_ring.hpp"
#include "controls/rank_slider.hpp"
#include "controls/ring_progress.hpp"
#include "controls/segmented_control.hpp"
#include "controls/state_pill.hpp"
#include "controls/tab_button.hpp"
#include "theme/theme.hpp"

using namespace kvloupe;

namespace {

void show(QWidget& widget, const QSize& size) {
  widget.resize(size);
  widget.show();
  QVERIFY(QTest::qWaitForWindowActive(&widget));
}

/// As any test of a window finds the handle, without knowing the class.
QRect handleOf(const QSlider& slider) {
  QStyleOptionSlider option;
  option.initFrom(&slider);
  option.orientation = slider.orientation();
  option.minimum = slider.minimum();
  option.maximum = slider.maximum();
  option.sliderPosition = slider.sliderPosition();
  option.sliderValue = slider.value();
  return slider.style()->subControlRect(QStyle::CC_Slider, &option, QStyle::SC_SliderHandle,
                                        &slider);
}

void sendWheel(QWidget& widget, int notches) {
  const QPointF centre = QRectF(widget.rect()).center();
  QWheelEvent event(centre, widget.mapToGlobal(centre), QPoint(), QPoint(0, 120 * notches),
                    Qt::NoButton, Qt::NoModifier, Qt::NoScrollPhase, false);
  QApplication::sendEvent(&widget, &event);
}

/// Counts how often a widget is painted.
class Paints : public QObject {
 public:
  explicit Paints(QWidget* widget) : QObject(widget) { widget->installEventFilter(this); }
  [[nodiscard]] int count() const { return count_; }

 protected:
  bool eventFilter(QObject*, QEvent* event) override {
    if (event->type() == QEvent::Paint) ++count_;
    return false;
  }

 private:
  int count_ = 0;
};

QStringList labelsOf(const std::vector<RankSlider::Mark>& marks) {
  QStringList labels;
  for (const RankSlider::Mark& mark : marks) labels.append(mark.label);
  return labels;
}

}  // namespace

class ControlsTest : public QObject {
  Q_OBJECT

 private slots:
  void initTestCase() { applyTheme(*qApp, ThemeKind::Light); }
  void init() {
    QTest::failOnWarning(QRegularExpression(QStringLiteral("^(?!This plugin does not support).*")));
  }

  void sliderIsDraggedByItsHandle() {
    RankSlider slider(Target::V, 64);
    show(slider, {280, 60});
    QCOMPARE(slider.value(), 64);
    QSignalSpy spy(&slider, &QSlider::valueChanged);
    const QRect handle = handleOf(slider);
    QCOMPARE(handle, slider.handleRect());
    QCOMPARE(handle.size(), QSize(16, 16));
    QTest::mousePress(&slider, Qt::LeftButton, {}, handle.center());
    const int target = static_cast<int>(slider.positionOf(24));
    for (int step = 1; step <= 5; ++step)
      QTest::mouseMove(&slider,
                       QPoint(handle.center().x() + (target - handle.center().x()) * step / 5,
                              handle.center().y()));
    QVERIFY(slider.isSliderDown());
    QVERIFY(spy.count() >= 4);  // on every move, not at the end
    QTest::mouseRelease(&slider, Qt::LeftButton, {}, QPoint(target, handle.center().y()));
    QVERIFY(std::abs(slider.value() - 24) <= 1);
    QVERIFY(!slider.isSliderDown());
  }

  void clickOnTheGrooveJumps() {
    RankSlider slider(Target::K, 64);
    show(slider, {280, 60});
    const int x = static_cast<int>(slider.positionOf(16));
    QTest::mouseClick(&slider, Qt::LeftButton, {}, QPoint(x, slider.height() / 2));
    QVERIFY(std::abs(slider.value() - 16) <= 1);
  }

  void keysMoveByOneEightAndAll() {
    RankSlider slider(Target::K, 64);
    show(slider, {280, 60});
    slider.setFocus();
    slider.setValue(32);
    QTest::keyClick(&slider, Qt::Key_Left);
    QCOMPARE(slider.value(), 31);
    QTest::keyClick(&slider, Qt::Key_Right);
    QTest::keyClick(&slider, Qt::Key_Up);
    QCOMPARE(slider.value(), 33);
    QTest::keyClick(&slider, Qt::Key_PageDown);
    QCOMPARE(slider.value(), 25);
    QTest::keyClick(&slider, Qt::Key_PageUp);
    QCOMPARE(slider.value(), 33);
    QTest::keyClick(&slider, Qt::Key_Home);
    QCOMPARE(slider.value(), 1);
    QTest::keyClick(&slider, Qt::Key_End);
    QCOMPARE(slider.value(), 64);
  }

  void wheelCountsOnlyWithTheFocus() {
    QWidget window;
    RankSlider slider(Target::K, 64, &window);
    slider.resize(280, 60);
    QWidget other(&window);
    other.setFocusPolicy(Qt::StrongFocus);
    show(window, {300, 80});
    other.setFocus();
    slider.setValue(32);
    sendWheel(slider, 1);
    QCOMPARE(slider.value(), 32);
    slider.setFocus();
    sendWheel(slider, 1);
    QCOMPARE(slider.value(), 33);
    sendWheel(slider, -2);
    QCOMPARE(slider.value(), 31);
  }

  void sliderTicksAreOneAndQuarters() {
    QCOMPARE(RankSlider(Target::K, 64).tickRanks(), (std::vector<int>{1, 16, 32, 48, 64}));
    QCOMPARE(RankSlider(Target::Latent, 128).tickRanks(), (std::vector<int>{1, 32, 64, 96, 128}));
    QCOMPARE(RankSlider(Target::K, 2).tickRanks(), (std::vector<int>{1, 2}));
    QCOMPARE(RankSlider(Target::K, 1).tickRanks(), (std::vector<int>{1}));
  }

  void markLabelsThatTouchAreLeftOut() {
    RankSlider slider(Target::V, 64);
    slider.resize(280, 60);
    slider.setMarks(
        {{25, QStringLiteral("1 %")}, {17, QStringLiteral("3 %")}, {14, QStringLiteral("5 %")}});
    QCOMPARE(labelsOf(slider.labelledMarks()),
             QStringList({QStringLiteral("1 %"), QStringLiteral("3 %")}));
    QCOMPARE(slider.marks().size(), std::size_t(3));
    slider.resize(1200, 60);
    QCOMPARE(slider.labelledMarks().size(), std::size_t(3));
  }

  void sliderNamesItsTarget() {
    RankSlider slider(Target::V, 64);
    QCOMPARE(slider.accessibleName(), QStringLiteral("V rank"));
    slider.setFullRank(32);
    QCOMPARE(slider.value(), 32);
    slider.setTarget(Target::RopeKey);
    QCOMPARE(slider.accessibleName(), QStringLiteral("R rank"));
  }

  void segmentsAreExclusive() {
    SegmentedControl control(
        {QStringLiteral("V only"), QStringLiteral("K only"), QStringLiteral("K + V")});
    show(control, control.sizeHint());
    QCOMPARE(control.currentIndex(), -1);
    QSignalSpy changed(&control, &SegmentedControl::currentChanged);
    QSignalSpy activated(&control, &SegmentedControl::activated);
    control.setCurrentIndex(0);
    QCOMPARE(changed.count(), 1);
    QCOMPARE(activated.count(), 0);
    QTest::mouseClick(control.segment(2), Qt::LeftButton);
    QCOMPARE(control.currentIndex(), 2);
    QVERIFY(!control.segment(0)->isChecked());
    QCOMPARE(activated.count(), 1);
    control.setCurrentIndex(-1);
    QCOMPARE(control.currentIndex(), -1);
    QVERIFY(!control.segment(2)->isChecked());
    control.setCurrentIndex(1);
    QVERIFY(control.segment(1)->isChecked());
  }

  void arrowKeysWalkTheSegments() {
    SegmentedControl control({QStringLiteral("Log"), QStringLiteral("Linear")});
    control.setCurrentIndex(0);
    show(control, control.sizeHint());
    control.segment(0)->setFocus();
    QTest::keyClick(control.segment(0), Qt::Key_Right);
    QCOMPARE(control.currentIndex(), 1);
  }

  void disabledSegmentIsDeaf() {
    SegmentedControl control({QStringLiteral("V only"), QStringLiteral("Latent")});
    show(control, control.sizeHint());
    control.setCurrentIndex(0);
    control.setSegmentEnabled(1, false);
    QTest::mouseClick(control.segment(1), Qt::LeftButton);
    QCOMPARE(control.currentIndex(), 0);
    QCOMPARE(control.segment(1)->accessibleName(), QStringLiteral("Latent"));
  }

  void choosingMovesNothing() {
    SegmentedControl control({QStringLiteral("V only"), QStringLiteral("K only")});
    const QSize before = control.sizeHint();
    control.setCurrentIndex(1);
    QCOMPARE(control.sizeHint(), before);
    QCOMPARE(control.segment(0)->sizeHint().height(), 26);
  }

  void pillsSayTheirStateInWords() {
    StatePill pill;
    const QSize slot = pill.sizeHint();
    pill.setState(FigureState::Measuring, 0.715);
    QCOMPARE(pill.text(), QStringLiteral("measuring 71\u00a0%"));
    QCOMPARE(pill.accessibleName(), pill.text());
    pill.setState(FigureState::Measuring, 1.0);
    QCOMPARE(pill.text(), QStringLiteral("measuring 100\u00a0%"));
    pill.setState(FigureState::Stale, 0, QStringLiteral("The rank changed"));
    QCOMPARE(pill.text(), QStringLiteral("stale"));
    QCOMPARE(pill.toolTip(), QStringLiteral("The rank changed"));
    pill.setState(FigureState::Failed);
    QCOMPARE(pill.text(), QStringLiteral("failed"));
    pill.setState(FigureState::Empty);
    QVERIFY(pill.text().isEmpty());
    QCOMPARE(pill.sizeHint(), slot);
  }

  void fixedLabelKeepsItsSlot() {
    FixedLabel label(TextRole::Figure, QStringLiteral("+00.00\u00a0%"));
    const QSize slot = label.sizeHint();
    label.setText(QStringLiteral("–"));
    QCOMPARE(label.sizeHint(), slot);
    label.setText(QStringLiteral("+21.4\u00a0%"));
    QCOMPARE(label.sizeHint(), slot);
    QVERIFY(slot.width() >= label.fontMetrics().horizontalAdvance(label.text()));
  }

  void elidedLabelTellsTheRest() {
    ElidedLabel label(TextRole::Body, Ink::Text,
                      QStringLiteral("a very long model name <b>indeed</b>"));
    show(label, {60, 20});
    QVERIFY(label.text().endsWith(QStringLiteral("…")));
    QVERIFY(label.toolTip().contains(QStringLiteral("&lt;b&gt;")));  // a name is never markup
    label.resize(600, 20);
    QCOMPARE(label.text(), label.fullText());
    QVERIFY(label.toolTip().isEmpty());
  }

  void chipsAndBadgesHaveNames() {
    QCOMPARE(chipLetter(Target::K), QStringLiteral("K"));
    QCOMPARE(chipLetter(Target::V), QStringLiteral("V"));
    QCOMPARE(chipLetter(Target::Latent), QStringLiteral("L"));
    QCOMPARE(chipLetter(Target::RopeKey), QStringLiteral("R"));
    QCOMPARE(Chip(Target::RopeKey).accessibleName(), QStringLiteral("Rotary key"));
    QCOMPARE(Badge(ModelSlot::B).accessibleName(), QStringLiteral("Model B"));
    const IconButton undo(Icon::Undo, QStringLiteral("Undo"));
    QCOMPARE(undo.accessibleName(), QStringLiteral("Undo"));
    QCOMPARE(undo.size(), QSize(28, 28));
  }

  void aRingThatStaysIsNotPaintedAgain() {
    QWidget window;
    QWidget control(&window);
    control.setGeometry(20, 20, 60, 30);
    PointerRing ring(&window);
    show(window, {400, 300});
    const Paints paints(&ring);
    ring.pointAt(&control, {}, QStringLiteral("title"), QStringLiteral("hint"));
    QTRY_VERIFY(paints.count() > 0);
    QTest::qWait(250);  // faded in
    const int before = paints.count();
    ring.pointAt(&control, {}, QStringLiteral("title"), QStringLiteral("hint"));
    QTest::qWait(50);
    QCOMPARE(paints.count(), before);
    ring.pointAt(&control, {}, QStringLiteral("title"), QStringLiteral("another hint"));
    QTRY_VERIFY(paints.count() > before);
  }

  void aTabShowsItsStateAndFocus() {
    QWidget bar;
    auto* first = new TabButton(QStringLiteral("Models"), {}, &bar);
    auto* second = new TabButton(QStringLiteral("Lesson"), Icon::Lesson, &bar);
    first->setGeometry(0, 0, 100, 36);
    second->setGeometry(100, 0, 120, 36);
    show(bar, {220, 36});
    second->setFocus();
    QTest::keyClick(second, Qt::Key_Tab);
    QVERIFY(first->hasFocus());
    const auto* ring = bar.findChild<QFocusFrame*>();
    QVERIFY(ring && ring->isVisible());
    QVERIFY(ring->geometry().contains(first->geometry()));
    const QImage plain = first->grab().toImage();
    first->setChecked(true);
    const QImage chosen = first->grab().toImage();
    QVERIFY(chosen != plain);
    QCOMPARE(chosen.pixelColor(chosen.width() / 2, chosen.height() - 1), kvloupe::palette().ink);
    QVERIFY(second->sizeHint().width() > TabButton(second->text()).sizeHint().width());
    const QSize small = second->sizeHint();
    second->setLarge(true);
    QVERIFY(second->sizeHint().width() > small.width());
    QVERIFY(second->sizeHint().height() > small.height());
  }

  void ringIsBounded() {
    RingProgress ring;
    ring.setProgress(1.7);
    QCOMPARE(ring.progress(), 1.0);
    ring.setProgress(-1);
    QCOMPARE(ring.progress(), 0.0);
  }
};

QTEST_MAIN(ControlsTest)
#include "controls_test.moc"
