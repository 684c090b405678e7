// SPDX-License-Identifier: GPL-3.0-or-later
// File > Export report on the real core: what stands in the HTML and the PDF, command lines that
// give the same figures again, places that cannot be written to.
#include <sys/resource.h>

#include <QAction>
#include <QCheckBox>
#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QLineEdit>
#include <QProcess>
#include <QPushButton>
#include <QRegularExpression>
#include <QTest>
#include <QXmlStreamReader>
#include <cmath>
#include <csignal>

#include "app/support/real_window.hpp"
#include "charts/layers_chart.hpp"
#include "controls/segmented_control.hpp"
#include "pages/dimensions_page.hpp"
#include "pages/dimensions_tools.hpp"
#include "pages/layers_page.hpp"
#include "report/report_commands.hpp"
#include "report/report_content.hpp"
#include "report/report_dialog.hpp"
#include "report/report_writer.hpp"
#include "types/format.hpp"
#include "window/main_actions.hpp"

using namespace kvloupe;

namespace {

/// What an HTML report holds, read as XML.
struct Html {
  QString error, title, text;
  int figures = 0, tables = 0, scripts = 0, drawings = 0;
  QStringList ids, commands, sources;

  explicit Html(const QByteArray& bytes) {
    QXmlStreamReader xml(bytes);
    while (!xml.atEnd()) {
      xml.readNext();
      if (xml.isCharacters()) text += xml.text().toString() + ' ';
      if (!xml.isStartElement()) continue;
      const auto name = xml.name();
      figures += name == QLatin1String("figure");
      tables += name == QLatin1String("table");
      scripts += name == QLatin1String("script");
      drawings += name == QLatin1String("svg");
      for (const QXmlStreamAttribute& attribute : xml.attributes()) {
        if (attribute.name() == QLatin1String("id")) ids << attribute.value().toString();
        if (attribute.name() == QLatin1String("src") || attribute.name() == QLatin1String("href"))
          sources << attribute.value().toString();
      }
      if (name == QLatin1String("h1")) title = xml.readElementText();
      if (name == QLatin1String("code")) commands << xml.readElementText();
    }
    if (xml.hasError()) error = xml.errorString();
  }
};

QByteArray contentOf(const QString& path) {
  QFile file(path);
  return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

/// Files of this process end at so many bytes, as on a full disk.
class SmallDisk {
 public:
  explicit SmallDisk(rlim_t bytes) {
    getrlimit(RLIMIT_FSIZE, &before_);
    handler_ = std::signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{bytes, before_.rlim_max};
    setrlimit(RLIMIT_FSIZE, &limit);
  }
  ~SmallDisk() {
    setrlimit(RLIMIT_FSIZE, &before_);
    (void)std::signal(SIGXFSZ, handler_);
  }
  SmallDisk(const SmallDisk&) = delete;
  SmallDisk& operator=(const SmallDisk&) = delete;

 private:
  rlimit before_{};
  void (*handler_)(int) = nullptr;
};

}  // namespace

class ReportTest : public QObject {
  Q_OBJECT

  std::unique_ptr<RealWindow> real_;

  MainWindow& window() { return *real_->window; }
  Workspace& workspace() { return *real_->workspace; }
  QString at(const QString& name) const { return real_->folder.filePath(name); }
  ReportDialog* dialog() {
    window().actions()->exportReport->trigger();
    return window().findChild<ReportDialog*>();
  }
  template <class Widget>
  static Widget* named(const QWidget* parent, const QString& name) {
    for (Widget* each : parent->findChildren<Widget*>())
      if (each->accessibleName() == name) return each;
    return nullptr;
  }
  static QPushButton* button(const QWidget* parent, const QString& text) {
    for (QPushButton* each : parent->findChildren<QPushButton*>())
      if (each->text() == text) return each;
    return nullptr;
  }
  static QCheckBox* choice(const QWidget* parent, const QString& text) {
    for (QCheckBox* each : parent->findChildren<QCheckBox*>())
      if (each->text() == text) return each;
    return nullptr;
  }
  static void onlyFigures(const QWidget* parent, const QStringList& names) {
    for (QCheckBox* each : parent->findChildren<QCheckBox*>())
      if (each->isEnabled()) each->setChecked(names.contains(each->text()));
  }
  static void write(ReportDialog* dialog) {
    QTest::mouseClick(button(dialog, "Write the report"), Qt::LeftButton);
  }

