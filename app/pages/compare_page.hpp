// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>

#include "pages/page.hpp"
#include "pages/plan_pair.hpp"
#include "workspace/slot_state.hpp"

class QPushButton;
class QStackedWidget;

namespace kvloupe {

class BarsChart;
class CompareTools;
class LayersChart;
class PlanDifferenceTable;
class SideBySide;
class VerdictTable;
class Workspace;

/// Two models or runs beside each other: bars with linked axes, their quotient, both verdicts; or
/// the active model under two plans: what each costs by position, and the paired difference.
class ComparePage : public Page {
  Q_OBJECT

 public:
  explicit ComparePage(Workspace* workspace, QWidget* parent = nullptr);

  [[nodiscard]] QString name() const override { return tr("Compare"); }
  /// Those that are shown.
  [[nodiscard]] std::vector<ChartFrame*> charts() const override;
  [[nodiscard]] FigureSheet sheet() const override;
  [[nodiscard]] QString absence() const override;
  [[nodiscard]] QJsonObject view() const override;
  void setView(const QJsonObject& view) override;
  [[nodiscard]] QWidget* toolRow() const override;
  void setLarge(bool large) override;
  [[nodiscard]] bool needsHeight() const override { return true; }

  /// The active model under two plans, in place of two models.
  [[nodiscard]] bool showsPlans() const;
  void showPlans(bool plans);
  /// Whether a person chose one of the two.
  [[nodiscard]] bool plansWereChosen() const;
  /// Why there is nothing to draw of two models, or of two plans; or empty.
  [[nodiscard]] QString modelsAbsence() const;
  [[nodiscard]] QString plansAbsence() const;
  [[nodiscard]] CompareTools* tools() const { return tools_; }
  [[nodiscard]] LayersChart* chart(Slot slot) const { return charts_[indexOf(slot)]; }
  [[nodiscard]] LayersChart* difference() const { return difference_; }
  [[nodiscard]] VerdictTable* verdict() const { return verdict_; }
  [[nodiscard]] BarsChart* planChart(std::size_t side) const { return planCharts_[side]; }
  [[nodiscard]] BarsChart* planDifference() const { return planDifference_; }
  [[nodiscard]] PlanDifferenceTable* planTable() const { return planTable_; }

 private:
  void refresh() override;
  [[nodiscard]] std::vector<ChartFrame*> chartsOf(bool plans) const;
  void refreshModels();
  void refreshPlans();
  void refreshVerdict();
  [[nodiscard]] QString emptyText(Slot slot) const;
  /// What stands for the ruling of a model whose safe ratios alone were searched.
  [[nodiscard]] QString unjudgedText(const SlotState& state) const;

  Workspace* workspace_;
  CompareTools* tools_;
  QStackedWidget* stack_;
  std::array<LayersChart*, 2> charts_;
  LayersChart* difference_;
  VerdictTable* verdict_;
  QPushButton* judge_;
  SideBySide* models_;
  std::array<BarsChart*, 2> planCharts_;
  BarsChart* planDifference_;
  PlanDifferenceTable* planTable_;
  SideBySide* plans_;
  PlanNames planNames_;
  ModelInfoPtr planModel_;  // whose plans those are
};

}  // namespace kvloupe
