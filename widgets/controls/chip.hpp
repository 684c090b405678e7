// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

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

void paintChip(QPainter& painter, Target target, const QRectF& rect, bool enabled = true);

[[nodiscard]] QString chipLetter(Target target);
/// "Keys", "Values", "Latent", "Rotary key".
[[nodiscard]] QString targetTitle(Target target);

}  // namespace kvloupe
