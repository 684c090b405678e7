// SPDX-License-Identifier: GPL-3.0-or-later
#include "charts/head_map.hpp"

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

constexpr double kGap = 0.5;        // half of the page between cells, pixels
constexpr double kTextWidth = 44;   // narrower cells carry no figure
constexpr double kTextHeight = 15;  // lower ones neither
constexpr double kLeast = 1e-6;     // nats: below it nothing is told apart

QString klText(double nats) { return QString::fromStdString(formatKlBare(nats)); }

}  // namespace

class HeadMap::Cells : public ChartLayer {
 public:
  explicit Cells(HeadMap* map) : ChartLayer(map->plot()), map_(map) {}

 protected:
  void draw(QCPPainter* painter) override {
    if (map_->isEmpty()) return;
    const QRectF area = map_->axesArea();
    painter->save();
    painter->setClipRect(area, Qt::IntersectClip);
    painter->setFont(kvloupe::font(TextRole::Caption));
    for (int layer = 0; layer < map_->layers(); ++layer)
      for (int head = 0; head < map_->heads(); ++head) drawCell(*painter, layer, head);
    painter->restore();
    paintColorBar(*painter, QRectF(area.right() + 12, area.top(), 11, area.height()), map_->scale_,
                  QString(), plainTick, map_->colors(), map_->pens().line);
    if (map_->exporting()) return;
    painter->setPen(QPen(map_->colors().ink, 2, Qt::SolidLine, Qt::FlatCap, Qt::MiterJoin));
    painter->setBrush(Qt::NoBrush);
    const auto [layer, head] = map_->selected_;
    if (layer >= 0 && layer < map_->layers() && head >= 0 && head < map_->heads())
      painter->drawRect(map_->markRect(layer * map_->heads() + head));
    if (map_->hoveredMark() >= 0) painter->drawRect(map_->markRect(map_->hoveredMark()));
  }

 private:
  void drawCell(QCPPainter& painter, int layer, int head) const {
    const QRectF rect = map_->cellRect(layer, head).adjusted(kGap, kGap, -kGap, -kGap);
    const QColor fill = map_->scale_.color(map_->value(layer, head), map_->colors());
    painter.setOpacity(map_->stale_ ? kStaleOpacity : 1);
    painter.fillRect(rect, fill);
    painter.setOpacity(1);
    if (rect.width() < kTextWidth || rect.height() < kTextHeight) return;
    painter.setPen(map_->stale_ ? map_->colors().ink : textOn(fill));
    painter.drawText(rect, Qt::AlignCenter, klText(map_->value(layer, head)));
  }

  HeadMap* map_;
};

HeadMap::HeadMap(QWidget* parent) : ChartFrame(Density::Page, parent), cells_(new Cells(this)) {
  setTitle(tr("Attention KL per layer and head"));
  plot()->xAxis->setLabel(tr("Layer"));
  plot()->yAxis->setLabel(tr("Query head"));
  plot()->yAxis->setRangeReversed(true);
  plot()->axisRect()->setMinimumMargins({58, 10, 84, 48});
  restyle();
  fitAxes();
}

HeadMap::~HeadMap() = default;

bool HeadMap::isEmpty() const { return layers() == 0; }

int HeadMap::layers() const { return passage_ ? static_cast<int>(passage_->layers.size()) : 0; }

int HeadMap::heads() const {
  return layers() > 0 ? static_cast<int>(passage_->layers.front().heads.size()) : 0;
}

double HeadMap::value(int layer, int head) const {
  return passage_->layers[static_cast<std::size_t>(layer)].heads[static_cast<std::size_t>(head)];
}

void HeadMap::setData(std::shared_ptr<const Passage> passage, std::pair<int, int> selected,
                      const QString& subtitle, bool stale) {
  const std::pair before(layers(), heads());
  stale_ = stale;
  passage_ = std::move(passage);
  selected_ = selected;
  setSubtitle(subtitle);
  double least = std::numeric_limits<double>::infinity(), greatest = 0;
  for (int layer = 0; layer < layers(); ++layer)
    for (int head = 0; head < heads(); ++head) {
      const double kl = value(layer, head);
      greatest = std::max(greatest, kl);
      if (kl > 0) least = std::min(least, kl);
    }
  scale_ = sequentialScale(std::max(least, kLeast), std::max(greatest, 2 * kLeast), true);
  if (before != std::pair(layers(), heads())) {
    hover(-1);
    fit();
  }
  dataChanged();
}

