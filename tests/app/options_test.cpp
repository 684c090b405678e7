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
    const Options report = readOptions(
        {"--export", "report", "-o", "r", "--title", "T", "--columns", "1", "a.h5", "b.h5"}, error);
    QCOMPARE(error, "");
    QCOMPARE(report.reportTitle, "T");
    QVERIFY(report.oneColumn);
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
    QTest::newRow("what") << QStringList{"--export", "words", "-o", "f.svg", "r.h5"}
                          << "--export: found words, expected one of layers, dimensions, "
                             "attention, text, sensitivity, compare, report";
    QTest::newRow("no file") << QStringList{"--export", "layers", "r.h5"}
                             << "--export: no file to write; give -o FILE.svg, .pdf, .png or .csv";
    QTest::newRow("suffix")
        << QStringList{"--export", "layers", "-o", "f.gif", "r.h5"}
        << "-o: found f.gif, expected a name that ends in .svg, .pdf, .png or .csv";
    QTest::newRow("page") << QStringList{"--page", "start"}
                          << "--page: found start, expected one of layers, dimensions, "
                             "attention, text, sensitivity, compare";
    QTest::newRow("no run") << QStringList{"--export", "layers", "-o", "f.svg", "demo:gqa"}
                            << "--export: expected one run, RUN.kvl.h5";
    QTest::newRow("no report file")
        << QStringList{"--export", "report", "r.h5"}
        << "--export report: no file to write; give -o FILE.pdf, FILE.html, or FILE for both";
    QTest::newRow("three runs")
        << QStringList{"--export", "report", "-o", "f", "r.h5", "r.h5", "r.h5"}
        << "--export report: expected one run, RUN.kvl.h5, or two to compare";
    QTest::newRow("columns") << QStringList{"--columns", "3"}
                             << "--columns: found 3, expected 1 or 2";
    QTest::newRow("title alone") << QStringList{"--title", "T"}
                                 << "--title, --author: belong to --export report";
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
