// SPDX-License-Identifier: GPL-3.0-or-later
#include "charts/attention_map.hpp"

#include <algorithm>
#include <cmath>

#include "charts/attention_cells.hpp"
#include "charts/chart_plot.hpp"
#include "charts/chart_ticker.hpp"
#include "theme/theme.hpp"
#include "types/format.hpp"

namespace kvloupe {
namespace {

constexpr double kLongestName = 78;  // pixels; longer ones end in an ellipsis
constexpr int kSide = 16;            // margin of an edge without names

int markOf(int row, int column) { return row * (row + 1) / 2 + column; }

int rowOf(int mark) {
  int row = static_cast<int>((std::sqrt(8.0 * mark + 1) - 1) / 2);
  while (markOf(row + 1, 0) <= mark) ++row;
  while (markOf(row, 0) > mark) --row;
  return row;
}

QString words(const std::string& text) { return QString::fromStdString(text); }

}  // namespace

QString tokenName(const Passage& passage, std::int32_t id) {
  const auto found = passage.texts.find(id);
  QString text = found == passage.texts.end() ? QString() : QString::fromStdString(found->second);
  const QString bare = text.trimmed();
  if (!bare.isEmpty()) return bare;
  return text.contains(QLatin1Char('\n')) ? QStringLiteral("\u21B5") : QStringLiteral("\u2423");
}

AttentionMap::AttentionMap(Side side, bool named, QWidget* parent)
    : ChartFrame(Density::Page, parent), side_(side), named_(named), cells_(new Cells(this)) {
  switch (side_) {
    case Side::Baseline:
      setTitle(tr("Baseline"));
      break;
    case Side::Compressed:
      setTitle(tr("Compressed"));
      break;
    case Side::Difference:
      setTitle(tr("Compressed − baseline"));
      break;
  }
  plot()->yAxis->setRangeReversed(true);
  for (QCPAxis* axis : {plot()->xAxis, plot()->yAxis}) {
    axis->setTicks(false);
    axis->setTickLabels(false);
  }
  layOutNames();
  restyle();
  fitAxes();
}

AttentionMap::~AttentionMap() = default;

bool AttentionMap::isEmpty() const { return !view_.passage || !view_.passage->attention; }

int AttentionMap::tokens() const {
  return isEmpty() ? 0 : static_cast<int>(view_.passage->tokens.size());
}

QString AttentionMap::name(int token) const { return names_[token]; }

double AttentionMap::value(int row, int column) const {
  const HeadAttention& head = *view_.passage->attention;
  const auto at = static_cast<std::size_t>(row) * view_.passage->tokens.size() +
                  static_cast<std::size_t>(column);
  switch (side_) {
    case Side::Baseline:
      return static_cast<double>(head.baseline[at]);
    case Side::Compressed:
      return static_cast<double>(head.compressed[at]);
    case Side::Difference:
      return static_cast<double>(head.compressed[at]) - static_cast<double>(head.baseline[at]);
  }
  return 0;
}

void AttentionMap::setData(AttentionView view) {
  if (view == view_) return;
  const bool samePassage = view.passage == view_.passage;
  const int before = tokens();
  view_ = std::move(view);
  setSubtitle(view_.subtitle);
  if (!samePassage) layOutNames();
  scale_ = {};
  scale_.root = view_.root && side_ != Side::Difference;
  if (side_ == Side::Difference) {
    double most = 0;
    for (int row = 0; row < tokens(); ++row)
      for (int column = 0; column <= row; ++column)
        most = std::max(most, std::abs(value(row, column)));
    scale_.kind = ColorScale::Kind::Diverging;
    scale_.high = most > 0 ? stepUp(most) : 1;
    scale_.low = -scale_.high;
  }
  cells_->forgetPicture();
  if (tokens() != before) {
    hover(-1);
    fit();
  }
  dataChanged();
}

/// The tokens' names and the margins that they need.
void AttentionMap::layOutNames() {
  names_.clear();
  longestName_ = 0;
  const QFontMetricsF metrics(kvloupe::font(TextRole::Chart));
  for (int t = 0; t < tokens(); ++t) {
    const PassageToken& token = view_.passage->tokens[static_cast<std::size_t>(t)];
    names_ << metrics.elidedText(tokenName(*view_.passage, token.id), Qt::ElideRight, kLongestName);
    longestName_ = std::max(longestName_, metrics.horizontalAdvance(names_.back()));
  }
  const int below = static_cast<int>(std::ceil(longestName_)) + 14;
  plot()->axisRect()->setMinimumMargins({namesWidth(), 10, kSide, below});
  // The cells fit into the room that these margins leave.
  if (!plot()->size().isEmpty()) plot()->layOutIn(plot()->viewport().size());
}

int AttentionMap::namesWidth() const {
  return named_ ? std::max(24, static_cast<int>(std::ceil(longestName_)) + 14) : kSide;
}

/// Cells are square and stand at the upper left.
void AttentionMap::fitAxes() {
  const QRect area = plot()->axisRect()->rect();
  const double width = std::max(1, area.width()), height = std::max(1, area.height());
  const double cell = std::min(width, height) / std::max(1, tokens());
  plot()->xAxis->setRange(0, width / cell);
  plot()->yAxis->setRange(0, height / cell);
}

void AttentionMap::applyColors() {
  for (QCPAxis* axis : {plot()->xAxis, plot()->yAxis}) {
    axis->setBasePen(Qt::NoPen);
    axis->grid()->setVisible(false);
  }
  cells_->forgetPicture();
}

QRectF AttentionMap::cellRect(int row, int column) const {
  const QCPAxis* x = plot()->xAxis;
  const QCPAxis* y = plot()->yAxis;
  return {QPointF(x->coordToPixel(column), y->coordToPixel(row)),
          QPointF(x->coordToPixel(column + 1), y->coordToPixel(row + 1))};
}

int AttentionMap::markCount() const { return tokens() * (tokens() + 1) / 2; }

int AttentionMap::markAt(const QPointF& position) const {
  if (isEmpty() || !plot()->axisRect()->rect().contains(position.toPoint())) return -1;
  const int column = static_cast<int>(std::floor(plot()->xAxis->pixelToCoord(position.x())));
  const int row = static_cast<int>(std::floor(plot()->yAxis->pixelToCoord(position.y())));
  if (column < 0 || row < 0 || row >= tokens() || column > row) return -1;
  return markOf(row, column);
}

int AttentionMap::markAfter(int mark, bool next) const {
  if (mark < 0) return next ? 0 : -1;
  const int row = rowOf(mark) + (next ? 1 : -1);
  return row < 0 ? -1 : markOf(row, row);
}

QRectF AttentionMap::markRect(int mark) const {
  const int row = rowOf(mark);
  return cellRect(row, mark - markOf(row, 0)).intersected(axesArea());
}

void AttentionMap::openMark(int mark) { emit rowClicked(rowOf(mark)); }

TipText AttentionMap::tipFor(int mark) const {
  const int row = rowOf(mark), column = mark - markOf(row, 0);
  const HeadAttention& head = *view_.passage->attention;
  const auto at = static_cast<std::size_t>(row * tokens() + column);
  const double before = static_cast<double>(head.baseline[at]);
  const double after = static_cast<double>(head.compressed[at]);
  TipText tip;
  tip.title = tr("“%1” looks at “%2”").arg(name(row), name(column));
  tip.lines.emplace_back(
      tr("weight %1 → %2").arg(words(formatWeight(before)), words(formatWeight(after))),
      tr("change %1").arg(words(formatWeightChange(after - before))));
  tip.lines.emplace_back(
      tr("KL of the row %1").arg(words(formatKl(head.rowKl[static_cast<std::size_t>(row)]))),
      QString());
  tip.lines.emplace_back(QString(), tr("Click to show this row below"));
  return tip;
}

QStringList AttentionMap::csvRow(int row, int column) const {
  return {QString::number(row), name(row), QString::number(column), name(column),
          QString::number(value(row, column), 'g', 8)};
}

std::vector<QStringList> AttentionMap::csvRows() const {
  std::vector<QStringList> rows = {
      {QStringLiteral("row"), QStringLiteral("token"), QStringLiteral("key"),
       QStringLiteral("key_token"),
       side_ == Side::Difference ? QStringLiteral("change") : QStringLiteral("weight")}};
  for (int row = 0; row < tokens(); ++row)
    for (int column = 0; column <= row; ++column) rows.push_back(csvRow(row, column));
  return rows;
}

std::vector<QStringList> AttentionMap::spokenRows() const {
  std::vector<QStringList> rows;
  if (view_.row >= 0 && view_.row < tokens())
    for (int column = 0; column <= view_.row; ++column) rows.push_back(csvRow(view_.row, column));
  return rows;
}

}  // namespace kvloupe
