// SPDX-License-Identifier: GPL-3.0-or-later
#include "charts/figure_dialog.hpp"

#include <QAbstractButton>
#include <QCheckBox>
#include <QPushButton>
#include <QRegularExpression>
#include <QSettings>
#include <QTemporaryDir>
#include <QTest>

#include "controls/segmented_control.hpp"
#include "theme/theme.hpp"

using namespace kvloupe;

/// What a person chooses is what a figure is drawn as.
class FigureDialogTest : public QObject {
  Q_OBJECT

  QTemporaryDir folder_;

  static SegmentedControl* control(const QWidget& dialog, const QString& name) {
    for (SegmentedControl* each : dialog.findChildren<SegmentedControl*>())
      if (each->accessibleName() == name) return each;
    return nullptr;
  }
  static void click(const QWidget& dialog, const QString& text) {
    for (QAbstractButton* each : dialog.findChildren<QAbstractButton*>())
      if (each->text() == text)
        return QTest::mouseClick(each, Qt::LeftButton, {}, QPoint(8, each->height() / 2));
    QFAIL(qPrintable(text));
  }

 private slots:
  void initTestCase() {
    QSettings::setPath(QSettings::NativeFormat, QSettings::UserScope, folder_.path());
    QCoreApplication::setOrganizationName("kvloupe");
    QCoreApplication::setApplicationName("KV Loupe");
    applyTheme(*qobject_cast<QApplication*>(qApp), ThemeKind::Light);
  }
  void init() { QTest::failOnWarning(QRegularExpression("^(?!This plugin does not support).*")); }

  void aPaperFigureUnlessToldOtherwise() {
    const FigureDialog dialog("pdf");
    QCOMPARE(dialog.suffix(), "pdf");
    QCOMPARE(dialog.spec().widthMm, 178.0);
    QCOMPARE(dialog.spec().textPoint, 8.0);
    QVERIFY(!dialog.spec().title);
    QVERIFY(dialog.spec().provenance);
  }

  void choicesAreTakenAndKept() {
    FigureDialog dialog("svg");
    dialog.show();
    click(dialog, "PNG");
    click(dialog, "One column, 85 mm");
    click(dialog, "Title");
    QCOMPARE(dialog.suffix(), "png");
    QCOMPARE(dialog.spec().widthMm, 85.0);
    QVERIFY(dialog.spec().title);
    click(dialog, QString::fromUtf8("Choose a file…"));
    QCOMPARE(dialog.result(), static_cast<int>(QDialog::Accepted));
    const FigureDialog next("svg");
    QCOMPARE(next.suffix(), "svg");
    QCOMPARE(next.spec().widthMm, 85.0);
    QVERIFY(next.spec().title);
  }

  void aSlideHasLargerText() {
    FigureDialog dialog("svg");
    dialog.show();
    click(dialog, QString::fromUtf8("Slide, 254 × 143 mm"));
    QCOMPARE(dialog.spec().widthMm, 254.0);
    QCOMPARE(dialog.spec().height(), 143.0);
    QCOMPARE(dialog.spec().textPoint, 16.0);
    // A dialog that is left changes nothing.
    click(dialog, "Cancel");
    QCOMPARE(FigureDialog("svg").spec().widthMm, 85.0);
  }

  void valuesHaveNoWidth() {
    FigureDialog dialog("csv");
    QVERIFY(!control(dialog, "Width")->isEnabled());
    control(dialog, "Format")->setCurrentIndex(0);
    QVERIFY(control(dialog, "Width")->isEnabled());
  }
};

QTEST_MAIN(FigureDialogTest)
#include "figure_dialog_test.moc"
