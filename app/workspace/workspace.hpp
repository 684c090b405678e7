// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QJsonObject>
#include <QObject>
#include <QTimer>
#include <QUndoGroup>
#include <QUndoStack>
#include <array>
#include <functional>
#include <map>
#include <memory>
#include <optional>

#include "jobs/job_runner.hpp"
#include "workspace/needs.hpp"
#include "workspace/slot_state.hpp"

namespace kvloupe {

/// What the worker does for the window right now.
struct Activity {
  QString title;  // "Measuring V rank 24"; empty while idle
  std::optional<Progress> progress;
  std::optional<NeedKind> measuring;
  Slot slot = Slot::A;
  JobId job = 0;

  [[nodiscard]] bool busy() const { return !title.isEmpty(); }
};

/// A failure that the person has to be told about.
struct Failure {
  enum class What : std::uint8_t {
    ModelNotOpened,
    RunNotOpened,
    RunNotRecovered,
    RunNotSaved,
    NotMeasured,
    PlanNotExported,
    PlanNotImported
  };
  What what = What::NotMeasured;
  Slot slot = Slot::A;
  QString path;
  JobError error;
  QString unchanged;  // what the failure left as it was
};

/// The document: both models, the plans, and everything measured. Data flow one way: an intent
/// changes the state, the state needs measurements, their results change the state, and signals
/// tell who shows it. Measurements are started, replaced and cancelled here and nowhere else.
class Workspace : public QObject {
  Q_OBJECT

 public:
  explicit Workspace(JobRunner* runner, QObject* parent = nullptr);

  /// What is known at this moment, with `active` active. It measures nothing and never changes.
  [[nodiscard]] std::unique_ptr<Workspace> still(Slot active) const;

  [[nodiscard]] const SlotState& slot(Slot slot) const { return models_[indexOf(slot)]; }
  [[nodiscard]] const SlotState& activeSlot() const { return slot(active_); }
  [[nodiscard]] Slot active() const { return active_; }
  [[nodiscard]] const MeasurementSettings& settings() const { return settings_; }
  [[nodiscard]] const Activity& activity() const { return activity_; }
  /// A history of edits for each model; undo and redo are those of the active one.
  [[nodiscard]] QUndoGroup* undoGroup() { return &undoGroup_; }
  [[nodiscard]] bool hasModel() const;
  [[nodiscard]] bool dirty() const { return revision_ != savedRevision_; }
  /// The file that a save goes to without asking; empty where it holds what is not here.
  [[nodiscard]] QString runPath() const { return runPath_; }
  /// True from `saveRun` until the file stands or its failure was told.
  [[nodiscard]] bool saving() const;
  /// True where closing would lose more than what every start measures by itself.
  [[nodiscard]] bool worthSaving() const;
  /// The same, of one model.
  [[nodiscard]] bool worthSaving(Slot slot) const;
  /// True after `cancel`, until something is asked for again.
  [[nodiscard]] bool paused() const { return paused_; }
  /// True where nothing runs and nothing is left to do, or nothing may be done.
  [[nodiscard]] bool settled() const;
  /// Measurements that follow the running one.
  [[nodiscard]] int waitingMeasurements() const;

  /// In float32, unless what stands there is of the same folder and was computed in bfloat16.
  void openModel(const QString& path, Slot slot);
  void closeModel(Slot slot);
  void reload(Slot slot);
  void dismissFailure(Slot slot);
  /// In place of everything that is open.
  void openRun(const QString& path);
  /// Its model A becomes B, beside what is open.
  void openRunBeside(const QString& path);
  /// Opens a run that was kept and never saved, in place of everything and as unsaved as it was.
  void recoverRun(const QString& path);
  /// Nothing happens without a model.
  void saveRun(const QString& path);
  /// What saves everything as it is now. A model is there.
  [[nodiscard]] SaveJob saveJob(const QString& path) const;
  /// What the window adds to a run that is saved: page, selections, zooms.
  void setViewSource(std::function<QJsonObject()> view) { view_ = std::move(view); }
  void setSettings(const MeasurementSettings& settings);
  void setActive(Slot slot);
  /// Changes the active model's plan; edits with one gesture number are one step of undo.
  void editPlan(const PlanDraft& draft, int gesture);
  /// A gesture number that no slider gives: they count upwards, this downwards.
  [[nodiscard]] int newGesture() { return --gesture_; }
  /// Searches the largest safe ratios of the active model, or judges both models.
  void findSafeRatios(Slot slot, const SweepWish& wish);
  /// Measures the damage of compressing one layer at a time.
  void measureSensitivity(Slot slot, const std::vector<CompressionSpec>& specs);
  /// Spends a budget of a model over its layers; what comes out becomes its plan.
  void allocate(Slot slot, const AllocationWish& wish);
  /// Keeps the active model's plan under a name that no other has; an old one of the name goes.
  void keepPlan(const QString& name);
  void renamePlan(const QString& name, const QString& to);
  void duplicatePlan(const QString& name, const QString& as);
  void forgetPlan(const QString& name);
  void restoreKeptPlans(Slot slot, std::vector<NamedPlan> plans);
  /// Writes a model's plan, once it is measured: plan.json, and plan.safetensors beside it.
  void exportPlan(Slot slot, const QString& path);
  /// A plan.json as a model's plan.
  void importPlan(Slot slot, const QString& path);
  /// True where a model's plan can be exported: measured to the end, on an open model.
  [[nodiscard]] bool planExportable(Slot slot) const;
  /// Looks closely at a passage of a model while somebody sees it; absent: nobody does.
  void lookAt(Slot slot, Looker looker, const std::optional<PassageWish>& wish);
  /// Goes on after `cancel`, and tries again what failed.
  void resume();
  /// Stops what runs and starts nothing more.
  void cancel();

