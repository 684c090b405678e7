// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QApplication>
#include <QFile>
#include <QSettings>
#include <QTemporaryDir>
#include <QTest>
#include <memory>

#include "controls/rank_slider.hpp"
#include "core_module/core_module.hpp"
#include "jobs/job_runner.hpp"
#include "theme/theme.hpp"
#include "window/main_window.hpp"
#include "window/workbench.hpp"
#include "workspace/workspace.hpp"

namespace kvloupe {

/// The whole window on the real core, with the beginnings of the demo's texts: enough for
/// intervals, and quick. Settings and files go into a folder of its own.
struct RealWindow {
  static constexpr int kPatience = 240000;  // ms; a loaded machine is slow, not wrong

  QTemporaryDir folder;
  std::unique_ptr<JobRunner> runner;
  std::unique_ptr<Workspace> workspace;
  std::unique_ptr<MainWindow> window;

  RealWindow() {
    QSettings::setPath(QSettings::NativeFormat, QSettings::UserScope, folder.path());
    QApplication::setOrganizationName("kvloupe");
    QApplication::setApplicationName("KV Loupe");
    QApplication::setApplicationVersion("0.0.0");
    applyTheme(*qobject_cast<QApplication*>(qApp), ThemeKind::Light);
    runner = std::make_unique<JobRunner>([] { return loadEngine(KVLOUPE_CORE_MODULE); });
    runner->start();
    workspace = std::make_unique<Workspace>(runner.get());
    MeasurementSettings quick;
    quick.calibrationPath = beginningOf("calibration.txt");
    quick.evaluationPath = beginningOf("evaluation.txt");
    quick.calibrationTokens = 4096;
    quick.context = 256;
    workspace->setSettings(quick);
    window = std::make_unique<MainWindow>(workspace.get());
    window->show();
    QVERIFY(QTest::qWaitForWindowExposed(window.get()));
  }

  void settle() { QTRY_VERIFY_WITH_TIMEOUT(workspace->settled(), kPatience); }

  QString beginningOf(const QString& name) const {
    QFile whole(QString(KVLOUPE_DEMO) + "/" + name);
    QFile part(folder.filePath(name));
    if (whole.open(QIODevice::ReadOnly) && part.open(QIODevice::WriteOnly))
      part.write(whole.read(20000));
    return part.fileName();
  }

  RankSlider* slider(const QString& name) const {
    for (RankSlider* each : window->findChildren<RankSlider*>())
      if (each->accessibleName() == name && each->isVisibleTo(window.get())) return each;
    return nullptr;
  }
};

}  // namespace kvloupe
