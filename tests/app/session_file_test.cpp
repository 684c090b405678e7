// SPDX-License-Identifier: GPL-3.0-or-later
// A session on the real core: what a window saved comes back in another window, and what a file
// says that cannot be is left out.
#include <qcustomplot.h>

#include <QJsonArray>
#include <QJsonDocument>
#include <QRegularExpression>
#include <QSignalSpy>
#include <QTest>

#include "app/support/real_window.hpp"
#include "charts/chart_plot.hpp"
#include "charts/layers_chart.hpp"
#include "compression/plan/spec.hpp"
#include "options.hpp"
#include "pages/compare_page.hpp"
#include "pages/dimensions_page.hpp"
#include "pages/dimensions_tools.hpp"
#include "pages/layers_page.hpp"
#include "pages/layers_tools.hpp"
#include "panels/impact_panel.hpp"
#include "panels/log_pane.hpp"
#include "start.hpp"
#include "window/kept_plans.hpp"
#include "workspace/draft_for_model.hpp"
#include "workspace/session_json.hpp"

using namespace kvloupe;

class SessionFileTest : public QObject {
  Q_OBJECT

  std::unique_ptr<RealWindow> real_;

  MainWindow& window() { return *real_->window; }
  Workspace& workspace() { return *real_->workspace; }
  template <class Kind>
  Kind& page() {
    return *window().workbench()->page<Kind>();
  }

 private slots:
  void initTestCase() { real_ = std::make_unique<RealWindow>(); }
  void init() { QTest::failOnWarning(QRegularExpression("^(?!This plugin does not support).*")); }
  void cleanupTestCase() { real_.reset(); }

  void anotherWindowShowsTheSame() {
    window().openPath("demo:gqa");
    window().openPath("demo:mla", Slot::B);
    real_->settle();
    workspace().setActive(Slot::A);
    workspace().editPlan(withRank(workspace().activeSlot().draft, Target::V, 20), 1);
    real_->settle();
    // A plan that was not measured is kept, too.
    workspace().cancel();
    workspace().setActive(Slot::B);
    workspace().editPlan(withRank(workspace().activeSlot().draft, Target::RopeKey, 9), 2);
    workspace().cancel();
    const PlanDraft draftB = workspace().activeSlot().draft;
    workspace().setActive(Slot::A);

    workspace().keepPlan("cheap");
    workspace().editPlan(withRank(workspace().activeSlot().draft, Target::V, 12), 3);
    workspace().keepPlan("dear");
    workspace().editPlan(withRank(workspace().activeSlot().draft, Target::V, 20), 4);
    const std::vector<NamedPlan> kept = workspace().slot(Slot::A).kept;
    QCOMPARE(kept.size(), std::size_t(2));
    page<LayersPage>().setView({{"metric", "rank_95"}, {"log", false}, {"head", 1}});
    page<DimensionsPage>().setView({{"layer", 4}, {"head", 1}, {"sorted", false}});
    window().showPage("layers");
    ChartPlot* plot = page<LayersPage>().chart()->plot();
    plot->replot();
    plot->zoomAt(QRectF(plot->axisRect()->rect()).center(), 0.5);
    const QCPRange x = plot->xAxis->range(), y = plot->yAxis->range();
    window().showPage("compare");
    const ChartZoom closer{{0, 3}, {0.5, 2}};
    page<ComparePage>().charts().front()->setZoom(closer);
    window().showPage("dimensions");
    const QString path = real_->folder.filePath("session.kvl.h5");
    const MeasurementSettings settings = workspace().settings();
    workspace().saveRun(path);
    real_->settle();
    QVERIFY(QFile::exists(path));

    auto other = std::make_unique<RealWindow>();
    // A person of other settings, who calls another plan "dear".
    const NamedPlan own{"dear", parseSpecs("v:rank=3")};
    storeKeptPlans(*workspace().slot(Slot::A).model, {own});
    other->window->openPath(path);
    other->settle();
    Workspace& again = *other->workspace;
    const std::vector<NamedPlan> joined = {own, kept[0], {"dear (run)", kept[1].specs}};
    QVERIFY(again.slot(Slot::A).kept == joined);
    QVERIFY(again.slot(Slot::B).kept.empty());
    QCOMPARE(again.active(), Slot::A);
    QVERIFY(again.settings() == settings);
    QCOMPARE(specText(specsOf(again.slot(Slot::A).draft)), std::string("v:rank=20"));
    QVERIFY(again.slot(Slot::B).draft == draftB);
    QCOMPARE(other->window->workbench()->currentPage()->name(), "Dimensions");
    QCOMPARE(other->window->workbench()->impact()->view().state, FigureState::Measured);
    const LayersSelection& layers =
        other->window->workbench()->page<LayersPage>()->tools()->selection();
    QCOMPARE(layers.metric, LayersMetric::Rank95);
    QVERIFY(!layers.log);
    QCOMPARE(layers.head, std::optional(1));
    const DimensionsSelection& dimensions =
        other->window->workbench()->page<DimensionsPage>()->tools()->selection();
    QCOMPARE(dimensions.layer, 4);
    QVERIFY(!dimensions.sorted);
    other->window->showPage("layers");
    LayersChart* chart = other->window->workbench()->page<LayersPage>()->chart();
    QVERIFY(chart->isZoomed());
    QCOMPARE(chart->plot()->xAxis->range(), x);
    QCOMPARE(chart->plot()->yAxis->range(), y);
    // A page that nobody looked at was not drawn; saved again, its zoom is not lost.
    auto& compare = *other->window->workbench()->page<ComparePage>();
    ChartFrame* left = compare.charts().front();
    QVERIFY(!left->isZoomed());
    QVERIFY(qobject_cast<LayersChart*>(left)->bars().empty());
    QVERIFY(compare.zooms().front());
    QCOMPARE(compare.zooms().front()->x.high, closer.x.high);
    other->window->showPage("compare");
    QVERIFY(!qobject_cast<LayersChart*>(left)->bars().empty());
    QVERIFY(left->zoom());
    QCOMPARE(left->zoom()->y.low, closer.y.low);
    QCOMPARE(compare.zooms().front()->x.high, closer.x.high);
    // With its model open it goes on with the same plan.
    again.reload(Slot::A);
    other->settle();
    QCOMPARE(again.slot(Slot::A).phase, Phase::Open);
    QCOMPARE(specText(specsOf(again.slot(Slot::A).draft)), std::string("v:rank=20"));
    QVERIFY(planCurrent(again.slot(Slot::A), again.settings()));
    QVERIFY(again.slot(Slot::A).kept == joined);
  }

