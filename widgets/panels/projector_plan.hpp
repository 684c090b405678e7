// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>
#include <array>

#include "panels/compression_panel.hpp"

namespace kvloupe {

class HallTarget;

/// The plan for a lecture hall: presets, two sliders with their figures, and the whole cache.
class ProjectorPlan : public QWidget {
  Q_OBJECT

 public:
  static constexpr int kWidth = 440;

  explicit ProjectorPlan(QWidget* parent = nullptr);
  void setView(const CompressionView& view);

 signals:
  /// As CompressionPanel::planEdited; `firstOfGesture` begins a new step of undo.
  void planEdited(const kvloupe::PlanDraft& draft, bool firstOfGesture);
  void dragChanged(bool dragging);

 private:
  QWidget* makeFoot();
  void edit(const PlanDraft& draft, bool firstOfGesture);

  CompressionView view_;
  SegmentedControl* presets_;
  HallTarget* upper_;
  HallTarget* lower_;
  FixedLabel* ratio_;
  InkLabel* bytes_;
};

}  // namespace kvloupe
