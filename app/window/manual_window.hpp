// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

class QListWidget;
class QTextBrowser;

namespace kvloupe {

/// The manual's pages, as they lie in resources/manual.
class ManualWindow : public QWidget {
  Q_OBJECT

 public:
  explicit ManualWindow(const QString& folder, QWidget* parent = nullptr);
  [[nodiscard]] int pageCount() const;

 private:
  void showPage(int row);

  QString folder_;
  QListWidget* pages_;
  QTextBrowser* text_;
};

}  // namespace kvloupe
