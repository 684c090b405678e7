// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QPushButton>
#include <QToolButton>

#include "theme/icons.hpp"

namespace kvloupe {

/// The one filled button of a panel.
void setPrimary(QPushButton* button, bool primary = true);

/// Underlined words: Reset, Use, Details.
class LinkButton : public QPushButton {
  Q_OBJECT

 public:
  explicit LinkButton(const QString& text, QWidget* parent = nullptr);
  [[nodiscard]] QSize sizeHint() const override;
  [[nodiscard]] QSize minimumSizeHint() const override { return sizeHint(); }

 protected:
  void paintEvent(QPaintEvent* event) override;
};

/// 28 x 28 with an icon of 16; its name is tooltip and accessible name.
class IconButton : public QToolButton {
  Q_OBJECT

 public:
  IconButton(Icon icon, const QString& name, QWidget* parent = nullptr);
  void setIconName(Icon icon);
};

}  // namespace kvloupe
