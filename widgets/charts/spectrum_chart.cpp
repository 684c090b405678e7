// SPDX-License-Identifier: GPL-3.0-or-later
#include "charts/spectrum_chart.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "charts/chart_layer.hpp"
#include "charts/chart_ticker.hpp"
#include "charts/marks.hpp"
#include "controls/chip.hpp"
#include "theme/theme.hpp"
#include "types/format.hpp"

namespace kvloupe {
namespace {

constexpr double kMostDecades = 5;
constexpr double kRankTau = 95;  // percent: rank_95's
constexpr double kPointRadius = 2.6;
constexpr double kCircleRadius = 4;

QString words(const std::string& text) { return QString::fromStdString(text); }
QString csvNumber(double value) { return QString::number(value, 'g', 10); }

}  // namespace

class SpectrumChart::Curves : public ChartLayer {
 public:
  explicit Curves(SpectrumChart* chart) : ChartLayer(chart->plot()), chart_(chart) {}

  [[nodiscard]] QPointF point(const DimensionSeries& series, int component) const {
    return {mParentPlot->xAxis->coordToPixel(component + 1), y(series, component)};
  }
  [[nodiscard]] QPointF energy(const DimensionSeries& series, int rank) const {
    return {
        mParentPlot->xAxis->coordToPixel(rank),
        mParentPlot->yAxis2->coordToPixel(100 * series.energy[static_cast<std::size_t>(rank - 1)])};
  }
  [[nodiscard]] bool belowAxis(const DimensionSeries& series, int component) const {
    return 100 * series.share[static_cast<std::size_t>(component)] <
           mParentPlot->yAxis->range().lower;
  }

 protected:
  void draw(QCPPainter* painter) override {
    if (chart_->isEmpty()) return;
    drawTau(*painter);
    painter->save();
    // Marks may stand across the edge, lines may not leave it.
    painter->setClipRect(chart_->axesArea().adjusted(-4, -5, 4, 5), Qt::IntersectClip);
    for (const DimensionSeries& series : chart_->data_.series) drawPoints(*painter, series);
    std::vector<QRectF> taken = {tauLabel()};
    for (const DimensionSeries& series : chart_->data_.series) drawEnergy(*painter, series, taken);
    for (const RankMarker& marker : chart_->markers())
      paintRankMarker(*painter, marker, chart_->axesArea(), chart_->colors(), chart_->pens().line);
    for (const DimensionSeries& series : chart_->data_.series) drawCircle(*painter, series);
    painter->restore();
    if (chart_->hoveredMark() < 0) return;
    painter->setPen(QPen(chart_->colors().ink, 1.6));
    painter->setBrush(Qt::NoBrush);
    painter->drawEllipse(chart_->markRect(chart_->hoveredMark()));
  }

 private:
  [[nodiscard]] double y(const DimensionSeries& series, int component) const {
    const double percent = 100 * series.share[static_cast<std::size_t>(component)];
    const QRectF area = chart_->axesArea();
    const QCPAxis* axis = mParentPlot->yAxis;
    if (axis->scaleType() == QCPAxis::stLogarithmic && !(percent > 0)) return area.bottom();
    return std::clamp(axis->coordToPixel(percent), area.top(), area.bottom());
  }

  void drawTau(QCPPainter& painter) const {
    const Palette& p = chart_->colors();
    const QRectF area = chart_->axesArea();
    const double level = std::round(mParentPlot->yAxis2->coordToPixel(kRankTau)) + 0.5;
    QPen dashed(p.axis, chart_->pens().line);
    dashed.setDashPattern({5, 3});
    dashed.setCapStyle(Qt::FlatCap);
    painter.setPen(dashed);
    painter.drawLine(QPointF(area.left(), level), QPointF(area.right(), level));
    painter.setFont(kvloupe::font(TextRole::Caption));
    painter.setPen(p.secondText);
    painter.drawText(tauLabel(), Qt::AlignRight | Qt::AlignVCenter, tauText());
  }

