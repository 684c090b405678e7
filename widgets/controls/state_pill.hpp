// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

#include "controls/figure_state.hpp"

namespace kvloupe {

/// Icon and word of a state in a rounded outline. Its slot is as wide as the longest form, so that
/// nothing beside it moves; the pill itself stands at the left.
class StatePill : public QWidget {
  Q_OBJECT

 public:
  explicit StatePill(QWidget* parent = nullptr);
  /// `progress` in [0, 1] counts while measuring. `reason` becomes the tooltip: what changed, why
  /// it failed.
  void setState(FigureState state, double progress = 0, const QString& reason = {});
  /// The icon alone, where there is no room: the word goes into the tooltip.
  void setBrief(bool brief);
  [[nodiscard]] FigureState state() const { return state_; }
  /// The word that is shown: "measuring 71 %".
  [[nodiscard]] QString text() const;
  [[nodiscard]] QSize sizeHint() const override;
  [[nodiscard]] QSize minimumSizeHint() const override { return sizeHint(); }

 protected:
  void paintEvent(QPaintEvent* event) override;

 private:
  FigureState state_ = FigureState::Empty;
  double progress_ = 0;
  bool brief_ = false;
};

}  // namespace kvloupe
