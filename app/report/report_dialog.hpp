// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDialog>
#include <QStringList>
#include <memory>
#include <vector>

#include "report/report_source.hpp"

class QCheckBox;
class QLineEdit;
class QProgressBar;
class QPushButton;

namespace kvloupe {

class InkLabel;
class ReportWriter;
class SegmentedControl;

/// Asks what a report holds and where it goes, and writes it. Stays open, with the reason in
/// words, where it cannot be written. Does not block the window.
class ReportDialog : public QDialog {
  Q_OBJECT

 public:
  /// `shown` has a model, and `pages` are the window's; `path` is offered, without an ending.
  ReportDialog(const Workspace& shown, const std::vector<Page*>& pages, const QString& path,
               QWidget* parent = nullptr);
  ~ReportDialog() override;

  void setPath(const QString& path);
  [[nodiscard]] QString path() const;
  /// The reason that is on screen, or empty.
  [[nodiscard]] QString problem() const;

 signals:
  void written(const QStringList& paths);

 private:
  void write();
  void browse();
  void refresh();
  void tell(const QString& problem);
  [[nodiscard]] QWidget* makeChoices();
  [[nodiscard]] QStringList chosen() const;

  std::unique_ptr<ReportSource> source_;
  std::vector<std::pair<QString, QCheckBox*>> figures_;
  QLineEdit* title_;
  QLineEdit* author_;
  SegmentedControl* width_;
  QLineEdit* path_;
  InkLabel* note_;
  InkLabel* problem_;
  QProgressBar* progress_;
  QPushButton* write_;
  ReportWriter* writer_ = nullptr;
};

}  // namespace kvloupe
