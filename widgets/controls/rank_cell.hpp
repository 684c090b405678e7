// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QLineEdit>

#include "types/plan.hpp"

namespace kvloupe {

/// The rank of one layer. A number sets the layer apart, nothing takes it back; up and down change
/// it by 1, Escape leaves it as it was.
class RankCell : public QLineEdit {
  Q_OBJECT

 public:
  RankCell(Target target, int layer, QWidget* parent = nullptr);

  /// `untouched`: kept whole in 16 bits, although the target's format is another.
  void setRank(int rank, int dim, bool apart, bool untouched);
  [[nodiscard]] int rank() const { return rank_; }
  [[nodiscard]] int layer() const { return layer_; }
  [[nodiscard]] bool apart() const { return apart_; }
  [[nodiscard]] QSize sizeHint() const override;
  [[nodiscard]] QSize minimumSizeHint() const override { return sizeHint(); }

 signals:
  void rankChosen(int rank);
  void untouchedChosen();
  void cleared();

 protected:
  void keyPressEvent(QKeyEvent* event) override;
  void focusInEvent(QFocusEvent* event) override;
  void contextMenuEvent(QContextMenuEvent* event) override;

 private:
  void take();
  /// Its text and words as the plan says.
  void restore();
  void restyle();

  Target target_;
  int layer_;
  int rank_ = 0;
  int dim_ = 1;
  bool apart_ = false;
  bool untouched_ = false;
};

}  // namespace kvloupe
