// SPDX-License-Identifier: GPL-3.0-or-later
// Charts of a passage, drawn from figures given here: what they hold, where it stands, gestures.
#include <qcustomplot.h>

#include <QRegularExpression>
#include <QScrollBar>
#include <QSignalSpy>
#include <QTest>
#include <cmath>

#include "charts/attention_map.hpp"
#include "charts/chart_plot.hpp"
#include "charts/head_map.hpp"
#include "charts/passage_bars.hpp"
#include "charts/token_layout.hpp"
#include "charts/token_text.hpp"
#include "tables/loss_table.hpp"
#include "theme/theme.hpp"

using namespace kvloupe;

namespace {

std::shared_ptr<const Passage> passage() {
  auto result = std::make_shared<Passage>();
  result->specText = "k:rank=8";
  result->windows = 7;
  result->window = 2;
  const std::vector<std::string> words = {"The", " old", " mill", "er", " sold", " lanterns",
                                          ".\n", "Anna", " ran",  "\n", " away", "."};
  for (std::size_t i = 0; i < words.size(); ++i) {
    const auto id = static_cast<std::int32_t>(10 + i);
    result->texts[id] = words[i];
    PassageToken token{.id = id, .scored = i > 0};
    if (token.scored) {
      token.baselineNll = 1;
      token.nll = 1 + 0.1F * static_cast<float>((i * 5) % 12) - 0.4F;
      token.kl = 0.01F * static_cast<float>(i);
      token.sameTop1 = i % 3 != 0;
      token.baselineLikeliest = {{id, 0.5F}, {10, 0.2F}};
      token.likeliest = {{10, 0.6F}, {id, 0.1F}};
    }
    result->tokens.push_back(token);
  }
  const std::size_t n = words.size();
  HeadAttention head{.layer = 1, .head = 0, .kvHead = 0};
  head.baseline.resize(n * n);
  head.compressed.resize(n * n);
  for (std::size_t row = 0; row < n; ++row) {
    for (std::size_t key = 0; key <= row; ++key) {
      head.baseline[row * n + key] = 1.0F / static_cast<float>(row + 1);
      head.compressed[row * n + key] = key == 0 ? 1.0F : 0.0F;
    }
    head.rowKl.push_back(0.1 * static_cast<double>(row));
  }
  result->attention = head;
  for (int layer = 0; layer < 3; ++layer)
    result->layers.push_back({.heads = {0.01 * layer, 0.5},
                              .mean = 0.1 + layer,
                              .interval = Interval{0.05 + layer, 0.2 + layer}});
  return result;
}

/// A text of so many words, each its number, and the weights of a head that looks at itself alone.
std::shared_ptr<Passage> numbered(int words) {
  auto result = std::make_shared<Passage>();
  HeadAttention head;
  const auto n = static_cast<std::size_t>(words);
  head.baseline.resize(n * n);
  head.compressed.resize(n * n);
  head.rowKl.resize(n);
  for (int i = 0; i < words; ++i) {
    result->texts[i] = " w" + std::to_string(i);
    result->tokens.push_back({.id = i, .scored = i > 0});
    head.baseline[static_cast<std::size_t>(i) * (n + 1)] = 1;
  }
  result->attention = head;
  return result;
}

QStringList tickLabels(const QCPAxis* axis) {
  const QVector<QString> labels = axis->tickVectorLabels();
  return {labels.begin(), labels.end()};
}

QColor pixelOf(ChartFrame& chart, const QPointF& at) {
  chart.plot()->replot();
  return chart.plot()->grab().toImage().pixelColor(at.toPoint());
}

void drawn(ChartFrame& chart, int width = 700, int height = 420) {
  chart.resize(width, height);
  chart.show();
  QVERIFY(QTest::qWaitForWindowExposed(&chart));
  chart.plot()->replot();
}

}  // namespace

class PassageChartsTest : public QObject {
  Q_OBJECT

