// SPDX-License-Identifier: GPL-3.0-or-later
#include "panels/layer_ranks.hpp"

#include <QGridLayout>
#include <QHBoxLayout>
#include <QToolButton>
#include <QVBoxLayout>
#include <set>
#include <utility>

#include "controls/buttons.hpp"
#include "controls/chip.hpp"
#include "controls/labels.hpp"
#include "controls/rank_cell.hpp"
#include "controls/rank_strip.hpp"

namespace kvloupe {

LayerRanks::LayerRanks(QWidget* parent)
    : QWidget(parent),
      chevron_(new IconButton(Icon::ChevronRight, tr("Unfold the layers"), this)),
      summary_(new InkLabel(TextRole::Chart, Ink::Second, {}, this)),
      clear_(new LinkButton(tr("Clear"), this)),
      hint_(new InkLabel(TextRole::Caption, Ink::Second, {}, this)) {
  chevron_->setFixedSize(20, 20);
  chevron_->setAccessibleName(tr("Per layer"));
  clear_->setAccessibleName(tr("No layer set apart"));
  hint_->setWordWrap(true);
  auto* head = new QHBoxLayout;
  head->setContentsMargins(0, 0, 0, 0);
  head->setSpacing(8);
  head->addWidget(chevron_);
  head->addWidget(new InkLabel(TextRole::Body, Ink::Text, tr("Per layer"), this));
  head->addStretch();
  head->addWidget(summary_);
  head->addWidget(clear_);
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(6);
  column->addLayout(head);
  column->addWidget(hint_);
  hint_->hide();
  connect(chevron_, &QToolButton::clicked, this, [this] {
    setFolded(!folded_);
    emit foldToggled(folded_);
  });
  connect(clear_, &QPushButton::clicked, this, &LayerRanks::allCleared);
}

void LayerRanks::setFolded(bool folded) {
  folded_ = folded;
  chevron_->setIconName(folded ? Icon::ChevronRight : Icon::ChevronDown);
  if (body_) body_->setVisible(!folded);
  hint_->setVisible(!folded);
}

/// Cells or strips for so many layers, in place of those before.
void LayerRanks::build(int layers) {
  // A stroke ends with its strip.
  for (Row& row : rows_)
    if (std::exchange(row.painting, false)) emit paintingEnded();
  layers_ = layers;
  delete body_;
  body_ = new QWidget(this);
  auto* grid = new QGridLayout(body_);
  grid->setContentsMargins(0, 0, 0, 0);
  grid->setHorizontalSpacing(0);
  grid->setVerticalSpacing(2);
  grid->setColumnMinimumWidth(0, 36);
  const bool cells = layers <= kMostCells;
  for (int layer = 0; cells && layer < layers; ++layer) {
    auto* number = new InkLabel(TextRole::Caption, Ink::Second, QString::number(layer), body_);
    number->setAlignment(Qt::AlignCenter);
    grid->addWidget(number, 0, layer + 1);
    grid->setColumnStretch(layer + 1, 1);
  }
  if (!cells) {
    auto* first = new InkLabel(TextRole::Caption, Ink::Second, tr("layer 0"), body_);
    auto* last = new InkLabel(TextRole::Caption, Ink::Second, QString::number(layers - 1), body_);
    grid->addWidget(first, 3, 1, Qt::AlignLeft);
    grid->addWidget(last, 3, 2, Qt::AlignRight);
  }
  int line = 1;
  for (Row& row : rows_) {
    row = {};
    row.chip = new Chip(Target::K, body_);
    grid->addWidget(row.chip, line, 0, Qt::AlignLeft | Qt::AlignVCenter);
    if (!cells) {
      row.strip = new RankStrip(Target::K, body_);
      grid->addWidget(row.strip, line, 1, 1, 2);
      connect(row.strip, &RankStrip::ranksPainted, this, [this, &row](const auto& ranks) {
        emit ranksChosen(row.setting.target, ranks, row.painting);
      });
      connect(row.strip, &RankStrip::layerUntouched, this,
              [this, &row](int layer) { emit untouchedChosen(row.setting.target, layer); });
      connect(row.strip, &RankStrip::layerCleared, this,
              [this, &row](int layer) { emit layerCleared(row.setting.target, layer); });
      connect(row.strip, &RankStrip::paintingStarted, this, [this, &row] {
        row.painting = true;
        emit paintingStarted();
      });
      connect(row.strip, &RankStrip::paintingEnded, this, [this, &row] {
        row.painting = false;
        emit paintingEnded();
      });
    }
    ++line;
  }
  hint_->setText(cells ? tr("Type a rank in a cell to override that layer.")
                       : tr("Drag over the bars to override layers."));
  static_cast<QVBoxLayout*>(layout())->insertWidget(1, body_);
  body_->setVisible(!folded_);
  if (!cells) orderTabs();
}

void LayerRanks::fill(Row& row, const TargetSetting& setting) {
  const bool sameTarget = row.setting.target == setting.target && row.setting.numLayers > 0;
  row.setting = setting;
  row.chip->setTarget(setting.target);
  const auto untouched = [&](int layer) {
    return setting.quantized() && setting.untouched(setting.at(layer));
  };
  if (row.strip) {
    std::vector<RankStrip::Bar> bars;
    for (int layer = 0; layer < setting.numLayers; ++layer)
      bars.push_back({setting.at(layer).rank, setting.layers.contains(layer), untouched(layer)});
    row.strip->setTarget(setting.target);
    row.strip->setBars(std::move(bars), setting.dim());
    return;
  }
  if (!sameTarget) fillCells(row);
  for (RankCell* cell : row.cells)
    cell->setRank(setting.at(cell->layer()).rank, setting.dim(),
                  setting.layers.contains(cell->layer()), untouched(cell->layer()));
}

/// A cell for each layer of the row's target, in place of those before.
void LayerRanks::fillCells(Row& row) {
  for (RankCell* cell : row.cells) delete cell;
  row.cells.clear();
  auto* grid = static_cast<QGridLayout*>(body_->layout());
  const int line = &row == &rows_.front() ? 1 : 2;
  for (int layer = 0; layer < row.setting.numLayers; ++layer) {
    auto* cell = new RankCell(row.setting.target, layer, body_);
    row.cells.push_back(cell);
    grid->addWidget(cell, line, layer + 1);
    connect(cell, &RankCell::rankChosen, this, [this, &row, layer](int rank) {
      emit ranksChosen(row.setting.target, {{layer, rank}}, false);
    });
    connect(cell, &RankCell::untouchedChosen, this,
            [this, &row, layer] { emit untouchedChosen(row.setting.target, layer); });
    connect(cell, &RankCell::cleared, this,
            [this, &row, layer] { emit layerCleared(row.setting.target, layer); });
  }
  orderTabs();
}

void LayerRanks::orderTabs() {
  QWidget* last = clear_;
  const auto append = [&last](QWidget* next) {
    QWidget::setTabOrder(last, next);
    last = next;
  };
  for (const Row& row : rows_) {
    if (row.strip) append(row.strip);
    for (RankCell* cell : row.cells) append(cell);
  }
}

void LayerRanks::setSettings(const TargetSetting& upper, const TargetSetting& lower) {
  if (upper.numLayers != layers_) build(upper.numLayers);
  fill(rows_[0], upper);
  fill(rows_[1], lower);
  std::set<int> apart;
  for (const TargetSetting* setting : {&upper, &lower})
    for (const auto& [layer, kept] : setting->layers) apart.insert(layer);
  summary_->setText(apart.empty()
                        ? tr("same in all %1 layers").arg(upper.numLayers)
                        : tr("%1 of %2 layers apart").arg(apart.size()).arg(upper.numLayers));
  clear_->setVisible(!apart.empty());
}

}  // namespace kvloupe
