// SPDX-License-Identifier: GPL-3.0-or-later
#include "charts/sigma_chart.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <utility>

#include "charts/chart_layer.hpp"
#include "charts/chart_ticker.hpp"
#include "controls/chip.hpp"
#include "theme/theme.hpp"

namespace kvloupe {
namespace {

constexpr double kMostDecades = 5;  // below the largest; the rest stands on the edge
constexpr double kPointRadius = 4;
constexpr double kNameHeight = 16;
constexpr int kNamePlaces = 64;     // that are tried
constexpr double kMarkerHead = 18;  // at the top, with its label

QString csvNumber(double value) { return QString::number(value, 'g', 10); }

QFont nameFont() {
  QFont font = kvloupe::font(TextRole::Chart);
  font.setWeight(QFont::Medium);
  return font;
}

}  // namespace

class SigmaChart::Steps : public ChartLayer {
 public:
  explicit Steps(SigmaChart* chart) : ChartLayer(chart->plot()), chart_(chart) {}

  [[nodiscard]] double x(double place) const { return mParentPlot->xAxis->coordToPixel(place); }
  [[nodiscard]] double y(double sigma) const {
    const QRectF area = chart_->axesArea();
    const QCPAxis* axis = mParentPlot->yAxis;
    if (axis->scaleType() == QCPAxis::stLogarithmic && !(sigma > 0)) return area.bottom();
    return std::clamp(axis->coordToPixel(sigma), area.top(), area.bottom());
  }

  /// Where the name of every series stands: where no line runs through it, as near its own as can
  /// be; an empty box where nothing is free.
  [[nodiscard]] std::vector<QRectF> names() const {
    std::vector<QRectF> places;
    const bool several = chart_->data_.series.size() > 1;
    for (const DimensionSeries& series : chart_->data_.series)
      places.push_back(several && series.dim() >= 8 ? nameOf(series, places) : QRectF());
    return places;
  }

 protected:
  void draw(QCPPainter* painter) override {
    const QRectF area = chart_->axesArea();
    painter->save();
    painter->setClipRect(area, Qt::IntersectClip);
    for (const DimensionSeries& series : chart_->data_.series) drawSteps(*painter, series);
    painter->restore();
    drawNames(*painter);
    for (const RankMarker& marker : chart_->markers())
      paintRankMarker(*painter, marker, area, chart_->colors(), chart_->pens().line);
    if (chart_->hoveredMark() < 0) return;
    const QRectF mark = chart_->markRect(chart_->hoveredMark());
    painter->setPen(QPen(chart_->colors().ink, 1.6));
    painter->setBrush(chart_->colors().page);
    painter->drawEllipse(mark);
  }

 private:
  void drawSteps(QCPPainter& painter, const DimensionSeries& series) const {
    const int first = chart_->first();
    const int kept = series.rank && chart_->showsMarkers() ? *series.rank : series.dim();
    const auto steps = [&](int from, int to) {
      QVector<QPointF> points;
      for (int i = from; i < to; ++i) {
        const double level = y(series.sigma[static_cast<std::size_t>(i)]);
        points.append(QPointF(x(first + i - 0.5), level));
        points.append(QPointF(x(first + i + 0.5), level));
      }
      return points;
    };
    const QVector<QPointF> whole = steps(0, kept);
    painter.setBrush(Qt::NoBrush);
    painter.setPen(chart_->linePen(series, false));
    painter.drawPolyline(whole.constData(), static_cast<int>(whole.size()));
    const QVector<QPointF> dropped = steps(kept, series.dim());
    painter.setPen(chart_->linePen(series, true));
    painter.drawPolyline(dropped.constData(), static_cast<int>(dropped.size()));
  }

