// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QMainWindow>
#include <QPointer>
#include <array>
#include <functional>
#include <initializer_list>
#include <optional>
#include <vector>

#include "panels/error_dialog.hpp"
#include "panels/models_panel.hpp"
#include "window/plan_estimate.hpp"
#include "window/progress_rate.hpp"
#include "workspace/workspace.hpp"

class QStackedWidget;

namespace kvloupe {

class ChartFrame;
class DropOverlay;
class LessonConduct;
class MainActions;
class ProjectorMode;
class SaveQuestion;
class StartPage;
class StatusLine;
class Workbench;

/// The window: shows what the workspace knows and passes on what the person wants.
class MainWindow : public QMainWindow {
  Q_OBJECT

 public:
  explicit MainWindow(Workspace* workspace, QWidget* parent = nullptr);

  /// Opens a model folder, demo:gqa or demo:mla as `slot`; a run file as A in place of everything,
  /// as B beside what is open.
  void openPath(const QString& path, Slot slot = Slot::A);

  /// Shows one of pageKeys().
  void showPage(const QString& key);

  /// Does what replaces or closes these models; where measurements would be lost that nobody saved,
  /// once the person has saved them or given them up.
  void replacing(std::initializer_list<Slot> lost, std::function<void()> then);

  [[nodiscard]] Workbench* workbench() const { return workbench_; }
  [[nodiscard]] StartPage* startPage() const { return startPage_; }
  [[nodiscard]] StatusLine* statusLine() const { return statusLine_; }
  [[nodiscard]] MainActions* actions() const { return actions_; }
  [[nodiscard]] LessonConduct* lessons() const { return lessons_; }
  [[nodiscard]] ProjectorMode* projector() const { return projector_; }
  /// The refusal on screen, or null.
  [[nodiscard]] ErrorDialog* errorDialog() const { return errorDialog_; }

 signals:
  /// The window has been drawn for the first time.
  void shown();
  /// A kept run that was refused is to be tried again.
  void recoverRequested(const QString& path);

 protected:
  bool event(QEvent* event) override;
  void closeEvent(QCloseEvent* event) override;
  void dragEnterEvent(QDragEnterEvent* event) override;
  void dragMoveEvent(QDragMoveEvent* event) override;
  void dragLeaveEvent(QDragLeaveEvent* event) override;
  void dropEvent(QDropEvent* event) override;

 private:
  void connectActions();
  void connectViewActions();
  void connectPanels();
  void connectWorkspace();
  void connectPlans();
  void restore();

  void askModel(Slot slot);
  void askRun(Slot slot = Slot::A);
  void askSavePath();
  /// Of a file of both models: "demo-gqa+demo-mla".
  [[nodiscard]] QString documentName() const;
  void askText(bool calibration);
  void askPlanToImport();
  void askPlanPath();
  void offerText(const QString& path);
  void save();
  void reload(Slot slot);
  void askReport();
  [[nodiscard]] ChartFrame* currentChart() const;
  void showManual();
  void showAbout();
  void applyThemeChoice(int kind);

  void refreshPage();
  void refreshModels();
  void refreshCompression();
  void refreshImpact();
  void refreshStatus();
  void refreshTitle();
  void refreshRecent();
  void report(const Failure& failure);
  void retry(const Failure& failure);
  void log(const QString& line);
  void logMeasured(const EvaluationPtr& plan);

  Workspace* workspace_;
  QStackedWidget* stack_;
  StartPage* startPage_;
  Workbench* workbench_;
  MainActions* actions_;
  StatusLine* statusLine_;
  DropOverlay* dropOverlay_;
  LessonConduct* lessons_;
  ProjectorMode* projector_;
  SaveQuestion* saveQuestion_;
  QPointer<ErrorDialog> errorDialog_;
  std::array<PlanEstimator, 2> estimators_;  // of A and of B
  ProgressRate rate_;
  std::vector<TextChoice> texts_;
  std::array<std::optional<Failure>, 2> refusals_;
  QString message_;
  int newLogLines_ = 0;
  bool drawn_ = false;
  bool closeUnsaved_ = false;
};

}  // namespace kvloupe
