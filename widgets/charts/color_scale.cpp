// SPDX-License-Identifier: GPL-3.0-or-later
#include "charts/color_scale.hpp"

#include <QPainter>
#include <algorithm>
#include <cmath>

#include "charts/chart_ticker.hpp"
#include "theme/fonts.hpp"

namespace kvloupe {
namespace {

constexpr double kMostDecades = 6;  // a dead dimension does not squeeze the others into one colour
constexpr double kLabelHeight = 18;

}  // namespace

double ColorScale::position(double value) const {
  if (!(high > low)) return 0;
  if (log) {
    if (!(value > 0)) return 0;
    return std::clamp(std::log(value / low) / std::log(high / low), 0.0, 1.0);
  }
  const double place = std::clamp((value - low) / (high - low), 0.0, 1.0);
  return root ? std::sqrt(place) : place;
}

QColor ColorScale::color(double value, const Palette& colors) const {
  if (!std::isfinite(value)) return colors.page;
  return kind == Kind::Diverging ? rampColor(colors.diverging, position(value))
                                 : rampColor(colors.sequential, position(value));
}

ColorScale sequentialScale(double least, double greatest, bool log) {
  ColorScale scale;
  scale.log = log && greatest > 0;
  if (!(greatest > 0)) return scale;
  scale.high = stepUp(greatest);
  if (!scale.log) return scale;
  if (!std::isfinite(least)) least = greatest;  // no value is positive
  const double floor = greatest * std::pow(10.0, -kMostDecades);
  scale.low = stepDown(std::max(least, floor));
  if (scale.low >= scale.high) scale.low = scale.high / 10;
  return scale;
}

void paintColorBar(QPainter& painter, const QRectF& bar, const ColorScale& scale,
                   const QString& name, const std::function<QString(double, int)>& label,
                   const Palette& colors, double lineWidth) {
  // Bands as high as a pixel or two: gradients of a painter are lost in some SVG readers.
  const int bands = std::max(16, static_cast<int>(bar.height() / 2));
  const double step = bar.height() / bands;
  for (int i = 0; i < bands; ++i) {
    const double t = 1 - (i + 0.5) / bands;
    const QColor color = scale.kind == ColorScale::Kind::Diverging
                             ? rampColor(colors.diverging, t)
                             : rampColor(colors.sequential, t);
    painter.fillRect(QRectF(bar.left(), bar.top() + i * step, bar.width(), step + 0.5), color);
  }
  painter.setPen(QPen(colors.axis, lineWidth));
  painter.setBrush(Qt::NoBrush);
  painter.drawRect(bar);
  painter.setFont(font(TextRole::Chart));
  ChartTicker ticker(scale.log, label,
                     std::clamp(static_cast<int>(bar.height() / kLabelHeight), 2, 8));
  QVector<double> ticks;
  QVector<QString> texts;
  ticker.generate(QCPRange(scale.low, scale.high), QLocale::c(), QLatin1Char('g'), 6, ticks,
                  nullptr, &texts);
  for (int i = 0; i < ticks.size(); ++i) {
    const double y = bar.bottom() - scale.position(ticks[i]) * bar.height();
    painter.setPen(QPen(colors.axis, lineWidth));
    painter.drawLine(QPointF(bar.right(), y), QPointF(bar.right() + 4, y));
    painter.setPen(colors.secondText);
    painter.drawText(QRectF(bar.right() + 6, y - 8, 60, 16), Qt::AlignLeft | Qt::AlignVCenter,
                     texts[i]);
  }
  painter.setPen(colors.secondText);
  painter.drawText(QRectF(bar.left() - 40, bar.top() - 22, bar.width() + 80, 16),
                   Qt::AlignHCenter | Qt::AlignVCenter, name);
}

void paintFlatColorBar(QPainter& painter, const QRectF& bar, const ColorScale& scale,
                       const QString& name, const std::vector<std::pair<double, QString>>& ticks,
                       const Palette& colors, double lineWidth, double overhang) {
  const int bands = std::max(16, static_cast<int>(bar.width() / 2));
  const double step = bar.width() / bands;
  for (int i = 0; i < bands; ++i) {
    const double t = (i + 0.5) / bands;
    const QColor color = scale.kind == ColorScale::Kind::Diverging
                             ? rampColor(colors.diverging, t)
                             : rampColor(colors.sequential, t);
    painter.fillRect(QRectF(bar.left() + i * step, bar.top(), step + 0.5, bar.height()), color);
  }
  painter.setPen(QPen(colors.axis, lineWidth));
  painter.setBrush(Qt::NoBrush);
  painter.drawRect(bar);
  painter.setFont(font(TextRole::Caption));
  const QFontMetricsF metrics(font(TextRole::Caption));
  for (const auto& [value, text] : ticks) {
    const double x = bar.left() + scale.position(value) * bar.width();
    painter.setPen(QPen(colors.axis, lineWidth));
    painter.drawLine(QPointF(x, bar.bottom()), QPointF(x, bar.bottom() + 4));
    painter.setPen(colors.secondText);
    const double width = metrics.horizontalAdvance(text) + 2;
    const double most = bar.right() + overhang - width;
    const double left = std::clamp(x - width / 2, std::min(bar.left() - overhang, most), most);
    painter.drawText(QRectF(left, bar.bottom() + 5, width, 14), Qt::AlignCenter, text);
  }
  painter.setPen(colors.secondText);
  const double width = std::max(bar.width(), metrics.horizontalAdvance(name) + 2);
  painter.drawText(QRectF(bar.right() - width, bar.top() - 18, width, 15),
                   Qt::AlignRight | Qt::AlignVCenter, name);
}

}  // namespace kvloupe