 private slots:
  void initTestCase() { applyTheme(*qobject_cast<QApplication*>(qApp), ThemeKind::Light); }
  void init() { QTest::failOnWarning(QRegularExpression("^(?!This plugin does not support).*")); }

  void linesBreakBetweenWordsAndAtLineBreaks() {
    const auto text = passage();
    for (const double width : {60.0, 130.0, 400.0}) {
      const TokenLayout layout(*text, font(TextRole::Body), width);
      const auto& pieces = layout.pieces();
      for (std::size_t i = 0; i < pieces.size(); ++i) {
        QVERIFY(pieces[i].rect.bottom() <= layout.height());
        for (std::size_t other = i + 1; other < pieces.size(); ++other)
          QVERIFY(!pieces[i].rect.intersects(pieces[other].rect));
        if (width > 100) QVERIFY(pieces[i].rect.right() <= width + 0.01);
      }
      // "miller" is two tokens and stays on one line.
      if (width > 100) QCOMPARE(layout.rectOf(2).top(), layout.rectOf(3).top());
      QVERIFY(layout.rectOf(7).top() > layout.rectOf(6).bottom());
      QCOMPARE(layout.rectOf(7).left(), 0.0);
      QVERIFY(layout.rectOf(10).top() > layout.rectOf(9).bottom());
      QCOMPARE(layout.at(layout.rectOf(5).center())->token, 5);
      QVERIFY(layout.at(QPointF(-5, 3)) == nullptr);
    }
  }

  void aSentenceEndsWithItsStop() {
    const auto text = passage();
    QCOMPARE(sentenceAround(*text, 3), QString("The old miller sold lanterns."));
    QCOMPARE(sentenceAround(*text, 6), QString("The old miller sold lanterns."));
    QCOMPARE(sentenceAround(*text, 8), QString("Anna ran"));
    QCOMPARE(sentenceAround(*text, 11), QString("away."));
  }

  void textOnEveryColourCanBeRead() {
    for (const ThemeKind theme : {ThemeKind::Light, ThemeKind::Dark}) {
      applyTheme(*qobject_cast<QApplication*>(qApp), theme);
      TokenText text;
      drawn(text);
      for (const TokenColor color : {TokenColor::DeltaNll, TokenColor::Losses, TokenColor::Kl}) {
        text.setData({.passage = passage(), .subtitle = {}, .color = color, .reach = 0.5});
        for (int token = 1; token < 12; ++token) {
          const QColor fill = text.colorOf(token);
          QVERIFY(contrastRatio(fill, textOn(fill)) >= 4.5);
        }
        QVERIFY(!text.colorOf(0).isValid());
      }
      text.plot()->replot();
    }
    applyTheme(*qobject_cast<QApplication*>(qApp), ThemeKind::Light);
  }

  void theColoursAreSymmetricAboutNothing() {
    TokenText text;
    text.setData({.passage = passage(), .subtitle = {}, .reach = 0.5});
    QCOMPARE(text.scale().low, -0.5);
    QCOMPARE(text.scale().color(0, lightPalette()), lightPalette().diverging[3]);
    QCOMPARE(text.scale().color(9, lightPalette()), lightPalette().diverging[6]);
    QCOMPARE(text.scale().color(-9, lightPalette()), lightPalette().diverging[0]);
  }

  void theSquareRootTellsSmallWeightsApart() {
    ColorScale scale;
    scale.root = true;
    QCOMPARE(scale.position(0.25), 0.5);
    QCOMPARE(scale.position(1), 1.0);
    scale.root = false;
    QCOMPARE(scale.position(0.25), 0.25);
  }

