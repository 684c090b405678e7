// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>
#include <cstdint>

class QPainter;

namespace kvloupe {

enum class ModelSlot : std::uint8_t { A, B };

/// A is a disc, B a diamond; hollow where no model is open in that slot.
class Badge : public QWidget {
  Q_OBJECT

 public:
  explicit Badge(ModelSlot slot, QWidget* parent = nullptr);
  void setSlot(ModelSlot slot);
  void setHollow(bool hollow);
  /// 20 by default.
  void setDiameter(int pixels);
  [[nodiscard]] QSize sizeHint() const override;

 protected:
  void paintEvent(QPaintEvent* event) override;

 private:
  ModelSlot slot_;
  bool hollow_ = false;
  int diameter_ = 20;
};

/// Draws a badge into a square.
void paintBadge(QPainter& painter, ModelSlot slot, const QRectF& rect, bool hollow = false);

}  // namespace kvloupe
