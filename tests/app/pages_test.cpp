// SPDX-License-Identifier: GPL-3.0-or-later
// The pages of the window on the real core, driven by mouse and keyboard.
#include <qcustomplot.h>

#include <QAction>
#include <QApplication>
#include <QMenu>
#include <QMouseEvent>
#include <QPushButton>
#include <QRegularExpression>
#include <QSettings>
#include <QSpinBox>
#include <QTemporaryDir>
#include <QTest>
#include <cmath>

#include "app/support/real_window.hpp"
#include "charts/bars_chart.hpp"
#include "charts/chart_plot.hpp"
#include "charts/cumulative_chart.hpp"
#include "charts/layers_chart.hpp"
#include "charts/sensitivity_map.hpp"
#include "charts/sigma_chart.hpp"
#include "charts/sigma_map.hpp"
#include "charts/spectrum_chart.hpp"
#include "compression/plan/spec.hpp"
#include "controls/choice_box.hpp"
#include "controls/rank_slider.hpp"
#include "controls/segmented_control.hpp"
#include "evaluation/paired_difference.hpp"
#include "pages/compare_page.hpp"
#include "pages/compare_tools.hpp"
#include "pages/dimensions_page.hpp"
#include "pages/dimensions_tools.hpp"
#include "pages/layers_page.hpp"
#include "pages/plan_pair.hpp"
#include "pages/sensitivity_page.hpp"
#include "pages/sensitivity_tools.hpp"
#include "panels/impact_panel.hpp"
#include "panels/safe_ratio_box.hpp"
#include "tables/plan_difference_table.hpp"
#include "tables/protect_table.hpp"
#include "tables/verdict_table.hpp"
#include "theme/fonts.hpp"
#include "types/format.hpp"
#include "window/main_actions.hpp"
#include "workspace/draft_for_model.hpp"
#include "workspace/tolerant_layers.hpp"

using namespace kvloupe;

class PagesTest : public QObject {
  Q_OBJECT

  std::unique_ptr<RealWindow> real_;

  MainWindow& window() { return *real_->window; }
  Workspace& workspace() { return *real_->workspace; }
  DimensionsPage& dimensions() { return *window().workbench()->page<DimensionsPage>(); }
  ComparePage& compare() { return *window().workbench()->page<ComparePage>(); }
  SensitivityPage& sensitivity() { return *window().workbench()->page<SensitivityPage>(); }
  QPushButton* button(const QString& text) {
    for (QPushButton* each : window().findChildren<QPushButton*>())
      if (each->text() == text && each->isVisibleTo(&window())) return each;
    return nullptr;
  }
  /// To be looked at: written into the folder that KVLOUPE_PICTURES names.
  void picture(const QString& name) {
    const QString folder = qEnvironmentVariable("KVLOUPE_PICTURES");
    if (!folder.isEmpty()) QVERIFY(window().grab().save(folder + "/" + name + ".png"));
  }
  const Analysis& analysis() { return *workspace().activeSlot().analysis.value; }

 private slots:
  void initTestCase() {
    real_ = std::make_unique<RealWindow>();
    window().openPath("demo:gqa");
    real_->settle();
  }
  void init() { QTest::failOnWarning(QRegularExpression("^(?!This plugin does not support).*")); }
  void cleanupTestCase() { real_.reset(); }

  void keysAndTabsChangeThePage() {
    QTest::keyClick(&window(), Qt::Key_2, Qt::ControlModifier);
    QCOMPARE(window().workbench()->currentPage()->name(), "Dimensions");
    QVERIFY(dimensions().isVisible());
    QTest::keyClick(&window(), Qt::Key_1, Qt::ControlModifier);
    QCOMPARE(window().workbench()->currentPage()->name(), "Layers");
  }

  void aBarOpensItsLayer() {
    LayersChart* chart = window().workbench()->page<LayersPage>()->chart();
    chart->plot()->replot();
    const auto bars = chart->bars();
    const LayersChart::Bar& bar = bars[6];  // K of layer 3
    QTest::mouseClick(chart->plot(), Qt::LeftButton, {}, bar.rect.center().toPoint());
    QCOMPARE(window().workbench()->currentPage()->name(), "Dimensions");
    QCOMPARE(dimensions().tools()->selection().layer, bar.layer);
    QCOMPARE(dimensions().sigma()->data().layer, 3);
  }

