// SPDX-License-Identifier: GPL-3.0-or-later
// Figures of one layer, drawn from statistics given here: what the charts hold, and their gestures.
#include <qcustomplot.h>

#include <QLabel>
#include <QMouseEvent>
#include <QRegularExpression>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

#include "charts/chart_plot.hpp"
#include "charts/figure_sheet.hpp"
#include "charts/sigma_chart.hpp"
#include "charts/sigma_map.hpp"
#include "charts/spectrum_chart.hpp"
#include "tables/verdict_table.hpp"
#include "theme/theme.hpp"

using namespace kvloupe;

namespace {

ModelInfo model() {
  ModelInfo info;
  info.name = "toy";
  info.numLayers = 3;
  info.numHeads = info.numKvHeads = 2;
  info.headDim = info.vHeadDim = 4;
  info.taps = {Tap::K, Tap::KRope, Tap::V};
  return info;
}

TapStatistics statistics(int layer, Tap tap, double scale) {
  TapStatistics stats;
  stats.layer = layer;
  stats.tap = tap;
  stats.tokens = 1000;
  for (int head = 0; head < 2; ++head) {
    HeadStatistics figures;
    figures.sigma = {1 * scale, 4 * scale, 2 * scale, (0.5 + head) * scale};
    figures.eigenvalues = {60 * scale, 30 * scale, 8 * scale, 2 * scale};
    figures.rank95 = 3;
    figures.participation = 2.2;
    figures.spread = 8;
    figures.noiseFloor = {1000, 1.06, 1.09};
    stats.heads.push_back(figures);
  }
  stats.joined.sigma = {1, 4, 2, 0.5, 1, 4, 2, 1.5};
  stats.joined.spread = 8;
  return stats;
}

Analysis analysis() {
  Analysis result;
  result.tokens = 1000;
  for (int layer = 0; layer < 3; ++layer) {
    result.taps.push_back(statistics(layer, Tap::KRope, 10));
    result.taps.push_back(statistics(layer, Tap::V, 1));
  }
  return result;
}

void show(ChartFrame& chart) {
  chart.resize(460, 300);
  chart.show();
  QVERIFY(QTest::qWaitForWindowExposed(&chart));
  chart.plot()->replot();
}

void moveTo(QWidget* widget, const QPointF& at, Qt::MouseButtons buttons) {
  QMouseEvent move(QEvent::MouseMove, at, widget->mapToGlobal(at), Qt::NoButton, buttons, {});
  QApplication::sendEvent(widget, &move);
}

}  // namespace

class DimensionChartsTest : public QObject {
  Q_OBJECT

 private slots:
  void initTestCase() { applyTheme(*qApp, ThemeKind::Light); }
  void init() {
    QTest::failOnWarning(QRegularExpression(QStringLiteral("^(?!This plugin does not support).*")));
  }

  void sigmaIsSortedOrAsStored() {
    DimensionsSelection selection;
    DimensionsChartData data = dimensionsData(model(), analysis(), selection, {});
    QCOMPARE(data.series.size(), std::size_t(2));
    QCOMPARE(data.series[0].sigma, (std::vector<double>{40, 20, 10, 5}));
    QCOMPARE(data.series[0].stored, (std::vector<int>{1, 2, 0, 3}));
    QVERIFY(data.sigmaSubtitle.contains(QStringLiteral("noise floor 1.06×")));
    QVERIFY(data.spectrumSubtitle.contains(QStringLiteral("rank_95 (circles): K 3, V 3")));
    selection.sorted = false;
    selection.head = 1;
    data = dimensionsData(model(), analysis(), selection, {});
    QCOMPARE(data.series[1].sigma, (std::vector<double>{1, 4, 2, 1.5}));
  }

  void energyIsTheSharesSum() {
    const DimensionsChartData data = dimensionsData(model(), analysis(), {}, {});
    const std::vector<double> wanted = {0.6, 0.9, 0.98, 1};
    for (std::size_t i = 0; i < wanted.size(); ++i)
      QVERIFY(std::abs(data.series[0].energy[i] - wanted[i]) < 1e-12);
    SpectrumChart chart;
    chart.setData(data);
    QCOMPARE(chart.circles(),
             (std::vector<std::pair<Target, int>>{{Target::K, 3}, {Target::V, 3}}));
  }

