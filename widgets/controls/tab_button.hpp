// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractButton>
#include <optional>

#include "theme/icons.hpp"

namespace kvloupe {

/// A tab of a bar: words, perhaps after an icon, underlined while it is chosen. As high as its bar.
class TabButton : public QAbstractButton {
  Q_OBJECT

 public:
  explicit TabButton(const QString& text, std::optional<Icon> icon = {}, QWidget* parent = nullptr);
  [[nodiscard]] QSize sizeHint() const override;
  /// Type for a lecture hall.
  void setLarge(bool large);

 protected:
  void paintEvent(QPaintEvent* event) override;

 private:
  std::optional<Icon> icon_;
  bool large_ = false;
};

}  // namespace kvloupe
