// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <QWidget>
#include <map>
#include <utility>
#include <vector>

#include "controls/badge.hpp"
#include "controls/rank_slider.hpp"
#include "panels/plan_draft.hpp"
#include "panels/plans_menu.hpp"
#include "panels/safe_ratio_box.hpp"
#include "types/plan_choices.hpp"

class QCheckBox;
class QComboBox;
class QScrollArea;

namespace kvloupe {

class ElidedLabel;
class FixedLabel;
class InkLabel;
class LayerRanks;
class SegmentedControl;
class TargetControls;

/// What the panel shows.
struct CompressionView {
  std::vector<std::pair<ModelSlot, QString>> models;  // those that a plan can be made for
  ModelSlot active = ModelSlot::A;
  PlanDraft draft;  // without settings where there is no model
  Accounting accounting;
  std::map<Target, Choices> choices;  // what the settings of each target may become
  QString note;                       // why nothing is measured, or empty
  SafeRatioView safe;
  AllocationView allocation;
  PlansView plans;
  std::map<Target, std::vector<RankSlider::Mark>> safeRanks;  // triangles above the sliders
};

/// The plan of one model: presets, two sliders with their figures, and the whole cache.
class CompressionPanel : public QWidget {
  Q_OBJECT

 public:
  explicit CompressionPanel(QWidget* parent = nullptr);

  void setView(const CompressionView& view);
  [[nodiscard]] const CompressionView& view() const { return view_; }
  void setDetailsFolded(bool folded);
  [[nodiscard]] bool detailsFolded() const { return folded_; }
  void setLayersFolded(bool folded);
  [[nodiscard]] PlansMenu* plans() const { return plans_; }

 signals:
  /// Edits of one drag carry the same gesture number.
  void planEdited(const kvloupe::PlanDraft& draft, int gesture);
  void modelChosen(kvloupe::ModelSlot slot);
  void dragChanged(bool dragging);
  void foldChosen(bool folded);
  void layersFoldChosen(bool folded);
  void safeRatioRequested();
  void allocationRequested(double budgetPercent);
  void allocatedUsed();
  void uniformUsed();

 private:
  QWidget* makeHead();
  QWidget* makeLink();
  QWidget* makeFoot();
  void listModels(const CompressionView& view);
  void connectControls(TargetControls* controls);
  void connectLayers();
  void drag(bool begins);
  void edit(const PlanDraft& draft, bool dragging = false);

  CompressionView view_;
  int gesture_ = 0;
  bool folded_ = false;
  QComboBox* models_;
  SegmentedControl* presets_;
  TargetControls* upper_;
  TargetControls* lower_;
  QCheckBox* link_;
  InkLabel* linkText_;
  LayerRanks* layers_;
  InkLabel* note_;
  SafeRatioBox* safe_;
  AllocationResult* allocation_;
  PlansMenu* plans_;
  QScrollArea* scroll_;
  QWidget* body_;
  QWidget* foot_;
  ElidedLabel* planText_;
  FixedLabel* ratio_;
  InkLabel* bytes_;
  InkLabel* bytesBefore_;
};

}  // namespace kvloupe