void HeadMap::fitAxes() {
  const auto ticker = [](int count, int room, int each) {
    std::vector<int> numbers(static_cast<std::size_t>(std::max(1, count)));
    std::iota(numbers.begin(), numbers.end(), 0);
    return QSharedPointer<QCPAxisTicker>(new LayerTicker(numbers, std::max(2, room / each)));
  };
  const QRect area = plot()->axisRect()->rect();
  plot()->xAxis->setTicker(ticker(layers(), std::max(60, area.width()), 28));
  plot()->yAxis->setTicker(ticker(heads(), std::max(60, area.height()), 18));
  plot()->xAxis->setRange(-0.5, std::max(1, layers()) - 0.5);
  plot()->yAxis->setRange(-0.5, std::max(1, heads()) - 0.5);
}

void HeadMap::applyColors() {
  for (QCPAxis* axis : {plot()->xAxis, plot()->yAxis}) {
    axis->setBasePen(Qt::NoPen);
    axis->setTickPen(Qt::NoPen);
    axis->setSubTickPen(Qt::NoPen);
  }
  plot()->yAxis->grid()->setVisible(false);
}

QRectF HeadMap::cellRect(int layer, int head) const {
  const QCPAxis* x = plot()->xAxis;
  const QCPAxis* y = plot()->yAxis;
  return {QPointF(x->coordToPixel(layer - 0.5), y->coordToPixel(head - 0.5)),
          QPointF(x->coordToPixel(layer + 0.5), y->coordToPixel(head + 0.5))};
}

int HeadMap::markAt(const QPointF& position) const {
  if (!axesArea().contains(position)) return -1;
  const auto cell = [](const QCPAxis* axis, double pixel) {
    return static_cast<int>(std::floor(axis->pixelToCoord(pixel) + 0.5));
  };
  const int layer = cell(plot()->xAxis, position.x()), head = cell(plot()->yAxis, position.y());
  const bool inside = layer >= 0 && layer < layers() && head >= 0 && head < heads();
  return inside ? layer * heads() + head : -1;
}

QRectF HeadMap::markRect(int mark) const {
  return cellRect(mark / heads(), mark % heads()).intersected(axesArea());
}

TipText HeadMap::tipFor(int mark) const {
  const int layer = mark / heads(), head = mark % heads();
  TipText tip;
  tip.title = tr("Layer %1 · query head %2").arg(layer).arg(head);
  tip.lines.emplace_back(tr("KL %1").arg(QString::fromStdString(formatKl(value(layer, head)))),
                         tr("mean over rows"));
  tip.lines.emplace_back(QString(), tr("Click to show its weights"));
  return tip;
}

std::vector<QStringList> HeadMap::spokenRows() const {
  std::vector<QStringList> rows;
  for (int layer = 0; layer < layers(); ++layer) {
    const LayerAttention& figure = passage_->layers[static_cast<std::size_t>(layer)];
    const auto worst = std::max_element(figure.heads.begin(), figure.heads.end());
    if (worst == figure.heads.end()) continue;
    rows.push_back(
        {tr("layer %1").arg(layer), tr("KL %1").arg(klText(figure.mean)),
         tr("most in head %1: %2").arg(worst - figure.heads.begin()).arg(klText(*worst))});
  }
  return rows;
}

std::vector<QStringList> HeadMap::csvRows() const {
  std::vector<QStringList> rows = {
      {QStringLiteral("layer"), QStringLiteral("head"), QStringLiteral("kl")}};
  for (int layer = 0; layer < layers(); ++layer)
    for (int head = 0; head < heads(); ++head)
      rows.push_back({QString::number(layer), QString::number(head),
                      QString::number(value(layer, head), 'g', 8)});
  return rows;
}

}  // namespace kvloupe
