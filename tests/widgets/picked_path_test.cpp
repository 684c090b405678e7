// SPDX-License-Identifier: GPL-3.0-or-later
// A name without its ending must not replace a file that nobody was asked about.
#include "controls/picked_path.hpp"

#include <QAbstractButton>
#include <QApplication>
#include <QDir>
#include <QFile>
#include <QMessageBox>
#include <QRegularExpression>
#include <QSettings>
#include <QStandardPaths>
#include <QTemporaryDir>
#include <QTest>
#include <QTimer>

using namespace kvloupe;

class PickedPathTest : public QObject {
  Q_OBJECT

  QTemporaryDir folder_;
  int asked_ = 0;

  QString with(const QString& name, QMessageBox::StandardButton answer) {
    QTimer click;
    connect(&click, &QTimer::timeout, this, [this, answer] {
      auto* box = qobject_cast<QMessageBox*>(QApplication::activeModalWidget());
      if (box == nullptr) return;
      ++asked_;
      box->button(answer)->click();
    });
    click.start(1);
    const QString path = withEnding(nullptr, folder_.filePath(name), ".kvl.h5", {".kvl.h5", ".h5"});
    return path.isEmpty() ? path : path.section('/', -1);
  }

 private slots:
  void init() {
    QTest::failOnWarning(QRegularExpression("^(?!This plugin does not support).*"));
    asked_ = 0;
  }

  void whatThereIsIsAskedAbout() {
    QCOMPARE(with("new", QMessageBox::No), "new.kvl.h5");
    QCOMPARE(with("new.h5", QMessageBox::No), "new.h5");
    QCOMPARE(asked_, 0);
    QFile there(folder_.filePath("run.kvl.h5"));
    QVERIFY(there.open(QIODevice::WriteOnly));
    QCOMPARE(with("run.kvl.h5", QMessageBox::No), "run.kvl.h5");  // the file dialog has asked
    QCOMPARE(asked_, 0);
    QCOMPARE(with("run", QMessageBox::No), "");
    QCOMPARE(asked_, 1);
    QCOMPARE(with("run", QMessageBox::Yes), "run.kvl.h5");
    QCOMPARE(asked_, 2);
    QVERIFY(withEnding(nullptr, {}, ".kvl.h5", {}).isEmpty());
  }

  void aDialogBeginsWhereTheLastOneEnded() {
    QStandardPaths::setTestModeEnabled(true);
    QCoreApplication::setOrganizationName("kvloupe-picked-path-test");
    QSettings().clear();
    QCOMPARE(rememberedFolder("run"), QDir::homePath());
    rememberFolder("run", folder_.filePath("run.kvl.h5"));
    QCOMPARE(rememberedFolder("run"), folder_.path());
    QCOMPARE(rememberedFolder("plan"), QDir::homePath());
    QVERIFY(QDir(folder_.path()).mkdir("models"));
    rememberFolder("model", folder_.filePath("models"));
    QCOMPARE(rememberedFolder("model"), folder_.filePath("models"));
    QVERIFY(QDir(folder_.path()).rmdir("models"));
    QCOMPARE(rememberedFolder("model"), QDir::homePath());  // gone meanwhile
    QSettings().clear();
  }
};

QTEST_MAIN(PickedPathTest)
#include "picked_path_test.moc"
