// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QJsonObject>
#include <vector>

#include "charts/sensitivity_map.hpp"
#include "pages/tool_row.hpp"
#include "types/model_info.hpp"
#include "types/plan.hpp"

class QComboBox;
class QPushButton;

namespace kvloupe {

class SegmentedControl;

/// The tool row of the Sensitivity page: what every layer is compressed with, figure and colours.
class SensitivityTools : public ToolRow {
  Q_OBJECT

 public:
  explicit SensitivityTools(QWidget* parent = nullptr);

  void setModel(const ModelInfo& model);
  /// What is to be measured, one layer and target at a time.
  [[nodiscard]] std::vector<CompressionSpec> specs() const;
  [[nodiscard]] SensitivityMetric metric() const;
  [[nodiscard]] bool log() const;
  /// The selection as a session keeps it.
  [[nodiscard]] QJsonObject view() const;
  void setView(const QJsonObject& view);
  void setMeasured(bool measured, bool enabled, const QString& why);
  /// What can be made a plan; none: `why` says so.
  void setPlans(const QStringList& names, const QString& why);

 signals:
  void viewChosen();
  void measureRequested();
  void copyRequested();
  void planRequested(int index);  // of those of setPlans()

 private:
  QComboBox* method_;
  QComboBox* metric_;
  SegmentedControl* color_;
  QPushButton* measure_;
  QPushButton* plan_;
  QStringList plans_;
  std::vector<std::vector<CompressionSpec>> choices_;
  QString modelName_;
};

}  // namespace kvloupe