 signals:
  void slotChanged(kvloupe::Slot slot);        // another model, or its facts
  void analysisChanged(kvloupe::Slot slot);    // new figures, or what they were measured on
  void evaluationChanged(kvloupe::Slot slot);  // baseline, current plan or plans measured
  void sweepChanged(kvloupe::Slot slot);       // safe ratios, or the search for them
  void sensitivityChanged(kvloupe::Slot slot);
  void allocationChanged(kvloupe::Slot slot);
  void passageChanged(kvloupe::Slot slot);  // what is looked at closely, or the wish to
  void draftChanged(kvloupe::Slot slot);
  void keptPlansChanged(kvloupe::Slot slot);
  void settingsChanged();
  void activeChanged();
  void activityChanged();
  void documentChanged();                          // path or dirty flag
  void planMeasured(kvloupe::EvaluationPtr plan);  // to the end
  void failed(const kvloupe::Failure& failure);
  void modelOpened(const QString& path);
  void runOpened(const QString& path);
  void runRecovered(const QString& path);
  /// It was refused, or stopped before it was opened.
  void runNotRecovered(const QString& path);
  /// A run that a window saved is open, and what its window showed.
  void sessionOpened(const QJsonObject& view);
  /// What is open cannot show all that its run, or its last opening, showed: in one line.
  void sessionDamaged(const QString& line);
  void runSaved(const QString& path);
  void planExported(const QString& path);
  void planImported(const QString& path);

 private:
  struct Errand {  // a job that the person asked for in person
    enum class What : std::uint8_t {
      Open,
      Close,
      Load,
      LoadBeside,
      Recover,
      Save,
      ExportPlan,
      ImportPlan
    };
    What what = What::Open;
    Slot slot = Slot::A;
    QString path;
    QString title;
    int revision = 0;
    int document = 0;      // that is saved
    bool discard = false;  // its place was closed meanwhile
    bool between = false;  // done while something is measured
  };
  struct Measurement {
    JobId id = 0;
    Need need;
    QString measuredOn;  // texts and settings as they were when it began
    bool cancelling = false;
    bool discard = false;  // the model it belongs to has gone
  };

  SlotState& at(Slot slot) { return models_[indexOf(slot)]; }
  void run(Job job, Errand errand);
  [[nodiscard]] bool errandsFirst() const;
  void reconcile();
  void begin(Slot slot);
  void cancelMeasurement();
  void discardMeasurementOf(Slot slot);
  [[nodiscard]] bool discardOpeningOf(Slot slot);
  void empty(Slot slot);
  void replaceBySaved(Slot slot, SlotState saved);
  /// What of its session could not be taken back, in words.
  [[nodiscard]] QString showRun(const RunPtr& run, const QString& path);
  void activate(Slot slot);
  void applyDraft(Slot slot, const PlanDraft& draft);
  void pushDraft(Slot slot, const PlanDraft& draft, int gesture);
  [[nodiscard]] NamedPlan* keptPlan(const QString& name);
  void shareKeptPlans();
  void keepMeasured(const Measurement& measurement, const EvaluationPtr& plan);
  void keepAllocation(const Measurement& measurement, const Allocation& allocation);
  void takeAllocation(const Measurement& measurement, const AllocationPtr& allocation);
  void recallPlan(SlotState& state);
  /// What F5 computes in is what the figures that stand there were computed in.
  [[nodiscard]] QString dtypeFor(const QString& path, Slot slot) const;
  [[nodiscard]] QString takeOver(SlotState& state, const SlotState& old);
  void leaveFile();
  [[nodiscard]] QString leaveOut(const ModelInfo& then, const QString& reason);
  void dropEarlier(Slot slot, const QString& reason);
  void recallEarlier(Slot slot);
  void judgeEarlier(Slot slot);
  void recallPassages();
  void setActivity(Activity activity);
  void touch();
  void touchMeasured(Slot slot);
  QString titleOf(const Need& need) const;

  void onProgress(JobId id, const Progress& progress);
  void onAnalysis(JobId id, const AnalysisPtr& partial);
  void onEvaluation(JobId id, const EvaluationPtr& partial);
  void onSweep(JobId id, const SweepPtr& partial);
  void onSensitivity(JobId id, const SensitivityPtr& partial);
  void onAllocation(JobId id, const AllocationPtr& partial);
  void keepSweep(const Measurement& measurement, const SweepPtr& sweep);
  void onSucceeded(JobId id, const JobResult& result);
  void onFailed(JobId id, const JobError& error);
  void onCancelled(JobId id);
  void finishErrand(const Errand& errand, const JobResult& result);
  void failErrand(const Errand& errand, const JobError& error);
  void finishMeasurement(const Measurement& measurement, const JobResult& result);
  [[nodiscard]] QString unchangedAfter(Failure::What what, Slot slot) const;

  JobRunner* runner_;
  Slots models_;
  Slot active_ = Slot::A;
  MeasurementSettings settings_;
  std::array<QUndoStack, 2> undoStacks_;
  QUndoGroup undoGroup_;
  QTimer debounce_;  // runs while the person is still moving a control
  std::map<JobId, Errand> errands_;
  std::optional<Measurement> measurement_;
  std::function<QJsonObject()> view_;
  Activity activity_;
  bool paused_ = false;
  int gesture_ = 0;
  int document_ = 0;  // another with every run that is opened, and where its file is left
  int revision_ = 0;
  int savedRevision_ = 0;
  QString runPath_;
};

}  // namespace kvloupe
