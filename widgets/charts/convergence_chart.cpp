// SPDX-License-Identifier: GPL-3.0-or-later
#include "charts/convergence_chart.hpp"

#include <qcustomplot.h>

#include <algorithm>
#include <cmath>

#include "charts/chart_layer.hpp"
#include "charts/chart_ticker.hpp"
#include "charts/marks.hpp"
#include "theme/theme.hpp"
#include "types/format.hpp"

namespace kvloupe {
namespace {

constexpr double kSettled = 0.1;  // share of the points that may leave the axes at the beginning
constexpr double kMostSteps = 4;  // of the value axis
constexpr double kBandAlpha = 0.28;
constexpr std::size_t kSpokenPoints = 50;
constexpr double kPointRadius = 4.5;
constexpr double kWidestHover = 12;  // pixels between the pointer and a point

double thousands(std::int64_t tokens) { return static_cast<double>(tokens) / 1000; }

QString words(const std::string& text) { return QString::fromStdString(text); }

}  // namespace

class ConvergenceChart::Curve : public ChartLayer {
 public:
  explicit Curve(ConvergenceChart* chart) : ChartLayer(chart->plot()), chart_(chart) {}

  [[nodiscard]] QPointF pixel(double thousandTokens, double percent) const {
    const QRectF area(mParentPlot->axisRect()->rect());
    return {std::clamp(mParentPlot->xAxis->coordToPixel(thousandTokens), area.left(), area.right()),
            std::clamp(mParentPlot->yAxis->coordToPixel(percent), area.top(), area.bottom())};
  }
  [[nodiscard]] bool inRange(const ConvergencePoint& point) const {
    return mParentPlot->xAxis->range().contains(thousands(point.tokens));
  }

 protected:
  void draw(QCPPainter* painter) override {
    drawRules(*painter);
    if (chart_->isEmpty()) return;
    const bool stale = chart_->data_.state == FigureState::Stale;
    const Palette& p = chart_->colors();
    const DataColors& colors = p.of(chart_->data_.role);
    const QColor line = stale ? p.disabled : colors.line;
    drawBand(*painter, stale ? p.disabled : colors.fill);
    QVector<QPointF> points;
    for (const ConvergencePoint& point : chart_->data_.points)
      if (inRange(point)) points.append(pixel(thousands(point.tokens), point.deltaPplPercent));
    QPen pen(line, 1.5 * chart_->pens().line);
    if (stale) pen.setDashPattern({3, 2});
    pen.setJoinStyle(Qt::RoundJoin);
    painter->setPen(pen);
    painter->drawPolyline(points.constData(), static_cast<int>(points.size()));
    const ConvergencePoint& last = chart_->data_.points.back();
    if (inRange(last)) drawPoint(*painter, last, stale ? p.page : colors.fill, line);
    const int hovered = chart_->hoveredMark();
    if (hovered >= 0)
      drawPoint(*painter, chart_->data_.points[static_cast<std::size_t>(hovered)], p.page, p.ink);
  }

 private:
  void drawPoint(QCPPainter& painter, const ConvergencePoint& point, const QColor& fill,
                 const QColor& line) const {
    painter.setPen(QPen(line, 1.2 * chart_->pens().line));
    painter.setBrush(fill);
    painter.drawEllipse(pixel(thousands(point.tokens), point.deltaPplPercent), kPointRadius,
                        kPointRadius);
  }

  void drawBand(QCPPainter& painter, QColor color) const {
    QPolygonF band;
    QVector<QPointF> lower;
    for (const ConvergencePoint& point : chart_->data_.points) {
      if (!point.interval || !inRange(point)) continue;
      band.append(pixel(thousands(point.tokens), point.interval->high));
      lower.append(pixel(thousands(point.tokens), point.interval->low));
    }
    std::reverse(lower.begin(), lower.end());
    band.append(lower);
    color.setAlphaF(static_cast<float>(kBandAlpha));
    painter.setPen(Qt::NoPen);
    painter.setBrush(color);
    painter.drawPolygon(band);
    painter.setBrush(Qt::NoBrush);
  }

  /// The curve, a point at least every two pixels.
  [[nodiscard]] std::vector<QPointF> along() const {
    std::vector<QPointF> points;
    for (const ConvergencePoint& point : chart_->data_.points) {
      if (!inRange(point)) continue;
      const QPointF to = pixel(thousands(point.tokens), point.deltaPplPercent);
      const QPointF from = points.empty() ? to : points.back();
      const int steps = 1 + static_cast<int>((to - from).manhattanLength() / 2);
      for (int i = 1; i <= steps; ++i) points.push_back(from + (to - from) * i / steps);
    }
    return points;
  }

