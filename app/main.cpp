// SPDX-License-Identifier: GPL-3.0-or-later
#include <QApplication>
#include <QScreen>
#include <QSettings>
#include <QTextStream>
#include <memory>

#include "core_module/core_module.hpp"
#include "export_command.hpp"
#include "jobs/job_runner.hpp"
#include "options.hpp"
#include "screenshot.hpp"
#include "start.hpp"
#include "theme/theme.hpp"
#include "window/main_window.hpp"
#include "window/recovery_offer.hpp"
#include "workspace/recovery.hpp"
#include "workspace/workspace.hpp"

namespace {

using namespace kvloupe;

QStringList argumentsOf(int argc, char** argv) {
  QStringList arguments;
  for (int i = 1; i < argc; ++i) arguments << QString::fromLocal8Bit(argv[i]);
  return arguments;
}

ThemeKind chosenTheme(const Options& options) {
  if (options.theme) return *options.theme;
  const int kept = QSettings().value("theme", static_cast<int>(ThemeKind::System)).toInt();
  return kept >= 0 && kept <= static_cast<int>(ThemeKind::System) ? static_cast<ThemeKind>(kept)
                                                                  : ThemeKind::System;
}

/// Room for the window's frame, whose size is known only once it is shown.
constexpr QSize kFrame(4, 40);

int runWindow(QApplication& app, JobRunner& runner, RecoveryFolder& kept, const Options& options) {
  applyTheme(app, chosenTheme(options));
  Workspace workspace(&runner);
  workspace.setSettings(settingsFrom(options));
  MainWindow window(&workspace);
  if (options.size.isValid())
    window.resize(options.size);
  else if (options.screenshotPath.isEmpty() && !window.isMaximized())
    window.resize(window.size().boundedTo(window.screen()->availableSize() - kFrame));
  openNamed(options, window, workspace);
  Recovery recovery(&workspace, &runner, &kept);
  if (options.screenshotPath.isEmpty()) new RecoveryOffer(&window, &recovery);
  QObject::connect(&window, &MainWindow::shown, &runner, &JobRunner::start);
  window.show();
  std::unique_ptr<Screenshot> screenshot;
  if (!options.screenshotPath.isEmpty())
    screenshot =
        std::make_unique<Screenshot>(&window, &workspace, options.screenshotPath, options.plans);
  return QApplication::exec();
}

}  // namespace

int main(int argc, char** argv) {
  QString error;
  const Options options = readOptions(argumentsOf(argc, argv), error);
  if (!error.isEmpty()) {
    QTextStream(stderr) << "kvloupe: " << error << '\n';
    return 2;
  }
  if (options.help || options.version) {
    QTextStream(stdout) << (options.help ? usageText() : QString("KV Loupe " KVLOUPE_VERSION "\n"));
    return 0;
  }
  if (!options.exportPath.isEmpty()) qputenv("QT_QPA_PLATFORM", "offscreen");
  QApplication app(argc, argv);
  QApplication::setApplicationName("KV Loupe");
  QApplication::setOrganizationName("kvloupe");
  QApplication::setApplicationVersion(KVLOUPE_VERSION);
  QApplication::setDesktopFileName(KVLOUPE_APP_ID);

  RecoveryFolder kept(RecoveryFolder::usual());
  // The core is loaded behind the window, on the thread that will use it.
  JobRunner runner([] { return loadEngine(coreModulePath()); });
  if (!options.exportPath.isEmpty()) {
    applyTheme(app, ThemeKind::Light);
    runner.start();
    return options.exportWhat == "report" ? exportReport(runner, options)
                                          : exportPage(runner, options);
  }
  return runWindow(app, runner, kept, options);
}