  void joinedHeadsHaveNoSpectrum() {
    DimensionsSelection selection;
    selection.head.reset();
    const DimensionsChartData data =
        dimensionsData(model(), analysis(), selection, {{Target::V, Tap::V, 2}});
    QCOMPARE(data.series[0].dim(), 8);
    QVERIFY(data.series[0].share.empty());
    QVERIFY(!data.series[1].rank.has_value());
  }

  void aRankIsDrawnWhereItsTapIs() {
    const std::vector<PlanRank> ranks = {{Target::K, Tap::K, 2}, {Target::V, Tap::V, 3}};
    SigmaChart chart;
    chart.setData(dimensionsData(model(), analysis(), {}, ranks));
    show(chart);
    const auto markers = chart.markers();
    QCOMPARE(markers.size(), std::size_t(1));  // K's plan is before RoPE, the chart after it
    QCOMPARE(markers[0].label, QStringLiteral("V keeps 3"));
    QCOMPARE(markers[0].x, chart.plot()->xAxis->coordToPixel(3));
    // As stored, a rank is no place on the axis.
    DimensionsSelection stored;
    stored.sorted = false;
    chart.setData(dimensionsData(model(), analysis(), stored, ranks));
    QVERIFY(chart.markers().empty());
    QCOMPARE(chart.plot()->xAxis->label(), QStringLiteral("Dimension, as stored"));
  }

  /// Also where a line falls steeply no line runs through a name.
  void noLineRunsThroughAName() {
    for (const double slope : {0.02, 0.2, 0.6}) {
      DimensionsChartData data = dimensionsData(model(), analysis(), {}, {{Target::V, Tap::V, 60}});
      data.series[0].name = "rotary key";
      for (std::size_t s = 0; s < 2; ++s) {
        DimensionSeries& series = data.series[s];
        const int dim = s == 0 ? 32 : 128;
        series.sigma.resize(static_cast<std::size_t>(dim));
        series.stored.resize(static_cast<std::size_t>(dim));
        for (int i = 0; i < dim; ++i)
          series.sigma[static_cast<std::size_t>(i)] =
              s == 0 ? 4 * std::exp(-slope * i) : 1.5 * std::exp(-0.005 * i);
      }
      SigmaChart chart;
      chart.setData(data);
      show(chart);
      const std::vector<QRectF> names = chart.nameRects();
      QCOMPARE(names.size(), std::size_t(2));
      QVERIFY(!names[1].isEmpty() && !names[0].intersects(names[1]));
      QVERIFY(slope > 0.3 || !names[0].isEmpty());
      const QCPAxis *x = chart.plot()->xAxis, *y = chart.plot()->yAxis;
      for (const QRectF& name : names)
        for (const DimensionSeries& series : data.series)
          for (int i = 0; i < series.dim(); ++i)
            for (const double side : {0.55, 1.45}) {
              const QPointF at(x->coordToPixel(i + side),
                               y->coordToPixel(series.sigma[static_cast<std::size_t>(i)]));
              QVERIFY2(!name.contains(at), qPrintable(QString("%1 at %2").arg(series.name).arg(i)));
            }
    }
  }

  void theMarkerIsDragged() {
    for (const bool spectrum : {false, true}) {
      SigmaChart sigma;
      SpectrumChart energy;
      DimensionChart& chart = spectrum ? static_cast<DimensionChart&>(energy) : sigma;
      chart.setData(dimensionsData(model(), analysis(), {}, {{Target::V, Tap::V, 3}}));
      show(chart);
      QSignalSpy ranks(&chart, &DimensionChart::rankDragged);
      QSignalSpy starts(&chart, &DimensionChart::dragStarted);
      QSignalSpy ends(&chart, &DimensionChart::dragEnded);
      const QRectF axes(chart.plot()->axisRect()->rect());
      const QPointF from(chart.markers()[0].x, axes.top() + 4);
      QTest::mousePress(chart.plot(), Qt::LeftButton, {}, from.toPoint());
      moveTo(chart.plot(), {chart.plot()->xAxis->coordToPixel(2.1), from.y()}, Qt::LeftButton);
      moveTo(chart.plot(), {axes.left() - 500, from.y()}, Qt::LeftButton);
      QTest::mouseRelease(chart.plot(), Qt::LeftButton, {}, from.toPoint());
      QCOMPARE(ranks.size(), 2);
      QCOMPARE(ranks[0][1].toInt(), 2);
      QCOMPARE(ranks[1][1].toInt(), 1);  // never under 1
      QCOMPARE(starts.size(), 1);
      QCOMPARE(ends.size(), 1);
      QVERIFY(!chart.isZoomed());
    }
  }

