// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

#include "controls/labels.hpp"
#include "panels/impact_panel.hpp"

class QHBoxLayout;

namespace kvloupe {

class BudgetRuler;

/// Both perplexities, the change and where it stands among the budgets, for a lecture hall.
class ProjectorImpact : public QWidget {
  Q_OBJECT

 public:
  explicit ProjectorImpact(QWidget* parent = nullptr);
  void setView(const ImpactView& view);
  /// While a slider is dragged the ruler does not grow.
  void setAxesFrozen(bool frozen);
  [[nodiscard]] BudgetRuler* ruler() const { return ruler_; }

 private:
  void setEstimate(const ImpactView& view);

  struct Cell {
    FixedLabel* value = nullptr;
    InkLabel* below = nullptr;
    void set(const QString& figure, const QString& small, Ink ink);
  };
  Cell addCell(QHBoxLayout* row, const QString& caption, TextRole role, const QString& longest,
               const QString& name);

  Cell baseline_, compressed_, delta_;
  BudgetRuler* ruler_;
};

}  // namespace kvloupe
