// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QSlider>
#include <optional>
#include <vector>

#include "types/plan.hpp"

namespace kvloupe {

/// A rank from 1 to d; right is "keep everything". valueChanged(int) comes on every move, while
/// dragging too. Arrows 1, Page 8, Home 1, End all; a click on the groove jumps; the wheel counts
/// only with the focus.
class RankSlider : public QSlider {
  Q_OBJECT

 public:
  /// A rank known to be safe at a budget, drawn as a triangle above the groove.
  struct Mark {
    int rank = 1;
    QString label;  // "1 %"; left out where it would touch another

    friend bool operator==(const Mark&, const Mark&) = default;
  };

  explicit RankSlider(Target target, int fullRank, QWidget* parent = nullptr);

  [[nodiscard]] Target target() const { return target_; }
  void setTarget(Target target);
  [[nodiscard]] int fullRank() const { return maximum(); }
  /// About twice the size, for a lecture hall.
  void setLarge(bool large);
  [[nodiscard]] bool large() const;
  /// Keeps the value where it is still in range.
  void setFullRank(int fullRank);
  /// Where a lesson asks the handle to go: a dashed ring; absent: none.
  void setGoal(std::optional<int> rank);
  /// Drawn in the order given; an earlier label wins its place.
  void setMarks(std::vector<Mark> marks);
  [[nodiscard]] const std::vector<Mark>& marks() const { return marks_; }
  /// The marks whose label found room.
  [[nodiscard]] std::vector<Mark> labelledMarks() const;
  /// 1 and each quarter of d, without repetition.
  [[nodiscard]] std::vector<int> tickRanks() const;
  [[nodiscard]] QRect handleRect() const;
  /// Pixel of the handle's centre at a rank.
  [[nodiscard]] double positionOf(int rank) const;

  [[nodiscard]] QSize sizeHint() const override;
  [[nodiscard]] QSize minimumSizeHint() const override;

 protected:
  void paintEvent(QPaintEvent* event) override;
  void wheelEvent(QWheelEvent* event) override;

 private:
  Target target_;
  std::vector<Mark> marks_;
  std::optional<int> goal_;
};

}  // namespace kvloupe
