// SPDX-License-Identifier: GPL-3.0-or-later
// Measurements that nobody saved: kept while the program runs, found after it was killed, never
// taken from a program that lives, gone after a clean end.
#include "workspace/recovery.hpp"

#include <QAction>
#include <QDir>
#include <QMessageBox>
#include <QProcess>
#include <QProcessEnvironment>
#include <QPushButton>
#include <QRegularExpression>
#include <QSignalSpy>
#include <QTest>
#include <algorithm>
#include <functional>

#include "app/support/real_window.hpp"
#include "window/main_actions.hpp"
#include "window/recovery_offer.hpp"

using namespace kvloupe;

class RecoveryTest : public QObject {
  Q_OBJECT

  QTemporaryDir state_;
  QString folder() const { return state_.filePath("kvloupe"); }
  QStringList files() const {
    return QDir(folder()).entryList(QDir::Files | QDir::Hidden, QDir::Name);
  }
  static QPushButton* button(const QMessageBox* box, const QString& text) {
    for (QAbstractButton* each : box->buttons())
      if (each->text() == text) return qobject_cast<QPushButton*>(each);
    return nullptr;
  }

  /// Runs a program that measures `what` and kills it once its file holds enough.
  void killInTheMidst(const QString& what, const std::function<bool(const ModelRun&)>& enough) {
    for (const QString& name : files()) QVERIFY(QFile::remove(folder() + "/" + name));
    QProcess program;
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    environment.insert("KVLOUPE_KEEP_IN", folder());
    environment.insert("KVLOUPE_MEASURE", what);
    program.setProcessEnvironment(environment);
    program.setProcessChannelMode(QProcess::ForwardedChannels);
    program.start(QCoreApplication::applicationFilePath(), {});
    QVERIFY(program.waitForStarted());
    const auto kept = [&] {
      const QStringList names = QDir(folder()).entryList({"*.kvl.h5"}, QDir::Files);
      if (names.isEmpty()) return false;
      const std::string path = (folder() + "/" + names.front()).toStdString();
      return enough(loadEngine(KVLOUPE_CORE_MODULE)->load(path).a);
    };
    QTRY_VERIFY_WITH_TIMEOUT(kept(), RealWindow::kPatience);
    program.kill();
    QVERIFY(program.waitForFinished());
    QCOMPARE(program.exitStatus(), QProcess::CrashExit);
  }

 private slots:
  void init() { QTest::failOnWarning(QRegularExpression("^(?!This plugin does not support).*")); }

  void measurementsAreKeptUntilTheyAreSaved() {
    RealWindow real;
    RecoveryFolder kept(folder());
    Recovery recovery(real.workspace.get(), real.runner.get(), &kept);
    recovery.setInterval(0);
    QSignalSpy spy(&recovery, &Recovery::kept);
    real.window->openPath("demo:gqa");
    real.settle();
    // What every start measures by itself is not worth a file.
    QCOMPARE(files(), QStringList());
    real.workspace->editPlan(withRank(real.workspace->activeSlot().draft, Target::V, 16), 1);
    QTRY_VERIFY_WITH_TIMEOUT(!spy.isEmpty(), RealWindow::kPatience);
    real.settle();
    QVERIFY(QFile::exists(kept.path()));
    QVERIFY(!kept.leftBehind());  // it is its own
    RecoveryFolder second(folder());
    QVERIFY(!second.leftBehind());  // and not another's while this one lives
    QVERIFY(real.workspace->dirty());
    QVERIFY(real.workspace->runPath().isEmpty());
    const QString saved = state_.filePath("saved.kvl.h5");
    real.workspace->saveRun(saved);
    real.settle();
    QVERIFY(QFile::exists(saved));
    QTRY_COMPARE(files(), QStringList());
  }

  void aCleanEndLeavesNothing() {
    {
      RecoveryFolder kept(folder());
      RealWindow real;
      Recovery recovery(real.workspace.get(), real.runner.get(), &kept);
      recovery.setInterval(0);
      real.window->openPath("demo:gqa");
      real.settle();
      QSignalSpy spy(&recovery, &Recovery::kept);
      real.workspace->editPlan(withRank(real.workspace->activeSlot().draft, Target::V, 16), 1);
      QTRY_VERIFY_WITH_TIMEOUT(!spy.isEmpty(), RealWindow::kPatience);
      QVERIFY(!files().isEmpty());
    }  // the window, the worker with whatever it still writes, then the folder
    QCOMPARE(files(), QStringList());
  }

