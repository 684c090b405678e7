// SPDX-License-Identifier: GPL-3.0-or-later
#include <QCoreApplication>

#include "jobs/error_words.hpp"
#include "types/format.hpp"
#include "window/presenters.hpp"
#include "words/core_words.hpp"

namespace kvloupe {
namespace {

struct Words {
  Q_DECLARE_TR_FUNCTIONS(kvloupe::StatusPresenter)
};

QString text(const std::string& words) { return QString::fromStdString(words); }

QString amountText(const Progress& progress) {
  const bool bytes = progress.unit == "bytes";
  const auto number = [&](std::int64_t value) {
    return text(bytes ? formatBytes(value) : formatCount(value));
  };
  const QString amount =
      progress.total <= 0
          ? number(progress.done)
          : Words::tr("%1 of %2").arg(number(progress.done), number(progress.total));
  if (bytes) return amount;
  return progress.unit == "tokens" ? Words::tr("%1 tokens").arg(amount)
                                   : amount + " " + text(progress.unit);
}

QString titleOf(Failure::What what) {
  switch (what) {
    case Failure::What::ModelNotOpened:
      return Words::tr("Model not opened");
    case Failure::What::RunNotOpened:
      return Words::tr("Run not opened");
    case Failure::What::RunNotRecovered:
      return Words::tr("Run not recovered");
    case Failure::What::RunNotSaved:
      return Words::tr("Run not saved");
    case Failure::What::NotMeasured:
      return Words::tr("Not measured");
    case Failure::What::PlanNotExported:
      return Words::tr("Plan not exported");
    case Failure::What::PlanNotImported:
      return Words::tr("Plan not imported");
  }
  return {};
}

}  // namespace

StatusView statusView(const Workspace& workspace, const ProgressRate& rate, const QString& message,
                      int newLogLines) {
  StatusView view;
  view.newLogLines = newLogLines;
  view.message = message;
  if (const ModelInfoPtr& model = workspace.activeSlot().model)
    view.device = QString::fromUtf8("%1 · %2").arg(text(model->device), text(model->computeDtype));
  const Activity& activity = workspace.activity();
  if (!activity.busy()) return view;
  view.busy = true;
  view.title = activity.title;
  if (const int waiting = workspace.waitingMeasurements(); waiting > 0)
    view.then = waiting == 1 ? Words::tr("then 1 measurement")
                             : Words::tr("then %n measurements", nullptr, waiting);
  if (activity.measuring && workspace.saving()) view.then = Words::tr("saving the run in between");
  if (!activity.progress) return view;
  const Progress& progress = *activity.progress;
  if (progress.total > 0)
    view.fraction =
        std::min(1.0, static_cast<double>(progress.done) / static_cast<double>(progress.total));
  view.amount = amountText(progress);
  if (const auto perSecond = rate.perSecond(); perSecond && progress.unit == "tokens")
    view.rate = text(formatTokensPerSecond(*perSecond));
  if (const auto left = rate.secondsLeft()) view.timeLeft = text(formatTimeLeft(*left));
  return view;
}

ErrorReport errorReport(const Failure& failure) {
  const ErrorDetail& detail = failure.error.detail;
  ErrorReport report;
  report.title = titleOf(failure.what);
  const ErrorWords words = errorWords(failure.error);
  report.headline = words.headline;
  report.exact = words.exact;
  report.context = failure.path;
  report.file = text(detail.file);
  report.place = text(detail.place);
  report.found = coreWords(detail.found);
  report.expected = coreWords(detail.expected);
  report.advice = words.advice;
  report.unchanged = failure.unchanged;
  report.line = failure.error.summary;
  report.canRetry = true;
  if (failure.what == Failure::What::ModelNotOpened)
    report.openAnother = Words::tr("Open another folder…");
  if (failure.what == Failure::What::RunNotOpened)
    report.openAnother = Words::tr("Open another run…");
  if (failure.what == Failure::What::RunNotSaved) report.openAnother = Words::tr("Save elsewhere…");
  if (report.context == report.file) report.context.clear();
  return report;
}

}  // namespace kvloupe
