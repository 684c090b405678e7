// SPDX-License-Identifier: GPL-3.0-or-later
// The window asks before measurements that nobody saved are replaced, and what failed is tried
// again where it was asked for.
#include <QAction>
#include <QApplication>
#include <QMessageBox>
#include <QPushButton>
#include <QSettings>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

#include "app/support/fake_workspace.hpp"
#include "panels/error_dialog.hpp"
#include "panels/models_panel.hpp"
#include "theme/theme.hpp"
#include "window/main_actions.hpp"
#include "window/main_window.hpp"
#include "window/recovery_offer.hpp"
#include "window/workbench.hpp"
#include "workspace/recovery.hpp"

using namespace kvloupe;
using kvloupe::test::FakeWorkspace;

class UnsavedWorkTest : public QObject, FakeWorkspace {
  Q_OBJECT

  const std::string saved_ = "save /runs/saved.kvl.h5";

  QTemporaryDir folder_;
  std::unique_ptr<MainWindow> window_;

  void settle() { QTRY_VERIFY_WITH_TIMEOUT(workspace_->settled() && runner_->idle(), 20000); }
  void measureUnsaved() {
    window_->openPath("demo:gqa");
    settle();
    workspace_->saveRun("/runs/saved.kvl.h5");
    settle();
    moveV(6);
    settle();
    QVERIFY(workspace_->worthSaving());
  }
  QMessageBox* question() const { return window_->findChild<QMessageBox*>(); }
  void answer(QMessageBox::StandardButton button) {
    QTRY_VERIFY(question() && question()->isVisible());
    QTest::mouseClick(question()->button(button), Qt::LeftButton);
    QTRY_VERIFY(!question());
    settle();
  }
  ErrorDialog* refusal() {
    [&] { QTRY_VERIFY(window_->errorDialog()); }();
    return window_->errorDialog();
  }

 private slots:
  void init() {
    make();
    QSettings::setPath(QSettings::NativeFormat, QSettings::UserScope, folder_.path());
    QApplication::setOrganizationName("kvloupe");
    QApplication::setApplicationName("KV Loupe");
    applyTheme(*qobject_cast<QApplication*>(qApp), ThemeKind::Light);
    runner_->start();
    window_ = std::make_unique<MainWindow>(workspace_.get());
    window_->show();
  }
  void cleanup() {
    window_.reset();
    remove();
  }

  void whatReplacesAsks_data() {
    QTest::addColumn<int>("way");
    QTest::newRow("another model") << 0;
    QTest::newRow("a run") << 1;
    QTest::newRow("reload") << 2;
    QTest::newRow("close") << 3;
  }
  void whatReplacesAsks() {
    QFETCH(int, way);
    measureUnsaved();
    const auto replace = [&] {
      if (way == 0) window_->openPath("demo:mla");
      if (way == 1) window_->openPath("/runs/other.kvl.h5");
      if (way == 2) window_->actions()->reload->trigger();
      if (way == 3) emit window_->workbench()->models()->closeRequested(ModelSlot::A);
    };
    const std::size_t calls = script_->seen().size();
    replace();
    answer(QMessageBox::Cancel);
    QCOMPARE(script_->seen().size(), calls);
    QCOMPARE(workspace_->slot(Slot::A).plans.size(), std::size_t(2));

    script_->saveFails = true;
    replace();
    answer(QMessageBox::Save);
    refusal()->close();
    settle();
    QCOMPARE(script_->seen().size(), calls + 1);
    QCOMPARE(script_->seen().back(), saved_);
    QCOMPARE(workspace_->slot(Slot::A).plans.size(), std::size_t(2));
    script_->saveFails = false;
    workspace_->saveRun("/runs/saved.kvl.h5");  // goes on with nothing that was given up
    settle();
    QCOMPARE(workspace_->slot(Slot::A).plans.size(), std::size_t(2));

    workspace_->editPlan(withRank(workspace_->activeSlot().draft, Target::V, 5), 1);
    settle();
    const int saves = script_->count(saved_);
    replace();
    answer(QMessageBox::Save);
    if (way == 2)
      QTRY_COMPARE(script_->count("open demo:gqa"), 2);
    else
      QTRY_VERIFY(workspace_->slot(Slot::A).plans.size() != 3 || way == 1);
    settle();
    QCOMPARE(script_->count(saved_), saves + 1);
    if (way == 0) QCOMPARE(workspace_->slot(Slot::A).path, "demo:mla");
    if (way == 1) QTRY_COMPARE(workspace_->runPath(), "/runs/other.kvl.h5");
    if (way == 3) QVERIFY(!workspace_->slot(Slot::A).model);
  }