  void aKilledProgramIsRecovered() {
    QTemporaryDir beginnings;
    const auto beginningOf = [&](const QString& name) {
      QFile whole(QString(KVLOUPE_DEMO) + "/" + name);
      QFile part(beginnings.filePath(name));
      if (whole.open(QIODevice::ReadOnly) && part.open(QIODevice::WriteOnly))
        part.write(whole.read(20000));
      return part.fileName();
    };
    QProcess program;
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    environment.insert("XDG_RUNTIME_DIR", state_.path());
    environment.insert("XDG_STATE_HOME", state_.path());
    environment.insert("XDG_CONFIG_HOME", state_.path());
    program.setProcessEnvironment(environment);
    QStringList arguments{
        "--screenshot",  state_.filePath("never.png"),   "--file", beginningOf("evaluation.txt"),
        "--calibration", beginningOf("calibration.txt"), "-c",     "256"};
    for (int rank = 8; rank < 60; ++rank)
      arguments << "--compress" << QString("v:rank=%1").arg(rank);
    program.start(KVLOUPE_PROGRAM, arguments << "demo:gqa");
    QVERIFY(program.waitForStarted());
    QTRY_VERIFY_WITH_TIMEOUT(!QDir(folder()).entryList({"*.kvl.h5"}, QDir::Files).isEmpty(),
                             RealWindow::kPatience);
    RecoveryFolder own(folder());
    QVERIFY(!own.leftBehind());  // it lives
    program.kill();
    QVERIFY(program.waitForFinished());
    QCOMPARE(program.exitStatus(), QProcess::CrashExit);
    // Half a file that it would have left, had it been killed a moment earlier.
    const QString name = QDir(folder()).entryList({"*.kvl.h5"}, QDir::Files).front();
    QFile half(folder() + "/." + name + ".0123456789abcdef.part");
    QVERIFY(half.open(QIODevice::WriteOnly));
    half.close();

    RealWindow real;
    Recovery recovery(real.workspace.get(), real.runner.get(), &own);
    recovery.setInterval(0);
    QSignalSpy kept(&recovery, &Recovery::kept);
    RecoveryOffer offer(real.window.get(), &recovery);
    emit real.window->shown();
    QVERIFY(offer.question() && offer.question()->isVisible());
    QVERIFY(!half.exists());
    QVERIFY(real.window->actions()->recover->isEnabled());
    QTest::mouseClick(button(offer.question(), "Later"), Qt::LeftButton);
    QTRY_VERIFY(!offer.question());
    QVERIFY(own.leftBehind());
    real.window->actions()->recover->trigger();
    QVERIFY(offer.question());
    QTest::mouseClick(button(offer.question(), "Recover"), Qt::LeftButton);
    real.settle();
    QTRY_VERIFY(real.workspace->hasModel());
    QVERIFY(real.workspace->activeSlot().plans.size() > 1);
    // As unsaved as it was: another program that dies now leaves it again, in a file of its own.
    QVERIFY(real.workspace->worthSaving());
    QVERIFY(real.workspace->runPath().isEmpty());
    QTRY_VERIFY_WITH_TIMEOUT(!kept.isEmpty(), RealWindow::kPatience);
    QCOMPARE(QDir(folder()).entryList({"*.kvl.h5"}, QDir::Files),
             QStringList{QFileInfo(own.path()).fileName()});
    QVERIFY(!real.window->actions()->recover->isEnabled());
  }

  /// Killed in the midst of a search that would take long: what was measured is there, and still
  /// is when the model is opened anew.
  void aSearchThatIsKilledLeavesItsPlans() {
    const auto plansOf = [](const ModelRun& run) {
      return run.sweep && !run.sweep->complete ? run.plans.size() : std::size_t(0);
    };
    killInTheMidst("search", [&](const ModelRun& run) { return plansOf(run) >= 2; });

    RecoveryFolder own(folder());
    RealWindow real;
    Recovery recovery(real.workspace.get(), real.runner.get(), &own);
    const auto left = recovery.offered();
    QVERIFY(left.has_value());
    recovery.recover(*left);
    QTRY_VERIFY_WITH_TIMEOUT(real.workspace->hasModel(), RealWindow::kPatience);
    const SlotState& state = real.workspace->activeSlot();
    QVERIFY(state.sweep.value && !state.sweep.value->complete);
    QVERIFY(state.plans.size() >= 2);
    QVERIFY(real.workspace->worthSaving());
    const std::vector<Keyed<EvaluationPtr>> plans = state.plans;
    real.workspace->reload(Slot::A);
    real.settle();
    QCOMPARE(state.phase, Phase::Open);
    for (const Keyed<EvaluationPtr>& plan : plans)
      QVERIFY(std::ranges::any_of(
          comparablePlans(state, real.workspace->settings()),
          [&](const EvaluationPtr& kept) { return kept->nll == plan.value->nll; }));
    QVERIFY(sweepCurrent(state, real.workspace->settings()));
    QVERIFY(real.workspace->worthSaving());
  }

