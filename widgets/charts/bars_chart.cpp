// SPDX-License-Identifier: GPL-3.0-or-later
#include "charts/bars_chart.hpp"

#include <algorithm>
#include <cmath>

#include "charts/chart_layer.hpp"
#include "charts/chart_ticker.hpp"
#include "charts/marks.hpp"
#include "theme/theme.hpp"

namespace kvloupe {
namespace {

constexpr double kLeastCount = 0.7;  // where bars of counts stand: one token is a bar
constexpr double kNameHeight = 15;   // a name that stands upright needs so much of the axis
constexpr double kFrame = 3;         // round the chosen bar, pixels off

}  // namespace

class BarsChart::Bars : public ChartLayer {
 public:
  explicit Bars(BarsChart* chart) : ChartLayer(chart->plot()), chart_(chart) {}

 protected:
  void draw(QCPPainter* painter) override {
    if (chart_->isEmpty()) return;
    const QRectF area = chart_->axesArea();
    painter->save();
    painter->setClipRect(area.adjusted(0, -kFrame - 2, 0, 0), Qt::IntersectClip);
    for (const Bar& bar : chart_->data_.bars) drawBar(*painter, bar);
    for (const Bar& bar : chart_->data_.bars) drawWhisker(*painter, bar, area);
    if (!chart_->exporting())
      for (const int framed : {chart_->data_.selected, chart_->hoveredMark()})
        drawFrame(*painter, framed);
    painter->restore();
    const double zero = mParentPlot->yAxis->coordToPixel(0);
    if (chart_->data_.counts || zero >= area.bottom() - 1 || zero <= area.top()) return;
    painter->setPen(QPen(chart_->colors().axis, chart_->pens().line));
    painter->drawLine(QPointF(area.left(), zero), QPointF(area.right(), zero));
  }

 private:
  void drawBar(QCPPainter& painter, const Bar& bar) const {
    const Palette& p = chart_->colors();
    const QRectF rect = chart_->rectOf(bar);
    const double line = chart_->pens().line;
    if (chart_->data_.stale) return paintStaleBar(painter, rect, p.neither.fill, p.disabled, line);
    switch (bar.look) {
      case Bar::Look::Filled:
        return paintSolidBar(painter, rect, p.neither.fill, p.neither.line, line);
      case Bar::Look::Outlined:
        return paintSolidBar(painter, rect, p.page, p.neither.line, 1.4 * line);
      case Bar::Look::Scaled:
        return paintSolidBar(painter, rect, chart_->data_.scale.color(bar.shade, p), p.axis,
                             0.6 * line);
    }
  }

  void drawWhisker(QCPPainter& painter, const Bar& bar, const QRectF& area) const {
    if (!bar.interval) return;
    const QCPAxis* y = mParentPlot->yAxis;
    const auto inside = [&](double value) {
      return std::clamp(y->coordToPixel(value), area.top(), area.bottom());
    };
    const QRectF rect = chart_->rectOf(bar);
    paintWhisker(painter, rect.center().x(), inside(bar.interval->low), inside(bar.interval->high),
                 std::min(8.0, rect.width()), QPen(chart_->colors().ink, chart_->pens().whisker));
  }

  void drawFrame(QCPPainter& painter, int index) const {
    if (index < 0 || index >= chart_->markCount()) return;
    painter.setPen(QPen(chart_->colors().ink, 1.6, Qt::SolidLine, Qt::FlatCap, Qt::MiterJoin));
    painter.setBrush(Qt::NoBrush);
    painter.drawRect(chart_->barRect(index).adjusted(-kFrame, -kFrame, kFrame, kFrame));
  }

