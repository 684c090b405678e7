// SPDX-License-Identifier: GPL-3.0-or-later
#include "job_runner.hpp"

#include <algorithm>
#include <utility>

#include "compute_worker.hpp"

namespace kvloupe {
namespace {

constexpr std::chrono::milliseconds kNewsInterval{50};

}  // namespace

JobRunner::JobRunner(EngineSource source, QObject* parent)
    : QObject(parent), mailbox_(std::make_shared<Mailbox>()) {
  worker_ = new ComputeWorker(std::move(source), mailbox_);
  worker_->moveToThread(&thread_);
  connect(&thread_, &QThread::finished, worker_, &QObject::deleteLater);
  connect(worker_, &ComputeWorker::started, this, [this] { coreReady_ = true; });
  connect(worker_, &ComputeWorker::newsArrived, this, &JobRunner::receiveNews);
  connect(worker_, &ComputeWorker::ended, this, &JobRunner::finish);
  newsTimer_.setSingleShot(true);
  newsTimer_.setTimerType(Qt::PreciseTimer);
  connect(&newsTimer_, &QTimer::timeout, this, &JobRunner::deliverNews);
  thread_.setObjectName("kvloupe compute");
  thread_.start();
}

void JobRunner::start() {
  if (std::exchange(started_, true)) return;
  QMetaObject::invokeMethod(worker_, &ComputeWorker::start, Qt::QueuedConnection);
  scheduleDispatch();
}

JobRunner::~JobRunner() {
  if (running_) running_->stop.request_stop();
  thread_.quit();
  thread_.wait();
}

JobId JobRunner::submit(Job job) {
  waiting_.push_back(Entry{.id = ++lastId_, .job = std::move(job), .stop = {}});
  scheduleDispatch();
  return lastId_;
}

JobId JobRunner::submitBetween(SaveJob job) {
  const JobId id = submit(job);
  waiting_.back().between = true;
  mailbox_->offer(id, std::move(job));
  return id;
}

bool JobRunner::replaceWaiting(JobId id, Job job) {
  for (Entry& entry : waiting_) {
    if (entry.id != id) continue;
    if (entry.between) {
      if (!mailbox_->withdraw(id)) return false;
      mailbox_->offer(id, std::get<SaveJob>(job));
    }
    entry.job = std::move(job);
    return true;
  }
  return false;
}

void JobRunner::cancel(JobId id) {
  if (running_ && running_->id == id) {
    if (std::holds_alternative<SaveJob>(running_->job)) return;
    running_->cancelRequested = true;
    running_->stop.request_stop();
    return;
  }
  const auto entry =
      std::find_if(waiting_.begin(), waiting_.end(), [&](const Entry& e) { return e.id == id; });
  if (entry == waiting_.end() || std::holds_alternative<SaveJob>(entry->job)) return;
  entry->cancelRequested = true;
  scheduleDispatch();
}

void JobRunner::scheduleDispatch() {
  if (std::exchange(dispatchScheduled_, true)) return;
  QMetaObject::invokeMethod(
      this,
      [this] {
        dispatchScheduled_ = false;
        dispatch();
      },
      Qt::QueuedConnection);
}

void JobRunner::dispatch() {
  std::vector<JobId> abandoned;
  std::erase_if(waiting_, [&](const Entry& entry) {
    if (entry.cancelRequested) abandoned.push_back(entry.id);
    return entry.cancelRequested;
  });
  if (started_ && !running_ && !waiting_.empty()) {
    running_ = std::move(waiting_.front());
    waiting_.pop_front();
    if (running_->between) mailbox_->withdraw(running_->id);
    QMetaObject::invokeMethod(
        worker_,
        [worker = worker_, id = running_->id, job = running_->job,
         stop = running_->stop.get_token()] { worker->run(id, job, stop); },
        Qt::QueuedConnection);
  }
  for (const JobId id : abandoned) emit cancelled(id);
}

void JobRunner::receiveNews() {
  if (newsTimer_.isActive()) return;
  const auto age = std::chrono::steady_clock::now() - lastNews_;
  if (age >= kNewsInterval)
    deliverNews();
  else
    newsTimer_.start(std::chrono::ceil<std::chrono::milliseconds>(kNewsInterval - age));
}

void JobRunner::deliverNews() {
  lastNews_ = std::chrono::steady_clock::now();
  const JobNews news = mailbox_->take();
  // Whoever hears one piece of news may cancel the job before the next.
  const auto wanted = [&] {
    return running_ && running_->id == news.id && !running_->cancelRequested;
  };
  if (news.progress && wanted()) emit progressed(news.id, *news.progress);
  if (news.analysis && wanted()) emit analysisGrew(news.id, news.analysis);
  if (news.evaluation && wanted()) emit evaluationGrew(news.id, news.evaluation);
  if (news.sweep && wanted()) emit sweepGrew(news.id, news.sweep);
  if (news.sensitivity && wanted()) emit sensitivityGrew(news.id, news.sensitivity);
  if (news.allocation && wanted()) emit allocationGrew(news.id, news.allocation);
}

void JobRunner::finish(JobId id, const JobEnd& end) {
  if (running_ && running_->id == id) {
    running_.reset();
    scheduleDispatch();
  } else if (std::erase_if(waiting_, [&](const Entry& entry) { return entry.id == id; }) == 0) {
    return;
  }
  if (std::holds_alternative<JobCancelled>(end))
    emit cancelled(id);
  else if (const auto* error = std::get_if<JobError>(&end))
    emit failed(id, *error);
  else
    emit succeeded(id, std::get<JobResult>(end));
}

}  // namespace kvloupe