  /// Zero in full, budgets dashed.
  void drawRules(QCPPainter& painter) const {
    const Palette& p = chart_->colors();
    const QRectF area(mParentPlot->axisRect()->rect());
    const QCPRange range = mParentPlot->yAxis->range();
    const auto rule = [&](double percent, const QPen& pen) {
      if (!range.contains(percent)) return false;
      const double y = std::round(mParentPlot->yAxis->coordToPixel(percent)) + 0.5;
      painter.setPen(pen);
      painter.drawLine(QPointF(area.left(), y), QPointF(area.right() + 1, y));
      return true;
    };
    rule(0, QPen(p.axis, chart_->pens().line));
    QPen dashed(p.axis, chart_->pens().line);
    dashed.setDashPattern({5, 3});
    dashed.setCapStyle(Qt::FlatCap);
    for (const double budget : chart_->data_.budgets) {
      if (!rule(budget, dashed)) continue;
      painter.setFont(kvloupe::font(TextRole::Caption));
      painter.setPen(p.secondText);
      const double y = mParentPlot->yAxis->coordToPixel(budget);
      const QString words = ConvergenceChart::tr("budget %1\u00a0%").arg(budget);
      const double width = painter.fontMetrics().horizontalAdvance(words) + 2.0;
      const QRectF above(area.right() - 2 - width, y - 16, width, 14);
      painter.drawText(freePlace({above, above.translated(0, 18)}, along()),
                       Qt::AlignRight | Qt::AlignVCenter, words);
    }
  }

