// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

#include "theme/palette.hpp"
#include "types/plan.hpp"

class QPainter;

namespace kvloupe {

/// The letter of a target on its colour: K, V, L, R.
class Chip : public QWidget {
  Q_OBJECT

 public:
  explicit Chip(Target target, QWidget* parent = nullptr);
  [[nodiscard]] Target target() const { return target_; }
  void setTarget(Target target);
  [[nodiscard]] QSize sizeHint() const override;

 protected:
  void paintEvent(QPaintEvent* event) override;

 private:
  Target target_;
};

/// Of a letter on a target's fill: light on K and latent, dark on V; dark on all in the dark theme.
[[nodiscard]] QColor chipInk(const Palette& colors, Target target);

void paintChip(QPainter& painter, Target target, const QRectF& rect, bool enabled = true);

[[nodiscard]] QString chipLetter(Target target);
/// "Keys", "Values", "Latent", "Rotary key".
[[nodiscard]] QString targetTitle(Target target);
/// As SPECs and files name it, in every language: "rope_key".
[[nodiscard]] QString targetKey(Target target);

}  // namespace kvloupe
