// SPDX-License-Identifier: GPL-3.0-or-later
#include "workspace/plan_command.hpp"

#include <utility>

#include "panels/plan_words.hpp"

namespace kvloupe {

PlanCommand::PlanCommand(PlanDraft before, PlanDraft after, int gesture, Apply apply)
    : before_(std::move(before)),
      after_(std::move(after)),
      gesture_(gesture),
      apply_(std::move(apply)) {
  setText(changeWords(before_, after_));
}

bool PlanCommand::mergeWith(const QUndoCommand* later) {
  const auto* next = dynamic_cast<const PlanCommand*>(later);
  if (next == nullptr || next->gesture_ != gesture_) return false;
  after_ = next->after_;
  setText(changeWords(before_, after_));
  return true;
}

}  // namespace kvloupe