  void theTableIsOrderedAndLeavesOutWhatLostNothing() {
    LossTable table;
    table.resize(260, 600);
    TokenText text;
    TokenTextView view{.passage = passage(), .subtitle = {}, .reach = 0.5};
    text.setData(view);
    table.setData(view, text.scale());
    const std::vector<int> shown = table.shown();
    QCOMPARE(shown.front(), 7);  // 1.1 - 0.4
    QCOMPARE(table.rowText(0), QStringList({"Anna", "+0.70", "0.37", "0.18"}));
    for (const int token : shown)
      QVERIFY(deltaNllOf(view.passage->tokens[static_cast<std::size_t>(token)]) > 0);
    table.resize(260, 120);
    QVERIFY(table.shown().size() < shown.size());
    QSignalSpy chosen(&table, &LossTable::tokenChosen);
    QTest::mouseClick(&table, Qt::LeftButton, {}, table.rowRect(1).center());
    QCOMPARE(chosen.takeFirst()[0].toInt(), shown[1]);
  }

  void cellsAreSquareAndCausal() {
    AttentionMap map(AttentionMap::Side::Difference, true);
    drawn(map, 320, 380);
    map.setData({.passage = passage(), .subtitle = "s", .row = 5});
    map.plot()->replot();
    const QRectF cell = map.cellRect(3, 2);
    QVERIFY(cell.width() > 8);
    QVERIFY(std::abs(cell.width() - cell.height()) < 0.51);
    QVERIFY(std::abs(map.value(5, 0) - (1 - 1.0 / 6)) < 1e-6);
    QCOMPARE(map.csvRows().size(), std::size_t(1 + 12 * 13 / 2));
    QSignalSpy clicked(&map, &AttentionMap::rowClicked);
    QTest::mouseClick(map.plot(), Qt::LeftButton, {}, map.cellRect(8, 3).center().toPoint());
    QCOMPARE(clicked.takeFirst()[0].toInt(), 8);
    QTest::mouseClick(map.plot(), Qt::LeftButton, {}, map.cellRect(3, 8).center().toPoint());
    QVERIFY(clicked.isEmpty());  // nobody looks ahead
  }

  void aMagnifiedMapIsLaidOutInItsOwnPixels() {
    AttentionMap map(AttentionMap::Side::Baseline, true);
    drawn(map, 600, 500);
    map.setMagnification(1.5);
    map.setData({.passage = passage(), .subtitle = "s", .row = 5});
    QCOMPARE(map.plot()->viewport().width(),
             static_cast<int>(std::ceil(map.plot()->width() / 1.5)));
    QVERIFY(map.cellRect(11, 11).bottom() * 1.5 <= map.plot()->height());
  }

  void cellsAreDrawnSquareInAnyRoom() {
    AttentionMap map(AttentionMap::Side::Baseline, true);
    drawn(map, 600, 500);
    map.setData({.passage = passage(), .subtitle = "s", .row = 5});
    QSizeF cell;
    connect(map.plot(), &QCustomPlot::afterReplot, &map, [&] { cell = map.cellRect(3, 2).size(); });
    for (const QSize& size : {QSize(300, 500), QSize(640, 340)}) {
      map.resize(size);
      QTest::qWait(120);
      QVERIFY(cell.width() > 8);
      QVERIFY(std::abs(cell.width() - cell.height()) < 0.01);
    }
  }

  void aZoomedMapHasNoScaleOverItsCells() {
    AttentionMap map(AttentionMap::Side::Baseline, true);
    drawn(map);
    map.setData({.passage = passage(), .subtitle = "s", .row = 5});
    QVERIFY(map.renderSvg(FigureSpec::oneColumn()).contains("weight,"));
    map.setZoom({{0, 3}, {8, 11}});
    QVERIFY(!map.renderSvg(FigureSpec::oneColumn()).contains("weight,"));
  }

  void manyCellsFollowDataAndTheme() {
    AttentionMap map(AttentionMap::Side::Baseline, true);
    drawn(map);
    const auto first = numbered(160);
    map.setData({.passage = first, .subtitle = "s"});  // 12,880 cells: drawn as one picture
    const QPointF at = map.cellRect(100, 0).united(map.cellRect(120, 20)).center();
    QCOMPARE(pixelOf(map, at), lightPalette().sequential.front());
    const auto second = std::make_shared<Passage>(*first);
    for (float& weight : second->attention->baseline) weight = 1;
    map.setData({.passage = second, .subtitle = "s"});
    QCOMPARE(pixelOf(map, at), lightPalette().sequential.back());
    applyTheme(*qobject_cast<QApplication*>(qApp), ThemeKind::Dark);
    QCOMPARE(pixelOf(map, at), kvloupe::palette().sequential.back());
    applyTheme(*qobject_cast<QApplication*>(qApp), ThemeKind::Light);
  }