  [[nodiscard]] static QString tauText() { return QStringLiteral("95\u00a0%"); }
  [[nodiscard]] QRectF tauLabel() const {
    const double width =
        QFontMetricsF(kvloupe::font(TextRole::Caption)).horizontalAdvance(tauText()) + 2;
    const double level = std::round(mParentPlot->yAxis2->coordToPixel(kRankTau)) + 0.5;
    return {chart_->axesArea().right() - 6 - width, level + 2, width, 14};
  }

  void drawPoints(QCPPainter& painter, const DimensionSeries& series) const {
    const Palette& p = chart_->colors();
    const bool stale = chart_->data_.state == BarState::Stale;
    const DataColors& c = p.of(series.target);
    const int kept = series.rank.value_or(series.dim());
    const QCPRange range = mParentPlot->xAxis->range();
    painter.setPen(QPen(stale ? p.disabled : c.line, chart_->pens().line));
    for (int i = 0; i < static_cast<int>(series.share.size()); ++i) {
      if (!range.contains(i + 1)) continue;
      painter.setBrush(i < kept && !stale ? c.fill : p.page);
      const QPointF at = point(series, i);
      if (belowAxis(series, i))
        paintTriangle(painter, at, kPointRadius, false);
      else if (chart_->data_.slot == ModelSlot::B)
        paintDiamond(painter, at, 1.35 * kPointRadius);
      else
        painter.drawEllipse(at, kPointRadius, kPointRadius);
    }
    painter.setBrush(Qt::NoBrush);
  }

  void drawEnergy(QCPPainter& painter, const DimensionSeries& series,
                  std::vector<QRectF>& taken) const {
    const int dim = static_cast<int>(series.energy.size());
    const int kept = std::min(series.rank.value_or(dim), dim);
    QVector<QPointF> whole, dropped;
    for (int rank = 1; rank <= dim; ++rank) {
      const QPointF at = energy(series, rank);
      if (rank <= kept) whole.append(at);
      if (rank >= kept) dropped.append(at);
    }
    painter.setBrush(Qt::NoBrush);
    painter.setPen(chart_->linePen(series, false));
    painter.drawPolyline(whole.constData(), static_cast<int>(whole.size()));
    painter.setPen(chart_->linePen(series, true));
    painter.drawPolyline(dropped.constData(), static_cast<int>(dropped.size()));
    if (kept >= dim || kept < 1) return;
    // Where the plan cuts: the energy that it keeps.
    const DataColors& c = chart_->colors().of(series.target);
    painter.setPen(QPen(c.line, chart_->pens().line));
    painter.setBrush(c.fill);
    const QPointF cut = energy(series, kept);
    painter.drawEllipse(cut, kCircleRadius, kCircleRadius);
    painter.setBrush(Qt::NoBrush);
    drawEnergyKept(painter, series, cut, taken);
  }

  /// Right of the cut and below the curve, or left of it and above.
  void drawEnergyKept(QCPPainter& painter, const DimensionSeries& series, const QPointF& cut,
                      std::vector<QRectF>& taken) const {
    QFont type = kvloupe::font(TextRole::Chart);
    type.setWeight(QFont::Medium);
    const QRectF area = chart_->axesArea();
    QRectF place;
    const auto fits = [&](const QString& words, bool right) {
      const double width = QFontMetricsF(type).horizontalAdvance(words);
      place = QRectF(right ? cut.x() + 9 : cut.x() - 9 - width, cut.y() + 2, width, 16);
      return area.contains(place) &&
             std::none_of(taken.begin(), taken.end(),
                          [&](const QRectF& other) { return other.intersects(place); });
    };
    const QString whole = chart_->energyKept(series), brief = chart_->energyKept(series, true);
    QString text = whole;
    if (!fits(whole, true) && !fits(text = brief, true) && !fits(text = whole, false)) return;
    taken.push_back(place);
    painter.fillRect(place.adjusted(-2, 0, 2, 0), chart_->colors().page);
    painter.setFont(type);
    painter.setPen(chart_->colors().of(series.target).text);
    painter.drawText(place.adjusted(-4, 0, 4, 0), Qt::AlignCenter, text);
  }

