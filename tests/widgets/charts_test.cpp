// SPDX-License-Identifier: GPL-3.0-or-later
#include <qcustomplot.h>

#include <QApplication>
#include <QClipboard>
#include <QHelpEvent>
#include <QMimeData>
#include <QRegularExpression>
#include <QSignalSpy>
#include <QSvgRenderer>
#include <QTemporaryDir>
#include <QTest>
#include <QToolTip>
#include <QXmlStreamReader>
#include <cmath>
#include <set>

#include "charts/chart_plot.hpp"
#include "charts/chart_ticker.hpp"
#include "charts/layers_chart.hpp"
#include "theme/theme.hpp"

using namespace kvloupe;

namespace {

LayersChartData sample(int layers) {
  LayersChartData data;
  data.modelName = QStringLiteral("demo:gqa");
  data.title = QStringLiteral("Variance spread per layer");
  data.subtitle = QStringLiteral("demo:gqa · taps k_rope and v");
  data.axisLabel = QStringLiteral("Spread: largest σ / smallest σ");
  for (int i = 0; i < layers; ++i) data.layers.push_back(i);
  for (const Target target : {Target::K, Target::V}) {
    LayersChartData::Series series;
    series.target = target;
    series.name = target == Target::K ? QStringLiteral("K") : QStringLiteral("V");
    series.tapLabel = target == Target::K ? QStringLiteral("k_rope") : QStringLiteral("v");
    series.dimensions = 128;
    for (int i = 0; i < layers; ++i) {
      const double value = target == Target::K ? 40.0 + i : 3.0 + 0.1 * i;
      series.value.emplace_back(value);
      series.whisker.emplace_back(Interval{0.9 * value, 1.1 * value});
      series.notToldFromNoise.push_back(false);
      series.floors.emplace_back(NoiseFloor{2048, 1.08, 1.1});
      series.state.push_back(BarState::Measured);
    }
    data.series.push_back(series);
  }
  data.noise.assign(static_cast<std::size_t>(layers), NoiseFloor{2048, 1.08, 1.11});
  return data;
}

template <typename Chart>
void show(Chart& chart, const QSize& size = {900, 544}) {
  chart.resize(size);
  chart.show();
  QVERIFY(QTest::qWaitForWindowExposed(&chart));
  chart.plot()->replot();
}

std::vector<double> ticksOf(QCPAxisTicker& ticker, double low, double high, QStringList* labels) {
  QVector<double> ticks, subTicks;
  QVector<QString> texts;
  ticker.generate(QCPRange(low, high), QLocale::c(), QLatin1Char('g'), 6, ticks, &subTicks, &texts);
  *labels = texts;
  return {ticks.begin(), ticks.end()};
}

QStringList legendTexts(const ChartFrame& chart) {
  QStringList texts;
  for (const LegendEntry& entry : chart.legend()) texts.append(entry.text);
  return texts;
}

void drag(QWidget* widget, Qt::MouseButton button, QPoint from, QPoint to,
          Qt::KeyboardModifiers keys = {}) {
  QTest::mousePress(widget, button, keys, from);
  for (int step = 1; step <= 4; ++step) {
    const QPoint at = from + (to - from) * step / 4;
    QMouseEvent move(QEvent::MouseMove, at, widget->mapToGlobal(at), Qt::NoButton, button, keys);
    QApplication::sendEvent(widget, &move);
  }
  QTest::mouseRelease(widget, button, keys, to);
}

/// What the program does with --export layers.
void exportLayersFigure(const LayersChartData& data, const QString& provenance, const QString& path,
                        const FigureSpec& spec = FigureSpec::twoColumns()) {
  LayersChart chart;
  chart.setData(data);
  chart.setProvenance(provenance);
  chart.save(path, spec);
}

}  // namespace

class ChartsTest : public QObject {
  Q_OBJECT

 private slots:
  void initTestCase() { applyTheme(*qApp, ThemeKind::Light); }
  void init() {
    QTest::failOnWarning(QRegularExpression(QStringLiteral("^(?!This plugin does not support).*")));
  }