 private slots:
  void initTestCase() {
    real_ = std::make_unique<RealWindow>();
    QVERIFY(!window().actions()->exportReport->isEnabled());
    window().openPath("demo:gqa");
    real_->settle();
  }
  void init() { QTest::failOnWarning(QRegularExpression("^(?!This plugin does not support).*")); }
  void cleanupTestCase() { real_.reset(); }

  void theDialogOffersWhatThereIs() {
    ReportDialog* asked = dialog();
    QVERIFY(asked && asked->isVisible());
    QVERIFY(choice(asked, "Layers")->isChecked());
    QVERIFY(choice(asked, "Impact")->isChecked());
    // Not measured, and only one model.
    QVERIFY(!choice(asked, "Sensitivity")->isEnabled());
    QVERIFY(!choice(asked, "Sensitivity")->toolTip().isEmpty());
    QVERIFY(!choice(asked, "Compare")->isEnabled());
    QVERIFY(named<QLineEdit>(asked, "Title")->text().contains("demo:gqa"));
    QVERIFY(!asked->path().isEmpty());
    QTest::mouseClick(button(asked, "Cancel"), Qt::LeftButton);
    QVERIFY(!asked->isVisible());
    QTRY_VERIFY(!window().findChild<ReportDialog*>());
  }

  void onlyWhatIsChosenIsDrawn() {
    auto& layers = *window().workbench()->page<LayersPage>();
    const ChartZoom closer{{0, 3}, {0.5, 2}};
    layers.chart()->setZoom(closer);
    ReportSource source(workspace());
    source.followPages(window().workbench()->pages());
    const std::vector<Page*>& pages = source.models().front()->pages();
    const auto* drawn = qobject_cast<LayersChart*>(pages[0]->charts().front());
    const ChartFrame* other = pages[1]->charts().front();
    QVERIFY(source.offers().front().absence.isEmpty());
    QVERIFY(drawn->bars().empty());
    ReportWriter writer(source, {.title = {}, .author = {}, .figures = {"layers"}},
                        {at("layers.html")});
    bool written = false;
    connect(&writer, &ReportWriter::written, this, [&] { written = true; });
    writer.start();
    QVERIFY(drawn->bars().empty());  // not inside the click
    QTRY_VERIFY_WITH_TIMEOUT(written, RealWindow::kPatience);
    QCOMPARE(drawn->bars().size(), layers.chart()->bars().size());
    QCOMPARE(drawn->zoom().value().y.high, closer.y.high);
    QVERIFY(other->subtitle().isEmpty());
    pages[1]->bringUpToDate();
    QVERIFY(!other->subtitle().isEmpty());
    layers.chart()->fit();
  }

  void oneHtmlAndOnePdfAreWritten() {
    window().workbench()->page<DimensionsPage>()->setView({{"layer", 2}, {"head", 1}});
    ReportDialog* asked = dialog();
    named<QLineEdit>(asked, "Title")->setText("Half of <V> & what it costs");
    named<QLineEdit>(asked, "Author")->setText("A. Writer");
    onlyFigures(asked, {"Layers", "Dimensions", "Impact"});
    named<QLineEdit>(asked, "File")->setText(at("gqa.pdf"));  // an ending is not doubled
    write(asked);
    QTRY_VERIFY_WITH_TIMEOUT(!window().findChild<ReportDialog*>(), RealWindow::kPatience);
    const Html html(contentOf(at("gqa.html")));
    QCOMPARE(html.error, QString());
    QCOMPARE(html.title, "Half of <V> & what it costs");
    QVERIFY(html.text.contains("A. Writer"));
    QCOMPARE(html.figures, 4);  // layers, dimensions, plane, convergence
    QCOMPARE(html.drawings, html.figures);
    QCOMPARE(html.scripts, 0);
    QCOMPARE(html.sources, QStringList());  // nothing is loaded from elsewhere
    QCOMPARE(QStringList(html.ids).removeDuplicates(), 0);
    // The page's own selection, and the core's figures.
    QVERIFY(html.text.contains("layer 2"));
    const SlotState& state = workspace().activeSlot();
    for (const TapStatistics& tap : state.analysis.value->taps)
      if (tap.tap == Tap::KRope)
        QVERIFY(html.text.contains(QString::fromStdString(formatSpread(*tap.joined.spread))));
    const EvaluationFigures& figures = state.current.value->figures;
    QVERIFY(html.text.contains(QString::fromStdString(
        formatDeltaPplInterval(figures.deltaPplPercent, *figures.deltaInterval))));
    QVERIFY(html.text.contains(QString::fromStdString(state.model->weightFiles[0].sha256)));
    QVERIFY(html.text.contains(QString::fromStdString(state.analysis.value->text.sha256)));
    QVERIFY(html.text.contains("papers"));
    QVERIFY(html.text.contains("float32"));
    QVERIFY(html.commands.contains(analysisCommand(state, *state.analysis.value)));
    QVERIFY(html.commands.contains(evaluationCommand(state, *state.current.value)));
  }

