// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>
#include <array>
#include <functional>

#include "charts/figure_sheet.hpp"

class QHBoxLayout;
class QVBoxLayout;

namespace kvloupe {

class ChartFrame;
class ElidedLabel;
class InkLabel;

/// Two charts beside each other, their difference below, and a table of figures under a heading.
class SideBySide : public QWidget {
  Q_OBJECT

 public:
  /// `table` has a background of its own and scrolls where there is no room.
  SideBySide(std::array<ChartFrame*, 2> charts, ChartFrame* difference, const QString& heading,
             QWidget* table, QWidget* parent = nullptr);

  /// While true a zoom of one chart is a zoom of the other.
  void setLinked(bool linked) { linked_ = linked; }
  /// Beside the heading: what the table was measured on.
  void setNote(const QString& note);
  /// At the right of the heading.
  void addHeadTool(QWidget* tool);
  /// Its heading, for projector mode.
  void setLarge(bool large);
  [[nodiscard]] FigureSheet sheet() const;

 private:
  std::array<ChartFrame*, 2> charts_;
  ChartFrame* difference_;
  QVBoxLayout* column_;
  QWidget* headRow_;
  InkLabel* heading_;
  ElidedLabel* note_;
  QHBoxLayout* head_;
  bool linked_ = true;
  bool following_ = false;  // a chart shows what the other was moved to
};

}  // namespace kvloupe
