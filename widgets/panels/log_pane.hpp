// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

class QPlainTextEdit;

namespace kvloupe {

/// What happened, a line each, the newest last; the oldest go after 2,000.
class LogPane : public QWidget {
  Q_OBJECT

 public:
  explicit LogPane(QWidget* parent = nullptr);
  void append(const QString& line);
  [[nodiscard]] QString text() const;

 signals:
  void closeRequested();

 private:
  QPlainTextEdit* lines_;
};

}  // namespace kvloupe
