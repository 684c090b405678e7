// SPDX-License-Identifier: GPL-3.0-or-later
// How soon the window answers a slider: milliseconds from the last move of the mouse to the first
// window's dPPL, and to an interval of +-1 %. demo:gqa, its own texts, everything before measured.
#include <CLI/CLI.hpp>
#include <QApplication>
#include <QElapsedTimer>
#include <QSettings>
#include <QTemporaryDir>
#include <QTest>
#include <QTextStream>
#include <QTimer>
#include <algorithm>
#include <functional>
#include <memory>
#include <vector>

#include "bench/figures_file.hpp"
#include "controls/rank_slider.hpp"
#include "core_module/core_module.hpp"
#include "jobs/job_runner.hpp"
#include "panels/impact_panel.hpp"
#include "theme/theme.hpp"
#include "window/main_window.hpp"
#include "window/presenters.hpp"
#include "window/workbench.hpp"
#include "workspace/workspace.hpp"

using namespace kvloupe;

namespace {

/// Turns the event loop until `done`.
bool until(const std::function<bool()>& done, int seconds) {
  QElapsedTimer timer;
  timer.start();
  while (!done() && timer.elapsed() < 1000LL * seconds) QTest::qWait(1);
  return done();
}

RankSlider* sliderOfV(const MainWindow& window) {
  for (auto* slider : window.findChildren<RankSlider*>())
    if (slider->accessibleName() == "V rank" && slider->isVisible()) return slider;
  return nullptr;
}

/// Drags the slider's handle to a rank in ten moves, 5 ms apart, starts the timer and lets it go.
void drag(RankSlider* slider, int rank, QElapsedTimer& timer) {
  const auto at = [slider](double share) {
    return QPoint(static_cast<int>(share * (slider->width() - 1)), slider->height() / 2);
  };
  const double from = static_cast<double>(slider->value()) / slider->maximum();
  const double to = static_cast<double>(rank) / slider->maximum();
  QTest::mousePress(slider, Qt::LeftButton, {}, at(from));
  for (int i = 1; i <= 10; ++i) {
    QTest::qWait(5);
    QMouseEvent move(QEvent::MouseMove, at(from + (to - from) * i / 10),
                     slider->mapToGlobal(at(from + (to - from) * i / 10)), Qt::NoButton,
                     Qt::LeftButton, Qt::NoModifier);
    QApplication::sendEvent(slider, &move);
  }
  timer.start();
  QTest::mouseRelease(slider, Qt::LeftButton, {}, at(to));
}

}  // namespace

int main(int argc, char** argv) {
  std::string jsonPath;
  CLI::App options(
      "How soon the window answers a slider: milliseconds from the last move to the first window's "
      "dPPL, and to an interval of +-1 %; demo:gqa on its own texts");
  options.add_option("--json", jsonPath, "write the figures to this file");
  CLI11_PARSE(options, argc, argv);
  QApplication app(argc, argv);
  const QTemporaryDir folder;
  QSettings::setPath(QSettings::NativeFormat, QSettings::UserScope, folder.path());
  QApplication::setOrganizationName("kvloupe");
  QApplication::setApplicationName("KV Loupe");
  applyTheme(app, ThemeKind::Light);
  QTextStream out(stdout);
  auto runner = std::make_unique<JobRunner>([] { return loadEngine(KVLOUPE_CORE_MODULE); });
  runner->start();
  Workspace workspace(runner.get());
  MainWindow window(&workspace);
  window.resize(1440, 900);
  window.show();
  window.openPath("demo:gqa");
  const SlotState& state = workspace.slot(Slot::A);
  if (!until([&] { return workspace.settled() && planCurrent(state, workspace.settings()); },
             600)) {
    QTextStream(stderr) << "demo:gqa was not measured\n";
    return 1;
  }

  std::vector<double> estimates, first, narrow;
  RankSlider* slider = sliderOfV(window);
  if (slider == nullptr) {
    QTextStream(stderr) << "there is no slider of V\n";
    return 1;
  }
  for (const int rank : {28, 20, 30, 18, 26, 22, 24}) {
    QElapsedTimer timer;
    drag(slider, rank, timer);
    const auto milliseconds = [&] { return static_cast<double>(timer.nsecsElapsed()) / 1e6; };
    const auto figures = [&]() -> const EvaluationFigures* {
      const bool own =
          state.current.value && state.current.key == planKey(state, workspace.settings());
      return own ? &state.current.value->figures : nullptr;
    };
    if (impactView(workspace).state == FigureState::Estimate) estimates.push_back(milliseconds());
    until([&] { return figures() != nullptr && figures()->windows > 0; }, 60);
    window.workbench()->impact()->repaint();
    first.push_back(milliseconds());
    until(
        [&] {
          const EvaluationFigures* now = figures();
          return now != nullptr && now->deltaInterval &&
                 now->deltaInterval->high - now->deltaInterval->low <= 2;
        },
        60);
    narrow.push_back(milliseconds());
    out << QString("V rank %1: first window after %2 ms, +-1 % after %3 ms\n")
               .arg(state.draft.find(Target::V)->rank)
               .arg(first.back(), 0, 'f', 0)
               .arg(narrow.back(), 0, 'f', 0);
    until([&] { return workspace.settled(); }, 60);
  }
  out << QString("median: first window %1 ms, +-1 % %2 ms; an estimate at once %3 times of %4\n")
             .arg(median(first), 0, 'f', 0)
             .arg(median(narrow), 0, 'f', 0)
             .arg(estimates.size())
             .arg(first.size());
  writeFigures(jsonPath, {{"drags", first.size()},
                          {"first_window_ms", median(first)},
                          {"interval_of_1_percent_ms", median(narrow)},
                          {"estimates_at_once", estimates.size()},
                          {"estimate_ms", estimates.empty() ? 0 : median(estimates)}});
  return 0;
}