  void barsThatHangHaveRoomForTheirLabels() {
    for (const int height : {165, 180, 260, 544}) {
      LayersChart chart;
      LayersChartData data = sample(6);
      data.metric = LayersMetric::BOverA;
      data.noise.clear();
      for (LayersChartData::Series& series : data.series) {
        series.value = {0.5, 0.34, 1.0, 0.57, 3.2, 1.7};
        series.whisker.assign(6, std::nullopt);
      }
      chart.setData(data);
      show(chart, {900, height});
      const QRectF axes = chart.plot()->axisRect()->rect();
      for (const LayersChart::Bar& bar : chart.bars()) {
        const double below =
            bar.value < 1 ? axes.bottom() - bar.rect.bottom() : bar.rect.top() - axes.top();
        QVERIFY2(
            below >= 16,
            qPrintable(QString("%1 px for %2 at height %3").arg(below).arg(bar.label).arg(height)));
      }
    }
  }

  void stepsAreOneTwoFive() {
    QCOMPARE(stepUp(118), 200.0);
    QCOMPARE(stepUp(200), 200.0);
    QCOMPARE(stepUp(201), 500.0);
    QCOMPARE(stepUp(0.013), 0.02);
    QCOMPARE(stepUp(0), 0.0);
    QCOMPARE(stepDown(0.059), 0.05);
    QCOMPARE(stepDown(1), 1.0);
    QCOMPARE(stepDown(9.9), 5.0);
  }

  void logTicksAreOneTwoFive() {
    ChartTicker ticker(true, ratioTick, 8);
    QStringList labels;
    QCOMPARE(ticksOf(ticker, 1, 200, &labels),
             (std::vector<double>{1, 2, 5, 10, 20, 50, 100, 200}));
    QCOMPARE(labels.first(), QStringLiteral("1×"));
    QCOMPARE(labels.last(), QStringLiteral("200×"));
    const std::vector<double> decades = ticksOf(ticker, 1, 1e6, &labels);
    QCOMPARE(decades.size(), std::size_t(7));
    QCOMPARE(labels.last(), QStringLiteral("1,000,000×"));
    // Zoomed in to less than a decade, the axis still has labels.
    QVERIFY(ticksOf(ticker, 2.1, 3.2, &labels).size() >= 3);
    QVERIFY(ticksOf(ticker, 1, 1e300, &labels).size() <= 9);
    // A very low axis over one power of ten: a second label gives the scale.
    ChartTicker low(true, ratioTick, 3);
    QCOMPARE(ticksOf(low, 0.3, 5.5, &labels), (std::vector<double>{1, 5}));
  }

  void aLowChartKeepsItsLogLabels() {
    LayersChart chart;
    LayersChartData data = sample(6);
    data.showWhiskers = false;
    data.series[0].value.assign(6, 10.0);
    chart.setData(data);
    show(chart, {430, 220});
    QCOMPARE(chart.plot()->yAxis->tickVectorLabels().size(), 5);  // 1, 2, 5, 10 and 20
  }

  /// Half of Compare: six layers of K and V carry their values, and in the smallest window the axis
  /// from 1 to 50 still has four labels.
  void halfAPageHasValuesAndLabels() {
    LayersChart chart;
    LayersChartData data = sample(6);
    data.showWhiskers = false;
    data.series[0].value = {13.1, 15.2, 5.4, 10.4, 3.4, 5.7};
    data.series[1].value = {2.9, 5.1, 2.8, 2.3, 1.93, 4.1};
    chart.setData(data);
    show(chart, {449, 257});
    QCOMPARE(chart.bars().size(), std::size_t(12));
    for (const LayersChart::Bar& bar : chart.bars()) QVERIFY(!bar.label.isEmpty());
    show(chart, {337, 190});
    QVERIFY(chart.plot()->yAxis->range().upper >= 20);
    QVERIFY2(chart.plot()->yAxis->tickVectorLabels().size() >= 4,
             qPrintable(chart.plot()->yAxis->tickVectorLabels().toList().join(' ')));
  }

