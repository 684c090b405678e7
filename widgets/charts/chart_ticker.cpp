// SPDX-License-Identifier: GPL-3.0-or-later
#include "charts/chart_ticker.hpp"

#include <algorithm>
#include <cmath>

namespace kvloupe {
namespace {

constexpr double kSlack = 1e-9;  // a bound that is a tick, up to rounding, carries its tick

double decadeOf(double value) { return std::pow(10.0, std::floor(std::log10(value) + kSlack)); }

int decimalsOf(double step) {
  return std::clamp(static_cast<int>(std::ceil(-std::log10(step) - kSlack)), 0, 9);
}

struct Tick {
  double value;
  int decimals;
};

std::vector<Tick> linearTicks(const QCPRange& range, int maxLabels, QVector<double>* subTicks) {
  double step = stepUp(range.size() / maxLabels);
  // stepUp may leave one too many at both ends.
  while (std::floor(range.upper / step + kSlack) - std::ceil(range.lower / step - kSlack) + 1 >
         maxLabels)
    step = stepUp(step * 1.001);
  std::vector<Tick> ticks;
  const double first = std::ceil(range.lower / step - kSlack);
  const double last = std::floor(range.upper / step + kSlack);
  for (double i = first; i <= last; ++i) ticks.push_back({i * step, decimalsOf(step)});
  if (subTicks) subTicks->clear();
  return ticks;
}

std::vector<Tick> logTicks(const QCPRange& range, int maxLabels, QVector<double>* subTicks) {
  const double low = range.lower * (1 - kSlack);
  const double high = range.upper * (1 + kSlack);
  std::vector<Tick> all;
  if (subTicks) subTicks->clear();
  for (double decade = decadeOf(low); decade <= high; decade *= 10)
    for (int digit = 1; digit <= 9; ++digit) {
      const double value = digit * decade;
      if (value < low || value > high) continue;
      if (digit == 1 || digit == 2 || digit == 5)
        all.push_back({value, decimalsOf(decade)});
      else if (subTicks)
        subTicks->append(value);
    }
  // 1 and 2 stand closest: most of a label's room apart at least.
  const bool apart = std::log10(2.0) * maxLabels >= 0.85 * std::log10(range.upper / range.lower);
  if (static_cast<int>(all.size()) <= maxLabels + 1 && apart) return all;
  // Too many decades: powers of ten alone, then every second, third, ... of them.
  std::vector<Tick> decades;
  for (const Tick& tick : all)
    if (std::abs(tick.value / decadeOf(tick.value) - 1) < 1e-6) decades.push_back(tick);
  const auto room = static_cast<std::size_t>(maxLabels + 1);
  const std::size_t stride = (decades.size() + room - 1) / room;
  std::vector<Tick> kept;
  for (std::size_t i = 0; i < decades.size(); i += stride) kept.push_back(decades[i]);
  if (kept.size() > 1) return kept;
  // One label says no scale: the others that keep their distance from it and from each other.
  const double distance = 0.85 * std::log10(range.upper / range.lower) / maxLabels;
  for (const Tick& tick : all)
    if (std::all_of(kept.begin(), kept.end(), [&](const Tick& other) {
          return std::abs(std::log10(tick.value / other.value)) >= distance;
        }))
      kept.push_back(tick);
  std::sort(kept.begin(), kept.end(),
            [](const Tick& a, const Tick& b) { return a.value < b.value; });
  return kept;
}

/// Takes the place of a tick that its label would touch.
void addAnchor(std::vector<Tick>& ticks, const QCPRange& range, double anchor) {
  if (!range.contains(anchor) || ticks.size() < 2) return;
  const double step = ticks[1].value - ticks[0].value;
  std::erase_if(ticks, [&](const Tick& t) { return std::abs(t.value - anchor) < 0.4 * step; });
  const auto place =
      std::find_if(ticks.begin(), ticks.end(), [&](const Tick& t) { return t.value > anchor; });
  ticks.insert(place, {anchor, 0});
}

QString number(double value, int decimals) {
  QString text = QString::number(std::abs(value), 'f', decimals);
  const int point = text.contains(QLatin1Char('.'))
                        ? static_cast<int>(text.indexOf(QLatin1Char('.')))
                        : static_cast<int>(text.size());
  for (int i = point - 3; i > 0; i -= 3) text.insert(i, QLatin1Char(','));
  return text;
}

}  // namespace

double stepUp(double value) {
  if (!(value > 0) || !std::isfinite(value)) return 0;
  const double decade = decadeOf(value);
  for (const double digit : {1.0, 2.0, 5.0, 10.0})
    if (value <= digit * decade * (1 + kSlack)) return digit * decade;
  return 10 * decade;
}

double stepDown(double value) {
  if (!(value > 0) || !std::isfinite(value)) return 0;
  const double decade = decadeOf(value);
  for (const double digit : {5.0, 2.0})
    if (value >= digit * decade * (1 - kSlack)) return digit * decade;
  return decade;
}

QString ratioTick(double value, int decimals) {
  return plainTick(value, decimals) + QStringLiteral("×");
}

QString signedTick(double value, int decimals) {
  if (std::abs(value) < 1e-12) return QStringLiteral("0");
  if (std::abs(value - std::round(value)) < 1e-9) decimals = 0;
  return (value < 0 ? QStringLiteral("−") : QStringLiteral("+")) + number(value, decimals);
}

QString plainTick(double value, int decimals) {
  if (std::abs(value) < 1e-12) return QStringLiteral("0");
  // "1", not "1.0": a round value needs no decimals even where its neighbours do.
  if (std::abs(value - std::round(value)) < 1e-9) decimals = 0;
  return (value < 0 ? QStringLiteral("−") : QString()) + number(value, decimals);
}

ChartTicker::ChartTicker(bool log, Label label, int maxLabels, std::optional<double> anchor)
    : log_(log), label_(std::move(label)), maxLabels_(std::max(2, maxLabels)), anchor_(anchor) {}

void ChartTicker::generate(const QCPRange& range, const QLocale&, QChar, int,
                           QVector<double>& ticks, QVector<double>* subTicks,
                           QVector<QString>* tickLabels) {
  std::vector<Tick> chosen;
  if (range.size() > 0 && (!log_ || range.lower > 0)) {
    if (log_) chosen = logTicks(range, maxLabels_, subTicks);
    // Zoomed far in, 1-2-5 leaves fewer than three marks: count evenly instead.
    if (!log_ || (chosen.size() < 3 && range.upper < 10 * range.lower)) {
      chosen = linearTicks(range, maxLabels_, subTicks);
      if (anchor_) addAnchor(chosen, range, *anchor_);
    }
  }
  ticks.clear();
  if (tickLabels) tickLabels->clear();
  for (const Tick& tick : chosen) {
    ticks.append(tick.value);
    if (tickLabels) tickLabels->append(label_(tick.value, tick.decimals));
  }
}

LayerTicker::LayerTicker(std::vector<int> layers, int maxLabels)
    : layers_(std::move(layers)), maxLabels_(std::max(2, maxLabels)) {}

void LayerTicker::generate(const QCPRange& range, const QLocale&, QChar, int,
                           QVector<double>& ticks, QVector<double>* subTicks,
                           QVector<QString>* tickLabels) {
  ticks.clear();
  if (tickLabels) tickLabels->clear();
  if (subTicks) subTicks->clear();
  const auto count = static_cast<int>(layers_.size());
  const int first = std::max(0, static_cast<int>(std::ceil(range.lower - kSlack)));
  const int last = std::min(count - 1, static_cast<int>(std::floor(range.upper + kSlack)));
  if (last < first) return;
  const auto step = std::max(
      1, static_cast<int>(std::lround(stepUp(static_cast<double>(last - first + 1) / maxLabels_))));
  for (int i = first; i <= last; ++i) {
    const int layer = layers_[static_cast<std::size_t>(i)];
    if (layer % step == 0) {
      ticks.append(i);
      if (tickLabels) tickLabels->append(QString::number(layer));
    } else if (subTicks) {
      subTicks->append(i);
    }
  }
}

}  // namespace kvloupe
