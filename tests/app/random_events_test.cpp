// SPDX-License-Identifier: GPL-3.0-or-later
// Random clicks, drags, keys, wheels, sizes, themes and pages on the real window, menus and dialogs
// included: no warning, no crash, and the window still measures afterwards. KVLOUPE_RANDOM_EVENTS
// says how many a seed (the ASan preset is for 10000).
#include <QFileDialog>
#include <QPointer>
#include <QRegularExpression>
#include <QTest>
#include <QTimer>
#include <QWheelEvent>
#include <QWindow>
#include <algorithm>
#include <random>
#include <set>

#include "app/support/real_window.hpp"
#include "compression/plan/spec.hpp"
#include "pages/pages.hpp"
#include "window/main_actions.hpp"
#include "workspace/draft_for_model.hpp"

using namespace kvloupe;

namespace {

constexpr int kEvents = 1000;

/// One person who does not know what they do.
class Monkey : public QObject {
  Q_OBJECT

 public:
  Monkey(MainWindow* window, unsigned seed, int events)
      : window_(window), random_(seed), left_(events) {}

  [[nodiscard]] bool done() const { return left_ <= 0; }
  [[nodiscard]] const std::set<QString>& pages() const { return pages_; }

  /// A menu and a dialog run a loop of their own within an event: there the next one comes from a
  /// timer, a few deep.
  void go() {
    if (done()) return;
    QTimer::singleShot(depth_ == 0 ? 0 : 2, this, &Monkey::go);
    QWidget* above = QApplication::activePopupWidget();
    if (above == nullptr) above = QApplication::activeModalWidget();
    if (depth_ > 0 && above == nullptr) return;
    if (depth_ > 5) return static_cast<void>(above->close());
    --left_;
    ++depth_;
    act(above);
    --depth_;
  }

 private:
  int below(int count) { return static_cast<int>(random_() % static_cast<unsigned>(count)); }
  template <class Choices>
  auto oneOf(const Choices& choices) {
    return *(std::begin(choices) + below(static_cast<int>(std::size(choices))));
  }

  void act(QWidget* above) {
    // Its own dialog could remove files of this computer.
    for (QWidget* top : QApplication::topLevelWidgets())
      if (auto* files = qobject_cast<QFileDialog*>(top); files && files->isVisible())
        return files->reject();
    if (above != nullptr && below(4) == 0) return static_cast<void>(above->close());
    QWidget* widget = above != nullptr ? above : window_;
    switch (below(12)) {
      case 0:
        return showPage();
      case 1:
        return resize();
      case 2:
      case 3:
        return key(widget);
      case 4:
        return wheel(widget);
      case 5:
      case 6:
        return drag(widget);
      default:
        return click(widget);
    }
  }

  void showPage() {
    const QString page = oneOf(pageKeys());
    window_->showPage(page);
    pages_.insert(page);
  }

  void resize() {
    if (below(4) == 0)
      applyTheme(*qobject_cast<QApplication*>(qApp),
                 below(2) == 0 ? ThemeKind::Light : ThemeKind::Dark);
    else
      window_->resize(1024 + below(600), 680 + below(400));
  }

  void key(QWidget* widget) {
    static constexpr Qt::Key kKeys[] = {
        Qt::Key_Tab,    Qt::Key_Return,   Qt::Key_Space,  Qt::Key_Escape, Qt::Key_Left,
        Qt::Key_Right,  Qt::Key_Up,       Qt::Key_Down,   Qt::Key_Home,   Qt::Key_End,
        Qt::Key_PageUp, Qt::Key_PageDown, Qt::Key_Delete, Qt::Key_0,      Qt::Key_1,
        Qt::Key_5,      Qt::Key_9,        Qt::Key_A,      Qt::Key_C,      Qt::Key_E,
        Qt::Key_K,      Qt::Key_N,        Qt::Key_Z,      Qt::Key_F1,     Qt::Key_F5,
        Qt::Key_F6,     Qt::Key_F11,      Qt::Key_Plus,   Qt::Key_Minus,  Qt::Key_Menu};
    static constexpr Qt::KeyboardModifiers kModifiers[] = {Qt::NoModifier, Qt::NoModifier,
                                                           Qt::ShiftModifier, Qt::ControlModifier};
    const QPointer<QWindow> handle = widget->windowHandle();
    const Qt::Key key = oneOf(kKeys);
    if (handle) QTest::keyPress(handle, key, oneOf(kModifiers));
    if (handle) QTest::keyRelease(handle, key);  // alone: it is the last that can close a dialog
  }

  QPoint somewhere(const QWidget* widget) {
    return {below(std::max(1, widget->width())), below(std::max(1, widget->height()))};
  }