  void linearTicksStayFew() {
    ChartTicker ticker(false, signedTick, 6);
    QStringList labels;
    for (const double size : {0.003, 0.7, 4.0, 37.0, 131072.0}) {
      const std::vector<double> ticks = ticksOf(ticker, -size / 4, size, &labels);
      QVERIFY(ticks.size() >= 2 && ticks.size() <= 6);
    }
    ticksOf(ticker, -1, 3, &labels);
    QCOMPARE(labels, (QStringList{QStringLiteral("−1"), QStringLiteral("0"), QStringLiteral("+1"),
                                  QStringLiteral("+2"), QStringLiteral("+3")}));
    ChartTicker ratio(false, ratioTick, 6, 1.0);
    ticksOf(ratio, 1, 200, &labels);
    QCOMPARE(labels.first(), QStringLiteral("1×"));  // where the bars stand
  }

  void layerTicksThinOut() {
    std::vector<int> layers(80);
    for (int i = 0; i < 80; ++i) layers[static_cast<std::size_t>(i)] = i;
    QStringList labels;
    LayerTicker wide(layers, 100);
    QCOMPARE(ticksOf(wide, -0.5, 79.5, &labels).size(), std::size_t(80));
    LayerTicker narrow(layers, 20);
    ticksOf(narrow, -0.5, 79.5, &labels);
    QCOMPARE(labels.first(), QStringLiteral("0"));
    QCOMPARE(labels.at(1), QStringLiteral("5"));
  }

  void barsStandOnOneAndReachTheirValue() {
    LayersChart chart;
    chart.setData(sample(6));
    show(chart);
    const auto bars = chart.bars();
    QCOMPARE(bars.size(), std::size_t(12));
    const QCPAxis* y = chart.plot()->yAxis;
    QCOMPARE(y->range().lower, 1.0);
    QVERIFY(y->range().upper >= 45 * 1.1);
    QCOMPARE(y->range().upper, stepUp(y->range().upper));
    for (const LayersChart::Bar& bar : bars) {
      QVERIFY(std::abs(bar.rect.top() - y->coordToPixel(bar.value)) < 1);
      QVERIFY(std::abs(bar.rect.bottom() - y->coordToPixel(1)) < 2);
      QVERIFY(!bar.label.isEmpty());
    }
    QCOMPARE(bars[0].target, Target::K);  // K first
    QVERIFY(bars[0].rect.right() <= bars[1].rect.left());
    QVERIFY(bars[1].rect.right() < bars[2].rect.left());
    const double slot = chart.plot()->xAxis->coordToPixel(1) - chart.plot()->xAxis->coordToPixel(0);
    QVERIFY(std::abs((bars[0].rect.left() + bars[1].rect.right()) / 2 -
                     chart.plot()->xAxis->coordToPixel(0)) < 2);
    QVERIFY(bars[1].rect.right() - bars[0].rect.left() < 0.8 * slot);
    QCOMPARE(bars[0].label, QStringLiteral("40×"));
    QCOMPARE(bars[1].label, QStringLiteral("3.0×"));
  }

  void anyNumberOfLayersFits_data() {
    QTest::addColumn<int>("layers");
    for (const int layers : {1, 2, 6, 24, 48, 80}) QTest::addRow("%d", layers) << layers;
  }
  void anyNumberOfLayersFits() {
    QFETCH(int, layers);
    LayersChart chart;
    chart.setData(sample(layers));
    show(chart);
    const auto bars = chart.bars();
    QCOMPARE(bars.size(), static_cast<std::size_t>(2 * layers));
    const QRectF area(chart.plot()->axisRect()->rect());
    for (std::size_t i = 0; i < bars.size(); ++i) {
      QVERIFY(bars[i].rect.width() >= 1);
      QVERIFY(bars[i].rect.left() >= area.left() && bars[i].rect.right() <= area.right() + 1);
      if (i > 0) QVERIFY(bars[i].rect.left() >= bars[i - 1].rect.right() - 0.01);
      QCOMPARE(bars[i].label.isEmpty(), bars[i].rect.width() < 24);
    }
  }

