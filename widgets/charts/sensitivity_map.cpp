// SPDX-License-Identifier: GPL-3.0-or-later
#include "charts/sensitivity_map.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "charts/chart_layer.hpp"
#include "charts/chart_ticker.hpp"
#include "theme/theme.hpp"
#include "types/format.hpp"

namespace kvloupe {
namespace {

constexpr double kGap = 1;         // half of the page between cells, pixels
constexpr double kTextWidth = 56;  // narrower cells carry no figure
constexpr double kIntervalWidth = 84;
constexpr double kIntervalHeight = 34;
constexpr double kLeast = 0.01;  // of a logarithmic scale, percent: below it nothing is told

QString words(const std::string& text) { return QString::fromStdString(text); }
QString csvNumber(double value) { return QString::number(value, 'g', 10); }

QString metricTitle(SensitivityMetric metric) {
  switch (metric) {
    case SensitivityMetric::DeltaPpl:
      return SensitivityMap::tr("ΔPPL, %");
    case SensitivityMetric::DeltaNll:
      return SensitivityMap::tr("ΔNLL, nats");
    case SensitivityMetric::Kl:
      return SensitivityMap::tr("KL, nats");
  }
  return {};
}

}  // namespace

QString columnName(const std::string& column) {
  if (column == "k") return QStringLiteral("K");
  if (column == "v") return QStringLiteral("V");
  if (column == "k+v") return QStringLiteral("K + V");
  if (column == "rope_key") return SensitivityMap::tr("rotary key");
  if (column == "latent") return SensitivityMap::tr("latent");
  return words(column);
}

DataRole columnRole(const std::string& column) {
  if (column == "k") return DataRole::K;
  if (column == "v") return DataRole::V;
  if (column == "latent") return DataRole::Latent;
  if (column == "rope_key") return DataRole::RopeKey;
  return DataRole::KV;
}

class SensitivityMap::Cells : public ChartLayer {
 public:
  explicit Cells(SensitivityMap* map) : ChartLayer(map->plot()), map_(map) {}

 protected:
  void draw(QCPPainter* painter) override {
    if (map_->isEmpty()) return;
    const QRectF area = map_->axesArea();
    painter->save();
    painter->setClipRect(area, Qt::IntersectClip);
    for (const SensitivityCell& cell : map_->view_.figures->cells) drawCell(*painter, cell);
    painter->restore();
    drawNames(*painter, area);
    paintColorBar(*painter, QRectF(area.right() + 16, area.top(), 12, area.height()), map_->scale_,
                  QString(), plainTick, map_->colors(), map_->pens().line);
    if (map_->hoveredMark() < 0) return;
    painter->setPen(QPen(map_->colors().ink, 2, Qt::SolidLine, Qt::FlatCap, Qt::MiterJoin));
    painter->setBrush(Qt::NoBrush);
    painter->drawRect(map_->markRect(map_->hoveredMark()));
  }

 private:
  void drawCell(QCPPainter& painter, const SensitivityCell& cell) const {
    const Palette& p = map_->colors();
    const QRectF rect = map_->cellRect(cell.layer, cell.column).adjusted(kGap, kGap, -kGap, -kGap);
    const QColor fill = map_->scale_.color(map_->valueOf(cell), p);
    painter.setOpacity(map_->view_.stale ? kStaleOpacity : 1);
    painter.fillRect(rect, fill);
    painter.setOpacity(1);
    if (rect.width() < kTextWidth) return;
    painter.setPen(map_->view_.stale ? p.ink : textOn(fill));
    const QString interval = map_->intervalText(cell);
    const bool both =
        !interval.isEmpty() && rect.width() >= kIntervalWidth && rect.height() >= kIntervalHeight;
    painter.setFont(kvloupe::font(TextRole::BodyMedium));
    painter.drawText(both ? QRectF(rect.left(), rect.center().y() - 17, rect.width(), 18) : rect,
                     Qt::AlignCenter, map_->cellText(cell.layer, cell.column));
    if (!both) return;
    painter.setFont(kvloupe::font(TextRole::Caption));
    painter.drawText(QRectF(rect.left(), rect.center().y() + 1, rect.width(), 15), Qt::AlignCenter,
                     interval);
  }

