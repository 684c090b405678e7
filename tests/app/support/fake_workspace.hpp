// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QRegularExpression>
#include <QTest>
#include <memory>

#include "app/support/fake_engine.hpp"
#include "jobs/job_runner.hpp"
#include "workspace/draft_for_model.hpp"
#include "workspace/workspace.hpp"

namespace kvloupe::test {

/// For a test class to inherit: a workspace on the fake engine, made before every function of the
/// test and gone after it. Any warning fails.
class FakeWorkspace {
 protected:
  /// The worker begins with runner_->start().
  void make() {
    QTest::failOnWarning(QRegularExpression("^(?!This plugin does not support).*"));
    script_ = std::make_shared<FakeScript>();
    runner_ = std::make_unique<JobRunner>(fakeEngine(script_));
    workspace_ = std::make_unique<Workspace>(runner_.get());
  }
  void remove() {
    workspace_.reset();
    runner_.reset();
  }

  void settle() { QTRY_VERIFY_WITH_TIMEOUT(workspace_->settled(), 20000); }
  void open(const QString& path = "demo:gqa", Slot slot = Slot::A) {
    workspace_->openModel(path, slot);
    settle();
  }
  void moveV(int rank, int gesture) {
    workspace_->editPlan(withRank(workspace_->activeSlot().draft, Target::V, rank), gesture);
  }
  void moveV(int rank) { moveV(rank, workspace_->newGesture()); }

  std::shared_ptr<FakeScript> script_;
  std::unique_ptr<JobRunner> runner_;
  std::unique_ptr<Workspace> workspace_;
};

}  // namespace kvloupe::test