  /// Highest and lowest pixel of a series' line between two columns of pixels, or nothing.
  [[nodiscard]] std::optional<std::pair<double, double>> reach(const DimensionSeries& series,
                                                               double left, double right) const {
    std::optional<std::pair<double, double>> found;
    const auto dimension = [this](double pixel) {
      return static_cast<int>(std::lround(mParentPlot->xAxis->pixelToCoord(pixel))) -
             chart_->first();
    };
    const int last = std::min(dimension(right), series.dim() - 1);
    for (int i = std::max(0, dimension(left)); i <= last; ++i) {
      const double level = y(series.sigma[static_cast<std::size_t>(i)]);
      found = found ? std::pair(std::min(found->first, level), std::max(found->second, level))
                    : std::pair(level, level);
    }
    return found;
  }

  [[nodiscard]] bool isFree(const QRectF& box) const {
    QRectF area = chart_->axesArea();
    if (!chart_->markers().empty()) area.adjust(0, kMarkerHead, 0, 0);
    if (!area.contains(box)) return false;
    for (const RankMarker& marker : chart_->markers())
      if (marker.x > box.left() - 3 && marker.x < box.right() + 3) return false;
    for (const DimensionSeries& series : chart_->data_.series) {
      const auto line = reach(series, box.left(), box.right());
      if (line && line->first < box.bottom() && line->second > box.top()) return false;
    }
    return true;
  }

  [[nodiscard]] QRectF nameOf(const DimensionSeries& series,
                              const std::vector<QRectF>& taken) const {
    const double width = QFontMetricsF(nameFont()).horizontalAdvance(series.name) + 4;
    QRectF nearest;
    double distance = std::numeric_limits<double>::infinity();
    const int step = std::max(1, series.dim() / kNamePlaces);
    for (int at = 0; at < series.dim(); at += step) {
      const double left = x(chart_->first() + at) - width / 2;
      const auto line = reach(series, left, left + width);
      if (!line) continue;
      const double level = y(series.sigma[static_cast<std::size_t>(at)]);
      for (const double top : {line->first - kNameHeight - 2, line->second + 2}) {
        const QRectF box(left, top, width, kNameHeight);
        const double away = std::abs(box.center().y() - level);
        const bool covered = std::any_of(
            taken.begin(), taken.end(), [&](const QRectF& other) { return other.intersects(box); });
        // A little nearer is no reason to stand further on.
        if (away > distance - 3 || covered || !isFree(box)) continue;
        nearest = box;
        distance = away;
      }
    }
    return nearest;
  }

  void drawNames(QCPPainter& painter) const {
    const std::vector<QRectF> places = names();
    painter.setFont(nameFont());
    for (std::size_t i = 0; i < places.size(); ++i) {
      if (places[i].isEmpty()) continue;
      const DimensionSeries& series = chart_->data_.series[i];
      painter.setPen(chart_->colors().of(series.target).text);
      painter.drawText(places[i], Qt::AlignCenter, series.name);
    }
  }