  BarsChart* chart_;
};

BarsChart::BarsChart(QWidget* parent) : ChartFrame(Density::Page, parent), bars_(new Bars(this)) {
  restyle();
  fitAxes();
}

BarsChart::~BarsChart() = default;

void BarsChart::setData(BarsData data) {
  const auto sameReach = [&] {
    if (!data.reach || !data_.reach) return !data.reach && !data_.reach;
    return data.reach->low == data_.reach->low && data.reach->high == data_.reach->high;
  };
  const bool sameAxis =
      data.bars.size() == data_.bars.size() && data.title == data_.title && sameReach();
  data_ = std::move(data);
  setTitle(data_.title);
  setSubtitle(data_.subtitle);
  refreshLegend();
  plot()->xAxis->setLabel(data_.xLabel);
  plot()->yAxis->setLabel(data_.yLabel);
  if (!sameAxis) {
    hover(-1);
    fit();
  }
  dataChanged();
}

void BarsChart::applyColors() {
  plot()->xAxis->setSubTicks(false);
  refreshLegend();
}

void BarsChart::refreshLegend() {
  if (data_.filled.isEmpty()) return setLegend({});
  const DataColors& plain = colors().neither;
  setLegend({{LegendEntry::Glyph::Bar, data_.filled, plain.fill, plain.line},
             {LegendEntry::Glyph::Bar, data_.outlined, colors().page, plain.line}});
}

void BarsChart::fitAxes() {
  fitValues();
  fitNames();
}

void BarsChart::fitValues() {
  double lowest = 0, highest = 0;
  for (const Bar& bar : data_.bars) {
    lowest = std::min({lowest, bar.value, bar.interval ? bar.interval->low : 0});
    highest = std::max({highest, bar.value, bar.interval ? bar.interval->high : 0});
  }
  if (data_.reach) {
    lowest = std::min(lowest, data_.reach->low);
    highest = std::max(highest, data_.reach->high);
  }
  QCPAxis* y = plot()->yAxis;
  const double height = std::max(60, plot()->axisRect()->height());
  const int labels = std::clamp(static_cast<int>(height / 24), 3, 7);
  y->setScaleType(data_.counts ? QCPAxis::stLogarithmic : QCPAxis::stLinear);
  y->setTicker(QSharedPointer<QCPAxisTicker>(
      new ChartTicker(data_.counts, lowest < 0 ? signedTick : plainTick, labels)));
  if (data_.counts)
    y->setRange(kLeastCount, std::max(2.0, stepUp(highest * 1.05)));
  else if (lowest == 0 && highest == 0)
    y->setRange(0, 1);
  else
    y->setRange(lowest < 0 ? -stepUp(-lowest) : 0, highest > 0 ? stepUp(highest) : 0);
}

void BarsChart::fitNames() {
  QCPAxis* x = plot()->xAxis;
  if (data_.bars.empty()) {
    x->setTicker(QSharedPointer<QCPAxisTicker>(new ChartTicker(false, plainTick, 6)));
    x->setRange(0, 1);
    return;
  }
  double first = data_.bars.front().from, last = data_.bars.front().to;
  for (const Bar& bar : data_.bars) {
    first = std::min(first, bar.from);
    last = std::max(last, bar.to);
  }
  if (data_.names.empty()) {
    x->setTickLabelRotation(0);
    const int labels = std::clamp(plot()->axisRect()->width() / 56, 2, 8);
    x->setTicker(QSharedPointer<QCPAxisTicker>(
        new ChartTicker(false, data_.signedX ? signedTick : plainTick, labels)));
    const double room = 0.02 * (last - first);
    x->setRange(first - room, last + room);
    return;
  }
  const double slot =
      std::max(60, plot()->axisRect()->width()) / static_cast<double>(data_.names.size());
  const QFontMetricsF metrics(kvloupe::font(TextRole::Chart));
  double widest = 0;
  for (const auto& [at, name] : data_.names)
    widest = std::max(widest, metrics.horizontalAdvance(name));
  const bool upright = widest + 8 > slot;
  const int step = upright ? std::max(1, static_cast<int>(std::ceil(kNameHeight / slot))) : 1;
  const auto ticker = QSharedPointer<QCPAxisTickerText>::create();
  for (std::size_t i = 0; i < data_.names.size(); i += static_cast<std::size_t>(step))
    ticker->addTick(data_.names[i].first, data_.names[i].second);
  x->setTicker(ticker);
  x->setTickLabelRotation(upright ? -90 : 0);
  const double room = 0.25 * (data_.bars.front().to - data_.bars.front().from);
  x->setRange(first - room, last + room);
}

QRectF BarsChart::rectOf(const Bar& bar) const {
  const QCPAxis* x = plot()->xAxis;
  const QCPAxis* y = plot()->yAxis;
  const double ground = y->coordToPixel(data_.counts ? kLeastCount : 0);
  const double top = data_.counts && bar.value <= 0 ? ground : y->coordToPixel(bar.value);
  return QRectF(QPointF(x->coordToPixel(bar.from), top), QPointF(x->coordToPixel(bar.to), ground))
      .normalized();
}

QRectF BarsChart::barRect(int bar) const {
  return rectOf(data_.bars[static_cast<std::size_t>(bar)]);
}

int BarsChart::markAt(const QPointF& position) const {
  const QRectF area = axesArea();
  if (!area.contains(position)) return -1;
  // A low bar is met anywhere in its column.
  for (int mark = 0; mark < markCount(); ++mark) {
    const QRectF rect = barRect(mark);
    if (position.x() >= rect.left() && position.x() < rect.right()) return mark;
  }
  return -1;
}

QRectF BarsChart::markRect(int mark) const {
  const QRectF area = axesArea();
  return barRect(mark).intersected(area);
}

TipText BarsChart::tipFor(int mark) const { return data_.bars[static_cast<std::size_t>(mark)].tip; }

std::vector<QStringList> BarsChart::csvRows() const {
  std::vector<QStringList> rows = {data_.csvHead};
  for (const Bar& bar : data_.bars) rows.push_back(bar.csv);
  return rows;
}

}  // namespace kvloupe
