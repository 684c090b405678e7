// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QUndoCommand>
#include <functional>

#include "jobs/job.hpp"
#include "panels/plan_draft.hpp"

namespace kvloupe {

/// One change of a plan by the person. All steps of one drag are one command.
class PlanCommand : public QUndoCommand {
 public:
  using Apply = std::function<void(Slot, const PlanDraft&)>;

  PlanCommand(Slot slot, PlanDraft before, PlanDraft after, int gesture, Apply apply);

  void undo() override { apply_(slot_, before_); }
  void redo() override { apply_(slot_, after_); }
  [[nodiscard]] int id() const override { return 1; }
  bool mergeWith(const QUndoCommand* later) override;

 private:
  Slot slot_;
  PlanDraft before_;
  PlanDraft after_;
  int gesture_;
  Apply apply_;
};

}  // namespace kvloupe
