// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <qcustomplot.h>

#include <cstdint>

namespace kvloupe {

class ChartFrame;

/// The axes of a ChartFrame and what the pointer does on them.
class ChartPlot : public QCustomPlot {
  Q_OBJECT

 public:
  explicit ChartPlot(ChartFrame* frame);

  /// Draws everything this many times as large; positions and marks stay in the plot's own pixels.
  void setMagnification(double magnification);
  [[nodiscard]] QRectF toWidget(const QRectF& rect) const;
  /// Lays the axes out in `size` pixels, without drawing.
  void layOutIn(const QSize& size);
  /// The rectangle of a running box zoom, or an empty one.
  [[nodiscard]] QRectF zoomBox() const { return box_; }

  /// Scales about a position; over an axis that axis alone.
  void zoomAt(const QPointF& position, double factor);
  void panBy(const QPointF& pixels);

 protected:
  void mousePressEvent(QMouseEvent* event) override;
  void mouseMoveEvent(QMouseEvent* event) override;
  void mouseReleaseEvent(QMouseEvent* event) override;
  void mouseDoubleClickEvent(QMouseEvent* event) override;
  void wheelEvent(QWheelEvent* event) override;
  void leaveEvent(QEvent* event) override;
  void resizeEvent(QResizeEvent* event) override;
  void paintEvent(QPaintEvent* event) override;

 private:
  enum class Gesture : std::uint8_t { None, Press, Box, Pan, Grab };
  void zoomTo(const QRectF& box);
  void fillWidget();
  [[nodiscard]] QPointF fromWidget(const QPointF& position) const {
    return position / magnification_;
  }

  ChartFrame* frame_;
  Gesture gesture_ = Gesture::None;
  QPointF from_;
  QRectF box_;
  double magnification_ = 1;
};

}  // namespace kvloupe
