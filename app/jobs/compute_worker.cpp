// SPDX-License-Identifier: GPL-3.0-or-later
#include "compute_worker.hpp"

#include <new>
#include <utility>

#include "compression/plan/resolve.hpp"
#include "compression/plan/spec.hpp"

namespace kvloupe {
namespace {

/// Runs `work` and turns whatever it throws into the end of a job.
template <class Work>
JobEnd guarded(Work work) {
  const auto failure = [](ErrorCode code, const QString& message) {
    return JobError{code,
                    message,
                    {.message = message.toStdString(),
                     .file = {},
                     .place = {},
                     .expected = {},
                     .found = {},
                     .advice = {}}};
  };
  try {
    return work();
  } catch (const Cancelled&) {
    return JobCancelled{};
  } catch (const Error& error) {
    return JobError{error.code(), QString::fromUtf8(error.what()), error.detail()};
  } catch (const std::bad_alloc&) {
    return failure(ErrorCode::OutOfMemory,
                   ComputeWorker::tr("there is not enough memory for this"));
  } catch (const std::exception& error) {
    return failure(ErrorCode::Internal,
                   ComputeWorker::tr("unexpected failure: %1")
                       .arg(QString::fromUtf8(error.what()).section(QLatin1Char('\n'), 0, 0)));
  } catch (...) {
    return failure(ErrorCode::Internal, ComputeWorker::tr("unexpected failure"));
  }
}

std::size_t index(Slot slot) { return static_cast<std::size_t>(slot); }

}  // namespace

ComputeWorker::ComputeWorker(EngineSource source, std::shared_ptr<Mailbox> mailbox)
    : source_(std::move(source)), mailbox_(std::move(mailbox)) {}

void ComputeWorker::start() {
  const JobEnd end = guarded([this]() -> JobEnd {
    engine_ = source_();
    return JobResult{Closed{}};
  });
  if (const auto* error = std::get_if<JobError>(&end)) loadFailure_ = *error;
  emit started();
}

void ComputeWorker::run(JobId id, const Job& job, const std::stop_token& stop) {
  if (loadFailure_) {
    emit ended(id, *loadFailure_);
    return;
  }
  emit ended(id, guarded([&]() -> JobEnd {
               throwIfStopped(stop);
               return std::visit([&](const auto& each) { return perform(id, each, stop); }, job);
             }));
}

JobResult ComputeWorker::perform(JobId id, const OpenJob& job, const std::stop_token& stop) {
  // The model that was open in this place stays until the new one is whole.
  std::unique_ptr<Session> opened = engine_->open(job.request, stop, progressOf(id));
  auto info = std::make_shared<const ModelInfo>(opened->info());
  sessions_[index(job.slot)] = std::move(opened);
  return info;
}

JobResult ComputeWorker::perform(JobId, const CloseJob& job, const std::stop_token&) {
  sessions_[index(job.slot)].reset();
  return Closed{};
}

JobResult ComputeWorker::perform(JobId id, const AnalyseJob& job, const std::stop_token& stop) {
  const AnalysisFn partial = [this, id](const Analysis& soFar) {
    auto copy = std::make_shared<const Analysis>(soFar);
    post(id, [&](JobNews& news) { news.analysis = std::move(copy); });
  };
  return std::make_shared<const Analysis>(
      session(job.slot).analyse(job.request, stop, partial, progressOf(id)));
}

JobResult ComputeWorker::perform(JobId id, const EvaluateJob& job, const std::stop_token& stop) {
  const EvaluationFn partial = [this, id](const Evaluation& soFar) {
    auto copy = std::make_shared<const Evaluation>(soFar);
    post(id, [&](JobNews& news) { news.evaluation = std::move(copy); });
  };
  return std::make_shared<const Evaluation>(
      session(job.slot).evaluate(job.request, stop, partial, progressOf(id)));
}

JobResult ComputeWorker::perform(JobId id, const SweepJob& job, const std::stop_token& stop) {
  const SweepFn partial = [this, id](const Sweep& soFar) {
    auto copy = std::make_shared<const Sweep>(soFar);
    post(id, [&](JobNews& news) { news.sweep = std::move(copy); });
  };
  return std::make_shared<const Sweep>(
      session(job.slot).sweep(job.request, stop, partial, progressOf(id)));
}

JobResult ComputeWorker::perform(JobId id, const SensitivityJob& job, const std::stop_token& stop) {
  const SensitivityFn partial = [this, id](const Sensitivity& soFar) {
    auto copy = std::make_shared<const Sensitivity>(soFar);
    post(id, [&](JobNews& news) { news.sensitivity = std::move(copy); });
  };
  return std::make_shared<const Sensitivity>(
      session(job.slot).sensitivity(job.request, stop, partial, progressOf(id)));
}

JobResult ComputeWorker::perform(JobId id, const AllocateJob& job, const std::stop_token& stop) {
  const AllocationFn partial = [this, id](const Allocation& soFar) {
    auto copy = std::make_shared<const Allocation>(soFar);
    post(id, [&](JobNews& news) { news.allocation = std::move(copy); });
  };
  return std::make_shared<const Allocation>(
      session(job.slot).allocate(job.request, stop, partial, progressOf(id)));
}

JobResult ComputeWorker::perform(JobId id, const ExportPlanJob& job, const std::stop_token& stop) {
  engine_->checkPlanPath(job.path);
  Session& model = session(job.slot);
  const ProgressFn progress = progressOf(id);
  FittedPlan plan{.measured = job.measured,
                  .tensors = model.fittedTensors(job.request, stop, progress)};
  model.hashWeights(stop, progress);  // a plan names the weights that it was fitted to
  engine_->exportPlan(plan, model.info(), {}, job.path);
  return Saved{job.path};
}

JobResult ComputeWorker::perform(JobId, const ImportPlanJob& job, const std::stop_token&) {
  ImportedPlan plan;
  for (const std::string& spec : engine_->readPlan(job.path)) plan.specs.push_back(parseSpec(spec));
  // Refused here, where a refusal reaches the person, if the model cannot have it.
  (void)resolvePlan(plan.specs, *job.model);
  return plan;
}

JobResult ComputeWorker::perform(JobId id, const LookJob& job, const std::stop_token& stop) {
  return std::make_shared<const Passage>(
      session(job.slot).lookAt(job.request, stop, progressOf(id)));
}

JobResult ComputeWorker::perform(JobId id, const HashJob& job, const std::stop_token& stop) {
  session(job.slot).hashWeights(stop, progressOf(id));
  return std::make_shared<const ModelInfo>(session(job.slot).info());
}

JobResult ComputeWorker::perform(JobId, const SaveJob& job, const std::stop_token&) {
  engine_->save(job.assemble(), job.path);
  return Saved{job.path};
}

JobResult ComputeWorker::perform(JobId, const LoadJob& job, const std::stop_token&) {
  return std::make_shared<const Run>(engine_->load(job.path));
}

ProgressFn ComputeWorker::progressOf(JobId id) {
  return [this, id](const Progress& progress) {
    post(id, [&](JobNews& news) { news.progress = progress; });
    saveBetween();
  };
}

void ComputeWorker::saveBetween() {
  const auto offer = mailbox_->takeOffer();
  if (!offer) return;
  const auto& [id, job] = *offer;
  emit ended(id, guarded([&]() -> JobEnd { return perform(id, job, {}); }));
}

Session& ComputeWorker::session(Slot slot) {
  const std::unique_ptr<Session>& open = sessions_[index(slot)];
  if (!open)
    throw Error(ErrorCode::InvalidArgument, {.message = tr("no model is open here").toStdString(),
                                             .file = {},
                                             .place = slot == Slot::A ? "A" : "B",
                                             .expected = {},
                                             .found = {},
                                             .advice = tr("Open a model first").toStdString()});
  return *open;
}

}  // namespace kvloupe
