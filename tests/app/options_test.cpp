// SPDX-License-Identifier: GPL-3.0-or-later
#include "options.hpp"

#include <QTest>

using namespace kvloupe;

class OptionsTest : public QObject {
  Q_OBJECT

 private slots:
  void modelsAndRuns() {
    QString error;
    const Options options =
        readOptions({"demo:gqa", "--theme", "dark", "m", "--size", "1024x680"}, error);
    QCOMPARE(error, "");
    QCOMPARE(options.paths, (QStringList{"demo:gqa", "m"}));
    QCOMPARE(options.theme, std::optional(ThemeKind::Dark));
    QCOMPARE(options.size, QSize(1024, 680));
  }

  void exporting() {
    QString error;
    const Options options = readOptions({"--export", "layers", "-o", "f.svg", "r.kvl.h5"}, error);
    QCOMPARE(error, "");
    QCOMPARE(options.exportPath, "f.svg");
  }

  void mistakes_data() {
    QTest::addColumn<QStringList>("arguments");
    QTest::addColumn<QString>("error");
    QTest::newRow("unknown") << QStringList{"--colour"}
                             << "--colour: unknown option; --help lists them";
    QTest::newRow("theme") << QStringList{"--theme", "pink"}
                           << "--theme: found pink, expected light, dark or system";
    QTest::newRow("context") << QStringList{"-c", "one"}
                             << "-c: found one, expected a number of tokens from 2";
    QTest::newRow("no value") << QStringList{"--theme"} << "--theme: expected a value after it";
    QTest::newRow("size") << QStringList{"--size", "big"}
                          << "--size: found big, expected WIDTHxHEIGHT";
    QTest::newRow("what")
        << QStringList{"--export", "text", "-o", "f.svg", "r.h5"}
        << "--export: found text, expected one of layers, dimensions, sensitivity, compare";
    QTest::newRow("no file") << QStringList{"--export", "layers", "r.h5"}
                             << "--export: no file to write; give -o FILE.svg, .pdf, .png or .csv";
    QTest::newRow("suffix")
        << QStringList{"--export", "layers", "-o", "f.gif", "r.h5"}
        << "-o: found f.gif, expected a name that ends in .svg, .pdf, .png or .csv";
    QTest::newRow("page") << QStringList{"--page", "start"}
                          << "--page: found start, expected one of layers, dimensions, "
                             "sensitivity, compare";
    QTest::newRow("no run") << QStringList{"--export", "layers", "-o", "f.svg", "demo:gqa"}
                            << "--export: expected one run, RUN.kvl.h5";
    QTest::newRow("only -o") << QStringList{"-o", "f.svg"}
                             << "-o: nothing to export; give --export layers";
  }
  void mistakes() {
    QFETCH(QStringList, arguments);
    QFETCH(QString, error);
    QString found;
    (void)readOptions(arguments, found);
    QCOMPARE(found, error);
  }
};

QTEST_GUILESS_MAIN(OptionsTest)
#include "options_test.moc"
