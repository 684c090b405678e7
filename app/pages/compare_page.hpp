// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>

#include "pages/page.hpp"
#include "workspace/slot_state.hpp"

namespace kvloupe {

class CompareTools;
class InkLabel;
class LayersChart;
class VerdictTable;
class Workspace;

/// Two models or runs beside each other: bars with linked axes, their quotient, both verdicts.
class ComparePage : public Page {
  Q_OBJECT

 public:
  explicit ComparePage(Workspace* workspace, QWidget* parent = nullptr);

  [[nodiscard]] QString name() const override { return tr("Compare"); }
  [[nodiscard]] std::vector<ChartFrame*> charts() const override;
  [[nodiscard]] FigureSheet sheet() const override;
  [[nodiscard]] QString absence() const override;
  [[nodiscard]] QJsonObject view() const override;
  void setView(const QJsonObject& view) override;
  [[nodiscard]] QWidget* toolRow() const override;
  [[nodiscard]] bool needsHeight() const override { return true; }

  [[nodiscard]] CompareTools* tools() const { return tools_; }
  [[nodiscard]] LayersChart* chart(Slot slot) const { return charts_[indexOf(slot)]; }
  [[nodiscard]] LayersChart* difference() const { return difference_; }
  [[nodiscard]] VerdictTable* verdict() const { return verdict_; }

 private:
  void refresh() override;
  void refreshVerdict();
  [[nodiscard]] QString emptyText(Slot slot) const;

  Workspace* workspace_;
  CompareTools* tools_;
  std::array<LayersChart*, 2> charts_;
  LayersChart* difference_;
  InkLabel* measuredOn_;
  VerdictTable* verdict_;
  bool following_ = false;  // a chart shows what the other was moved to
};

}  // namespace kvloupe