  void undefinedValuesHaveNoBar() {
    LayersChart chart;
    LayersChartData data = sample(3);
    data.series[0].value[1].reset();
    chart.setData(data);
    show(chart);
    QCOMPARE(chart.bars().size(), std::size_t(5));
  }

  void legendSaysWhatIsDrawn() {
    LayersChart chart;
    LayersChartData data = sample(3);
    chart.setData(data);
    QCOMPARE(legendTexts(chart), (QStringList{QStringLiteral("K"), QStringLiteral("V"),
                                              QStringLiteral("95\u00a0% interval"),
                                              QStringLiteral("noise floor 1.08×")}));
    for (auto& series : data.series) series.state[1] = BarState::Measuring;
    data.series[1].state[2] = BarState::Stale;
    chart.setData(data);
    QVERIFY(legendTexts(chart).contains(QStringLiteral("so far")));
    QVERIFY(legendTexts(chart).contains(QStringLiteral("last run")));
    data.showWhiskers = false;
    data.noise.clear();
    chart.setData(data);
    QVERIFY(!legendTexts(chart).contains(QStringLiteral("95\u00a0% interval")));
  }

  /// A long title is shortened, and told whole by the tooltip; K and V keep their keys.
  void aLongTitleLeavesTheLegendItsKeys() {
    LayersChart chart;
    LayersChartData data = sample(3);
    data.title = QStringLiteral("DeepSeek-V2-Lite-Chat-continued-on-our-own-texts-step-0042000");
    chart.setData(data);
    chart.resize(430, 240);
    chart.show();
    QVERIFY(QTest::qWaitForWindowExposed(&chart));
    const double keys = legendKeysWidth(chart.legend());
    QVERIFY(keys > 40 && keys < legendWidth(chart.legend()));
    const QImage drawn = chart.grab().toImage();
    const double ratio = drawn.devicePixelRatio();
    std::set<QRgb> colors;
    for (int x = 280; x < 430; ++x)
      for (int y = 8; y < 32; ++y)
        colors.insert(drawn.pixel(static_cast<int>(x * ratio), static_cast<int>(y * ratio)));
    for (const QColor& fill : {lightPalette().k.fill, lightPalette().v.fill})
      QVERIFY(colors.count(fill.rgb()) == 1);
    QHelpEvent ask(QEvent::ToolTip, QPoint(60, 20), chart.mapToGlobal(QPoint(60, 20)));
    QApplication::sendEvent(&chart, &ask);
    QVERIFY(QToolTip::text().contains(data.title));
    QToolTip::hideText();
  }

  void axisDoesNotShrinkWhileMeasuring() {
    LayersChart chart;
    LayersChartData data = sample(3);
    for (auto& series : data.series) series.state.assign(3, BarState::Measuring);
    chart.setData(data);
    show(chart);
    chart.setData(data);
    const double before = chart.plot()->yAxis->range().upper;
    for (auto& series : data.series)
      for (auto& value : series.value) *value /= 10;
    data.series[0].whisker.clear();
    data.series[1].whisker.clear();
    chart.setData(data);
    QCOMPARE(chart.plot()->yAxis->range().upper, before);
    for (auto& series : data.series) series.state.assign(3, BarState::Measured);
    chart.setData(data);
    QVERIFY(chart.plot()->yAxis->range().upper < before);
  }