  void thePdfHasVectorsAndFonts() {
    const QByteArray pdf = contentOf(at("gqa.pdf"));
    QVERIFY(pdf.startsWith("%PDF-1."));
    QVERIFY(pdf.trimmed().endsWith("%%EOF"));
    QVERIFY(pdf.count("/Type /Page\n") + pdf.count("/Type /Page ") >= 2);
    QVERIFY(!pdf.contains("/Subtype /Image"));
    const auto descriptors = pdf.count("/Type /FontDescriptor");
    QVERIFY(descriptors >= 2);  // regular and medium
    QCOMPARE(pdf.count("/FontFile"), descriptors);
    QVERIFY(pdf.contains("Roboto-Regular") && pdf.contains("Roboto-Medium"));
    QVERIFY(pdf.contains("/MediaBox [0 0 595 842]") || pdf.contains("/MediaBox [0 0 595."));
    // To be looked at: copied into the folder that KVLOUPE_PICTURES names.
    const QString folder = qEnvironmentVariable("KVLOUPE_PICTURES");
    if (folder.isEmpty()) return;
    for (const char* name : {"gqa.pdf", "gqa.html"}) QFile::copy(at(name), folder + '/' + name);
  }

  void theCommandLinesGiveTheSameFigures() {
    const SlotState& state = workspace().activeSlot();
    QProcess shell;
    const auto json = [&](QString command) {
      command.replace(0, qstrlen("kvloupe-cli"), shellWord(KVLOUPE_CLI));
      shell.start("/bin/sh", {"-c", command + " --json --quiet"});
      if (!shell.waitForFinished(RealWindow::kPatience)) return QJsonObject();
      return QJsonDocument::fromJson(shell.readAllStandardOutput()).object();
    };
    const Evaluation& plan = *state.current.value;
    const QJsonObject measured = json(evaluationCommand(state, plan));
    QVERIFY2(!measured.isEmpty(), shell.readAllStandardError());
    QCOMPARE(measured["tokens_scored"].toInteger(), plan.figures.tokensScored);
    QCOMPARE(measured["compress"].toString(), QString::fromStdString(plan.specText));
    QVERIFY(std::abs(measured["delta_ppl_percent"].toDouble() - plan.figures.deltaPplPercent) <
            1e-3);
    const Analysis& analysis = *state.analysis.value;
    const QJsonObject analysed = json(analysisCommand(state, analysis));
    QCOMPARE(analysed["tokens"].toInteger(), analysis.tokens);
    const TapStatistics& first = analysis.taps.front();
    const QJsonObject same = analysed["layers"].toArray().first().toObject();
    QCOMPARE(same["tap"].toString().toStdString(), std::string(tapName(first.tap)));
    QVERIFY(std::abs(same["spread"].toDouble() / *first.joined.spread - 1) < 1e-4);
  }

