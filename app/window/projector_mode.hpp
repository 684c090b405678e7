// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QPointer>
#include <QRect>

#include "panels/projector_impact.hpp"
#include "panels/projector_plan.hpp"
#include "theme/theme.hpp"

namespace kvloupe {

class MainWindow;
class Workspace;

/// The window for a lecture hall: light, large, and without all that is not looked at. F11 or Esc
/// leaves; what was on screen before is put back.
class ProjectorMode : public QObject {
  Q_OBJECT

 public:
  ProjectorMode(MainWindow* window, Workspace* workspace);

  void setOn(bool on);
  [[nodiscard]] bool on() const { return on_; }
  /// Its panels; null while it is off.
  [[nodiscard]] ProjectorPlan* plan() const { return plan_; }
  [[nodiscard]] ProjectorImpact* impact() const { return impact_; }

 signals:
  void changed(bool on);

 private:
  void enter();
  void leave();

  MainWindow* window_;
  Workspace* workspace_;
  QPointer<ProjectorPlan> plan_;
  QPointer<ProjectorImpact> impact_;
  QRect geometry_;
  Qt::WindowStates state_;
  ThemeKind theme_ = ThemeKind::Light;
  int gesture_ = 0;
  bool on_ = false;
};

}  // namespace kvloupe
