// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <QWidget>
#include <array>
#include <optional>

namespace kvloupe {

class InkLabel;
class LinkButton;

/// An allocation over layers and, beside it, the plan of the same ratio whose layers are alike.
struct AllocationView {
  struct Plan {
    QString figure;  // "1.62×"
    QString place;   // "allocated within 1 %", "all layers alike"
    QString detail;  // "ΔPPL +0.91 % [+0.82, +1.00], measured"
  };
  bool offered = false;
  QString why;  // it is not offered
  bool running = false;
  std::optional<Plan> allocated, uniform;
};

/// The two plans with their measured cost. Hidden where there are none.
class AllocationResult : public QWidget {
  Q_OBJECT

 public:
  explicit AllocationResult(QWidget* parent = nullptr);
  void setView(const AllocationView& view);

 signals:
  void allocatedUsed();
  void uniformUsed();

 private:
  struct Line {
    InkLabel* figure = nullptr;
    InkLabel* place = nullptr;
    LinkButton* use = nullptr;
    InkLabel* detail = nullptr;
    void show(const std::optional<AllocationView::Plan>& plan) const;
  };
  std::array<Line, 2> lines_;
};

}  // namespace kvloupe
