// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

class QPainter;

namespace kvloupe {

/// A ring of 12 px that fills clockwise.
class RingProgress : public QWidget {
  Q_OBJECT

 public:
  explicit RingProgress(QWidget* parent = nullptr);
  /// In [0, 1].
  void setProgress(double progress);
  [[nodiscard]] double progress() const { return progress_; }
  [[nodiscard]] QSize sizeHint() const override;

 protected:
  void paintEvent(QPaintEvent* event) override;

 private:
  double progress_ = 0;
};

void paintRing(QPainter& painter, const QRectF& rect, double progress);

}  // namespace kvloupe