  void theFiguresAreTheAnalysis() {
    const HeadStatistics& k = analysis().find(3, Tap::KRope)->heads[0];
    const DimensionSeries& shown = dimensions().sigma()->data().series[0];
    QCOMPARE(shown.target, Target::K);
    QCOMPARE(shown.sigma.size(), k.sigma.size());
    for (std::size_t i = 0; i < shown.sigma.size(); ++i)
      QCOMPARE(shown.sigma[i], k.sigma[static_cast<std::size_t>(shown.stored[i])]);
    QVERIFY(std::is_sorted(shown.sigma.rbegin(), shown.sigma.rend()));
    // rank_95 as the core defines it: the least rank whose energy is 0.95 at least.
    QCOMPARE(dimensions().spectrum()->circles()[0].second, k.rank95);
    const DimensionSeries& spectrum = dimensions().spectrum()->data().series[0];
    QVERIFY(spectrum.energy[static_cast<std::size_t>(k.rank95 - 1)] >= 0.95 - 1e-9);
    QVERIFY(spectrum.energy[static_cast<std::size_t>(k.rank95 - 2)] < 0.95);
    QCOMPARE(dimensions().map()->data().panels[0].rows.size(), std::size_t(12));
    QCOMPARE(dimensions().map()->data().panels[1].rows[7].sigma,
             analysis().find(3, Tap::V)->heads[1].sigma);
  }

  void aClickOnTheMapChoosesTheHead() {
    SigmaMap* map = dimensions().map();
    map->plot()->replot();
    QTest::mouseClick(map->plot(), Qt::LeftButton, {}, map->rowRect(0, 9).center().toPoint());
    QCOMPARE(dimensions().tools()->selection().layer, 4);
    QCOMPARE(*dimensions().tools()->selection().head, 1);
    QCOMPARE(dimensions().findChild<QSpinBox*>()->value(), 4);
    QCOMPARE(*dimensions().sigma()->data().head, 1);
  }

  void theMarkerMovesTheSliderAndBack() {
    SigmaChart* chart = dimensions().sigma();
    chart->plot()->replot();
    RankSlider* slider = real_->slider("V rank");
    const int before = slider->value();
    const auto marker = [&] {
      for (const RankMarker& each : chart->markers())
        if (each.target == Target::V) return each;
      return RankMarker{};
    };
    const QPointF from(marker().x, chart->plot()->axisRect()->rect().top() + 4);
    QTest::mousePress(chart->plot(), Qt::LeftButton, {}, from.toPoint());
    for (const int rank : {before - 5, before - 12}) {
      const QPointF at(chart->plot()->xAxis->coordToPixel(rank), from.y());
      QMouseEvent move(QEvent::MouseMove, at, chart->plot()->mapToGlobal(at), Qt::NoButton,
                       Qt::LeftButton, {});
      QApplication::sendEvent(chart->plot(), &move);
    }
    QTest::mouseRelease(chart->plot(), Qt::LeftButton, {}, from.toPoint());
    QCOMPARE(slider->value(), before - 12);
    // One drag is one step of undo.
    window().actions()->undo->trigger();
    QCOMPARE(slider->value(), before);
    QCOMPARE(marker().x, chart->plot()->xAxis->coordToPixel(before));
    slider->setFocus();
    QTest::keyClick(slider, Qt::Key_Left);
    QCOMPARE(marker().x, chart->plot()->xAxis->coordToPixel(before - 1));
  }