  void theEnergyLineIsLabelledAtItsEnd() {
    SpectrumChart chart;
    chart.setData(dimensionsData(model(), analysis(), {}, {}));
    show(chart);
    const QString svg = QString::fromUtf8(chart.renderSvg(FigureSpec::oneColumn()));
    const QRegularExpression label(QString::fromUtf8("x=\"([0-9.]+)\"[^>]*>95\u00a0%<"));
    const double width = 85 / 25.4 * 72 * 12 / 8;  // units: 12 are the type's 8 points
    QVERIFY(label.match(svg).captured(1).toDouble() > 0.6 * width);
  }

  /// A deep model's cells are a picture in a figure: as exact as rectangles, and drawn in a fifth
  /// of the time. Its words stay words.
  void manyCellsOfAFigureAreAPicture() {
    constexpr int kLayers = 80, kDim = 64;
    SigmaMapData data;
    for (const Target target : {Target::K, Target::V}) {
      SigmaMapData::Panel panel{.target = target, .tapLabel = "tap", .dim = kDim, .rows = {}};
      for (int layer = 0; layer < kLayers; ++layer) {
        SigmaMapData::Row row{.layer = layer, .head = 0, .sigma = {}};
        for (int d = 0; d < kDim; ++d) row.sigma.push_back((layer + d) % 2 == 0 ? 1 : 10);
        panel.rows.push_back(row);
      }
      data.panels.push_back(panel);
    }
    SigmaMap map;
    map.resize(800, 400);
    map.setData(data);
    const QByteArray svg = map.renderSvg(FigureSpec::twoColumns());
    QCOMPARE(svg.count("<image"), 2);
    QVERIFY(svg.count("<rect") + svg.count("<path") < kLayers * kDim / 4);
    QVERIFY(svg.contains(">Dimension, as stored</text>"));
    const auto base64 = QRegularExpression("base64,([A-Za-z0-9+/=\\s]+)\"").match(svg);
    QVERIFY(base64.hasMatch());
    const QImage image =
        QImage::fromData(QByteArray::fromBase64(base64.captured(1).toLatin1()), "PNG");
    QVERIFY(image.width() % kDim == 0 && image.height() % kLayers == 0);
    const int each = image.width() / kDim;
    QVERIFY(each > 1 && image.height() / kLayers == each);
    for (int y = 0; y < image.height(); ++y)
      for (int x = 0; x < image.width(); ++x)
        QCOMPARE(image.pixelColor(x, y),
                 map.scale().color((x / each + y / each) % 2 == 0 ? 1 : 10, lightPalette()));
    QTemporaryDir folder;
    map.save(folder.filePath("map.pdf"), FigureSpec::twoColumns());
    QFile pdf(folder.filePath("map.pdf"));
    QVERIFY(pdf.open(QIODevice::ReadOnly));
    const QByteArray bytes = pdf.readAll();
    QVERIFY(bytes.contains("/Subtype /Image") && !bytes.contains("/DCTDecode"));
  }