  void theSameDataAreNotDrawnAgain() {
    const auto text = passage();
    AttentionMap map(AttentionMap::Side::Difference, true);
    TokenText tokens;
    const auto show = [&] {
      map.setData({.passage = text, .subtitle = "s", .row = 5});
      tokens.setData({.passage = text, .subtitle = "s", .chosen = 2});
    };
    drawn(map);
    drawn(tokens);
    show();
    QTest::qWait(120);
    QSignalSpy mapDrawn(map.plot(), &QCustomPlot::afterReplot);
    QSignalSpy textDrawn(tokens.plot(), &QCustomPlot::afterReplot);
    show();
    QTest::qWait(120);
    QCOMPARE(mapDrawn.count(), 0);
    QCOMPARE(textDrawn.count(), 0);
  }

  void aFigureOfATextBeginsWhereTheScreenDoes() {
    TokenText text;
    drawn(text, 260, 200);
    text.setData({.passage = numbered(400), .subtitle = "s"});
    text.showToken(200);
    text.plot()->replot();
    const double scrolled = text.scrolled();
    const int first = text.firstShown();
    QVERIFY(first > 100 && first < 200);
    const QRectF place = text.tokenRect(first);
    const QByteArray svg = text.renderSvg(FigureSpec::oneColumn());
    const auto shown = [&](int token) {
      return svg.contains(">w" + QByteArray::number(token) + "<");
    };
    QVERIFY(shown(first) && shown(first + 1));
    QVERIFY(!shown(first - 20));  // more than a line of the figure
    QCOMPARE(text.scrolled(), scrolled);
    QCOMPARE(text.tokenRect(first), place);
    QCOMPARE(text.findChild<QScrollBar*>()->value(), static_cast<int>(scrolled));
  }

  void numbersOfLayersCarryNoSign() {
    auto deep = std::make_shared<Passage>(*passage());
    deep->layers.resize(24, deep->layers.front());
    BarsChart chart;
    drawn(chart);
    chart.setData(attentionKl(*deep, 2));
    chart.plot()->replot();
    QVERIFY(tickLabels(chart.plot()->xAxis).contains("5"));
    chart.setData(lossHistogram(*deep, {}));
    chart.plot()->replot();
    QVERIFY(!tickLabels(chart.plot()->xAxis).filter("+").isEmpty());
  }

  void aHoveredBarKeepsItsFrameWhenDataChange() {
    BarsChart chart;
    drawn(chart);
    const BarsData data = attentionKl(*passage(), -1);
    chart.setData(data);
    chart.plot()->replot();
    const auto picture = [&] {
      chart.plot()->replot();
      return chart.plot()->grab().toImage();
    };
    const QImage bare = picture();
    QTest::mouseMove(chart.plot(), chart.barRect(1).center().toPoint());
    const QImage framed = picture();
    QVERIFY(framed != bare);
    chart.setData(data);
    QCOMPARE(picture(), framed);
  }

  void barsHoldTheWeightsOfARow() {
    const auto text = passage();
    const BarsData row = attentionRow(*text, 3);
    QCOMPARE(row.bars.size(), std::size_t(8));
    QCOMPARE(row.bars[0].value, 0.25);
    QCOMPARE(row.bars[1].value, 1.0);
    QVERIFY(row.subtitle.contains("The 0.25 → 1"));
    BarsChart chart;
    drawn(chart);
    chart.setData(row);
    chart.plot()->replot();
    const QCPRange range = chart.plot()->yAxis->range();
    QCOMPARE(range.lower, 0.0);
    QVERIFY(range.upper >= 1.0);
    QVERIFY(chart.barRect(1).height() > 3.9 * chart.barRect(0).height());
    QCOMPARE(chart.legend().size(), std::size_t(2));
    QCOMPARE(chart.csvRows().size(), std::size_t(9));
  }

