// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "common/error.hpp"
#include "engine/engine.hpp"

namespace kvloupe {

/// The two models a window can hold.
enum class Slot : std::uint8_t { A, B };

using JobId = std::uint64_t;  // 0 is no job

struct OpenJob {
  Slot slot = Slot::A;
  OpenRequest request;
};
struct CloseJob {
  Slot slot = Slot::A;
};
struct AnalyseJob {
  Slot slot = Slot::A;
  AnalysisRequest request;
};
struct EvaluateJob {
  Slot slot = Slot::A;
  EvaluationRequest request;
};
struct SweepJob {
  Slot slot = Slot::A;
  SweepRequest request;
};
struct SensitivityJob {
  Slot slot = Slot::A;
  SensitivityRequest request;
};
struct AllocateJob {
  Slot slot = Slot::A;
  AllocationRequest request;
};
/// Writes a measured plan, with what is fitted for it, for use elsewhere.
struct ExportPlanJob {
  Slot slot = Slot::A;
  EvaluationRequest request;  // what it was measured on
  std::shared_ptr<const Evaluation> measured;
  std::string path;
};
/// Reads a plan for a model that need not be open.
struct ImportPlanJob {
  std::shared_ptr<const ModelInfo> model;
  std::string path;
};
struct LookJob {
  Slot slot = Slot::A;
  PassageRequest request;
};
struct HashJob {
  Slot slot = Slot::A;
};
struct SaveJob {
  std::function<Run()> assemble;  // called by the worker
  std::string path;
};
struct LoadJob {
  std::string path;
};

/// What the worker is asked to do.
using Job =
    std::variant<OpenJob, CloseJob, AnalyseJob, EvaluateJob, SweepJob, SensitivityJob, AllocateJob,
                 ExportPlanJob, ImportPlanJob, LookJob, HashJob, SaveJob, LoadJob>;

/// Results are shared, never copied: who shows them and who keeps them hold the same object.
using ModelInfoPtr = std::shared_ptr<const ModelInfo>;
using AnalysisPtr = std::shared_ptr<const Analysis>;
using EvaluationPtr = std::shared_ptr<const Evaluation>;
using SweepPtr = std::shared_ptr<const Sweep>;
using SensitivityPtr = std::shared_ptr<const Sensitivity>;
using AllocationPtr = std::shared_ptr<const Allocation>;
using LayerCostsPtr = std::shared_ptr<const LayerCosts>;
using PassagePtr = std::shared_ptr<const Passage>;
using RunPtr = std::shared_ptr<const Run>;

struct Saved {
  std::string path;
};
struct Closed {};
struct ImportedPlan {
  std::vector<CompressionSpec> specs;
};

using JobResult = std::variant<ModelInfoPtr, AnalysisPtr, EvaluationPtr, SweepPtr, SensitivityPtr,
                               AllocationPtr, PassagePtr, RunPtr, Saved, Closed, ImportedPlan>;

/// A refusal or failure, as it travels from the worker to the window.
struct JobError {
  ErrorCode code = ErrorCode::Internal;
  QString summary;  // one line, as the log and the command line show it
  ErrorDetail detail;
};

struct JobCancelled {};

/// The one end of a job.
using JobEnd = std::variant<JobResult, JobError, JobCancelled>;

}  // namespace kvloupe