  void zoomIsKeptWhenDataChange() {
    LayersChart chart;
    chart.setData(sample(6));
    show(chart);
    const QCPRange whole = chart.plot()->yAxis->range();
    const QPoint centre = chart.plot()->axisRect()->rect().center();
    drag(chart.plot(), Qt::LeftButton, centre, centre + QPoint(200, 100));
    QVERIFY(chart.isZoomed());
    const QCPRange x = chart.plot()->xAxis->range();
    const QCPRange y = chart.plot()->yAxis->range();
    QVERIFY(y.size() < whole.size());
    LayersChartData more = sample(6);
    *more.series[0].value[0] = 400;
    chart.setData(more);
    QCOMPARE(chart.plot()->xAxis->range(), x);
    QCOMPARE(chart.plot()->yAxis->range(), y);
    QTest::mouseDClick(chart.plot(), Qt::LeftButton, {}, centre);
    QVERIFY(!chart.isZoomed());
    QVERIFY(chart.plot()->yAxis->range().upper >= 400);
    more.log = false;  // another axis: an old zoom means nothing on it
    chart.plot()->zoomAt(centre, 0.5);
    chart.setData(more);
    QVERIFY(!chart.isZoomed());
  }

  void controlDragPans() {
    LayersChart chart;
    chart.setData(sample(6));
    show(chart);
    const QCPRange x = chart.plot()->xAxis->range();
    const QPoint centre = chart.plot()->axisRect()->rect().center();
    drag(chart.plot(), Qt::LeftButton, centre, centre + QPoint(100, 0), Qt::ControlModifier);
    QVERIFY(chart.plot()->xAxis->range().lower < x.lower);
    QVERIFY(std::abs(chart.plot()->xAxis->range().size() - x.size()) < 1e-9);
    chart.fit();
    drag(chart.plot(), Qt::MiddleButton, centre, centre - QPoint(100, 0));
    QVERIFY(chart.plot()->xAxis->range().lower > x.lower);
  }

  void wheelOverAnAxisZoomsThatAxis() {
    LayersChart chart;
    chart.setData(sample(6));
    show(chart);
    const QCPRange x = chart.plot()->xAxis->range();
    const QCPRange y = chart.plot()->yAxis->range();
    const QRect area = chart.plot()->axisRect()->rect();
    const QPointF below(area.center().x(), area.bottom() + 20);
    QWheelEvent wheel(below, chart.plot()->mapToGlobal(below), {}, {0, 120}, Qt::NoButton,
                      Qt::NoModifier, Qt::NoScrollPhase, false);
    QApplication::sendEvent(chart.plot(), &wheel);
    QVERIFY(chart.plot()->xAxis->range().size() < x.size());
    QCOMPARE(chart.plot()->yAxis->range(), y);
  }

  void keysPanZoomAndFit() {
    LayersChart chart;
    chart.setData(sample(6));
    show(chart);
    chart.setFocus();
    const QCPRange x = chart.plot()->xAxis->range();
    QTest::keyClick(&chart, Qt::Key_Plus);
    QVERIFY(chart.plot()->xAxis->range().size() < x.size());
    QTest::keyClick(&chart, Qt::Key_Right);
    QVERIFY(chart.plot()->xAxis->range().center() > x.center());
    QTest::keyClick(&chart, Qt::Key_0, Qt::ControlModifier);
    QCOMPARE(chart.plot()->xAxis->range(), x);
    QVERIFY(!chart.isZoomed());
  }

  void hoverExplainsAndClickOpens() {
    LayersChart chart;
    chart.setData(sample(6));
    chart.setOpenHint(QStringLiteral("Click to open its dimensions"));
    show(chart);
    const LayersChart::Bar bar = chart.bars()[2];  // layer 1, K
    const QPoint at = bar.rect.center().toPoint();
    QSignalSpy hovered(&chart, &LayersChart::barHovered);
    QSignalSpy clicked(&chart, &LayersChart::barClicked);
    QTest::mouseMove(chart.plot(), at);
    QMouseEvent move(QEvent::MouseMove, at, chart.plot()->mapToGlobal(at), Qt::NoButton,
                     Qt::NoButton, {});
    QApplication::sendEvent(chart.plot(), &move);
    QVERIFY(hovered.count() >= 1);
    auto* card = chart.findChild<TipCard*>();
    QVERIFY(card && card->isVisible());
    QCOMPARE(card->text().title, QStringLiteral("Layer 1 · K (k_rope)"));
    QCOMPARE(card->text().lines.size(), std::size_t(4));
    QCOMPARE(card->text().lines[0].first, QStringLiteral("spread 41.0×"));
    QCOMPARE(card->text().lines[0].second, QStringLiteral("95\u00a0% interval [36.9, 45.1]"));
    QCOMPARE(card->text().lines[1].second, QStringLiteral("2,048 tokens, 128 dimensions"));
    const QRectF onFrame = bar.rect.translated(chart.plot()->mapTo(&chart, QPoint()));
    QVERIFY(!QRectF(card->geometry()).intersects(onFrame));  // never over its mark
    QTest::mouseClick(chart.plot(), Qt::LeftButton, {}, at);
    QCOMPARE(clicked.count(), 1);
    QCOMPARE(clicked[0][0].toInt(), 1);
    QCOMPARE(clicked[0][1].value<Target>(), Target::K);
  }