  /// Written before plans were kept in it.
  void anOlderSessionStillOpens() {
    Slots models{workspace().slot(Slot::A), workspace().slot(Slot::B)};
    models[0].kept.clear();
    const SessionParts parts = restoreSession(
        R"({"version": 1, "active": "b", "plans": {"a": {"specs": ["v:rank=7"]}},
            "settings": {"context": 64}, "view": {"page": "text"}})",
        models, {Slot::A, workspace().settings(), QJsonObject(), {}});
    QVERIFY2(parts.fault.isEmpty(), qPrintable(parts.fault));
    QCOMPARE(parts.active, Slot::B);
    QCOMPARE(specText(specsOf(models[0].draft)), std::string("v:rank=7"));
    QVERIFY(models[0].kept.empty());
  }

  void keptPlansAreChecked() {
    Slots models{workspace().slot(Slot::A), workspace().slot(Slot::B)};
    const SessionParts parts = restoreSession(
        R"({"version": 1, "kept": {"a": [{"name": "all", "specs": []},
            {"name": "all", "specs": ["v:rank=2"]}, {"name": "", "specs": ["v:rank=2"]},
            {"name": "none", "specs": ["latent:rank=2"]}, 7, {"name": "no list", "specs": 3},
            {"name": "V 2", "specs": ["v:rank=2"]}], "b": "x"}})",
        models, {Slot::A, workspace().settings(), QJsonObject(), {}});
    const std::vector<NamedPlan> expected = {{"all", {}}, {"V 2", parseSpecs("v:rank=2")}};
    QVERIFY(models[0].kept == expected);
    QVERIFY(models[1].kept.empty());
    QCOMPARE(parts.fault,
             "6 plans of the session are none that their model can have, and left out");
  }

  /// The run is a run whatever its session is: one line says what is lacking.
  void aDamagedSessionIsOneLine() {
    const QString path = real_->folder.filePath("session.kvl.h5");
    RealWindow other;
    QSignalSpy lines(other.workspace.get(), &Workspace::sessionDamaged);
    other.window->openPath(path);
    other.settle();
    QCOMPARE(lines.count(), 0);
    const auto file = loadEngine(KVLOUPE_CORE_MODULE);
    Run run = file->load(path.toStdString());
    run.session = "{\"version\": 1, \"plans\"";
    const QString damaged = other.folder.filePath("damaged.kvl.h5");
    file->save(run, damaged.toStdString());
    other.window->openPath(damaged);
    other.settle();
    QCOMPARE(other.workspace->runPath(), damaged);
    QCOMPARE(lines.count(), 1);
    const QString line = lines[0][0].toString();
    QVERIFY2(line.contains("cannot be read: no JSON at byte"), qPrintable(line));
    QVERIFY(other.window->workbench()->log()->text().contains(line));
    QCOMPARE(other.workspace->slot(Slot::A).plans.size(), run.a.plans.size());
    QVERIFY(!other.window->errorDialog());
  }

  void whatTheCommandLineGivesCounts() {
    RealWindow other;
    Options options;
    options.paths = {real_->folder.filePath("session.kvl.h5")};
    options.page = "compare";
    options.context = 128;
    options.evaluationPath = other.beginningOf("calibration.txt");
    openNamed(options, *other.window, *other.workspace);
    other.settle();
    QTRY_VERIFY(other.workspace->hasModel());
    QCOMPARE(other.window->workbench()->currentPage()->name(), "Compare");
    const MeasurementSettings saved = workspace().settings();
    const MeasurementSettings& settings = other.workspace->settings();
    QCOMPARE(settings.context, 128);
    QCOMPARE(settings.evaluationPath, options.evaluationPath);
    QCOMPARE(settings.calibrationPath, saved.calibrationPath);  // not given
    // Of the start alone: a run that is opened later comes as it was saved.
    other.window->openPath(options.paths.front());
    other.settle();
    QTRY_COMPARE(other.workspace->settings().context, saved.context);
    QCOMPARE(other.window->workbench()->currentPage()->name(), "Dimensions");
  }

  void whatCannotBeIsLeftOut_data() {
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<bool>("faulty");
    QTest::newRow("none") << QByteArray() << false;
    QTest::newRow("no JSON") << QByteArray("{{{") << true;
    QTest::newRow("a list") << QByteArray("[1, 2]") << true;
    QTest::newRow("deep") << QByteArray(200000, '[') << true;
    QTest::newRow("too long") << QByteArray(2 << 20, ' ') << true;
    QTest::newRow("version") << QByteArray(R"({"version": 2, "active": "b"})") << true;
    QTest::newRow("kinds")
        << QByteArray(
               R"({"version": 1, "active": 7, "settings": [], "plans": {"a": "x"},
                         "view": 3})")
        << true;
    QTest::newRow("no such plan")
        << QByteArray(
               R"({"version": 1, "plans": {"a": {"specs": ["v:rank=1000000", "latent:rank=2",
                         "v:rank=x"]}}})")
        << true;
    QTest::newRow("numbers") << QByteArray(
                                    R"({"version": 1, "settings": {"context": -5, "protocol": "x",
                         "calibration_tokens": -1e300},
                         "view": {"page": "none", "pages": {"layers": {"selection": {"head": 1e9,
                         "metric": 4}, "zooms": [[1, 1, 0, 0], "x", [1e308, -1e308, 0, 1]]},
                         "dimensions": {"selection": {"layer": -3, "head": 77},
                         "zooms": [[null, 2, 3]]}}}})")
                             << false;
  }
  void whatCannotBeIsLeftOut() {
    QFETCH(QByteArray, text);
    Slots models{workspace().slot(Slot::A), workspace().slot(Slot::B)};
    const PlanDraft before = models[0].draft;
    const MeasurementSettings settings = workspace().settings();
    const SessionParts parts =
        restoreSession(text.toStdString(), models, {Slot::A, settings, QJsonObject(), {}});
    QVERIFY(models[0].draft == before);
    QFETCH(bool, faulty);
    QCOMPARE(!parts.fault.isEmpty(), faulty);
    QVERIFY2(!parts.fault.contains('\n'), qPrintable(parts.fault));
    QVERIFY(parts.settings.context >= 0 && parts.settings.calibrationTokens >= 0);
    QCOMPARE(parts.settings.calibrationPath, settings.calibrationPath);
    QCOMPARE(parts.settings.protocol, settings.protocol);
    emit workspace().sessionOpened(parts.view);  // the window takes it without a warning
    QVERIFY(page<LayersPage>().tools()->selection().head.value_or(0) < 2);
    QVERIFY(page<DimensionsPage>().tools()->selection().layer >= 0);
  }

  void theDocumentIsAsTheManualSays() {
    const Slots models{workspace().slot(Slot::A), workspace().slot(Slot::B)};
    const QJsonObject document =
        QJsonDocument::fromJson(
            QByteArray::fromStdString(sessionText(
                models, {Slot::B, workspace().settings(), QJsonObject{{"page", "layers"}}, {}})))
            .object();
    QStringList keys = document.keys();
    keys.sort();
    QCOMPARE(keys, (QStringList{"active", "kept", "plans", "settings", "version", "view"}));
    QFile manual(QString(KVLOUPE_DEMO) + "/../manual/file-format.md");
    QVERIFY(manual.open(QIODevice::ReadOnly));
    const QString words = QString::fromUtf8(manual.readAll());
    keys += document["settings"].toObject().keys();
    keys += document["plans"].toObject()["a"].toObject().keys();
    const QJsonArray kept = document["kept"].toObject()["a"].toArray();
    QVERIFY(!kept.isEmpty());
    keys += kept.first().toObject().keys();
    for (const QString& key : keys) QVERIFY2(words.contains('`' + key + '`'), qPrintable(key));
  }
};

QTEST_MAIN(SessionFileTest)
#include "session_file_test.moc"
