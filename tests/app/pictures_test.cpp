// SPDX-License-Identifier: GPL-3.0-or-later
// Every page, light and dark, in a large and in the smallest window, alone and with a second model
// of a long name: every text can be read. CTest runs it at 100 and at 200 %.
#include <QDir>
#include <QLabel>
#include <QPushButton>
#include <QRegularExpression>
#include <QScrollArea>
#include <QScrollBar>
#include <QTest>

#include "app/support/drawn_texts.hpp"
#include "app/support/real_window.hpp"
#include "compression/plan/spec.hpp"
#include "pages/compare_page.hpp"
#include "pages/pages.hpp"
#include "panels/compression_panel.hpp"
#include "panels/models_panel.hpp"
#include "tables/verdict_table.hpp"
#include "window/main_actions.hpp"

using namespace kvloupe;

namespace {

constexpr QSize kLarge(1440, 900), kSmallest(1024, 680);

}  // namespace

class PicturesTest : public QObject {
  Q_OBJECT

  std::unique_ptr<RealWindow> real_;

  MainWindow& window() { return *real_->window; }
  ComparePage& compare() { return *window().findChild<ComparePage*>(); }
  void measureTheVerdict() {
    window().showPage("compare");
    for (QPushButton* button : compare().findChildren<QPushButton*>())
      if (button->text() == "Measure the verdict") button->click();
  }

  /// Draws all pages, and writes them where KVLOUPE_PICTURES names a folder.
  void everyTextIsWhole(const QString& name) {
    const QString folder = qEnvironmentVariable("KVLOUPE_PICTURES");
    std::vector<QString> faults;
    for (const QString& page : pageKeys()) {
      window().showPage(page);
      QTest::qWait(60);  // layouts and queued redraws
      real_->settle();   // what the page looks at
      QTest::qWait(60);
      const QString picture = name + "-" + page;
      if (!folder.isEmpty()) QVERIFY(window().grab().save(folder + "/" + picture + ".png"));
      for (const QString& fault : unreadable(window())) faults.push_back(picture + ": " + fault);
    }
    for (const QString& fault : faults) qInfo("%s", qPrintable(fault));
    QVERIFY2(faults.empty(), qPrintable(QString("%1 texts cannot be read").arg(faults.size())));
  }

  /// Whether a person would have to scroll to see all of it.
  static bool scrolls(const QWidget* panel) {
    for (const QScrollArea* area : panel->findChildren<QScrollArea*>())
      if (area->isVisible() && area->verticalScrollBar()->maximum() > 0) return true;
    return false;
  }

  /// As in the design: the result of the search is in view, in a large window beside an unfolded
  /// Impact one model's card and all settings, and the verdict's last row.
  void panelsStandWhole(bool twoModels) {
    window().showPage("layers");
    QTest::qWait(60);
    QVERIFY(!scrolls(window().findChild<CompressionPanel*>()));
    if (window().size() != kLarge) return;
    QVERIFY(twoModels || !scrolls(window().findChild<ModelsPanel*>()));
    window().showPage("compare");
    QTest::qWait(60);
    QVERIFY(!scrolls(&compare()));
  }

  static void views() {
    QTest::addColumn<ThemeKind>("theme");
    QTest::addColumn<QSize>("size");
    QTest::newRow("light") << ThemeKind::Light << kLarge;
    QTest::newRow("dark") << ThemeKind::Dark << kLarge;
    QTest::newRow("smallest") << ThemeKind::Light << kSmallest;
  }
  void show(const QString& name) {
    QFETCH(ThemeKind, theme);
    QFETCH(QSize, size);
    applyTheme(*qobject_cast<QApplication*>(qApp), theme);
    window().resize(size);
    QTest::qWait(60);
    QCOMPARE(window().size(), size);
    everyTextIsWhole(name + "-" + QTest::currentDataTag());
    panelsStandWhole(name == "two");
  }

 private slots:
  void initTestCase() {
    real_ = std::make_unique<RealWindow>();
    const auto faults = unreadable(window());
    QVERIFY2(faults.empty(), qPrintable(QStringList(faults.begin(), faults.end()).join("\n")));
    window().openPath("demo:gqa");
    real_->settle();
  }
  void init() { QTest::failOnWarning(QRegularExpression("^(?!This plugin does not support).*")); }
  void cleanupTestCase() { real_.reset(); }

  /// Without it none of the others could fail.
  void whatIsCutOrCoveredIsSeen() {
    QWidget frame;
    frame.resize(200, 100);
    auto* label = new QLabel("Perplexity", &frame);
    label->setGeometry(10, 10, 150, 30);
    frame.show();
    QVERIFY(unreadable(frame).empty());
    label->resize(30, 30);
    QCOMPARE(unreadable(frame).size(), std::size_t(1));
    label->resize(150, 30);
    auto* second = new QLabel("spread", &frame);
    second->setGeometry(14, 12, 150, 30);
    second->show();
    QCOMPARE(unreadable(frame).size(), std::size_t(1));
  }

  void oneModel_data() { views(); }
  void oneModel() { show("one"); }

  void everythingMeasured_data() { views(); }
  void everythingMeasured() {
    if (!real_->workspace->slot(Slot::A).sweep.value) {
      measureTheVerdict();
      real_->workspace->measureSensitivity(Slot::A, {parseSpec("kv:rank=16")});
      real_->settle();
      QVERIFY(!compare().verdict()->ruling(ModelSlot::A).isEmpty());
    }
    show("measured");
  }

  void twoModels_data() { views(); }
  void twoModels() {
    if (!real_->workspace->slot(Slot::B).model) {
      const QString name =
          real_->folder.filePath("DeepSeek-V2-Lite-Chat-continued-on-our-own-texts-step-0042000");
      QVERIFY(QDir().mkpath(name));
      const QDir demo(QString(KVLOUPE_DEMO) + "/mla");
      for (const QString& file : demo.entryList(QDir::Files))
        QVERIFY(QFile::copy(demo.filePath(file), name + "/" + file));
      window().openPath(name, Slot::B);
      real_->settle();
      measureTheVerdict();
      real_->settle();
      QVERIFY(!compare().verdict()->ruling(ModelSlot::B).isEmpty());
    }
    show("two");
  }
};

QTEST_MAIN(PicturesTest)
#include "pictures_test.moc"
