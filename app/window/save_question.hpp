// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <functional>

class QWidget;

namespace kvloupe {

class Workspace;

/// Asks whether to save before something that nobody saved is lost, and goes on once that is
/// settled: when the file stands, or at once where the person gives it up.
class SaveQuestion : public QObject {
  Q_OBJECT

 public:
  /// `save` starts saving, or does not where the person gives no path.
  SaveQuestion(QWidget* window, Workspace* workspace, std::function<void()> save);

  /// "Save the run before closing?" over the window. Cancelled, and where the run could not be
  /// saved, `then` is never called.
  void ask(const QString& question, std::function<void()> then);
  /// Goes on when the file that is being written stands; the last wish counts.
  void whenSaved(std::function<void()> then) { then_ = std::move(then); }

 private:
  QWidget* window_;
  Workspace* workspace_;
  std::function<void()> save_;
  std::function<void()> then_;
};

}  // namespace kvloupe