  void theMapHasARowAHead() {
    SigmaMap map;
    map.setData(sigmaMapData(model(), analysis(), {}));
    show(map);
    QCOMPARE(map.data().panels.size(), std::size_t(2));
    QCOMPARE(map.data().panels[0].rows.size(), std::size_t(6));
    QCOMPARE(map.scale().high, 50.0);  // the least 1-2-5 step over 40
    QCOMPARE(map.scale().low, 0.5);
    QCOMPARE(map.scale().color(40, lightPalette()),
             rampColor(lightPalette().sequential, std::log(80.0) / std::log(100.0)));
    QSignalSpy clicks(&map, &SigmaMap::headClicked);
    QTest::mouseClick(map.plot(), Qt::LeftButton, {}, map.rowRect(1, 5).center().toPoint());
    QCOMPARE(clicks.size(), 1);
    QCOMPARE(clicks[0][0].toInt(), 2);
    QCOMPARE(clicks[0][1].toInt(), 1);
    // Spoken a row a head, not a row a cell.
    const QStringList spoken = map.accessibleDescription().split('\n');
    QVERIFY(spoken.contains(QString::fromUtf8("layer 0, head 0, K, σ 5 to 40")));
    QCOMPARE(spoken.filter("layer").size(), 12);
    // By keyboard: Tab goes from head to head, Return opens.
    map.setFocus(Qt::TabFocusReason);
    QTest::keyClick(&map, Qt::Key_Tab);
    QTest::keyClick(&map, Qt::Key_Tab);
    QTest::keyClick(&map, Qt::Key_Return);
    QCOMPARE(clicks.size(), 2);
    QCOMPARE(clicks[1][0].toInt(), 0);
    QCOMPARE(clicks[1][1].toInt(), 1);
  }

  void noRuleOfTheVerdictGoesThroughASentence() {
    VerdictTable table;
    const QString absence = QStringLiteral("Appears once it was searched");
    table.setColumns({{ModelSlot::A, QStringLiteral("toy"), false, nullptr, absence}});
    table.resize(900, 260);
    table.show();
    QVERIFY(QTest::qWaitForWindowExposed(&table));
    QLabel* sentence = nullptr;
    for (QLabel* label : table.findChildren<QLabel*>())
      if (label->text() == absence) sentence = label;
    QVERIFY(sentence);
    const QImage drawn = table.grab().toImage();
    const double scale = drawn.devicePixelRatio();
    const QRect room(sentence->mapTo(&table, QPoint()), sentence->size());
    const auto at = [&](int x, int y) {
      return drawn.pixelColor(static_cast<int>(x * scale), static_cast<int>(y * scale));
    };
    QVERIFY(room.height() > 100);  // over all rows
    int rules = 0;
    for (int y = room.top() + 1; y < room.bottom(); ++y) {
      for (const int x : {room.right() - 2, room.right() + 8})
        QCOMPARE(at(x, y), lightPalette().page);
      rules += at(4, y) == lightPalette().line;  // beside it they are
    }
    QCOMPARE(rules, 5);
  }

  void chartsLeaveTogether() {
    SigmaChart sigma;
    SpectrumChart spectrum;
    for (DimensionChart* chart :
         {static_cast<DimensionChart*>(&sigma), static_cast<DimensionChart*>(&spectrum)})
      chart->setData(dimensionsData(model(), analysis(), {}, {}));
    FigureSheet sheet;
    sheet.add(&sigma, {0, 0, 0.5, 1});
    sheet.add(&spectrum, {0.5, 0, 0.5, 1});
    sheet.setProvenance(QStringLiteral("toy · 1,000 tokens"));
    const QByteArray svg = sheet.svg(FigureSpec::twoColumns());
    for (const char* words : {"σ per dimension", "Spectrum of the covariance", "1,000 tokens"})
      QVERIFY2(svg.contains(words), words);
    QTemporaryDir folder;
    const QString pdf = folder.filePath(QStringLiteral("figure.pdf"));
    sheet.save(pdf, FigureSpec::twoColumns());
    QFile file(pdf);
    QVERIFY(file.open(QIODevice::ReadOnly));
    const QByteArray bytes = file.readAll();
    QVERIFY(bytes.startsWith("%PDF"));
    QVERIFY(bytes.contains("/FontFile2"));  // Roboto goes with the figure
    const QList<QByteArray> rows = sheet.csv().trimmed().split('\n');
    QCOMPARE(rows.size(), 2 + 8 + 2 + 8);
    QCOMPARE(rows[2], QByteArray("0,0,k,k_rope,1,40"));
  }
};

QTEST_MAIN(DimensionChartsTest)
#include "dimension_charts_test.moc"
