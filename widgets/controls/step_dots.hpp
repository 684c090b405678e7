// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>
#include <vector>

namespace kvloupe {

/// A dot for each step of something: done ones carry a check, the current one is filled, what is to
/// come is hollow.
class StepDots : public QWidget {
  Q_OBJECT

 public:
  explicit StepDots(QWidget* parent = nullptr);
  void setSteps(const std::vector<bool>& done, int current);
  [[nodiscard]] QSize sizeHint() const override;
  [[nodiscard]] QSize minimumSizeHint() const override { return sizeHint(); }

 protected:
  void paintEvent(QPaintEvent* event) override;

 private:
  std::vector<bool> done_;
  int current_ = 0;
};

/// The sign before something that is waited for: a ring with a check, or a dashed ring.
class GoalMark : public QWidget {
  Q_OBJECT

 public:
  explicit GoalMark(bool met, QWidget* parent = nullptr);
  [[nodiscard]] QSize sizeHint() const override { return {18, 18}; }

 protected:
  void paintEvent(QPaintEvent* event) override;

 private:
  bool met_;
};

}  // namespace kvloupe
