// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QJsonObject>
#include <vector>

#include "charts/token_text.hpp"
#include "pages/tool_row.hpp"

class QCheckBox;
class QComboBox;
class QDoubleSpinBox;
class QPushButton;
class QSpinBox;

namespace kvloupe {

/// The tool row of the Text page: which window, what colours say, and of which layers.
class TextTools : public ToolRow {
  Q_OBJECT

 public:
  explicit TextTools(QWidget* parent = nullptr);

  /// Windows of the text; 0: not known yet.
  void setWindows(int windows);
  /// Groups of layers that the plan treats apart; under two there is nothing to choose.
  void setLayerGroups(const std::vector<std::vector<int>>& groups);
  [[nodiscard]] int window() const;
  [[nodiscard]] TokenColor color() const;
  [[nodiscard]] double reach() const;
  [[nodiscard]] bool markTop1() const;
  /// The group chosen; empty: all layers.
  [[nodiscard]] std::vector<int> onlyLayers() const;
  /// The selection as a session keeps it.
  [[nodiscard]] QJsonObject view() const;
  void setView(const QJsonObject& view);
  /// Whether a token is chosen whose sentence can be looked at.
  void setAttentionOffered(bool offered);

 signals:
  void windowChosen();
  void viewChosen();
  void nextWorstRequested();
  void attentionRequested();
  void copyRequested();

 private:
  QSpinBox* window_;
  InkLabel* windows_;
  QComboBox* color_;
  QDoubleSpinBox* reach_;
  QCheckBox* top1_;
  QComboBox* layers_;
  QPushButton* attention_;
  std::vector<std::vector<int>> groups_;
};

}  // namespace kvloupe
