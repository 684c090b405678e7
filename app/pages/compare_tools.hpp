// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QJsonObject>
#include <array>
#include <vector>

#include "charts/layers_data.hpp"
#include "pages/plan_pair.hpp"
#include "pages/tap_choices.hpp"
#include "pages/tool_row.hpp"
#include "types/model_info.hpp"

class QCheckBox;
class QComboBox;

namespace kvloupe {

class ChoiceBox;
class SegmentedControl;

/// The tool row of the Compare page: what is compared, metric, each model's taps and axis, or two
/// plans, and linked axes.
class CompareTools : public ToolRow {
  Q_OBJECT

 public:
  explicit CompareTools(QWidget* parent = nullptr);

  /// Two plans of the active model, in place of two models.
  [[nodiscard]] bool plansChosen() const;
  void choosePlans(bool plans);
  /// `index` 0 is A, 1 is B; null where no model is open there.
  void setModel(std::size_t index, const ModelInfo* model);
  /// What to show of a model: the metric is the same for both.
  [[nodiscard]] LayersSelection selection(std::size_t index) const;
  /// What may be chosen as plan A and B, and what stands there: index or -1.
  void setPlans(const std::vector<PlanChoice>& choices, const std::array<int, 2>& chosen);
  /// The keys of the plans that the person chose; empty: none.
  [[nodiscard]] const std::array<QString, 2>& planKeys() const { return planKeys_; }
  [[nodiscard]] ChoiceBox* planList(std::size_t index) const { return plans_[index]; }
  [[nodiscard]] SegmentedControl* what() const { return what_; }
  [[nodiscard]] bool linked() const;
  /// The selection as a session keeps it.
  [[nodiscard]] QJsonObject view() const;
  void setView(const QJsonObject& view);

 signals:
  void selectionChanged();
  void copyRequested();

 private:
  void fold() override;

  SegmentedControl* what_;
  QComboBox* metric_;
  std::array<QComboBox*, 2> taps_;
  std::array<ChoiceBox*, 2> plans_;
  SegmentedControl* axis_;
  QCheckBox* link_;
  std::vector<QWidget*> ofModels_;  // labels apart, which go first where there is no room
  std::vector<QWidget*> labelsOfModels_;
  std::array<std::vector<TapChoice>, 2> choices_;
  std::vector<QString> keys_;  // of the plans in the lists
  std::array<QString, 2> planKeys_;
};

}  // namespace kvloupe
