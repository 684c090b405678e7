// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>
#include <array>

#include "controls/labels.hpp"
#include "controls/rank_slider.hpp"
#include "panels/plan_draft.hpp"
#include "types/plan_choices.hpp"

class QComboBox;

namespace kvloupe {

class Chip;
class IconButton;
class LinkButton;
class TargetDetails;

/// The controls of one target: slider, what folds under it, and the four figures.
class TargetControls : public QWidget {
  Q_OBJECT

 public:
  explicit TargetControls(Target target, QWidget* parent = nullptr);

  /// `figures` is of this target alone; `choices` says what its settings may become.
  void setSetting(const TargetSetting& setting, const TargetAccounting& figures,
                  const Choices& choices);
  /// Held, the details keep their controls, whatever is set.
  void setHeld(bool held);
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
  void methodChosen(kvloupe::Method method);
  void scopeChosen(kvloupe::Scope scope);
  /// What stands in the details besides rank, method and scope.
  void settingChosen(const kvloupe::TargetSetting& setting);
  void foldToggled(bool folded);

 private:
  void setTarget(Target target);
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
  TargetDetails* details_;
  QWidget* figureBox_;
  std::array<InkLabel*, 4> captions_;
  std::array<FixedLabel*, 4> figures_;
};

}  // namespace kvloupe