  /// What single layers cost, of which an allocation needs many, is measured once.
  void anAllocationThatIsKilledGoesOn() {
    killInTheMidst("allocation", [](const ModelRun& run) {
      return run.layerCosts && run.layerCosts->windows.size() >= 2;
    });

    RecoveryFolder own(folder());
    RealWindow real;
    Recovery recovery(real.workspace.get(), real.runner.get(), &own);
    const auto left = recovery.offered();
    QVERIFY(left.has_value());
    recovery.recover(*left);
    QTRY_VERIFY_WITH_TIMEOUT(real.workspace->hasModel(), RealWindow::kPatience);
    const SlotState& state = real.workspace->activeSlot();
    QVERIFY(state.layerCosts);
    const std::vector<WindowDamage> before = state.layerCosts->windows;
    QVERIFY(before.size() >= 2);
    real.workspace->reload(Slot::A);
    real.settle();
    real.workspace->allocate(Slot::A, {.budgetPercent = 1});
    QTRY_VERIFY_WITH_TIMEOUT(state.layerCosts->windows.size() > before.size(),
                             RealWindow::kPatience);
    real.workspace->cancel();
    for (std::size_t w = 0; w < before.size(); ++w) {
      QCOMPARE(state.layerCosts->windows[w].window, before[w].window);
      QCOMPARE(state.layerCosts->windows[w].deltaNll, before[w].deltaNll);
    }
  }

  void whatIsDamagedIsToldAndDiscarded() {
    RecoveryFolder own(folder());
    QVERIFY(QDir().mkpath(folder()));
    QFile damaged(folder() + "/damaged.kvl.h5");
    QVERIFY(damaged.open(QIODevice::WriteOnly) && damaged.write("no HDF5") > 0);
    damaged.close();
    RealWindow real;
    Recovery recovery(real.workspace.get(), real.runner.get(), &own);
    RecoveryOffer offer(real.window.get(), &recovery);
    emit real.window->shown();
    QVERIFY(offer.question());
    QTest::mouseClick(button(offer.question(), "Recover"), Qt::LeftButton);
    QTRY_VERIFY_WITH_TIMEOUT(real.window->errorDialog(), RealWindow::kPatience);
    real.window->errorDialog()->close();
    QVERIFY(damaged.exists());
    real.window->actions()->recover->trigger();
    QVERIFY(offer.question());
    QTest::mouseClick(button(offer.question(), "Discard"), Qt::LeftButton);
    QVERIFY(!damaged.exists());
    QVERIFY(!real.window->actions()->recover->isEnabled());
  }
};

/// A program that searches for safe ratios, or allocates, until it is killed.
static int measureForever(const QString& what, const QString& folder) {
  RealWindow real;
  RecoveryFolder kept(folder);
  Recovery recovery(real.workspace.get(), real.runner.get(), &kept);
  recovery.setInterval(200);
  real.window->openPath("demo:gqa");
  bool asked = false;
  QObject::connect(real.workspace.get(), &Workspace::activityChanged, [&] {
    if (real.workspace->settled() && !std::exchange(asked, true))
      QTimer::singleShot(0, [&] {
        if (what == "search")
          real.workspace->findSafeRatios(Slot::A, {.curves = {}, .verdict = true});
        else
          real.workspace->allocate(Slot::A, {.budgetPercent = 1});
      });
  });
  return QApplication::exec();
}

int main(int argc, char** argv) {
  QApplication app(argc, argv);
  if (qEnvironmentVariableIsSet("KVLOUPE_KEEP_IN"))
    return measureForever(qEnvironmentVariable("KVLOUPE_MEASURE"),
                          qEnvironmentVariable("KVLOUPE_KEEP_IN"));
  RecoveryTest test;
  return QTest::qExec(&test, argc, argv);
}
#include "recovery_test.moc"