  SigmaChart* chart_;
};

SigmaChart::SigmaChart(QWidget* parent) : DimensionChart(parent), steps_(new Steps(this)) {
  setTitle(tr("σ per dimension"));
  setEmptyText(tr("σ appears here as the calibration text streams through the model"));
  plot()->yAxis->setLabel(tr("Standard deviation σ"));
  plot()->xAxis->setLabel(tr("Dimension, largest σ first"));
  restyle();
  fitAxes();
}

SigmaChart::~SigmaChart() = default;

std::vector<QRectF> SigmaChart::nameRects() const { return steps_->names(); }

void SigmaChart::setData(DimensionsChartData data) {
  setSubtitle(data.sigmaSubtitle);
  plot()->xAxis->setLabel(data.sorted ? tr("Dimension, largest σ first")
                                      : tr("Dimension, as stored"));
  DimensionChart::setData(std::move(data));
  setLegend(targetLegend());
}

void SigmaChart::fitAxes() {
  QCPAxis* y = plot()->yAxis;
  const double height = std::max(60, plot()->axisRect()->height());
  fitDimensionAxis(first());
  double greatest = 0;
  double least = std::numeric_limits<double>::infinity();
  for (const DimensionSeries& series : data_.series)
    for (const double sigma : series.sigma) {
      greatest = std::max(greatest, sigma);
      if (sigma > 0) least = std::min(least, sigma);
    }
  if (!(greatest > 0)) {
    greatest = 10;
    least = 0.1;
  }
  least = std::max(least, greatest * std::pow(10.0, -kMostDecades));
  const bool log = data_.log;
  y->setScaleType(log ? QCPAxis::stLogarithmic : QCPAxis::stLinear);
  y->setTicker(QSharedPointer<QCPAxisTicker>(
      new ChartTicker(log, plainTick, std::clamp(static_cast<int>(height / 24), 3, 8))));
  // A fifth of the height stays free for the markers' labels.
  if (log)
    y->setRange(stepDown(least), stepUp(greatest * std::pow(greatest / least, 0.1)));
  else
    y->setRange(0, stepUp(greatest * 1.08));
}

std::pair<const DimensionSeries*, int> SigmaChart::markOf(int mark) const {
  for (const DimensionSeries& series : data_.series) {
    if (mark < series.dim()) return {&series, mark};
    mark -= series.dim();
  }
  return {nullptr, 0};
}

int SigmaChart::markCount() const {
  int count = 0;
  for (const DimensionSeries& series : data_.series) count += series.dim();
  return count;
}

int SigmaChart::markAt(const QPointF& position) const {
  if (!axesArea().contains(position)) return -1;
  const auto place =
      static_cast<int>(std::lround(plot()->xAxis->pixelToCoord(position.x()))) - first();
  int nearest = -1;
  double distance = std::numeric_limits<double>::infinity();
  int start = 0;
  for (const DimensionSeries& series : data_.series) {
    if (place >= 0 && place < series.dim()) {
      const double away =
          std::abs(steps_->y(series.sigma[static_cast<std::size_t>(place)]) - position.y());
      if (away < distance) {
        distance = away;
        nearest = start + place;
      }
    }
    start += series.dim();
  }
  return nearest;
}

QRectF SigmaChart::markRect(int mark) const {
  const auto [series, place] = markOf(mark);
  if (!series) return {};
  const QPointF at(steps_->x(first() + place),
                   steps_->y(series->sigma[static_cast<std::size_t>(place)]));
  return {at.x() - kPointRadius, at.y() - kPointRadius, 2 * kPointRadius, 2 * kPointRadius};
}

TipText SigmaChart::tipFor(int mark) const {
  const auto [series, place] = markOf(mark);
  if (!series) return {};
  const auto i = static_cast<std::size_t>(place);
  TipText tip;
  const int perHead = series->dim();
  tip.title =
      tr("Dimension %1 · %2 (%3)").arg(series->stored[i]).arg(series->name, series->tapLabel);
  tip.lines.emplace_back(QStringLiteral("σ ") + QString::number(series->sigma[i], 'g', 3),
                         data_.sorted ? tr("%1 of %2 by σ").arg(place + 1).arg(perHead)
                                      : tr("of %1 dimensions").arg(perHead));
  return tip;
}

std::vector<QStringList> SigmaChart::csvRows() const {
  std::vector<QStringList> rows = {{QStringLiteral("layer"), QStringLiteral("head"),
                                    QStringLiteral("target"), QStringLiteral("tap"),
                                    QStringLiteral("dimension"), QStringLiteral("sigma")}};
  for (const DimensionSeries& series : data_.series)
    for (std::size_t i = 0; i < series.sigma.size(); ++i)
      rows.push_back({QString::number(data_.layer),
                      data_.head ? QString::number(*data_.head) : QStringLiteral("joined"),
                      targetKey(series.target), series.tapLabel, QString::number(series.stored[i]),
                      csvNumber(series.sigma[i])});
  return rows;
}

}  // namespace kvloupe
