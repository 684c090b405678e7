// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QJsonObject>
#include <QWidget>
#include <vector>

#include "charts/layers_data.hpp"
#include "pages/tap_choices.hpp"
#include "types/model_info.hpp"

class QCheckBox;
class QComboBox;
class QHBoxLayout;

namespace kvloupe {

class Chip;
class IconButton;
class InkLabel;
class SegmentedControl;

/// The tool row of the Layers page: metric, taps, heads, axis, noise floor, fit and copy. Where the
/// row is too narrow the last ones go into a menu.
class LayersTools : public QWidget {
  Q_OBJECT

 public:
  explicit LayersTools(QWidget* parent = nullptr);

  /// Offers what this model has; the selection goes back to its defaults for another kind of model.
  void setModel(const ModelInfo& model);
  [[nodiscard]] const LayersSelection& selection() const { return selection_; }
  void setSelection(const LayersSelection& selection);
  /// The selection as a session keeps it.
  [[nodiscard]] QJsonObject view() const;
  void setView(const QJsonObject& view);

 signals:
  void selectionChanged();
  void fitRequested();
  void copyRequested();

 protected:
  void resizeEvent(QResizeEvent* event) override;
  void paintEvent(QPaintEvent* event) override;

 private:
  void fillTaps(const ModelInfo& model);
  void fillHeads();
  void choose(const LayersSelection& selection);
  void refresh();
  void showOverflow();
  void fold();
  [[nodiscard]] int headCount() const;

  LayersSelection selection_;
  ModelInfo model_;
  std::vector<TapChoice> tapChoices_;
  QComboBox* metric_;
  Chip* firstChip_;
  QComboBox* taps_;
  Chip* secondChip_;
  InkLabel* secondTap_;
  InkLabel* headsLabel_;
  QComboBox* heads_;
  InkLabel* axisLabel_;
  SegmentedControl* axis_;
  QCheckBox* noise_;
  IconButton* fit_;
  IconButton* copy_;
  IconButton* more_;
};

}  // namespace kvloupe