  void tabWalksTheMarks() {
    LayersChart chart;
    chart.setData(sample(2));
    show(chart);
    chart.setFocus();
    QSignalSpy hovered(&chart, &LayersChart::barHovered);
    QSignalSpy clicked(&chart, &LayersChart::barClicked);
    QTest::keyClick(&chart, Qt::Key_Tab);
    QTest::keyClick(&chart, Qt::Key_Tab);
    QCOMPARE(hovered.count(), 2);
    QTest::keyClick(&chart, Qt::Key_Return);
    QCOMPARE(clicked.count(), 1);
    QCOMPARE(clicked[0][1].value<Target>(), Target::V);
  }

  void emptyChartSaysWhatWillCome() {
    LayersChart chart;
    show(chart);
    QVERIFY(chart.bars().empty());
    QVERIFY(!chart.emptyText().isEmpty());
    chart.setData(sample(3));
    chart.clear();
    QVERIFY(chart.bars().empty());
  }

  void followsTheTheme() {
    LayersChart chart;
    chart.setData(sample(3));
    show(chart);
    applyTheme(*qApp, ThemeKind::Dark);
    QCOMPARE(chart.plot()->yAxis->tickLabelColor(), darkPalette().secondText);
    QCOMPARE(chart.legend()[0].fill, darkPalette().k.fill);
    applyTheme(*qApp, ThemeKind::Light);
    QCOMPARE(chart.legend()[0].fill, lightPalette().k.fill);
  }

  void accessibleTextHoldsTheValues() {
    LayersChart chart;
    chart.setData(sample(2));
    QCOMPARE(chart.accessibleName(), QStringLiteral("Variance spread per layer"));
    QVERIFY(chart.accessibleDescription().contains(QStringLiteral("k_rope")));
    QVERIFY(chart.accessibleDescription().contains(QStringLiteral("41")));
  }

  void figureIsASvgWithText() {
    QTemporaryDir folder;
    const QString path = folder.filePath(QStringLiteral("figure.svg"));
    LayersChartData data = sample(6);
    data.modelName = QStringLiteral("<evil> & \"co\"");
    data.title = data.modelName;
    applyTheme(*qApp, ThemeKind::Dark);  // a figure is light all the same
    exportLayersFigure(data, QStringLiteral("<demo:gqa> · 2,048 tokens & more"), path,
                       FigureSpec::oneColumn());
    applyTheme(*qApp, ThemeKind::Light);
    QFile file(path);
    QVERIFY(file.open(QIODevice::ReadOnly));
    QXmlStreamReader xml(&file);
    QStringList words;
    QString width, height;
    int images = 0;
    while (!xml.atEnd()) {
      if (xml.readNext() != QXmlStreamReader::StartElement) continue;
      if (xml.name() == QLatin1String("svg")) {
        width = xml.attributes().value(QStringLiteral("width")).toString();
        height = xml.attributes().value(QStringLiteral("height")).toString();
      }
      if (xml.name() == QLatin1String("image")) ++images;
      if (xml.name() == QLatin1String("text"))
        words.append(xml.readElementText(QXmlStreamReader::IncludeChildElements).trimmed());
    }
    QVERIFY2(!xml.hasError(), qPrintable(xml.errorString()));
    QCOMPARE(width, QStringLiteral("85mm"));
    QCOMPARE(height, QStringLiteral("52.7mm"));
    QCOMPARE(images, 0);
    for (const char* needed : {"Layer", "0", "5", "K", "V", "1×"})
      QVERIFY2(words.contains(QString::fromUtf8(needed)), needed);
    QVERIFY(words.contains(QStringLiteral("<demo:gqa> · 2,048 tokens & more")));
    file.seek(0);
    const QByteArray svg = file.readAll();
    QVERIFY(svg.contains("font-family=\"Roboto\""));
    QVERIFY(svg.contains("#1f5fa8"));
    QVERIFY(!svg.contains("#111417"));
    QVERIFY(QSvgRenderer(svg).isValid());
  }

