// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <QWidget>
#include <array>
#include <memory>
#include <optional>
#include <vector>

#include "charts/convergence_chart.hpp"
#include "charts/plan_plane_chart.hpp"
#include "controls/badge.hpp"
#include "controls/figure_state.hpp"
#include "types/estimate.hpp"
#include "types/evaluation.hpp"

namespace kvloupe {

class IconButton;
class ImpactFigures;
class ImpactLine;
class InkLabel;
class StatePill;

/// What a plan does to the model, as far as it is known.
struct ImpactView {
  ModelSlot slot = ModelSlot::A;
  FigureState state = FigureState::Empty;
  double progress = 0;  // in [0, 1], while measuring
  QString reason;       // what changed, why it failed
  QString measuredOn;   // "papers · ctx 512 · demo evaluation"
  /// The figures shown; absent where there are none.
  std::optional<EvaluationFigures> figures;
  std::optional<PlanEstimate> estimate;  // in state Estimate: stands in for figures not yet there
  bool identity = false;                 // the plan is the baseline: nothing is compressed
  bool baselineOnly = false;             // the plan's own figures are not there yet
  bool upToDate = false;                 // the figures are of what is chosen now
  double cacheRatio = 1;
  double bytesPerToken = 0;
  ConvergenceData convergence;
  PlanPlaneData plane;
  QString provenance;
};

/// The compressed model's PPL as its estimate has it. Of a view with figures and an estimate.
[[nodiscard]] double estimatedPpl(const ImpactView& view);

/// Baseline and compressed perplexity, the change between them, how it converged, and every plan
/// measured. Folds to a line, or to one beside the other where two models are open.
class ImpactPanel : public QWidget {
  Q_OBJECT

 public:
  static constexpr int kHeight = 220;
  static constexpr int kFoldedHeight = 37;

  explicit ImpactPanel(QWidget* parent = nullptr);

  /// `view` is of the active model; `other`, its figures alone, of the one beside it.
  void setView(const ImpactView& view, const std::optional<ImpactView>& other = {});
  [[nodiscard]] const ImpactView& view() const { return view_; }
  /// What the folded panel says of a model.
  [[nodiscard]] ImpactLine* line(ModelSlot slot) const {
    return lines_[static_cast<std::size_t>(slot)];
  }
  void setFolded(bool folded);
  [[nodiscard]] bool folded() const { return folded_; }
  /// While a slider is dragged no axis grows.
  void setAxesFrozen(bool frozen);
  [[nodiscard]] ConvergenceChart* convergence() const { return convergence_; }
  [[nodiscard]] PlanPlaneChart* plane() const { return plane_; }
  [[nodiscard]] StatePill* pill() const { return pill_; }

 signals:
  void foldChosen(bool folded);
  void planClicked(int index);

 private:
  void showLines();

  ImpactView view_;
  bool paired_ = false;
  bool folded_ = false;
  StatePill* pill_;
  InkLabel* measuredOn_;
  std::array<ImpactLine*, 2> lines_;  // of A and of B
  QWidget* between_;                  // where both are shown
  QWidget* filler_;                   // keeps the chevron at the right while the line is hidden
  IconButton* chevron_;
  QWidget* body_;
  ImpactFigures* figures_;
  ConvergenceChart* convergence_;
  PlanPlaneChart* plane_;
};

}  // namespace kvloupe