  ConvergenceChart* chart_;
};

DataRole planRole(const std::vector<CompressionSpec>& specs) {
  bool k = false, v = false, latent = false, ropeKey = false;
  for (const CompressionSpec& spec : specs)
    for (const Target target : spec.targets) {
      k = k || target == Target::K;
      v = v || target == Target::V;
      latent = latent || target == Target::Latent;
      ropeKey = ropeKey || target == Target::RopeKey;
    }
  if (latent) return DataRole::Latent;
  if (k && v) return DataRole::KV;
  if (v) return DataRole::V;
  if (k) return DataRole::K;
  return ropeKey ? DataRole::RopeKey : DataRole::Neither;
}

ConvergenceChart::ConvergenceChart(QWidget* parent)
    : ChartFrame(Density::Panel, parent), curve_(new Curve(this)) {
  setTitle(tr("Convergence"));
  setEmptyText(tr("ΔPPL appears here while text is evaluated"));
  plot()->xAxis->setLabel(tr("Tokens evaluated, thousands"));
  plot()->yAxis->setLabel(tr("ΔPPL, %"));
  setLegend({{LegendEntry::Glyph::None, tr("band: 95\u00a0% interval"), {}, {}}});
  restyle();
  fitAxes();
}

ConvergenceChart::~ConvergenceChart() = default;

void ConvergenceChart::setData(ConvergenceData data) {
  // Another plan's curve, or none yet, is no continuation: the axes are its own.
  const bool continues =
      !data.points.empty() && data.points.size() >= data_.points.size() && !data_.points.empty() &&
      data.points.front().deltaPplPercent == data_.points.front().deltaPplPercent;
  if (!continues) reach_ = {};
  data_ = std::move(data);
  setSubtitle(tr("%1 tokens planned").arg(words(formatCount(data_.tokensPlanned))));
  dataChanged();
}

void ConvergenceChart::clear() {
  ConvergenceData none;
  none.tokensPlanned = data_.tokensPlanned;
  none.budgets = data_.budgets;
  none.role = data_.role;
  setData(std::move(none));
}

bool ConvergenceChart::isEmpty() const { return data_.points.empty(); }

void ConvergenceChart::fitAxes() {
  QCPAxis* x = plot()->xAxis;
  QCPAxis* y = plot()->yAxis;
  const double width = std::max(60, plot()->axisRect()->width());
  const double height = std::max(40, plot()->axisRect()->height());
  x->setTicker(QSharedPointer<QCPAxisTicker>(
      new ChartTicker(false, plainTick, std::clamp(static_cast<int>(width / 56), 3, 8))));
  y->setTicker(QSharedPointer<QCPAxisTicker>(
      new ChartTicker(false, signedTick, std::clamp(static_cast<int>(height / 18), 3, 6))));
  double planned = thousands(data_.tokensPlanned);
  if (!data_.points.empty()) planned = std::max(planned, thousands(data_.points.back().tokens));
  x->setRange(0, planned > 0 ? planned : 100);

  // The first few windows may swing far out; the axes follow what has settled.
  for (const double budget : data_.budgets) reach_.high = std::max(reach_.high, budget);
  const auto settled =
      static_cast<std::size_t>(static_cast<double>(data_.points.size()) * kSettled);
  for (std::size_t i = settled; i < data_.points.size(); ++i) {
    const ConvergencePoint& point = data_.points[i];
    const bool wide = i + 1 < data_.points.size() || !point.interval;
    reach_.low = std::min(
        {reach_.low, point.deltaPplPercent, wide ? point.deltaPplPercent : point.interval->low});
    reach_.high = std::max(
        {reach_.high, point.deltaPplPercent, wide ? point.deltaPplPercent : point.interval->high});
  }
  // Four steps at most, one of them below zero, so that zero is seen as a line.
  const double high = reach_.high - reach_.low < 0.02 ? 1 : reach_.high;
  double step = stepUp((high - reach_.low) / kMostSteps);
  const auto below = [&] { return std::min(std::floor(reach_.low / step), -1.0); };
  const auto above = [&] { return std::max(std::ceil(high / step * 1.02), 1.0); };
  while (above() - below() > kMostSteps) step = stepUp(step * 1.01);
  y->setRange(below() * step, above() * step);
}

std::vector<QStringList> ConvergenceChart::csvRows() const { return everyNth(1); }

/// A voice needs no thousands of windows, and what is spoken is made anew at every update.
std::vector<QStringList> ConvergenceChart::spokenRows() const {
  return everyNth(1 + data_.points.size() / kSpokenPoints);
}

std::vector<QStringList> ConvergenceChart::everyNth(std::size_t stride) const {
  std::vector<QStringList> rows = {{QStringLiteral("tokens"), QStringLiteral("delta_ppl_percent"),
                                    QStringLiteral("low95"), QStringLiteral("high95")}};
  const std::size_t count = data_.points.size();
  for (std::size_t i = (count + stride - 1) % stride; i < count; i += stride) {  // the last, too
    const ConvergencePoint& point = data_.points[i];
    rows.push_back({QString::number(point.tokens), QString::number(point.deltaPplPercent, 'g', 10),
                    point.interval ? QString::number(point.interval->low, 'g', 10) : QString(),
                    point.interval ? QString::number(point.interval->high, 'g', 10) : QString()});
  }
  return rows;
}

int ConvergenceChart::markCount() const { return static_cast<int>(data_.points.size()); }

int ConvergenceChart::markAt(const QPointF& position) const {
  if (!plot()->axisRect()->rect().contains(position.toPoint())) return -1;
  int nearest = -1;
  double distance = kWidestHover;
  for (std::size_t i = 0; i < data_.points.size(); ++i) {
    const ConvergencePoint& point = data_.points[i];
    if (!curve_->inRange(point)) continue;
    const double away =
        std::abs(plot()->xAxis->coordToPixel(thousands(point.tokens)) - position.x());
    if (away >= distance) continue;
    distance = away;
    nearest = static_cast<int>(i);
  }
  return nearest;
}

QRectF ConvergenceChart::markRect(int mark) const {
  const ConvergencePoint& point = data_.points[static_cast<std::size_t>(mark)];
  const QPointF at = curve_->pixel(thousands(point.tokens), point.deltaPplPercent);
  return {at.x() - kPointRadius, at.y() - kPointRadius, 2 * kPointRadius, 2 * kPointRadius};
}

TipText ConvergenceChart::tipFor(int mark) const {
  const ConvergencePoint& point = data_.points[static_cast<std::size_t>(mark)];
  TipText tip;
  tip.title = tr("%1 tokens").arg(words(formatCount(point.tokens)));
  tip.lines.emplace_back(
      tr("ΔPPL %1").arg(words(formatDeltaPpl(point.deltaPplPercent))),
      point.interval
          ? tr("95\u00a0%: %1")
                .arg(words(formatDeltaPplInterval(point.deltaPplPercent, *point.interval)))
          : tr("no interval yet"));
  return tip;
}

}  // namespace kvloupe
