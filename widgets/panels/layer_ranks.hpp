// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>
#include <array>
#include <map>
#include <vector>

#include "panels/plan_draft.hpp"

class QGridLayout;

namespace kvloupe {

class Chip;
class IconButton;
class InkLabel;
class LinkButton;
class RankCell;
class RankStrip;

/// The layers of the two targets shown: with few of them a cell each, with many a strip of bars.
/// Folds to a line.
class LayerRanks : public QWidget {
  Q_OBJECT

 public:
  static constexpr int kMostCells = 8;

  explicit LayerRanks(QWidget* parent = nullptr);

  void setSettings(const TargetSetting& upper, const TargetSetting& lower);
  void setFolded(bool folded);
  [[nodiscard]] bool folded() const { return folded_; }

 signals:
  /// The rank of each of these layers. While `painting` they belong to one gesture.
  void ranksChosen(kvloupe::Target target, const std::map<int, int>& ranks, bool painting);
  void untouchedChosen(kvloupe::Target target, int layer);
  void layerCleared(kvloupe::Target target, int layer);
  void allCleared();
  void paintingStarted();
  void paintingEnded();
  void foldToggled(bool folded);

 private:
  struct Row {
    Chip* chip = nullptr;
    RankStrip* strip = nullptr;
    std::vector<RankCell*> cells = {};
    TargetSetting setting = {};
    bool painting = false;
  };
  void build(int layers);
  void fill(Row& row, const TargetSetting& setting);
  void fillCells(Row& row);
  /// Cells and strips after "Clear": what is new would come last in the whole window.
  void orderTabs();

  bool folded_ = true;
  int layers_ = -1;
  IconButton* chevron_;
  InkLabel* summary_;
  LinkButton* clear_;
  QWidget* body_ = nullptr;
  InkLabel* hint_;
  std::array<Row, 2> rows_;
};

}  // namespace kvloupe
