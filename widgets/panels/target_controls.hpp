// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>
#include <array>

#include "controls/labels.hpp"
#include "controls/rank_slider.hpp"
#include "panels/plan_draft.hpp"
#include "types/plan.hpp"

class QComboBox;
class QDoubleSpinBox;
class QSpinBox;

namespace kvloupe {

class Chip;
class IconButton;
class LinkButton;

/// The controls of one target: slider, rank, kept, method, tap, scope, and the four figures.
class TargetControls : public QWidget {
  Q_OBJECT

 public:
  explicit TargetControls(Target target, QWidget* parent = nullptr);

  /// `figures` is of this target alone.
  void setSetting(const TargetSetting& setting, const TargetAccounting& figures);
  /// Ranks known to be safe, as triangles above the slider.
  void setSafeRanks(std::vector<RankSlider::Mark> marks);
  [[nodiscard]] Target target() const { return target_; }

  /// Folded: the slider and the four figures stay.
  void setFolded(bool folded);
  [[nodiscard]] bool folded() const { return folded_; }

 signals:
  /// While `dragging`, the moves belong together.
  void rankChosen(int rank, bool dragging);
  void dragStarted();
  void dragEnded();
  void tapChosen(kvloupe::Tap tap);
  void scopeChosen(kvloupe::Scope scope);
  void foldToggled(bool folded);

 private:
  void setTarget(Target target);
  QWidget* makeDetails();
  QWidget* makeFigures();
  void chooseRank(int rank, bool dragging);

  Target target_;
  TargetSetting setting_;
  bool folded_ = false;
  Chip* chip_;
  InkLabel* title_;
  InkLabel* untouched_;
  LinkButton* reset_;
  IconButton* chevron_;
  RankSlider* slider_;
  QWidget* details_;
  QWidget* figureBox_;
  QSpinBox* rank_;
  QDoubleSpinBox* kept_;
  QComboBox* method_;
  QComboBox* tap_;
  InkLabel* onlyTap_;
  InkLabel* scopeLabel_;
  QComboBox* scope_;
  std::array<InkLabel*, 4> captions_;
  std::array<InkLabel*, 4> figures_;
};

}  // namespace kvloupe
