// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

#include "theme/palette.hpp"

namespace kvloupe {

/// A plain area in one of the palette's colours; follows the theme.
class Surface : public QWidget {
  Q_OBJECT

 public:
  using Role = QColor Palette::*;
  explicit Surface(Role role, QWidget* parent = nullptr);

 protected:
  void paintEvent(QPaintEvent* event) override;

 private:
  Role role_;
};

/// A rule of 1 px between panels.
class Rule : public Surface {
  Q_OBJECT

 public:
  explicit Rule(Qt::Orientation orientation, QWidget* parent = nullptr);
};

}  // namespace kvloupe