  void wheel(QWidget* widget) {
    const QPoint at = somewhere(widget);
    QWidget* child = widget->childAt(at);
    if (child == nullptr) child = widget;
    const QPointF local = child->mapFrom(widget, at);
    QWheelEvent event(local, child->mapToGlobal(local), {}, {0, below(2) == 0 ? 120 : -120},
                      Qt::NoButton, below(4) == 0 ? Qt::ControlModifier : Qt::NoModifier,
                      Qt::NoScrollPhase, false);
    QApplication::sendEvent(child, &event);
  }

  /// A menu or dialog may be gone before the mouse is, and full screen makes the window smaller.
  static QPoint within(const QWindow* window, const QPoint& at) {
    return {std::clamp(at.x(), 0, std::max(0, window->width() - 1)),
            std::clamp(at.y(), 0, std::max(0, window->height() - 1))};
  }

  void click(QWidget* widget) {
    const QPointer<QWindow> handle = widget->windowHandle();
    const QPoint at = somewhere(widget);
    const Qt::MouseButton button = below(5) == 0 ? Qt::RightButton : Qt::LeftButton;
    const bool twice = below(6) == 0;
    const Qt::KeyboardModifiers keys = below(5) == 0 ? Qt::ControlModifier : Qt::NoModifier;
    if (handle) QTest::mouseMove(handle, within(handle, at));
    if (handle && twice)
      QTest::mouseDClick(handle, button, {}, within(handle, at));
    else if (handle)
      QTest::mouseClick(handle, button, keys, within(handle, at));
  }

  void drag(QWidget* widget) {
    const QPointer<QWindow> handle = widget->windowHandle();
    const QPoint from = somewhere(widget), to = somewhere(widget);
    const Qt::MouseButton button = below(4) == 0 ? Qt::MiddleButton : Qt::LeftButton;
    if (handle) QTest::mousePress(handle, button, {}, within(handle, from));
    for (int i = 1; i <= 4 && handle; ++i)
      QTest::mouseMove(handle, within(handle, from + (to - from) * i / 4));
    if (handle) QTest::mouseRelease(handle, button, {}, within(handle, to));
  }

  MainWindow* window_;
  std::mt19937 random_;
  int left_;
  int depth_ = 0;
  std::set<QString> pages_;
};

}  // namespace

class RandomEventsTest : public QObject {
  Q_OBJECT

 private slots:
  void theWindowStaysUseful_data() {
    QTest::addColumn<unsigned>("seed");
    for (const unsigned seed : {1U, 2U, 3U})
      QTest::newRow(qPrintable(QString("seed %1").arg(seed))) << seed;
  }
  void theWindowStaysUseful() {
    QFETCH(unsigned, seed);
    QTest::failOnWarning(QRegularExpression("^(?!This plugin does not support).*"));
    RealWindow real;
    const QString before = QDir::currentPath();
    QDir::setCurrent(real.folder.path());
    real.window->actions()->quit->setEnabled(false);
    real.window->openPath("demo:gqa");
    real.settle();
    real.window->openPath("demo:mla", Slot::B);

    const MeasurementSettings quick = real.workspace->settings();
    bool told = false;
    const int events = qEnvironmentVariableIntValue("KVLOUPE_RANDOM_EVENTS", &told);
    Monkey monkey(real.window.get(), seed, told ? events : kEvents);
    monkey.go();
    QTRY_VERIFY_WITH_TIMEOUT(monkey.done(), 3600000);
    QCOMPARE(monkey.pages().size(), static_cast<std::size_t>(pageKeys().size()));
    for (int i = 0; i < 20; ++i) {  // one behind the other
      if (QWidget* popup = QApplication::activePopupWidget()) popup->close();
      if (QWidget* modal = QApplication::activeModalWidget()) modal->close();
      QTest::qWait(5);
    }

    QVERIFY(real.window->isVisible());
    real.workspace->cancel();
    real.workspace->setSettings(quick);  // theirs may cut the text into thousands of windows
    real.workspace->openModel("demo:gqa", Slot::A);
    real.workspace->resume();
    real.settle();
    const SlotState& state = real.workspace->slot(Slot::A);
    QVERIFY(state.phase == Phase::Open);
    real.workspace->setActive(Slot::A);
    const std::vector<CompressionSpec> plan = {parseSpec("v:rank=20")};
    real.workspace->editPlan(draftFor(*state.model, plan), real.workspace->newGesture());
    real.settle();
    QVERIFY(planCurrent(state, real.workspace->settings()));
    QDir::setCurrent(before);
  }
};

QTEST_MAIN(RandomEventsTest)
#include "random_events_test.moc"