  void givenUpItIsReplaced() {
    measureUnsaved();
    script_->weights = 1;  // of the same weights nothing would be given up
    window_->actions()->reload->trigger();
    answer(QMessageBox::Discard);
    QCOMPARE(script_->count("open demo:gqa"), 2);
    QCOMPARE(script_->count(saved_), 1);
    QCOMPARE(workspace_->slot(Slot::A).plans.size(), std::size_t(1));
  }

  void nothingIsAskedWhereNothingIsLost() {
    window_->openPath("demo:gqa");
    settle();
    window_->openPath("demo:gqa");  // every start measures that by itself
    settle();
    QVERIFY(!question());
    measureUnsaved();
    window_->openPath("demo:mla", Slot::B);
    settle();
    QVERIFY(!question());
    QCOMPARE(workspace_->slot(Slot::A).plans.size(), std::size_t(2));
    QCOMPARE(workspace_->slot(Slot::B).path, "demo:mla");
    window_->openPath("demo:gqa", Slot::B);  // only A has more than that
    settle();
    QVERIFY(!question());
    QCOMPARE(workspace_->slot(Slot::B).path, "demo:gqa");
  }

  void recoveringAsksToo() {
    measureUnsaved();
    RecoveryFolder folder(folder_.path());
    QFile left(folder_.filePath("left.kvl.h5"));
    QVERIFY(left.open(QIODevice::WriteOnly));
    Recovery recovery(workspace_.get(), runner_.get(), &folder);
    recovery.setInterval(3600000);
    const RecoveryOffer offer(window_.get(), &recovery);
    const std::string load = "load " + left.fileName().toStdString();
    const auto recover = [&](QMessageBox::StandardButton then) {
      emit window_->shown();
      QVERIFY(offer.question());
      for (QAbstractButton* each : offer.question()->buttons())
        if (each->text() == "Recover") QTest::mouseClick(each, Qt::LeftButton);
      QTRY_VERIFY(!offer.question());
      answer(then);
    };
    recover(QMessageBox::Cancel);
    QVERIFY(recovery.offered());
    QCOMPARE(script_->count(load), 0);
    recover(QMessageBox::Discard);
    QCOMPARE(script_->count(load), 1);
    QCOMPARE(workspace_->slot(Slot::A).phase, Phase::Saved);
  }

  void aRunBesideIsTriedAgainBeside() {
    measureUnsaved();
    script_->loadFails = true;
    window_->openPath("/runs/other.kvl.h5", Slot::B);
    ErrorDialog* dialog = refusal();
    script_->loadFails = false;
    emit dialog->retryRequested();
    settle();
    QCOMPARE(workspace_->slot(Slot::B).phase, Phase::Saved);
    QCOMPARE(workspace_->slot(Slot::A).phase, Phase::Open);
    QCOMPARE(workspace_->slot(Slot::A).plans.size(), std::size_t(2));
  }

  void aKeptRunIsTriedAgainAsSuch() {
    script_->loadFails = true;
    workspace_->recoverRun("/kept/left.kvl.h5");
    ErrorDialog* dialog = refusal();
    QCOMPARE(dialog->report().title, "Run not recovered");
    QSignalSpy again(window_.get(), &MainWindow::recoverRequested);
    emit dialog->retryRequested();
    QCOMPARE(again.count(), 1);
    QCOMPARE(again[0][0].toString(), "/kept/left.kvl.h5");
    settle();
    QCOMPARE(script_->count("load /kept/left.kvl.h5"), 1);  // not as a run of its own
  }

  void aPlanIsTriedAgainForItsModel() {
    window_->openPath("demo:gqa");
    settle();
    window_->openPath("demo:mla", Slot::B);
    settle();
    workspace_->setActive(Slot::A);
    settle();
    QSignalSpy failures(workspace_.get(), &Workspace::failed);
    workspace_->importPlan(Slot::A, "/plans/other.json");
    ErrorDialog* dialog = refusal();
    workspace_->setActive(Slot::B);
    emit dialog->retryRequested();
    settle();
    QCOMPARE(failures.count(), 2);
    QCOMPARE(failures[1][0].value<Failure>().slot, Slot::A);
  }
};

QTEST_MAIN(UnsavedWorkTest)
#include "unsaved_work_test.moc"
