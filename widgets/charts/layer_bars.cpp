// SPDX-License-Identifier: GPL-3.0-or-later
#include "charts/layer_bars.hpp"

#include <algorithm>
#include <cmath>

#include "charts/chart_plot.hpp"
#include "charts/marks.hpp"
#include "controls/chip.hpp"
#include "theme/fonts.hpp"

namespace kvloupe {
namespace {

constexpr double kWidestBar = 64;
constexpr double kLabelFrom = 24;       // narrower bars carry no value
constexpr double kFullestShare = 0.84;  // of a layer's room that bars may take
constexpr double kLetterFrom = 14;
constexpr double kCap = 8;
constexpr double kFrameWidth = 1.6;
constexpr double kFrameOff = 3;
constexpr double kLabelHeight = 15;
constexpr double kThinnestBand = 2;

QFont labelFont() {
  QFont result = font(TextRole::Chart);
  result.setWeight(QFont::Medium);
  return result;
}

}  // namespace

LayerBars::LayerBars(LayersChart* chart) : ChartLayer(chart->plot()), chart_(chart) {}

double LayerBars::clampedY(double value) const {
  const QCPAxis* axis = mParentPlot->yAxis;
  const QRect area = mParentPlot->axisRect()->rect();
  const double bottom = area.bottom() + 1;
  if (axis->scaleType() == QCPAxis::stLogarithmic && value <= 0) return bottom;
  return std::clamp(axis->coordToPixel(value), static_cast<double>(area.top()), bottom);
}

QRectF LayerBars::barRect(int position, int series, double value) const {
  const QCPAxis* x = mParentPlot->xAxis;
  const auto layers = static_cast<double>(chart_->data_.layers.size());
  const auto count = static_cast<double>(chart_->data_.series.size());
  const double slot = x->coordToPixel(1) - x->coordToPixel(0);
  const double share = layers <= 16 ? 0.62 : layers <= 40 ? 0.72 : 0.8;
  const double gap = slot > 30 ? 2 : slot > 12 ? 1 : 0;
  const auto widthOf = [&](double part) { return (slot * part - (count - 1) * gap) / count; };
  double width = std::min(kWidestBar, widthOf(share));
  // Closer together where that gives every bar room for its value.
  if (width < kLabelFrom && widthOf(kFullestShare) >= kLabelFrom) width = kLabelFrom;
  // Whole pixels, so that bars have sharp sides and one width; under 3 it would be too coarse.
  const bool whole = width >= 3;
  if (whole) width = std::floor(width);
  width = std::max(width, 1.0);
  const double group = count * width + (count - 1) * gap;
  double left = x->coordToPixel(position) - group / 2 + series * (width + gap);
  if (whole) left = std::round(left);
  const double base = clampedY(chart_->data_.ratio ? 1 : 0);
  const double top = clampedY(value);
  return QRectF(QPointF(left, top), QPointF(left + width, base)).normalized();
}

std::vector<LayersChart::Bar> LayerBars::bars() const {
  const LayersChartData& data = chart_->data_;
  const QRect area = mParentPlot->axisRect()->rect();
  std::vector<LayersChart::Bar> result;
  for (std::size_t i = 0; i < data.layers.size(); ++i)
    for (std::size_t s = 0; s < data.series.size(); ++s) {
      const LayersChartData::Series& series = data.series[s];
      if (i >= series.value.size() || !series.value[i]) continue;
      LayersChart::Bar bar;
      bar.layer = data.layers[i];
      bar.position = static_cast<int>(i);
      bar.series = static_cast<int>(s);
      bar.target = series.target;
      bar.value = *series.value[i];
      bar.state = i < series.state.size() ? series.state[i] : BarState::Measured;
      bar.rect = barRect(bar.position, bar.series, bar.value);
      if (bar.rect.right() <= area.left() || bar.rect.left() >= area.right() + 1) continue;
      bar.rect.setLeft(std::max(bar.rect.left(), static_cast<double>(area.left())));
      bar.rect.setRight(std::min(bar.rect.right(), static_cast<double>(area.right() + 1)));
      result.push_back(bar);
    }
  labelBars(result);
  return result;
}

/// Whether a label would stand on a bar beside its own. Half a pixel of it may.
bool LayerBars::coversOther(const std::vector<LayersChart::Bar>& bars, const LayersChart::Bar& own,
                            const QRectF& place) {
  const QRectF core = place.adjusted(0.5, 2, -0.5, -2);
  return std::any_of(bars.begin(), bars.end(), [&](const LayersChart::Bar& bar) {
    const bool same = bar.position == own.position && bar.series == own.series;
    return !same && bar.rect.intersects(core);
  });
}

void LayerBars::labelBars(std::vector<LayersChart::Bar>& bars) const {
  // With the unit where all find room beside each other, else without, else none at all.
  for (const bool unit : {true, false}) {
    if (!unit && !chart_->data_.ratio) break;
    bool room = true;
    QRectF last;
    for (LayersChart::Bar& bar : bars) {
      bar.label.clear();
      if (bar.rect.width() < kLabelFrom) continue;
      bar.label = chart_->valueText(bar.value);
      if (!unit && bar.label.endsWith(QStringLiteral("×"))) bar.label.chop(1);
      const QRectF place = labelRect(bar, bar.label);
      room = room && !place.intersects(last) && !coversOther(bars, bar, place);
      last = place;
    }
    if (room) return;
  }
  for (LayersChart::Bar& bar : bars) bar.label.clear();
}

std::optional<Interval> LayerBars::whiskerOf(const LayersChart::Bar& bar) const {
  const LayersChartData::Series& series =
      chart_->data_.series[static_cast<std::size_t>(bar.series)];
  const auto i = static_cast<std::size_t>(bar.position);
  if (!chart_->data_.showWhiskers || bar.state == BarState::Stale) return std::nullopt;
  return i < series.whisker.size() ? series.whisker[i] : std::nullopt;
}

QRectF LayerBars::labelRect(const LayersChart::Bar& bar, const QString& label) const {
  const double width = QFontMetricsF(labelFont()).horizontalAdvance(label);
  if (chart_->data_.ratio && bar.value < 1) {
    double below = bar.rect.bottom();
    if (const auto whisker = whiskerOf(bar)) below = std::max(below, clampedY(whisker->low));
    return {bar.rect.center().x() - width / 2, below + 3, width, kLabelHeight};
  }
  double above = bar.rect.top();
  if (const auto whisker = whiskerOf(bar)) above = std::min(above, clampedY(whisker->high));
  return {bar.rect.center().x() - width / 2, above - kLabelHeight - 3, width, kLabelHeight};
}

void LayerBars::drawBar(QCPPainter& painter, const LayersChart::Bar& bar) const {
  const LayersChartData::Series& series =
      chart_->data_.series[static_cast<std::size_t>(bar.series)];
  const Palette& p = chart_->colors();
  const DataColors& colors = p.of(series.dataRole());
  const double width = std::min(chart_->pens().line, bar.rect.width() / 3);
  switch (bar.state) {
    case BarState::Stale:
      return paintStaleBar(painter, bar.rect, colors.fill, colors.line, width);
    case BarState::Measuring:
      return paintMeasuringBar(painter, bar.rect, colors.fill, colors.line, width);
    case BarState::Measured:
      if (chart_->data_.slot == ModelSlot::B)
        return paintHatchedBar(painter, bar.rect, p.page, colors.fill, colors.line, width);
      return paintSolidBar(painter, bar.rect, colors.fill, colors.line, width);
  }
}

void LayerBars::drawNoise(QCPPainter& painter) const {
  const LayersChartData& data = chart_->data_;
  const Palette& p = chart_->colors();
  const QRect area = mParentPlot->axisRect()->rect();
  const QCPAxis* x = mParentPlot->xAxis;
  const double base = clampedY(1);
  QPen edge(p.noiseEdge, chart_->pens().line);
  edge.setDashPattern({4, 3});
  edge.setCapStyle(Qt::FlatCap);
  for (std::size_t i = 0; i < data.noise.size();) {
    // Layers of one height are one stretch, so that its dashes go on.
    std::size_t end = i + 1;
    const auto height = [&](std::size_t at) { return data.noise[at] ? data.noise[at]->p97_5 : 0; };
    while (end < data.noise.size() && std::abs(height(end) - height(i)) < 1e-3) ++end;
    const double left =
        std::max(x->coordToPixel(static_cast<double>(i) - 0.5), static_cast<double>(area.left()));
    const double right = std::min(x->coordToPixel(static_cast<double>(end) - 0.5),
                                  static_cast<double>(area.right() + 1));
    if (data.noise[i] && right > left) {
      const double top = std::min(clampedY(height(i)), base - kThinnestBand);
      painter.fillRect(QRectF(QPointF(left, top), QPointF(right, base)), p.noiseBand);
      painter.setPen(edge);
      painter.drawLine(QPointF(left, top), QPointF(right, top));
    }
    i = end;
  }
}

void LayerBars::drawWhisker(QCPPainter& painter, const LayersChart::Bar& bar) const {
  const auto whisker = whiskerOf(bar);
  if (!whisker || bar.rect.width() < 3) return;
  paintWhisker(painter, bar.rect.center().x(), clampedY(whisker->low), clampedY(whisker->high),
               std::min(kCap, bar.rect.width()),
               QPen(chart_->colors().ink, chart_->pens().whisker));
}

void LayerBars::drawLabel(QCPPainter& painter, const LayersChart::Bar& bar) const {
  if (bar.label.isEmpty()) return;
  const Palette& p = chart_->colors();
  const LayersChartData::Series& series =
      chart_->data_.series[static_cast<std::size_t>(bar.series)];
  const bool stale = bar.state == BarState::Stale;
  painter.setFont(stale ? font(TextRole::Chart) : labelFont());
  painter.setPen(stale ? p.disabled : p.of(series.dataRole()).text);
  painter.drawText(labelRect(bar, bar.label).adjusted(-8, 0, 8, 0),
                   Qt::AlignCenter | Qt::TextDontClip, bar.label);
}

void LayerBars::drawLetter(QCPPainter& painter, const LayersChart::Bar& bar) const {
  if (bar.rect.width() < kLetterFrom || bar.rect.height() < 2 * kLabelHeight) return;
  const Palette& p = chart_->colors();
  const bool solid = bar.state == BarState::Measured && chart_->data_.slot == ModelSlot::A;
  QFont letter = font(TextRole::Caption);
  letter.setWeight(QFont::Bold);
  painter.setFont(letter);
  painter.setPen(solid ? chipInk(p, bar.target) : p.ink);
  painter.drawText(QRectF(bar.rect.left(), bar.rect.bottom() - 24, bar.rect.width(), 14),
                   Qt::AlignCenter, chipLetter(bar.target));
}

void LayerBars::drawUndefined(QCPPainter& painter) const {
  const LayersChartData& data = chart_->data_;
  painter.setFont(font(TextRole::Chart));
  painter.setPen(chart_->colors().secondText);
  for (std::size_t i = 0; i < data.layers.size(); ++i)
    for (std::size_t s = 0; s < data.series.size(); ++s) {
      if (i < data.series[s].value.size() && data.series[s].value[i]) continue;
      const QRectF foot = barRect(static_cast<int>(i), static_cast<int>(s), 1);
      if (foot.width() < 6) continue;
      painter.drawText(QRectF(foot.center().x() - 10, foot.bottom() - 18, 20, 16), Qt::AlignCenter,
                       QStringLiteral("–"));
    }
}

void LayerBars::drawNotes(QCPPainter& painter) const {
  const QRect area = mParentPlot->axisRect()->rect();
  const QCPAxis* x = mParentPlot->xAxis;
  double titlesFrom = area.left();
  double textsFrom = area.left();
  for (const LayersChartData::Note& note : chart_->data_.notes) {
    const double centre = x->coordToPixel((note.firstLayer + note.lastLayer) / 2.0);
    if (centre < area.left() || centre > area.right()) continue;
    const QRectF line(centre - 150, area.top() - 2, 300, 16);
    const auto write = [&](const QRectF& place, const QString& text, const QFont& type,
                           const QColor& color, double& freeFrom) {
      const double width = QFontMetricsF(type).horizontalAdvance(text);
      if (centre - width / 2 < freeFrom) return;  // it would run into the note before
      freeFrom = centre + width / 2 + 8;
      painter.setFont(type);
      painter.setPen(color);
      painter.drawText(place, Qt::AlignCenter, text);
    };
    write(line, note.title, labelFont(), chart_->colors().ink, titlesFrom);
    write(line.translated(0, 15), note.text, font(TextRole::Caption), chart_->colors().secondText,
          textsFrom);
  }
}

void LayerBars::drawFrames(QCPPainter& painter, const std::vector<LayersChart::Bar>& bars) const {
  if (chart_->exporting()) return;
  painter.setPen(
      QPen(chart_->colors().ink, kFrameWidth, Qt::SolidLine, Qt::FlatCap, Qt::MiterJoin));
  painter.setBrush(Qt::NoBrush);
  const double off = kFrameOff - kFrameWidth / 2;
  for (std::size_t i = 0; i < bars.size(); ++i) {
    const bool selected =
        bars[i].layer == chart_->selectedLayer_ && bars[i].target == chart_->selectedTarget_;
    if (!selected && static_cast<int>(i) != chart_->hoveredMark()) continue;
    const QRectF r = bars[i].rect.adjusted(-off, -off, off, 0);
    // Open below: the bar stands on its axis.
    const QPointF points[] = {r.bottomLeft(), r.topLeft(), r.topRight(), r.bottomRight()};
    painter.drawPolyline(points, 4);
  }
}

void LayerBars::draw(QCPPainter* painter) {
  if (chart_->isEmpty()) return;
  const std::vector<LayersChart::Bar> all = bars();
  for (const LayersChart::Bar& bar : all) drawBar(*painter, bar);
  drawUndefined(*painter);
  drawNoise(*painter);
  for (const LayersChart::Bar& bar : all) drawWhisker(*painter, bar);
  for (const LayersChart::Bar& bar : all) drawLabel(*painter, bar);
  // The rotary key has K's colour: where both may stand side by side, bars say which they are.
  if (chart_->data_.series.size() > 2)
    for (const LayersChart::Bar& bar : all) drawLetter(*painter, bar);
  drawNotes(*painter);
  drawFrames(*painter, all);
}

}  // namespace kvloupe
