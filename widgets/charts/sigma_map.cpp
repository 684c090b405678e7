// SPDX-License-Identifier: GPL-3.0-or-later
#include "charts/sigma_map.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "charts/chart_plot.hpp"
#include "charts/chart_ticker.hpp"
#include "charts/sigma_cells.hpp"
#include "controls/chip.hpp"
#include "theme/theme.hpp"

namespace kvloupe {
namespace {

constexpr double kGapShare = 0.05;  // between panels, of all dimensions
constexpr int kColorBarRoom = 84;   // right of the panels
constexpr int kNamesRoom = 40;      // left of them, for layers and heads

QString csvNumber(double value) { return QString::number(value, 'g', 10); }

}  // namespace

/// Ticks at each panel's first dimension, its quarters and its last.
class SigmaMap::PanelTicker : public QCPAxisTicker {
 public:
  explicit PanelTicker(const SigmaMap* map) : map_(map) {}
  void generate(const QCPRange& range, const QLocale&, QChar, int, QVector<double>& ticks,
                QVector<double>* subTicks, QVector<QString>* tickLabels) override {
    ticks.clear();
    if (subTicks) subTicks->clear();
    if (tickLabels) tickLabels->clear();
    const QFontMetricsF metrics(kvloupe::font(TextRole::Chart));
    double taken = -1e9;  // right end of the label before, pixels
    for (std::size_t p = 0; p < map_->data_.panels.size(); ++p) {
      const int dim = map_->data_.panels[p].dim;
      std::vector<int> at = {0, dim / 4, dim / 2, 3 * dim / 4, dim - 1};
      if (dim * 4 < map_->data_.panels.front().dim * 2) at = {0, dim - 1};  // a narrow panel
      for (const int dimension : at) {
        const double x = map_->panelStart(static_cast<int>(p)) + dimension + 0.5;
        if (!range.contains(x)) continue;
        ticks.append(x);
        if (!tickLabels) continue;
        const QString label = QString::number(dimension);
        const double half = metrics.horizontalAdvance(label) / 2;
        const double middle = map_->plot()->xAxis->coordToPixel(x);
        // Where two panels meet the first dimension of the next is what has to be read.
        if (middle - half < taken + 4 && !tickLabels->isEmpty()) tickLabels->back().clear();
        taken = middle + half;
        tickLabels->append(label);
      }
    }
  }