  void drawCircle(QCPPainter& painter, const DimensionSeries& series) const {
    if (series.rank95 < 1) return;
    const QPointF at(mParentPlot->xAxis->coordToPixel(series.rank95),
                     mParentPlot->yAxis2->coordToPixel(kRankTau));
    painter.setPen(QPen(chart_->colors().of(series.target).line, 1.6 * chart_->pens().line));
    painter.setBrush(chart_->colors().page);
    painter.drawEllipse(at, kCircleRadius, kCircleRadius);
    painter.setBrush(Qt::NoBrush);
  }

  SpectrumChart* chart_;
};

SpectrumChart::SpectrumChart(QWidget* parent) : DimensionChart(parent), curves_(new Curves(this)) {
  setTitle(tr("Spectrum of the covariance"));
  setEmptyText(tr("A spectrum belongs to one head: choose a head"));
  plot()->xAxis->setLabel(tr("Principal component"));
  plot()->yAxis->setLabel(tr("Eigenvalue, % of the total"));
  plot()->yAxis2->setVisible(true);
  plot()->yAxis2->setTickLabels(true);
  plot()->yAxis2->setLabel(tr("Energy kept, %"));
  plot()->yAxis2->setRange(0, 100);
  plot()->axisRect()->setMinimumMargins({66, 14, 56, 48});
  auto quarters = QSharedPointer<QCPAxisTickerFixed>::create();
  quarters->setTickStep(25);
  plot()->yAxis2->setTicker(quarters);
  plot()->yAxis2->setSubTicks(false);
  plot()->yAxis2->setNumberFormat(QStringLiteral("f"));
  plot()->yAxis2->setNumberPrecision(0);
  restyle();
  fitAxes();
}

SpectrumChart::~SpectrumChart() = default;

void SpectrumChart::setData(DimensionsChartData data) {
  setSubtitle(data.spectrumSubtitle);
  DimensionChart::setData(std::move(data));
  refreshLegend();
}

void SpectrumChart::refreshLegend() {
  const QColor ink = colors().neither.line;
  setLegend({{data_.slot == ModelSlot::B ? LegendEntry::Glyph::Diamond : LegendEntry::Glyph::Dot,
              tr("eigenvalue"), colors().neither.fill, ink},
             {LegendEntry::Glyph::Line, tr("energy"), {}, ink}});
}

void SpectrumChart::applyColors() {
  styleAxis(plot()->yAxis2, false);
  refreshLegend();
}

bool SpectrumChart::isEmpty() const {
  return std::all_of(data_.series.begin(), data_.series.end(),
                     [](const DimensionSeries& series) { return series.share.empty(); });
}

QString SpectrumChart::energyKept(const DimensionSeries& series, bool brief) const {
  const double kept = series.energy[static_cast<std::size_t>(*series.rank - 1)];
  if (brief) return tr("%1 keeps %2").arg(series.name, words(formatKept(kept)));
  return tr("%1 keeps %2: %3 of its energy")
      .arg(series.name)
      .arg(*series.rank)
      .arg(words(formatKept(kept)));
}

std::vector<std::pair<Target, int>> SpectrumChart::circles() const {
  std::vector<std::pair<Target, int>> all;
  for (const DimensionSeries& series : data_.series)
    if (series.rank95 > 0) all.emplace_back(series.target, series.rank95);
  return all;
}

void SpectrumChart::fitAxes() {
  QCPAxis* y = plot()->yAxis;
  const double height = std::max(60, plot()->axisRect()->height());
  fitDimensionAxis(1);
  double greatest = 0;
  double least = std::numeric_limits<double>::infinity();
  for (const DimensionSeries& series : data_.series)
    for (const double share : series.share) {
      greatest = std::max(greatest, 100 * share);
      if (share > 0) least = std::min(least, 100 * share);
    }
  if (!(greatest > 0)) {
    greatest = 100;
    least = 0.01;
  }
  least = std::max(least, greatest * std::pow(10.0, -kMostDecades));
  y->setScaleType(data_.log ? QCPAxis::stLogarithmic : QCPAxis::stLinear);
  y->setTicker(QSharedPointer<QCPAxisTicker>(
      new ChartTicker(data_.log, plainTick, std::clamp(static_cast<int>(height / 30), 3, 6))));
  if (data_.log)
    y->setRange(stepDown(least), 100);
  else
    y->setRange(0, std::min(100.0, stepUp(greatest)));
}

std::pair<const DimensionSeries*, int> SpectrumChart::markOf(int mark) const {
  for (const DimensionSeries& series : data_.series) {
    const auto count = static_cast<int>(series.share.size());
    if (mark < count) return {&series, mark};
    mark -= count;
  }
  return {nullptr, 0};
}

int SpectrumChart::markCount() const {
  std::size_t count = 0;
  for (const DimensionSeries& series : data_.series) count += series.share.size();
  return static_cast<int>(count);
}

int SpectrumChart::markAt(const QPointF& position) const {
  if (!axesArea().contains(position)) return -1;
  const auto component =
      static_cast<int>(std::lround(plot()->xAxis->pixelToCoord(position.x()))) - 1;
  int nearest = -1;
  double distance = std::numeric_limits<double>::infinity();
  int start = 0;
  for (const DimensionSeries& series : data_.series) {
    const auto count = static_cast<int>(series.share.size());
    if (component >= 0 && component < count) {
      const double away = std::abs(curves_->point(series, component).y() - position.y());
      if (away < distance) {
        distance = away;
        nearest = start + component;
      }
    }
    start += count;
  }
  return nearest;
}

QRectF SpectrumChart::markRect(int mark) const {
  const auto [series, component] = markOf(mark);
  if (!series) return {};
  const QPointF at = curves_->point(*series, component);
  return {at.x() - 4.5, at.y() - 4.5, 9, 9};
}

TipText SpectrumChart::tipFor(int mark) const {
  const auto [series, component] = markOf(mark);
  if (!series) return {};
  const auto i = static_cast<std::size_t>(component);
  TipText tip;
  tip.title =
      tr("Principal component %1 · %2 (%3)").arg(component + 1).arg(series->name, series->tapLabel);
  tip.lines.emplace_back(
      tr("eigenvalue %1\u00a0%").arg(QString::number(100 * series->share[i], 'g', 3)),
      tr("of the total variance"));
  tip.lines.emplace_back(tr("energy %1").arg(words(formatKept(series->energy[i]))),
                         tr("in the first %1").arg(component + 1));
  return tip;
}

std::vector<QStringList> SpectrumChart::csvRows() const {
  std::vector<QStringList> rows = {{QStringLiteral("layer"), QStringLiteral("head"),
                                    QStringLiteral("target"), QStringLiteral("tap"),
                                    QStringLiteral("component"), QStringLiteral("eigenvalue_share"),
                                    QStringLiteral("energy"), QStringLiteral("rank_95")}};
  for (const DimensionSeries& series : data_.series)
    for (std::size_t i = 0; i < series.share.size(); ++i)
      rows.push_back({QString::number(data_.layer), QString::number(data_.head.value_or(-1)),
                      targetKey(series.target), series.tapLabel, QString::number(i + 1),
                      csvNumber(series.share[i]), csvNumber(series.energy[i]),
                      QString::number(series.rank95)});
  return rows;
}

}  // namespace kvloupe