  void aPlaceThatCannotBeWrittenIsToldInWords() {
    ReportDialog* asked = dialog();
    const QString missing = at("no/such/folder/report");
    asked->setPath(missing);
    write(asked);
    QTRY_VERIFY(!asked->problem().isEmpty());
    QVERIFY(asked->isVisible());
    QVERIFY2(asked->problem().contains(missing), qPrintable(asked->problem()));
    QVERIFY(asked->problem().contains("No such file or directory"));
    // What stood there stays where the disk is full, and no half is left.
    QFile old(at("full.html"));
    QVERIFY(old.open(QIODevice::WriteOnly) && old.write("old") == 3);
    old.close();
    asked->setPath(at("full"));
    {
      const SmallDisk full(20000);
      write(asked);
      QTRY_VERIFY_WITH_TIMEOUT(asked->problem().contains("full."), RealWindow::kPatience);
    }
    QCOMPARE(contentOf(at("full.html")), QByteArray("old"));
    QVERIFY(!QFileInfo::exists(at("full.pdf")));
    QCOMPARE(QDir(real_->folder.path()).entryList({"full*"}, QDir::Files | QDir::Hidden),
             QStringList{"full.html"});
    // The same dialog then writes it, and the window goes on.
    write(asked);
    QTRY_VERIFY_WITH_TIMEOUT(!window().findChild<ReportDialog*>(), RealWindow::kPatience);
    QVERIFY(contentOf(at("full.html")).startsWith("<!DOCTYPE html>"));
    QVERIFY(contentOf(at("full.pdf")).startsWith("%PDF"));
    QVERIFY(window().isEnabled());
  }

  void twoModelsStandInOneReport() {
    window().openPath("demo:mla", Slot::B);
    real_->settle();
    workspace().findSafeRatios(Slot::A, {.curves = {"v"}, .verdict = false});
    real_->settle();
    workspace().saveRun(at("both.kvl.h5"));
    real_->settle();
    ReportDialog* asked = dialog();
    QVERIFY(choice(asked, "Compare")->isChecked());
    named<SegmentedControl>(asked, "Width of the figures")->setCurrentIndex(0);
    onlyFigures(asked, {"Layers", "Impact", "Compare"});
    asked->setPath(at("both"));
    write(asked);
    QTRY_VERIFY_WITH_TIMEOUT(!window().findChild<ReportDialog*>(), RealWindow::kPatience);
    const Html html(contentOf(at("both.html")));
    QCOMPARE(html.error, QString());
    for (const char* words : {"A demo:gqa", "B demo:mla", "A beside B", "Safe cache ratio"})
      QVERIFY2(html.text.contains(words), words);
    QCOMPARE(html.figures, 2 + 4 + 3);  // layers, impact of both; compare's three charts apart
    QVERIFY(contentOf(at("both.html")).contains("viewBox=\"0 0 361"));  // 85 mm
    const QString folder = qEnvironmentVariable("KVLOUPE_PICTURES");
    if (folder.isEmpty()) return;
    for (const char* name : {"both.pdf", "both.html"}) QFile::copy(at(name), folder + '/' + name);
  }

  void theProgramWritesItWithoutADisplay() {
    QProcess program;
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    environment.insert("XDG_RUNTIME_DIR", real_->folder.path());
    program.setProcessEnvironment(environment);
    const auto run = [&](const QStringList& arguments) {
      program.start(KVLOUPE_PROGRAM, QStringList{"--export", "report"} + arguments);
      return program.waitForFinished(120000) ? program.exitCode() : -1;
    };
    const QString saved = at("both.kvl.h5");
    QCOMPARE(run({"-o", at("saved.html"), "--title", "Saved", "--author", "B. Writer", saved}), 0);
    QCOMPARE(program.readAllStandardError(), QByteArray());
    const Html html(contentOf(at("saved.html")));
    QCOMPARE(html.error, QString());
    QCOMPARE(html.title, "Saved");
    QVERIFY(html.text.contains("B demo:mla") && html.text.contains("both.kvl.h5"));
    QVERIFY(!QFileInfo::exists(at("saved.pdf")));
    QCOMPARE(run({"-o", at("again.pdf"), saved, saved}), 0);
    QVERIFY(contentOf(at("again.pdf")).startsWith("%PDF"));
    QCOMPARE(run({"-o", at("no/such/report"), saved}), 1);
    QCOMPARE(program.readAllStandardError().count('\n'), 1);
    QCOMPARE(run({"-o", at("x.pdf")}), 2);
  }
};

QTEST_MAIN(ReportTest)
#include "report_test.moc"