  void everyLayerIsMeasuredAlone() {
    window().showPage("sensitivity");
    QVERIFY(!sensitivity().absence().isEmpty());
    real_->settle();
    QTest::mouseClick(button("Measure"), Qt::LeftButton);
    QTRY_VERIFY_WITH_TIMEOUT(workspace().activity().measuring == NeedKind::Sensitivity,
                             RealWindow::kPatience);
    real_->settle();
    const SensitivityPtr figures = workspace().activeSlot().sensitivity.value;
    QVERIFY(figures && figures->complete());
    QCOMPARE(figures->columns, (std::vector<std::string>{"k", "v", "k+v"}));
    SensitivityMap* map = sensitivity().map();
    QCOMPARE(map->view().figures, figures);
    QCOMPARE(map->cellText(2, 0),
             QString::fromStdString(formatDeltaPpl(figures->cell(2, 0).deltaPplPercent)));
    // The ranking begins with the layer whose K costs most.
    const int worst = sensitivity().ranking()->order().front();
    for (int layer = 0; layer < figures->layers; ++layer)
      QVERIFY(figures->cell(worst, 0).deltaNll >= figures->cell(layer, 0).deltaNll);
    QVERIFY(!sensitivity().cumulative()->view().figures->cumulative.empty());
    picture("sensitivity");
    // The most tolerant layers become the plan, by the last entry: of K and V within 5 %, or less.
    const std::vector<TolerantLayers> plans = tolerantLayers(*figures);
    QVERIFY(!plans.empty());
    const PlanDraft before = workspace().activeSlot().draft;
    QTest::mouseClick(button("Plan from this…"), Qt::LeftButton);
    auto* menu = qobject_cast<QMenu*>(QApplication::activePopupWidget());
    QVERIFY(menu != nullptr);
    QCOMPARE(menu->actions().size(), static_cast<qsizetype>(plans.size()));
    QVERIFY(menu->actions().first()->text().contains("within"));
    menu->actions().last()->trigger();
    menu->close();
    const SlotState& state = workspace().activeSlot();
    QVERIFY(isPlanOf(*state.model, state.draft, specsOf(plans.back(), *figures)));
    workspace().undoGroup()->undo();
    QVERIFY(workspace().activeSlot().draft == before);
    // A click on a cell of V, which the plan compresses, leaves that layer untouched.
    const auto layersOfV = [&] { return workspace().activeSlot().draft.find(Target::V)->layers; };
    const auto click = [&](int layer, int column) {
      map->plot()->replot();
      QTest::mouseClick(map->plot(), Qt::LeftButton, {},
                        map->cellRect(layer, column).center().toPoint());
    };
    click(5, 1);
    QVERIFY((layersOfV() == std::map<int, LayerOverride>{{5, {64, Format::Bits16}}}));
    // Of K, which it leaves alone: compressed as it was measured.
    click(2, 0);
    QCOMPARE(workspace().activeSlot().draft.find(Target::K)->at(2).rank, 32);
    QCOMPARE(QString::fromStdString(specText(specsOf(workspace().activeSlot().draft))),
             QString("k:rank=32@2 v:rank=%1 v:bits=16@5")
                 .arg(workspace().activeSlot().draft.find(Target::V)->rank));
    click(2, 0);
    click(5, 1);
    QVERIFY(layersOfV().empty());
    QVERIFY(workspace().activeSlot().draft.find(Target::K)->untouched());
    real_->settle();
  }

  void theSafeRatioIsSearched() {
    QTest::mouseClick(button("Find the safe ratio"), Qt::LeftButton);
    QVERIFY(workspace().activeSlot().sweepWish.has_value());
    real_->settle();
    const SweepPtr sweep = workspace().activeSlot().sweep.value;
    QVERIFY(sweep);
    QCOMPARE(sweep->curves.size(), std::size_t(1));
    QCOMPARE(sweep->curves[0].name, "v");
    QCOMPARE(sweep->curves[0].safe.size(), std::size_t(3));
    const SafeRatioView& shown = window().findChild<SafeRatioBox*>()->view();
    QCOMPARE(shown.found.size(), std::size_t(3));
    QVERIFY(!shown.searching);
    const SafeRatio& safe = sweep->curves[0].safe[0];
    if (safe.state == SafeRatio::State::Found) {
      QCOMPARE(shown.found[0].figure, QString::fromStdString(formatRatio(*safe.ratio)));
      QVERIFY(!real_->slider("V rank")->marks().empty());
      QTest::mouseClick(button("Use"), Qt::LeftButton);
      QCOMPARE(real_->slider("V rank")->value(), safe.rank);
    }
    picture("safe-ratio");
    // Its plans are points of the plane like any other.
    QVERIFY(window().workbench()->impact()->view().plane.points.size() >= sweep->plans.size());
    real_->settle();
  }

