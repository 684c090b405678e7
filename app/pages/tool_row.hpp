// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>
#include <vector>

class QComboBox;
class QHBoxLayout;

namespace kvloupe {

class InkLabel;

/// Where the entry of this key (its user data) stands in a list, else of this text, as sessions of
/// earlier versions named it; -1 where there is none.
[[nodiscard]] int indexOfKey(const QComboBox& list, const QString& keyOrText);

/// The row of tools above a page's charts, 40 high. Labels go where the row is narrower than
/// `wide`; so do the tools that are offered in a menu instead.
class ToolRow : public QWidget {
  Q_OBJECT

 public:
  explicit ToolRow(int wide, QWidget* parent = nullptr);

 protected:
  /// Words before a tool; a gap stands before them.
  InkLabel* addLabel(const QString& text);
  void addTool(QWidget* tool);
  /// A list as wide as its longest entry.
  [[nodiscard]] QComboBox* makeList(const QString& accessibleName);
  void addStretch();
  /// Hidden while narrow; what it does has to be reached in another way then.
  void addOptional(QWidget* tool);
  [[nodiscard]] bool narrow() const { return width() < wide_; }
  virtual void fold();

  void resizeEvent(QResizeEvent* event) override;
  void paintEvent(QPaintEvent* event) override;

 private:
  int wide_;
  QHBoxLayout* row_;
  std::vector<QWidget*> optional_;
};

}  // namespace kvloupe
