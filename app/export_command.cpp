// SPDX-License-Identifier: GPL-3.0-or-later
#include "export_command.hpp"

#include <QEventLoop>
#include <QTextStream>
#include <QWidget>
#include <stdexcept>

#include "jobs/job_runner.hpp"
#include "options.hpp"
#include "pages/pages.hpp"
#include "report/report_source.hpp"
#include "report/report_writer.hpp"
#include "workspace/workspace.hpp"

namespace kvloupe {
namespace {

int fail(const QString& line) {
  QTextStream(stderr) << "kvloupe: " << line << '\n';
  return 1;
}

/// Opens the first run as A, a second as B; the reason where that fails.
QString openRuns(Workspace& workspace, const QStringList& paths) {
  QString error;
  for (const QString& path : paths) {
    QEventLoop loop;
    QObject::connect(&workspace, &Workspace::runOpened, &loop, &QEventLoop::quit);
    QObject::connect(&workspace, &Workspace::failed, &loop, [&](const Failure& failure) {
      error = failure.error.summary;
      loop.quit();
    });
    if (path == paths.front())
      workspace.openRun(path);
    else
      workspace.openRunBeside(path);
    loop.exec();
    if (!error.isEmpty()) break;
  }
  return error;
}

}  // namespace

int exportPage(JobRunner& runner, const Options& options) {
  const QString& runPath = options.paths.front();
  Workspace workspace(&runner);
  QWidget host;
  const std::vector<Page*> pages = makePages(&workspace, &host);
  Page* shown = pages[static_cast<std::size_t>(pageKeys().indexOf(options.exportWhat))];
  if (const QString error = openRuns(workspace, options.paths); !error.isEmpty())
    return fail(error);
  shown->bringUpToDate();
  const QString absence = shown->absence();
  if (!absence.isEmpty()) return fail(runPath + ": " + absence);
  try {
    shown->sheet().save(options.exportPath,
                        options.oneColumn ? FigureSpec::oneColumn() : FigureSpec::twoColumns());
  } catch (const std::runtime_error& failure) {
    return fail(QString::fromUtf8(failure.what()));
  }
  return 0;
}

int exportReport(JobRunner& runner, const Options& options) {
  Workspace workspace(&runner);
  if (const QString error = openRuns(workspace, options.paths); !error.isEmpty())
    return fail(error);
  const ReportSource source(workspace);
  ReportChoice choice;
  choice.title = options.reportTitle;
  choice.author = options.reportAuthor;
  choice.twoColumns = !options.oneColumn;
  for (const ReportOffer& offer : source.offers())
    if (offer.absence.isEmpty() && offer.asked) choice.figures << offer.key;
  ReportWriter writer(source, choice, reportPaths(options.exportPath));
  QEventLoop loop;
  QString error;
  QObject::connect(&writer, &ReportWriter::written, &loop, &QEventLoop::quit, Qt::QueuedConnection);
  QObject::connect(
      &writer, &ReportWriter::failed, &loop,
      [&](const QString& sentence) {
        error = sentence;
        loop.quit();
      },
      Qt::QueuedConnection);
  writer.start();
  loop.exec();
  return error.isEmpty() ? 0 : fail(error);
}

}  // namespace kvloupe