  void aModelStandsUnderTwoPlans() {
    window().showPage("compare");
    CompareTools& tools = *compare().tools();
    QTest::mouseClick(tools.what()->segment(1), Qt::LeftButton);
    QVERIFY(compare().showsPlans());
    QVERIFY2(compare().absence().isEmpty(), qPrintable(compare().absence()));
    const SlotState& state = workspace().activeSlot();
    const auto planOf = [&](std::size_t side) -> const Evaluation& {
      const QString name = tools.planList(side)->currentText();
      PlanNames names;
      for (const PlanChoice& choice : planChoices(workspace(), names))
        if (choice.name == name) return *choice.plan;
      return *state.baseline.value;
    };
    // The plan in force beside another; every plan measured and the untouched model can be chosen.
    QVERIFY(isPlanOf(*state.model, state.draft, planOf(0).specs));
    QVERIFY(planOf(0).specText != planOf(1).specText);
    QCOMPARE(tools.planList(1)->entries().size(),
             comparablePlans(state, workspace().settings()).size() + 1);
    tools.planList(1)->setFocus();
    QTest::keyClick(tools.planList(1), Qt::Key_Home);
    const Evaluation &a = planOf(0), &b = planOf(1);
    const auto difference = pairedDifference(b, a);
    QVERIFY(difference && difference->halfWidth);
    const auto& rows = compare().planTable()->view().rows;
    const Interval interval{difference->mean - *difference->halfWidth,
                            difference->mean + *difference->halfWidth};
    const auto row = [&](const QString& label) {
      for (const auto& each : rows)
        if (each.label == label) return each;
      return PlanDifferenceView::Row{};
    };
    QCOMPARE(row(QString::fromUtf8("ΔNLL")).difference,
             QString::fromStdString(formatDeltaNll(difference->mean, interval)));
    QVERIFY(row("PPL").difference.startsWith(
        QString::fromStdString(formatDeltaPpl(100 * std::expm1(difference->mean)))));
    QVERIFY(row(QString::fromUtf8("ΔPPL"))
                .b.startsWith(QString::fromStdString(formatDeltaPpl(b.figures.deltaPplPercent))));
    QCOMPARE(compare().planTable()->view().ruling.startsWith("Not told apart"),
             interval.low <= 0 && interval.high >= 0);
    // Bars by position, with one axis for both.
    const auto byPosition = pairedByPosition(b, a);
    const BarsData& bars = compare().planDifference()->data();
    QCOMPARE(bars.bars.size(), byPosition.size());
    QVERIFY(!bars.bars.empty());
    for (std::size_t i = 0; i < bars.bars.size(); ++i)
      QCOMPARE(bars.bars[i].value, byPosition[i].deltaNll);
    QTest::qWait(50);
    ChartPlot* left = compare().planChart(0)->plot();
    ChartPlot* right = compare().planChart(1)->plot();
    QCOMPARE(left->yAxis->range(), right->yAxis->range());
    left->zoomAt(left->axisRect()->rect().center(), 0.5);
    QCOMPARE(right->xAxis->range(), left->xAxis->range());
    compare().planChart(0)->fit();
    picture("two-plans");

    // Kept under a name, but not measured: it is there, and cannot be chosen yet.
    workspace().cancel();
    const PlanDraft before = state.draft;
    workspace().editPlan(withRank(state.draft, Target::K, 3), workspace().newGesture());
    workspace().keepPlan("K 3");
    workspace().editPlan(before, workspace().newGesture());
    workspace().cancel();
    const auto& entries = tools.planList(0)->entries();
    QCOMPARE(entries.front().name, "K 3");
    QVERIFY(entries.front().refusal);
    workspace().forgetPlan("K 3");

    // A session brings both back.
    const QJsonObject view = compare().view();
    const QString nameB = tools.planList(1)->currentText();
    tools.planList(1)->setFocus();
    QTest::keyClick(tools.planList(1), Qt::Key_End);
    QVERIFY(tools.planList(1)->currentText() != nameB);
    QVERIFY(compare().planTable()->view().nameB != nameB);
    QTest::mouseClick(tools.what()->segment(0), Qt::LeftButton);
    QVERIFY(!compare().showsPlans());
    compare().setView(view);
    QVERIFY(compare().showsPlans());
    QCOMPARE(compare().planTable()->view().nameB, nameB);
    QTest::mouseClick(tools.what()->segment(0), Qt::LeftButton);
    workspace().resume();
    real_->settle();
  }

