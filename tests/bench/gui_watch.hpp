// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QApplication>
#include <QElapsedTimer>
#include <QEvent>
#include <QMetaEnum>
#include <QString>
#include <QTextStream>
#include <QThread>
#include <QTimer>
#include <algorithm>
#include <ctime>
#include <functional>
#include <vector>

namespace kvloupe {

constexpr double kStallMs = 50;

/// Processor time of the calling thread, ms: what another program takes of a loaded machine does
/// not count.
[[nodiscard]] inline double threadCpuMs() {
  timespec time{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return 1e3 * static_cast<double>(time.tv_sec) + 1e-6 * static_cast<double>(time.tv_nsec);
}

/// Notes which of the events it delivers takes most processor time.
class WatchedApplication : public QApplication {
 public:
  using QApplication::QApplication;

  bool notify(QObject* receiver, QEvent* event) override {
    // Other threads deliver through it, too.
    if (QThread::currentThread() != thread() || depth_ > 0)
      return QApplication::notify(receiver, event);
    const QString name = QString("%1 to %2")
                             .arg(QMetaEnum::fromType<QEvent::Type>().valueToKey(event->type()),
                                  receiver->metaObject()->className());
    const double before = threadCpuMs();
    ++depth_;
    const bool done = QApplication::notify(receiver, event);
    --depth_;
    const double took = threadCpuMs() - before;
    if (took > longestMs_) {
      longestMs_ = took;
      longest_ = name;
    }
    return done;
  }
  void forget() { longestMs_ = 0; }
  [[nodiscard]] double longestMs() const { return longestMs_; }
  [[nodiscard]] const QString& longest() const { return longest_; }

 private:
  int depth_ = 0;
  double longestMs_ = 0;
  QString longest_;
};

/// What the GUI thread did in a phase. A stall is the time between two beats of a timer of 1 ms.
struct GuiPhase {
  QString name;
  double seconds = 0;
  double longestMs = 0;     // stall by the clock
  double longestCpuMs = 0;  // and the processor time of the thread in that one
  double busiestCpuMs = 0;  // most processor time in any stall
  int overWall = 0;         // stalls over kStallMs
  int overCpu = 0;          // with more processor time than that
  double eventMs = 0;       // processor time of the event that took most
  QString event;
};

/// Beats in the GUI thread.
class GuiWatch {
 public:
  explicit GuiWatch(WatchedApplication* app) : app_(app) {
    clock_.start();
    timer_.setTimerType(Qt::PreciseTimer);
    QObject::connect(&timer_, &QTimer::timeout, [this] { beat(); });
    timer_.start(1);
  }

  /// Runs `what`, which turns the event loop, and prints what the thread did meanwhile.
  const GuiPhase& phase(const QString& name, const std::function<void()>& what) {
    beat();
    phases_.push_back({.name = name, .event = {}});
    app_->forget();
    QElapsedTimer timer;
    timer.start();
    what();
    beat();
    GuiPhase& phase = phases_.back();
    phase.seconds = static_cast<double>(timer.nsecsElapsed()) / 1e9;
    phase.eventMs = app_->longestMs();
    phase.event = app_->longest();
    QTextStream(stdout)
        << QString(
               "%1  %2 s  longest stall %3 ms (%4 ms of CPU), most CPU %5 ms; over %6 ms: %7, "
               "by CPU %8; longest event %9 ms of CPU, %10\n")
               .arg(name, -32)
               .arg(phase.seconds, 6, 'f', 1)
               .arg(phase.longestMs, 6, 'f', 1)
               .arg(phase.longestCpuMs, 0, 'f', 1)
               .arg(phase.busiestCpuMs, 0, 'f', 1)
               .arg(kStallMs)
               .arg(phase.overWall)
               .arg(phase.overCpu)
               .arg(phase.eventMs, 0, 'f', 1)
               .arg(phase.event);
    return phase;
  }
  [[nodiscard]] const std::vector<GuiPhase>& phases() const { return phases_; }

 private:
  void beat() {
    const double now = static_cast<double>(clock_.nsecsElapsed()) / 1e6, cpu = threadCpuMs();
    const double wall = now - last_, spent = cpu - lastCpu_;
    last_ = now;
    lastCpu_ = cpu;
    if (phases_.empty()) return;
    GuiPhase& phase = phases_.back();
    if (wall > phase.longestMs) {
      phase.longestMs = wall;
      phase.longestCpuMs = spent;
    }
    phase.busiestCpuMs = std::max(phase.busiestCpuMs, spent);
    phase.overWall += wall > kStallMs;
    phase.overCpu += spent > kStallMs;
  }

  WatchedApplication* app_;
  QElapsedTimer clock_;
  double last_ = 0, lastCpu_ = threadCpuMs();
  QTimer timer_;
  std::vector<GuiPhase> phases_;
};

}  // namespace kvloupe