 private:
  const SigmaMap* map_;
};

SigmaMap::SigmaMap(QWidget* parent) : ChartFrame(Density::Page, parent), cells_(new Cells(this)) {
  setTitle(tr("σ of every layer and head"));
  setEmptyText(tr("Cells appear as the calibration text streams through the model"));
  plot()->xAxis->setLabel(tr("Dimension, as stored"));
  plot()->yAxis->setLabel(tr("Layer, KV head"));
  plot()->yAxis->setRangeReversed(true);
  plot()->yAxis->setTickLabels(false);  // the cells' painter writes layers and heads
  plot()->yAxis->setTicks(false);
  plot()->axisRect()->setMinimumMargins({66, 24, kColorBarRoom, 48});
  plot()->xAxis->setTicker(QSharedPointer<QCPAxisTicker>(new PanelTicker(this)));
  restyle();
  fitAxes();
}

SigmaMap::~SigmaMap() = default;

void SigmaMap::setData(SigmaMapData data) {
  const auto shape = [](const SigmaMapData& d) {
    std::vector<int> sizes;
    for (const SigmaMapData::Panel& panel : d.panels)
      sizes.insert(sizes.end(), {panel.dim, static_cast<int>(panel.rows.size()),
                                 static_cast<int>(panel.target)});
    return sizes;
  };
  const bool sameShape = shape(data) == shape(data_);
  data_ = std::move(data);
  setSubtitle(data_.subtitle);
  double least = std::numeric_limits<double>::infinity();
  double greatest = 0;
  for (const SigmaMapData::Panel& panel : data_.panels)
    for (const SigmaMapData::Row& row : panel.rows)
      for (const double sigma : row.sigma) {
        greatest = std::max(greatest, sigma);
        if (sigma > 0) least = std::min(least, sigma);
      }
  scale_ = sequentialScale(least, greatest, data_.log);
  if (!sameShape) {
    hover(-1);
    fit();
  }
  refreshLegend();
  dataChanged();
}

void SigmaMap::applyColors() {
  // Panels have their own frames; the axes carry ticks and words alone.
  for (QCPAxis* axis : {plot()->xAxis, plot()->yAxis}) axis->setBasePen(Qt::NoPen);
  plot()->yAxis->grid()->setVisible(false);
  plot()->yAxis->setLabelPadding(kNamesRoom);
  refreshLegend();
}

void SigmaMap::refreshLegend() {
  setLegend(
      {{LegendEntry::Glyph::None,
        exporting() ? tr("one colour scale") : tr("one colour scale · outlined: the head above"),
        {},
        {}}});
}

double SigmaMap::gap() const {
  double dims = 0;
  for (const SigmaMapData::Panel& panel : data_.panels) dims += panel.dim;
  return std::max(2.0, kGapShare * dims);
}

double SigmaMap::panelStart(int panel) const {
  double start = 0;
  for (int p = 0; p < panel; ++p) start += data_.panels[static_cast<std::size_t>(p)].dim + gap();
  return start;
}

int SigmaMap::rows() const {
  std::size_t most = 0;
  for (const SigmaMapData::Panel& panel : data_.panels) most = std::max(most, panel.rows.size());
  return static_cast<int>(most);
}

void SigmaMap::fitAxes() {
  const auto panels = static_cast<int>(data_.panels.size());
  const double end = panels > 0 ? panelStart(panels) - gap() : 1;
  plot()->xAxis->setRange(0, end);
  plot()->yAxis->setRange(0, std::max(rows(), 1));
}

QRectF SigmaMap::rowRect(int panel, int row) const {
  const QCPAxis* x = plot()->xAxis;
  const QCPAxis* y = plot()->yAxis;
  const SigmaMapData::Panel& shown = data_.panels[static_cast<std::size_t>(panel)];
  // Panels with fewer heads have higher rows, so that layers stand side by side.
  const double height = static_cast<double>(rows()) / static_cast<double>(shown.rows.size());
  const double start = panelStart(panel);
  return {QPointF(x->coordToPixel(start), y->coordToPixel(row * height)),
          QPointF(x->coordToPixel(start + shown.dim), y->coordToPixel((row + 1) * height))};
}

std::optional<SigmaMap::Place> SigmaMap::placeOf(int mark) const {
  if (mark < 0) return std::nullopt;
  for (std::size_t p = 0; p < data_.panels.size(); ++p) {
    const SigmaMapData::Panel& panel = data_.panels[p];
    const int cells = panel.dim * static_cast<int>(panel.rows.size());
    if (mark < cells) return Place{static_cast<int>(p), mark / panel.dim, mark % panel.dim};
    mark -= cells;
  }
  return std::nullopt;
}

int SigmaMap::markOf(const Place& place) const {
  int mark = 0;
  for (int p = 0; p < place.panel; ++p) {
    const SigmaMapData::Panel& panel = data_.panels[static_cast<std::size_t>(p)];
    mark += panel.dim * static_cast<int>(panel.rows.size());
  }
  return mark + place.row * data_.panels[static_cast<std::size_t>(place.panel)].dim +
         place.dimension;
}

int SigmaMap::markCount() const {
  int count = 0;
  for (const SigmaMapData::Panel& panel : data_.panels)
    count += panel.dim * static_cast<int>(panel.rows.size());
  return count;
}

int SigmaMap::markAt(const QPointF& position) const {
  const QRectF area = axesArea();
  if (!area.contains(position)) return -1;
  for (std::size_t p = 0; p < data_.panels.size(); ++p) {
    const SigmaMapData::Panel& panel = data_.panels[p];
    for (std::size_t row = 0; row < panel.rows.size(); ++row) {
      const QRectF rect = rowRect(static_cast<int>(p), static_cast<int>(row));
      if (!rect.contains(position)) continue;
      const auto dimension =
          static_cast<int>((position.x() - rect.left()) / rect.width() * panel.dim);
      return markOf(
          {static_cast<int>(p), static_cast<int>(row), std::clamp(dimension, 0, panel.dim - 1)});
    }
  }
  return -1;
}

/// From head to head; single cells are the pointer's.
int SigmaMap::markAfter(int mark, bool next) const {
  const auto place = placeOf(mark);
  if (!place) return next ? 0 : -1;
  const int dim = data_.panels[static_cast<std::size_t>(place->panel)].dim;
  const int rowStart = mark - place->dimension;
  if (next) return rowStart + dim;
  const auto before = placeOf(rowStart - 1);
  return before ? rowStart - 1 - before->dimension : -1;
}

void SigmaMap::openMark(int mark) {
  const auto place = placeOf(mark);
  if (!place) return;
  const SigmaMapData::Row& row = data_.panels[static_cast<std::size_t>(place->panel)]
                                     .rows[static_cast<std::size_t>(place->row)];
  emit headClicked(row.layer, row.head);
}

QRectF SigmaMap::markRect(int mark) const {
  const auto place = placeOf(mark);
  if (!place) return {};
  const QRectF row = rowRect(place->panel, place->row);
  const double width = row.width() / data_.panels[static_cast<std::size_t>(place->panel)].dim;
  return {row.left() + place->dimension * width, row.top(), width, row.height()};
}

TipText SigmaMap::tipFor(int mark) const {
  const auto place = placeOf(mark);
  if (!place) return {};
  const SigmaMapData::Panel& panel = data_.panels[static_cast<std::size_t>(place->panel)];
  const SigmaMapData::Row& row = panel.rows[static_cast<std::size_t>(place->row)];
  TipText tip;
  tip.title = tr("Layer %1 · KV head %2 · %3 (%4)")
                  .arg(row.layer)
                  .arg(row.head)
                  .arg(chipLetter(panel.target), panel.tapLabel);
  if (place->dimension < static_cast<int>(row.sigma.size()))
    tip.lines.emplace_back(
        QStringLiteral("σ ") +
            QString::number(row.sigma[static_cast<std::size_t>(place->dimension)], 'g', 3),
        tr("dimension %1").arg(place->dimension));
  tip.lines.emplace_back(QString(), tr("Click to show this head above"));
  return tip;
}

std::vector<QStringList> SigmaMap::spokenRows() const {
  std::vector<QStringList> rows;
  for (const SigmaMapData::Panel& panel : data_.panels)
    for (const SigmaMapData::Row& row : panel.rows) {
      if (row.sigma.empty()) continue;
      const auto [least, greatest] = std::minmax_element(row.sigma.begin(), row.sigma.end());
      rows.push_back({tr("layer %1").arg(row.layer), tr("head %1").arg(row.head),
                      chipLetter(panel.target),
                      tr("σ %1 to %2").arg(*least, 0, 'g', 3).arg(*greatest, 0, 'g', 3)});
    }
  return rows;
}

std::vector<QStringList> SigmaMap::csvRows() const {
  std::vector<QStringList> rows = {{QStringLiteral("layer"), QStringLiteral("head"),
                                    QStringLiteral("target"), QStringLiteral("tap"),
                                    QStringLiteral("dimension"), QStringLiteral("sigma")}};
  for (const SigmaMapData::Panel& panel : data_.panels)
    for (const SigmaMapData::Row& row : panel.rows)
      for (std::size_t i = 0; i < row.sigma.size(); ++i)
        rows.push_back({QString::number(row.layer), QString::number(row.head),
                        targetKey(panel.target), panel.tapLabel, QString::number(i),
                        csvNumber(row.sigma[i])});
  return rows;
}

}  // namespace kvloupe
