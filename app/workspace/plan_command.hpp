// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QUndoCommand>
#include <functional>

#include "panels/plan_draft.hpp"

namespace kvloupe {

/// One change of a plan by the person. All steps of one drag are one command.
class PlanCommand : public QUndoCommand {
 public:
  using Apply = std::function<void(const PlanDraft&)>;

  PlanCommand(PlanDraft before, PlanDraft after, int gesture, Apply apply);

  void undo() override { apply_(before_); }
  void redo() override { apply_(after_); }
  [[nodiscard]] int id() const override { return 1; }
  bool mergeWith(const QUndoCommand* later) override;

 private:
  PlanDraft before_;
  PlanDraft after_;
  int gesture_;
  Apply apply_;
};

}  // namespace kvloupe
