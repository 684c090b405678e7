// SPDX-License-Identifier: GPL-3.0-or-later
#include "export_command.hpp"

#include <QEventLoop>
#include <QTextStream>
#include <stdexcept>

#include "charts/layers_chart.hpp"
#include "jobs/job_runner.hpp"

namespace kvloupe {
namespace {

int fail(const QString& line) {
  QTextStream(stderr) << "kvloupe: " << line << '\n';
  return 1;
}

}  // namespace

int exportLayers(JobRunner& runner, const QString& runPath, const QString& figurePath) {
  QEventLoop loop;
  RunPtr run;
  QString error;
  QObject::connect(&runner, &JobRunner::succeeded, &loop, [&](JobId, const JobResult& result) {
    run = std::get<RunPtr>(result);
    loop.quit();
  });
  QObject::connect(&runner, &JobRunner::failed, &loop, [&](JobId, const JobError& failure) {
    error = failure.summary;
    loop.quit();
  });
  runner.submit(LoadJob{runPath.toStdString()});
  loop.exec();
  if (!run) return fail(error);
  if (!run->a.analysis) return fail(runPath + ": this run holds no analysis to draw");
  try {
    const LayersChartData data = layersChartData(run->a.model, *run->a.analysis, {});
    const QString provenance = QString::fromUtf8("%1 · KV Loupe %2")
                                   .arg(data.subtitle, QString::fromStdString(run->programVersion));
    exportLayersFigure(data, provenance, figurePath);
  } catch (const std::runtime_error& failure) {
    return fail(QString::fromUtf8(failure.what()));
  }
  return 0;
}

}  // namespace kvloupe
