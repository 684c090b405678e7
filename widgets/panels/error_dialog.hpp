// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDialog>
#include <QString>

namespace kvloupe {

/// A refusal in words. Empty parts are left out.
struct ErrorReport {
  QString title;     // "Model not opened"
  QString headline;  // what happened
  QString exact;     // the same in the words of the log, where the headline is in others
  QString context;   // which folder or run
  QString file, place, found, expected;
  QString advice;     // what to do
  QString unchanged;  // what stayed as it was
  QString line;       // the same as one line: log and clipboard
  bool canRetry = false;
  QString openAnother;  // "Open another folder…", or empty
};

/// Shows an ErrorReport. Does not block: the window behind it goes on working.
class ErrorDialog : public QDialog {
  Q_OBJECT

 public:
  explicit ErrorDialog(const ErrorReport& report, QWidget* parent = nullptr);
  [[nodiscard]] const ErrorReport& report() const { return report_; }

 signals:
  void retryRequested();
  void openAnotherRequested();

 protected:
  void paintEvent(QPaintEvent* event) override;

 private:
  QWidget* makeHead();
  QWidget* makeParts();
  QWidget* makeAdvice();
  QWidget* makeCommand(const QString& command, QWidget* parent);
  QWidget* makeButtons();

  ErrorReport report_;
};

}  // namespace kvloupe