  void aHistogramCountsEveryScoredToken() {
    const BarsData data = lossHistogram(*passage(), {});
    double tokens = 0;
    for (const Bar& bar : data.bars) tokens += bar.value;
    QCOMPARE(tokens, 11.0);
    QVERIFY(data.title.startsWith("11 "));
  }

  void layersCarryTheirIntervals() {
    BarsChart chart;
    drawn(chart);
    chart.setData(attentionKl(*passage(), 2));
    chart.plot()->replot();
    QCOMPARE(chart.data().bars[1].interval->high, 1.2);
    QVERIFY(chart.plot()->yAxis->range().upper >= 2.2);
    QSignalSpy clicked(&chart, &BarsChart::barClicked);
    QTest::mouseClick(chart.plot(), Qt::LeftButton, {}, chart.barRect(0).center().toPoint());
    QCOMPARE(clicked.takeFirst()[0].toInt(), 0);
  }

  void headsAreChosenOnTheirMap() {
    HeadMap map;
    drawn(map, 360, 300);
    map.setData(passage(), {1, 0}, "s", false);
    map.plot()->replot();
    QCOMPARE(map.value(2, 0), 0.02);
    QSignalSpy clicked(&map, &HeadMap::headClicked);
    QTest::mouseClick(map.plot(), Qt::LeftButton, {}, map.cellRect(2, 1).center().toPoint());
    QCOMPARE(clicked.first()[0].toInt(), 2);
    QCOMPARE(clicked.first()[1].toInt(), 1);
    QCOMPARE(map.csvRows().size(), std::size_t(7));
    QVERIFY(map.accessibleDescription().contains("layer 2, KL 2.10, most in head 1: 0.500"));
    const QPointF corner = map.cellRect(2, 1).topLeft() + QPointF(3, 3);
    const QColor fresh = pixelOf(map, corner);
    map.setData(passage(), {1, 0}, "s", true);
    QVERIFY(pixelOf(map, corner).lightness() > fresh.lightness() + 20);
  }

  void smallDivergencesAreWrittenOut() {
    auto faint = std::make_shared<Passage>(*passage());
    for (LayerAttention& layer : faint->layers) layer.heads = {1e-5, 3e-4};
    HeadMap map;
    drawn(map, 360, 300);
    map.setData(faint, {1, 0}, "s", false);
    const QByteArray svg = map.renderSvg(FigureSpec::oneColumn());
    QVERIFY(svg.contains(">0.00001<"));
    QVERIFY(!svg.contains("e-05"));
    // Nothing diverges: still a scale.
    for (LayerAttention& layer : faint->layers) layer.heads = {0, 0};
    map.setData(std::make_shared<Passage>(*faint), {1, 0}, "s", false);
    QVERIFY(map.scale().low > 0 && map.scale().low < map.scale().high);
    QCOMPARE(map.scale().position(0), 0.0);
  }

  void emptyChartsSayWhatWillAppear() {
    TokenText text;
    drawn(text);
    text.setEmptyText("later");
    text.setData({});
    AttentionMap map(AttentionMap::Side::Baseline, true);
    drawn(map);
    map.setData({});
    BarsChart bars;
    drawn(bars);
    bars.setData({});
    HeadMap heads;
    drawn(heads);
    heads.setData(nullptr, {-1, -1}, {}, false);
    for (ChartFrame* chart : std::initializer_list<ChartFrame*>{&text, &map, &bars, &heads}) {
      chart->plot()->replot();
      QVERIFY(chart->renderSvg(FigureSpec::oneColumn()).size() > 100);
      QCOMPARE(chart->csvRows().size(), std::size_t(1));
    }
  }
};

QTEST_MAIN(PassageChartsTest)
#include "passage_charts_test.moc"
