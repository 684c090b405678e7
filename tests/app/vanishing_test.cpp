// SPDX-License-Identifier: GPL-3.0-or-later
// Folders, texts and disks that go while the window works with them: it says so, keeps what it has
// and goes on once they are back.
#include <QDir>
#include <QMessageBox>
#include <QPushButton>
#include <QRegularExpression>
#include <QSignalSpy>
#include <QTest>

#include "app/support/real_window.hpp"
#include "compression/plan/spec.hpp"
#include "panels/error_dialog.hpp"

using namespace kvloupe;

class VanishingTest : public QObject {
  Q_OBJECT

  std::unique_ptr<RealWindow> real_;

  [[nodiscard]] Workspace& workspace() const { return *real_->workspace; }
  [[nodiscard]] const SlotState& slot() const { return workspace().slot(Slot::A); }
  [[nodiscard]] bool current() const { return planCurrent(slot(), workspace().settings()); }
  void moveV(int rank) const {
    workspace().editPlan(withRank(slot().draft, Target::V, rank), workspace().newGesture());
  }
  /// What the dialog says; it is closed by "Try again", or by Escape.
  ErrorReport told(bool tryAgain) const {
    ErrorDialog* dialog = real_->window->errorDialog();
    if (dialog == nullptr || !dialog->isVisible()) return {};
    ErrorReport report = dialog->report();
    if (tryAgain) {
      for (QPushButton* button : dialog->findChildren<QPushButton*>())
        if (button->text() == "Try again") QTest::mouseClick(button, Qt::LeftButton);
    } else {
      QTest::keyClick(dialog, Qt::Key_Escape);
    }
    return report;
  }
  void waitForDialog() const {
    QTRY_VERIFY_WITH_TIMEOUT(
        real_->window->errorDialog() && real_->window->errorDialog()->isVisible(),
        RealWindow::kPatience);
  }

 private slots:
  void init() {
    QTest::failOnWarning(QRegularExpression("^(?!This plugin does not support).*"));
    real_ = std::make_unique<RealWindow>();
  }
  void cleanup() { real_.reset(); }

  void aModelFolderVanishesAndComesBack() {
    const QString folder = real_->folder.filePath("model"), away = real_->folder.filePath("away");
    QVERIFY(QDir().mkpath(folder));
    for (const QFileInfo& file : QDir(QString(KVLOUPE_DEMO) + "/gqa").entryInfoList(QDir::Files))
      QVERIFY(QFile::copy(file.filePath(), folder + "/" + file.fileName()));
    real_->window->openPath(folder);
    QTRY_COMPARE(workspace().activity().measuring, NeedKind::Analysis);
    QVERIFY(QDir().rename(folder, away));
    real_->settle();
    // What is open is measured; only the hashes of what has gone cannot be had.
    QVERIFY(baselineCurrent(slot(), workspace().settings()));
    if (slot().model->weightFiles.front().sha256.empty()) {
      waitForDialog();
      const QString line = told(false).line;
      QVERIFY2(line.contains(folder), qPrintable(line));
    }
    moveV(16);
    real_->settle();
    QVERIFY(current());
    const std::vector<Keyed<EvaluationPtr>> plans = slot().plans;
    workspace().reload(Slot::A);
    waitForDialog();
    QVERIFY(slot().failure);
    QCOMPARE(slot().phase, Phase::Open);
    QCOMPARE(slot().plans.size(), plans.size());
    QVERIFY(QDir().rename(away, folder));
    const ErrorReport report = told(true);
    QVERIFY(!report.headline.isEmpty() && !report.advice.isEmpty() && !report.unchanged.isEmpty());
    // What is unsaved is asked about, as whenever a model is replaced; it is not lost for all that.
    auto* question = real_->window->findChild<QMessageBox*>();
    QVERIFY(question && question->isVisible());
    QTest::mouseClick(question->button(QMessageBox::Discard), Qt::LeftButton);
    QTRY_VERIFY_WITH_TIMEOUT(!slot().failure && slot().opening.isEmpty(), RealWindow::kPatience);
    real_->settle();
    QCOMPARE(comparablePlans(slot(), workspace().settings()).size(), plans.size());
  }

  void aTextVanishesAndComesBack() {
    real_->window->openPath("demo:gqa");
    real_->settle();
    const QString text = workspace().settings().evaluationPath;
    QVERIFY(QFile::rename(text, text + ".away"));
    moveV(16);
    waitForDialog();
    real_->settle();
    QVERIFY(!current());
    QVERIFY(failureOf(slot(), workspace().settings()) != nullptr);
    QVERIFY(QFile::rename(text + ".away", text));
    const ErrorReport report = told(true);
    QVERIFY(report.line.contains(text));
    QVERIFY(!report.advice.isEmpty());
    real_->settle();
    QVERIFY(current());
    QVERIFY(failureOf(slot(), workspace().settings()) == nullptr);
  }

  /// A save that fails in the midst of a measurement does not stop it either.
  void aDiskIsGoneWhileItIsMeasured() {
    real_->window->openPath("demo:gqa");
    real_->settle();
    QSignalSpy failed(&workspace(), &Workspace::failed);
    workspace().measureSensitivity(Slot::A, {parseSpec("v:rank=32")});
    QTRY_VERIFY_WITH_TIMEOUT(slot().sensitivity.value, RealWindow::kPatience);
    workspace().saveRun(real_->folder.filePath("gone/run.kvl.h5"));
    waitForDialog();
    QCOMPARE(failed.size(), 1);
    QCOMPARE(failed.front().front().value<Failure>().what, Failure::What::RunNotSaved);
    QVERIFY(!told(false).advice.isEmpty());
    real_->settle();
    QVERIFY(slot().sensitivity.value->complete());
    QVERIFY(workspace().worthSaving());
    QVERIFY(workspace().runPath().isEmpty());
    workspace().saveRun(real_->folder.filePath("run.kvl.h5"));
    real_->settle();
    QVERIFY(!workspace().worthSaving());
    // A run that has gone since it was listed changes nothing.
    QVERIFY(QFile::remove(real_->folder.filePath("run.kvl.h5")));
    real_->window->openPath(real_->folder.filePath("run.kvl.h5"));
    waitForDialog();
    QVERIFY(!told(false).headline.isEmpty());
    QVERIFY(slot().sensitivity.value->complete());
    QCOMPARE(slot().phase, Phase::Open);
  }
};

QTEST_MAIN(VanishingTest)
#include "vanishing_test.moc"
