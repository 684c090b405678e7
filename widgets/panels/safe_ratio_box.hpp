// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <QWidget>
#include <optional>
#include <vector>

#include "panels/allocation_result.hpp"
#include "types/plan.hpp"

class QPushButton;

namespace kvloupe {

class InkLabel;
class LinkButton;
class SegmentedControl;

/// What is known of the largest safe ratio of the targets that the plan compresses.
struct SafeRatioView {
  struct Found {
    double budgetPercent = 1;
    QString figure;           // "1.44×", "none", "undecided"
    QString place;            // "at V rank 25"
    QString detail;           // "ΔPPL +0.84 % [+0.75, +0.93], measured"
    std::optional<int> rank;  // to be used, by
    std::vector<Target> targets = {};
  };
  bool offered = false;
  QString why;  // it is not offered
  bool searching = false;
  std::vector<Found> found;
};

/// Budget, search and result: how far the chosen targets can be compressed. The same budget can be
/// spent over the layers.
class SafeRatioBox : public QWidget {
  Q_OBJECT

 public:
  explicit SafeRatioBox(QWidget* parent = nullptr);
  void setView(const SafeRatioView& view);
  void setAllocation(const AllocationView& view);
  [[nodiscard]] const SafeRatioView& view() const { return view_; }
  [[nodiscard]] double budgetPercent() const;

 signals:
  void searchRequested();
  void allocationRequested();
  /// Of a result that has a rank.
  void rankUsed(const kvloupe::SafeRatioView::Found& found);

 private:
  void refresh();
  [[nodiscard]] const SafeRatioView::Found* shown() const;

  SafeRatioView view_;
  SegmentedControl* budgets_;
  QPushButton* search_;
  QPushButton* allocate_;
  InkLabel* figure_;
  InkLabel* place_;
  LinkButton* use_;
  InkLabel* detail_;
};

}  // namespace kvloupe