  void figureIsAPngAt300Dpi() {
    QTemporaryDir folder;
    const QString path = folder.filePath(QStringLiteral("figure.png"));
    exportLayersFigure(sample(6), QStringLiteral("line"), path, FigureSpec::slide());
    const QImage image(path);
    QCOMPARE(image.width(), 3000);
    QCOMPARE(image.dotsPerMeterX(), 11811);
    QCOMPARE(image.pixelColor(2, 2), QColor(Qt::white));
    int blue = 0;
    for (int x = 0; x < image.width(); ++x)
      if (image.pixelColor(x, image.height() / 2) == lightPalette().k.fill) ++blue;
    QVERIFY(blue > 100);
  }

  void refusesWhatItCannotWrite() {
    const QString nowhere = QStringLiteral("/nonexistent/folder/figure.svg");
    QVERIFY_EXCEPTION_THROWN(exportLayersFigure(sample(2), {}, nowhere), std::runtime_error);
    QVERIFY_EXCEPTION_THROWN(exportLayersFigure(sample(2), {}, QStringLiteral("figure.gif")),
                             std::runtime_error);
  }

  void exportLeavesTheChartAsItWas() {
    LayersChart chart;
    chart.setData(sample(6));
    show(chart);
    chart.plot()->zoomAt(chart.plot()->axisRect()->rect().center(), 0.6);
    const QCPRange x = chart.plot()->xAxis->range();
    const QRect area = chart.plot()->axisRect()->rect();
    const auto before = chart.bars();
    QVERIFY(!chart.renderSvg(FigureSpec::twoColumns()).isEmpty());
    QCOMPARE(chart.plot()->xAxis->range(), x);
    QCOMPARE(chart.plot()->axisRect()->rect(), area);
    QCOMPARE(chart.bars().size(), before.size());
    QCOMPARE(chart.bars()[0].rect, before[0].rect);
    // The ticks too, where all of the data is in view.
    chart.setData(sample(30));
    chart.plot()->replot();
    const auto labels = chart.plot()->xAxis->tickVectorLabels();
    QVERIFY(!chart.renderSvg(FigureSpec::oneColumn()).isEmpty());
    chart.plot()->replot();
    QCOMPARE(chart.plot()->xAxis->tickVectorLabels(), labels);
    chart.copyToClipboard();
    QVERIFY(QApplication::clipboard()->mimeData()->hasImage());
    QVERIFY(QApplication::clipboard()->mimeData()->hasFormat(QStringLiteral("image/svg+xml")));
  }

  void csvHoldsEveryValue() {
    QTemporaryDir folder;
    const QString path = folder.filePath(QStringLiteral("values.csv"));
    exportLayersFigure(sample(2), {}, path);
    QFile file(path);
    QVERIFY(file.open(QIODevice::ReadOnly));
    const QList<QByteArray> lines = file.readAll().trimmed().split('\n');
    QCOMPARE(lines.size(), 5);
    QVERIFY(lines[0].startsWith("layer,target,tap,spread,low95"));
    QCOMPARE(lines[1], QByteArray("0,k,k_rope,40,36,44,1.08,1.11,measured"));
  }
};

QTEST_MAIN(ChartsTest)
#include "charts_test.moc"