  void twoModelsStandBesideEachOther() {
    window().openPath("demo:mla", Slot::B);
    window().showPage("compare");
    QVERIFY(window().workbench()->impact()->folded());  // the page needs the height
    real_->settle();
    const auto value = [&](Slot slot, std::size_t series, std::size_t layer) {
      return *compare().chart(slot)->data().series[series].value[layer];
    };
    const Analysis& a = *workspace().slot(Slot::A).analysis.value;
    const Analysis& b = *workspace().slot(Slot::B).analysis.value;
    // K and V of both: what the cache holds of A, expanded from the latent of B.
    QCOMPARE(value(Slot::A, 0, 1), *a.find(1, Tap::KRope)->joined.spread);
    QCOMPARE(value(Slot::B, 0, 1), *b.find(1, Tap::K)->joined.spread);
    const LayersChartData& difference = compare().difference()->data();
    QCOMPARE(difference.series.size(), std::size_t(2));
    QVERIFY(std::abs(*difference.series[1].value[4] - value(Slot::B, 1, 4) / value(Slot::A, 1, 4)) <
            1e-12);
    picture("compare");
    // What half a page has no room for is not said there.
    for (const Slot slot : {Slot::A, Slot::B}) {
      const ChartFrame* half = compare().chart(slot);
      QVERIFY(QFontMetrics(kvloupe::font(TextRole::Chart)).horizontalAdvance(half->subtitle()) <
              half->width() - 44);
    }
    // One axis for both, and a zoom of one is a zoom of the other.
    ChartPlot* left = compare().chart(Slot::A)->plot();
    ChartPlot* right = compare().chart(Slot::B)->plot();
    QCOMPARE(left->yAxis->range(), right->yAxis->range());
    left->zoomAt(left->axisRect()->rect().center(), 0.5);
    QCOMPARE(right->xAxis->range(), left->xAxis->range());
    QCOMPARE(right->yAxis->range(), left->yAxis->range());
    compare().chart(Slot::B)->fit();
    QVERIFY(!compare().chart(Slot::A)->isZoomed());
    // A has its safe ratio of V, B none yet.
    QVERIFY(!compare().verdict()->cellText(ModelSlot::A, "v", 1).isEmpty());
    QVERIFY(compare().verdict()->cellText(ModelSlot::B, "latent", 1).isEmpty());
  }

  void everyPageLeavesAsAFigure() {
    workspace().setActive(Slot::A);  // that has all of them
    for (Page* page : window().workbench()->pages()) {
      // Passages are read while their page is on screen.
      window().showPage(page->name().toLower());
      real_->settle();
      QVERIFY2(page->absence().isEmpty(), qPrintable(page->name()));
      const QByteArray svg = page->sheet().svg(FigureSpec::twoColumns());
      QVERIFY2(!page->charts().empty() && svg.size() > 5000, qPrintable(page->name()));
      for (const ChartFrame* chart : page->charts())
        QVERIFY2(page->charts().size() == 1 || svg.contains(chart->title().toUtf8()),
                 qPrintable(page->name() + ": " + chart->title()));
    }
  }
};

QTEST_MAIN(PagesTest)
#include "pages_test.moc"
