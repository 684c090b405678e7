// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QJsonObject>

#include "charts/dimensions_data.hpp"
#include "pages/tap_choices.hpp"
#include "pages/tool_row.hpp"
#include "types/model_info.hpp"

class QComboBox;
class QSpinBox;

namespace kvloupe {

class Chip;
class InkLabel;
class SegmentedControl;

/// The tool row of the Dimensions page: layer, head, taps, order and axis.
class DimensionsTools : public ToolRow {
  Q_OBJECT

 public:
  explicit DimensionsTools(QWidget* parent = nullptr);

  /// Offers what this model has; the selection goes back to its defaults for another kind of model.
  void setModel(const ModelInfo& model);
  [[nodiscard]] const DimensionsSelection& selection() const { return selection_; }
  void setSelection(const DimensionsSelection& selection);
  /// The selection as a session keeps it.
  [[nodiscard]] QJsonObject view() const;
  void setView(const QJsonObject& view);

 signals:
  void selectionChanged();
  void fitRequested();
  void copyRequested();

 private:
  void fillHeads();
  void choose(const DimensionsSelection& selection);
  void refresh();

  DimensionsSelection selection_;
  ModelInfo model_;
  std::vector<TapChoice> tapChoices_;
  QSpinBox* layer_;
  QComboBox* heads_;
  Chip* firstChip_;
  QComboBox* taps_;
  Chip* secondChip_;
  InkLabel* secondTap_;
  SegmentedControl* order_;
  SegmentedControl* axis_;
};

}  // namespace kvloupe
