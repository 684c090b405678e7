// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QJsonObject>
#include <array>
#include <vector>

#include "charts/layers_data.hpp"
#include "pages/tap_choices.hpp"
#include "pages/tool_row.hpp"
#include "types/model_info.hpp"

class QCheckBox;
class QComboBox;
class QPushButton;

namespace kvloupe {

class SegmentedControl;

/// The tool row of the Compare page: metric, each model's taps, axis, linked axes.
class CompareTools : public ToolRow {
  Q_OBJECT

 public:
  explicit CompareTools(QWidget* parent = nullptr);

  /// `index` 0 is A, 1 is B; null where no model is open there.
  void setModel(std::size_t index, const ModelInfo* model);
  /// What to show of a model: the metric is the same for both.
  [[nodiscard]] LayersSelection selection(std::size_t index) const;
  [[nodiscard]] bool linked() const;
  /// The selection as a session keeps it.
  [[nodiscard]] QJsonObject view() const;
  void setView(const QJsonObject& view);
  void setVerdictEnabled(bool enabled, const QString& why);

 signals:
  void selectionChanged();
  void verdictRequested();
  void copyRequested();

 private:
  QComboBox* metric_;
  SegmentedControl* axis_;
  QCheckBox* link_;
  QPushButton* verdict_;
  std::array<QComboBox*, 2> taps_{};
  std::array<std::vector<TapChoice>, 2> choices_;
};

}  // namespace kvloupe