  void drawNames(QCPPainter& painter, const QRectF& area) const {
    painter.setFont(kvloupe::font(TextRole::Chart));
    painter.setPen(map_->colors().secondText);
    for (int column = 0; column < map_->columns(); ++column) {
      const QRectF rect = map_->cellRect(0, column);
      if (rect.center().y() < area.top() || rect.center().y() > area.bottom()) continue;
      painter.drawText(QRectF(0, rect.center().y() - 8, area.left() - 10, 16),
                       Qt::AlignRight | Qt::AlignVCenter,
                       columnName(map_->view_.figures->columns[static_cast<std::size_t>(column)]));
    }
  }

  SensitivityMap* map_;
};

SensitivityMap::SensitivityMap(QWidget* parent)
    : ChartFrame(Density::Page, parent), cells_(new Cells(this)) {
  setTitle(tr("Which layer pays, one at a time"));
  plot()->xAxis->setLabel(tr("Layer compressed, all others untouched"));
  plot()->yAxis->setRangeReversed(true);
  plot()->yAxis->setTicks(false);
  plot()->yAxis->setTickLabels(false);
  plot()->axisRect()->setMinimumMargins({66, 14, 84, 48});
  restyle();
  fitAxes();
}

SensitivityMap::~SensitivityMap() = default;

bool SensitivityMap::isEmpty() const { return !view_.figures || view_.figures->cells.empty(); }

int SensitivityMap::columns() const {
  return view_.figures ? static_cast<int>(view_.figures->columns.size()) : 0;
}

double SensitivityMap::valueOf(const SensitivityCell& cell) const {
  switch (view_.metric) {
    case SensitivityMetric::DeltaPpl:
      return cell.deltaPplPercent;
    case SensitivityMetric::DeltaNll:
      return cell.deltaNll;
    case SensitivityMetric::Kl:
      return cell.klMean;
  }
  return 0;
}

void SensitivityMap::setData(SensitivityView view) {
  const bool sameShape =
      !isEmpty() && view.figures && view.figures->layers == view_.figures->layers;
  view_ = std::move(view);
  setSubtitle(view_.subtitle);
  setLegend({{LegendEntry::Glyph::None, metricTitle(view_.metric), {}, {}}});
  double least = std::numeric_limits<double>::infinity();
  double greatest = 0;
  if (!isEmpty())
    for (const SensitivityCell& cell : view_.figures->cells) {
      const double value = valueOf(cell);
      greatest = std::max(greatest, value);
      if (value > 0) least = std::min(least, value);
    }
  const double floor = view_.metric == SensitivityMetric::DeltaPpl ? kLeast : kLeast / 100;
  scale_ = sequentialScale(std::max(least, floor), std::max(greatest, 2 * floor), view_.log);
  if (!sameShape) {
    hover(-1);
    fit();
  }
  dataChanged();
}

void SensitivityMap::fitAxes() {
  const int layers = view_.figures ? std::max(1, view_.figures->layers) : 1;
  std::vector<int> numbers(static_cast<std::size_t>(layers));
  std::iota(numbers.begin(), numbers.end(), 0);
  plot()->xAxis->setTicker(QSharedPointer<QCPAxisTicker>(
      new LayerTicker(numbers, std::max(60, plot()->axisRect()->width()) / 28)));
  plot()->xAxis->setRange(-0.5, layers - 0.5);
  plot()->yAxis->setRange(0, std::max(columns(), 1));
}

void SensitivityMap::applyColors() {
  for (QCPAxis* axis : {plot()->xAxis, plot()->yAxis}) {
    axis->setBasePen(Qt::NoPen);
    axis->setTickPen(Qt::NoPen);
    axis->setSubTickPen(Qt::NoPen);
  }
  plot()->yAxis->grid()->setVisible(false);
}

QRectF SensitivityMap::cellRect(int layer, int column) const {
  return {
      QPointF(plot()->xAxis->coordToPixel(layer - 0.5), plot()->yAxis->coordToPixel(column)),
      QPointF(plot()->xAxis->coordToPixel(layer + 0.5), plot()->yAxis->coordToPixel(column + 1))};
}

QString SensitivityMap::cellText(int layer, int column) const {
  const SensitivityCell& cell = view_.figures->cell(layer, column);
  switch (view_.metric) {
    case SensitivityMetric::DeltaPpl:
      return words(formatDeltaPpl(cell.deltaPplPercent));
    case SensitivityMetric::DeltaNll:
      return signedTick(cell.deltaNll, 4);
    case SensitivityMetric::Kl:
      return words(formatKlBare(cell.klMean));
  }
  return {};
}

QString SensitivityMap::intervalText(const SensitivityCell& cell) const {
  if (view_.metric == SensitivityMetric::DeltaPpl && cell.interval)
    return words(formatDeltaPplInterval(cell.deltaPplPercent, *cell.interval));
  if (view_.metric == SensitivityMetric::DeltaNll && cell.deltaNllInterval)
    return QStringLiteral("[%1, %2]")
        .arg(signedTick(cell.deltaNllInterval->low, 4), signedTick(cell.deltaNllInterval->high, 4));
  return {};
}

int SensitivityMap::markCount() const {
  return isEmpty() ? 0 : static_cast<int>(view_.figures->cells.size());
}

int SensitivityMap::markAt(const QPointF& position) const {
  for (int mark = 0; mark < markCount(); ++mark)
    if (markRect(mark).contains(position)) return mark;
  return -1;
}

QRectF SensitivityMap::markRect(int mark) const {
  const SensitivityCell& cell = view_.figures->cells[static_cast<std::size_t>(mark)];
  return cellRect(cell.layer, cell.column).intersected(axesArea());
}

void SensitivityMap::openMark(int mark) {
  const SensitivityCell& cell = view_.figures->cells[static_cast<std::size_t>(mark)];
  emit cellClicked(cell.layer, cell.column);
}

TipText SensitivityMap::tipFor(int mark) const {
  const SensitivityCell& cell = view_.figures->cells[static_cast<std::size_t>(mark)];
  TipText tip;
  tip.title = tr("Layer %1 · %2 alone")
                  .arg(cell.layer)
                  .arg(columnName(view_.figures->columns[static_cast<std::size_t>(cell.column)]));
  tip.lines.emplace_back(
      tr("ΔPPL %1").arg(words(formatDeltaPpl(cell.deltaPplPercent))),
      cell.interval ? tr("95\u00a0%: %1")
                          .arg(words(formatDeltaPplInterval(cell.deltaPplPercent, *cell.interval)))
                    : tr("no interval under 3 windows"));
  tip.lines.emplace_back(tr("KL %1").arg(words(formatKl(cell.klMean))), QString());
  tip.lines.emplace_back(tr("same top-1 %1").arg(words(formatKept(cell.top1Agreement))), QString());
  tip.lines.emplace_back(QString(), tr("Click sets it apart in the plan, or takes it back"));
  return tip;
}

std::vector<QStringList> SensitivityMap::csvRows() const {
  std::vector<QStringList> rows = {{QStringLiteral("layer"), QStringLiteral("compressed"),
                                    QStringLiteral("delta_ppl_percent"), QStringLiteral("low95"),
                                    QStringLiteral("high95"), QStringLiteral("delta_nll"),
                                    QStringLiteral("kl_mean"), QStringLiteral("top1_agreement")}};
  if (isEmpty()) return rows;
  for (const SensitivityCell& cell : view_.figures->cells)
    rows.push_back(
        {QString::number(cell.layer),
         words(view_.figures->columns[static_cast<std::size_t>(cell.column)]),
         csvNumber(cell.deltaPplPercent), cell.interval ? csvNumber(cell.interval->low) : QString(),
         cell.interval ? csvNumber(cell.interval->high) : QString(), csvNumber(cell.deltaNll),
         csvNumber(cell.klMean), csvNumber(cell.top1Agreement)});
  return rows;
}

}  // namespace kvloupe
