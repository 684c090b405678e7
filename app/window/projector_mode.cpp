// SPDX-License-Identifier: GPL-3.0-or-later
#include "window/projector_mode.hpp"

#include <QApplication>
#include <QMenuBar>

#include "controls/pointer_ring.hpp"
#include "panels/status_line.hpp"
#include "window/lesson_conduct.hpp"
#include "window/main_window.hpp"
#include "window/presenters.hpp"
#include "window/workbench.hpp"
#include "workspace/workspace.hpp"

namespace kvloupe {

ProjectorMode::ProjectorMode(MainWindow* window, Workspace* workspace)
    : QObject(window), window_(window), workspace_(workspace) {}

void ProjectorMode::setOn(bool on) {
  if (on == on_) return;
  on_ = on;
  if (on)
    enter();
  else
    leave();
  window_->lessons()->setLarge(on);
  emit changed(on);
}

void ProjectorMode::enter() {
  geometry_ = window_->geometry();
  state_ = window_->windowState();
  theme_ = Theme::instance().kind();
  applyTheme(*qobject_cast<QApplication*>(QCoreApplication::instance()), ThemeKind::Light);
  plan_ = new ProjectorPlan;
  impact_ = new ProjectorImpact;
  connect(plan_, &ProjectorPlan::dragChanged, this, [this](bool dragging) {
    if (dragging) gesture_ = workspace_->newGesture();
    impact_->setAxesFrozen(dragging);
  });
  connect(plan_, &ProjectorPlan::planEdited, this, [this](const PlanDraft& draft, bool first) {
    if (first) gesture_ = workspace_->newGesture();
    workspace_->editPlan(draft, gesture_);
  });
  // What is hidden would hand its focus, and the ring of it, to a chart.
  if (QWidget* focus = QApplication::focusWidget()) focus->clearFocus();
  window_->menuBar()->hide();
  window_->statusLine()->hide();
  plan_->setView(compressionView(*workspace_));
  impact_->setView(impactView(*workspace_));
  window_->workbench()->setProjector(plan_, impact_);
  window_->setWindowState(state_ | Qt::WindowFullScreen);
}

void ProjectorMode::leave() {
  window_->workbench()->setProjector(nullptr, nullptr);
  delete plan_;
  delete impact_;
  window_->menuBar()->show();
  window_->statusLine()->show();
  applyTheme(*qobject_cast<QApplication*>(QCoreApplication::instance()), theme_);
  window_->setWindowState(state_);
  if (!(state_ & (Qt::WindowMaximized | Qt::WindowFullScreen))) window_->setGeometry(geometry_);
}

}  // namespace kvloupe
