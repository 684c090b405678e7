// SPDX-License-Identifier: GPL-3.0-or-later
#include "charts/plan_plane_chart.hpp"

#include <qcustomplot.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "charts/chart_plot.hpp"
#include "charts/chart_ticker.hpp"
#include "charts/convergence_chart.hpp"
#include "charts/plan_scatter.hpp"
#include "theme/theme.hpp"
#include "types/format.hpp"

namespace kvloupe {
namespace {

constexpr double kHighest = 6;  // % that the axis shows unasked: the budgets and a little more
constexpr double kLowest = -2;
constexpr double kReach = 8;    // pixels between the pointer and a mark
constexpr double kBeside = 77;  // margins of the header, and the gap between title and legend

QString words(const std::string& text) { return QString::fromStdString(text); }

QString roleName(DataRole role) {
  switch (role) {
    case DataRole::K:
      return QStringLiteral("K");
    case DataRole::V:
      return QStringLiteral("V");
    case DataRole::KV:
      return QStringLiteral("K + V");
    case DataRole::Latent:
      return PlanPlaneChart::tr("latent");
    case DataRole::RopeKey:
      return PlanPlaneChart::tr("rotary key");
    case DataRole::Neither:
      return PlanPlaneChart::tr("untouched");
  }
  return {};
}

QString stateName(FigureState state) {
  switch (state) {
    case FigureState::Estimate:
      return PlanPlaneChart::tr("estimate");
    case FigureState::Measuring:
      return PlanPlaneChart::tr("measuring");
    case FigureState::Stale:
      return PlanPlaneChart::tr("stale");
    default:
      return PlanPlaneChart::tr("measured");
  }
}

// In files, the same in every language.
QString roleKey(DataRole role) {
  switch (role) {
    case DataRole::K:
      return QStringLiteral("k");
    case DataRole::V:
      return QStringLiteral("v");
    case DataRole::KV:
      return QStringLiteral("kv");
    case DataRole::Latent:
      return QStringLiteral("latent");
    case DataRole::RopeKey:
      return QStringLiteral("rope_key");
    case DataRole::Neither:
      return QStringLiteral("none");
  }
  return {};
}

QString stateKey(FigureState state) {
  switch (state) {
    case FigureState::Estimate:
      return QStringLiteral("estimate");
    case FigureState::Measuring:
      return QStringLiteral("measuring");
    case FigureState::Stale:
      return QStringLiteral("stale");
    default:
      return QStringLiteral("measured");
  }
}

}  // namespace

PlanPlaneData::Point planPoint(const Evaluation& evaluation, ModelSlot slot) {
  PlanPlaneData::Point point;
  point.cacheRatio = evaluation.accounting.cacheRatio;
  point.deltaPplPercent = evaluation.figures.deltaPplPercent;
  point.interval = evaluation.figures.deltaInterval;
  point.role = planRole(evaluation.specs);
  point.slot = slot;
  point.state = evaluation.figures.complete() ? FigureState::Measured : FigureState::Measuring;
  point.spec = QString::fromStdString(evaluation.specText);
  point.protocol = QString::fromStdString(evaluation.protocol);
  point.context = evaluation.context;
  point.tokens = evaluation.figures.tokensScored;
  return point;
}

std::vector<QPointF> bestFront(const std::vector<PlanPlaneData::Point>& points) {
  std::vector<QPointF> plans;
  for (const PlanPlaneData::Point& point : points)
    if (point.state == FigureState::Measured && std::isfinite(point.deltaPplPercent))
      plans.emplace_back(point.cacheRatio, point.deltaPplPercent);
  // From the largest ratio down, a plan is on the front where it costs less than all beyond it.
  std::sort(plans.begin(), plans.end(), [](const QPointF& a, const QPointF& b) {
    return a.x() != b.x() ? a.x() > b.x() : a.y() < b.y();
  });
  std::vector<QPointF> best;
  for (const QPointF& plan : plans)
    if (best.empty() || plan.y() < best.back().y()) best.push_back(plan);
  std::reverse(best.begin(), best.end());
  std::vector<QPointF> front;
  if (best.empty()) return front;
  front.emplace_back(std::min(1.0, best.front().x()), best.front().y());
  for (std::size_t i = 0; i < best.size(); ++i) {
    front.push_back(best[i]);
    if (i + 1 < best.size()) front.emplace_back(best[i].x(), best[i + 1].y());
  }
  return front;
}

PlanPlaneChart::PlanPlaneChart(QWidget* parent)
    : ChartFrame(Density::Panel, parent), scatter_(new PlanScatter(this)) {
  setTitle(tr("No plan measured"));
  setEmptyText(tr("Every plan that is measured becomes a point here"));
  plot()->xAxis->setLabel(tr("Cache ratio"));
  plot()->yAxis->setLabel(tr("ΔPPL, %"));
  restyle();
  fitAxes();
}

PlanPlaneChart::~PlanPlaneChart() = default;

void PlanPlaneChart::setData(PlanPlaneData data) {
  data_ = std::move(data);
  refreshLegend();
  nameMeasured();
  dataChanged();
}

/// Its title gives way to the legend's keys where there is no room for both.
void PlanPlaneChart::nameMeasured() {
  const auto measured =
      std::count_if(data_.points.begin(), data_.points.end(),
                    [](const auto& point) { return point.state == FigureState::Measured; });
  const QString whole = tr("%1 plans measured").arg(measured);
  const bool fits = QFontMetricsF(kvloupe::font(TextRole::BodyMedium)).horizontalAdvance(whole) +
                        kBeside + legendWidth(legend()) <=
                    width();
  setTitle(measured == 0   ? tr("No plan measured")
           : measured == 1 ? tr("1 plan measured")
           : fits          ? whole
                           : tr("%1 plans").arg(measured));
}

void PlanPlaneChart::resizeEvent(QResizeEvent* event) {
  ChartFrame::resizeEvent(event);
  nameMeasured();
}

void PlanPlaneChart::clear() {
  PlanPlaneData none;
  none.budgets = data_.budgets;
  setData(std::move(none));
}

std::vector<PlanPlaneChart::Mark> PlanPlaneChart::marks() const { return scatter_->marks(); }

bool PlanPlaneChart::isEmpty() const { return data_.points.empty() && !data_.current; }

void PlanPlaneChart::fitAxes() {
  QCPAxis* x = plot()->xAxis;
  QCPAxis* y = plot()->yAxis;
  const double width = std::max(60, plot()->axisRect()->width());
  const double height = std::max(40, plot()->axisRect()->height());
  x->setTicker(QSharedPointer<QCPAxisTicker>(
      new ChartTicker(false, ratioTick, std::clamp(static_cast<int>(width / 52), 3, 8))));
  y->setTicker(QSharedPointer<QCPAxisTicker>(
      new ChartTicker(false, signedTick, std::clamp(static_cast<int>(height / 24), 3, 6))));
  double widest = data_.current ? data_.current->cacheRatio : 1;
  double lowest = 0;
  for (const PlanPlaneData::Point& point : data_.points) {
    // A ratio that costs more than the axis shows is a triangle at the edge, however large it is.
    if (point.deltaPplPercent <= kHighest) widest = std::max(widest, point.cacheRatio);
    lowest = std::min(lowest, point.deltaPplPercent);
  }
  const double step = std::max(stepUp((widest - 1) / 5), 0.1);
  x->setRange(1, 1 + std::max(std::ceil((widest - 1) / step + 0.25), 4.0) * step);
  y->setRange(lowest < -0.05 ? std::max(-stepUp(-lowest), kLowest) : 0, kHighest);
}

void PlanPlaneChart::applyColors() { refreshLegend(); }

void PlanPlaneChart::refreshLegend() {
  std::vector<LegendEntry> entries;
  for (const DataRole role : {DataRole::K, DataRole::V, DataRole::KV, DataRole::Latent,
                              DataRole::RopeKey, DataRole::Neither}) {
    if (std::none_of(data_.points.begin(), data_.points.end(),
                     [&](const auto& point) { return point.role == role; }))
      continue;
    const DataColors& c = colors().of(role);
    entries.push_back({LegendEntry::Glyph::Dot, roleName(role), c.fill, c.line});
  }
  if (bestFront(data_.points).size() > 2)
    entries.push_back({LegendEntry::Glyph::Steps, tr("best"), {}, colors().axis});
  setLegend(std::move(entries));
}

int PlanPlaneChart::markCount() const { return static_cast<int>(marks().size()); }

int PlanPlaneChart::markAt(const QPointF& position) const {
  int nearest = -1;
  double distance = kReach;
  const std::vector<Mark> all = marks();
  for (std::size_t i = 0; i < all.size(); ++i) {
    const double away =
        std::hypot(all[i].position.x() - position.x(), all[i].position.y() - position.y());
    if (away > distance) continue;
    distance = away;
    nearest = static_cast<int>(i);
  }
  return nearest;
}

void PlanPlaneChart::openMark(int mark) {
  const std::vector<Mark> all = marks();
  if (mark >= 0 && static_cast<std::size_t>(mark) < all.size())
    emit planClicked(all[static_cast<std::size_t>(mark)].index);
}

QRectF PlanPlaneChart::markRect(int mark) const {
  const std::vector<Mark> all = marks();
  if (mark < 0 || static_cast<std::size_t>(mark) >= all.size()) return {};
  const QPointF at = all[static_cast<std::size_t>(mark)].position;
  return {at.x() - kReach, at.y() - kReach, 2 * kReach, 2 * kReach};
}

TipText PlanPlaneChart::tipFor(int mark) const {
  const std::vector<Mark> all = marks();
  if (mark < 0 || static_cast<std::size_t>(mark) >= all.size()) return {};
  const auto index = static_cast<std::size_t>(all[static_cast<std::size_t>(mark)].index);
  const PlanPlaneData::Point& point = data_.points[index];
  TipText tip;
  tip.title = point.spec.isEmpty() ? tr("untouched") : point.spec;
  tip.lines.emplace_back(words(formatRatio(point.cacheRatio)), tr("whole cache"));
  tip.lines.emplace_back(
      tr("ΔPPL %1").arg(words(formatDeltaPpl(point.deltaPplPercent))),
      point.interval
          ? tr("95\u00a0%: %1")
                .arg(words(formatDeltaPplInterval(point.deltaPplPercent, *point.interval)))
          : tr("no interval"));
  tip.lines.emplace_back(point.state == FigureState::Measured ? QString() : stateName(point.state),
                         tr("%1 · ctx %2 · %3 tokens")
                             .arg(point.protocol)
                             .arg(point.context)
                             .arg(words(formatCount(point.tokens))));
  tip.lines.emplace_back(QString(), tr("Click to set this plan"));
  return tip;
}

std::vector<QStringList> PlanPlaneChart::csvRows() const {
  std::vector<QStringList> rows = {
      {QStringLiteral("plan"), QStringLiteral("target"), QStringLiteral("cache_ratio"),
       QStringLiteral("delta_ppl_percent"), QStringLiteral("low95"), QStringLiteral("high95"),
       QStringLiteral("state"), QStringLiteral("protocol"), QStringLiteral("context"),
       QStringLiteral("tokens_scored")}};
  for (const PlanPlaneData::Point& point : data_.points)
    rows.push_back({point.spec, roleKey(point.role), QString::number(point.cacheRatio, 'g', 10),
                    QString::number(point.deltaPplPercent, 'g', 10),
                    point.interval ? QString::number(point.interval->low, 'g', 10) : QString(),
                    point.interval ? QString::number(point.interval->high, 'g', 10) : QString(),
                    stateKey(point.state), point.protocol, QString::number(point.context),
                    QString::number(point.tokens)});
  return rows;
}

}  // namespace kvloupe
