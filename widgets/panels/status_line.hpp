// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QCoreApplication>
#include <QString>
#include <QWidget>
#include <optional>
#include <vector>

class QProgressBar;
class QToolButton;

namespace kvloupe {

class ElidedLabel;
class FixedLabel;
class InkLabel;
class Rule;

struct StatusView {
  QString title = QCoreApplication::translate("kvloupe::StatusLine", "Ready");
  bool busy = false;
  std::optional<double> fraction;  // of the work; absent while unknown
  QString amount;                  // "93,184 of 131,072 tokens"
  QString rate;                    // "9,350 tok/s"
  QString timeLeft;                // "4 s left"
  QString then;                    // "then 1 measurement"
  QString message;                 // while idle
  QString device;                  // "CPU, 2 threads · float32"
  bool logOffered = true;
  int newLogLines = 0;
};

/// The line at the foot of the window: what runs, how far it is, how to stop it.
class StatusLine : public QWidget {
  Q_OBJECT

 public:
  explicit StatusLine(QWidget* parent = nullptr);
  void setView(const StatusView& view);
  [[nodiscard]] const StatusView& view() const { return view_; }

 signals:
  void cancelRequested();
  void logRequested();

 protected:
  void paintEvent(QPaintEvent* event) override;

 private:
  StatusView view_;
  ElidedLabel* title_;
  QProgressBar* bar_;
  FixedLabel* percent_;
  Rule* amountRule_;
  ElidedLabel* amount_;
  Rule* rateRule_;
  InkLabel* rate_;
  Rule* leftRule_;
  FixedLabel* left_;
  Rule* thenRule_;
  InkLabel* then_;
  QToolButton* cancel_;
  ElidedLabel* message_;
  InkLabel* device_;
  Rule* logRule_;
  QToolButton* log_;
};

}  // namespace kvloupe
