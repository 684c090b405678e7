// SPDX-License-Identifier: GPL-3.0-or-later
#include "export_command.hpp"

#include <QEventLoop>
#include <QTextStream>
#include <QWidget>
#include <stdexcept>

#include "jobs/job_runner.hpp"
#include "pages/pages.hpp"
#include "workspace/workspace.hpp"

namespace kvloupe {
namespace {

int fail(const QString& line) {
  QTextStream(stderr) << "kvloupe: " << line << '\n';
  return 1;
}

}  // namespace

int exportPage(JobRunner& runner, const QString& page, const QString& runPath,
               const QString& figurePath) {
  QEventLoop loop;
  Workspace workspace(&runner);
  QWidget host;
  const std::vector<Page*> pages = makePages(&workspace, &host);
  Page* shown = pages[static_cast<std::size_t>(pageKeys().indexOf(page))];
  QString error;
  QObject::connect(&workspace, &Workspace::runOpened, &loop, &QEventLoop::quit);
  QObject::connect(&workspace, &Workspace::failed, &loop, [&](const Failure& failure) {
    error = failure.error.summary;
    loop.quit();
  });
  workspace.openRun(runPath);
  loop.exec();
  if (!error.isEmpty()) return fail(error);
  shown->bringUpToDate();
  const QString absence = shown->absence();
  if (!absence.isEmpty()) return fail(runPath + ": " + absence);
  try {
    shown->sheet().save(figurePath, FigureSpec::twoColumns());
  } catch (const std::runtime_error& failure) {
    return fail(QString::fromUtf8(failure.what()));
  }
  return 0;
}

}  // namespace kvloupe
