// SPDX-License-Identifier: GPL-3.0-or-later
#include "charts/chart_plot.hpp"

#include <cmath>

#include "charts/chart_frame.hpp"

namespace kvloupe {
namespace {

constexpr double kWheelFactor = 0.85;  // of the range, a notch
constexpr double kWheelScroll = 84;    // pixels, a notch
constexpr int kDragStart = 4;          // pixels that make a drag of a click

/// Moves a range by a distance on the screen, on linear and logarithmic axes alike.
void shift(QCPAxis* axis, double fromPixel, double toPixel) {
  const double a = axis->pixelToCoord(fromPixel);
  const double b = axis->pixelToCoord(toPixel);
  const QCPRange r = axis->range();
  const QCPRange moved = axis->scaleType() == QCPAxis::stLogarithmic
                             ? QCPRange(r.lower * a / b, r.upper * a / b)
                             : QCPRange(r.lower + a - b, r.upper + a - b);
  if (QCPRange::validRange(moved)) axis->setRange(moved);
}

}  // namespace

ChartPlot::ChartPlot(ChartFrame* frame) : QCustomPlot(frame), frame_(frame) {
  setMouseTracking(true);
  setFocusPolicy(Qt::NoFocus);  // the frame has it
  setInteractions(QCP::Interactions());
  setNotAntialiasedElements(QCP::aeGrid | QCP::aeAxes | QCP::aeZeroLine);
  setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Ignored);
  setMinimumSize(0, 0);
}

void ChartPlot::layOutIn(const QSize& size) {
  setViewport(QRect(QPoint(), size));
  updateLayout();
}

void ChartPlot::zoomAt(const QPointF& position, double factor) {
  if (!frame_->zooms()) return;
  const QRect inner = axisRect()->rect();
  const bool x = position.x() >= inner.left();
  const bool y = position.y() <= inner.bottom();
  if (x) xAxis->scaleRange(factor, xAxis->pixelToCoord(position.x()));
  if (y) yAxis->scaleRange(factor, yAxis->pixelToCoord(position.y()));
  frame_->markZoomed();
}

void ChartPlot::panBy(const QPointF& pixels) {
  if (!frame_->zooms()) return frame_->scrollBy(-pixels.y());
  shift(xAxis, 0, pixels.x());
  shift(yAxis, 0, pixels.y());
  frame_->markZoomed();
}

void ChartPlot::zoomTo(const QRectF& box) {
  const QCPRange x(xAxis->pixelToCoord(box.left()), xAxis->pixelToCoord(box.right()));
  const QCPRange y(yAxis->pixelToCoord(box.bottom()), yAxis->pixelToCoord(box.top()));
  if (!QCPRange::validRange(x) || !QCPRange::validRange(y)) return;
  xAxis->setRange(x);
  yAxis->setRange(y);
  frame_->markZoomed();
}

void ChartPlot::mousePressEvent(QMouseEvent* event) {
  frame_->setFocus(Qt::MouseFocusReason);
  from_ = fromWidget(event->position());
  const bool pan = event->button() == Qt::MiddleButton ||
                   (event->button() == Qt::LeftButton && event->modifiers() & Qt::ControlModifier);
  if (pan) {
    gesture_ = Gesture::Pan;
    setCursor(Qt::ClosedHandCursor);
  } else if (event->button() == Qt::LeftButton) {
    gesture_ = frame_->grabAt(from_, true) ? Gesture::Grab : Gesture::Press;
    if (gesture_ == Gesture::Grab) frame_->hover(-1);
  } else {
    event->ignore();
    return;
  }
  event->accept();
}

void ChartPlot::mouseMoveEvent(QMouseEvent* event) {
  const QPointF at = fromWidget(event->position());
  switch (gesture_) {
    case Gesture::None: {
      const bool grabs = frame_->grabAt(at, false);
      const int mark = grabs ? -1 : frame_->markAt(at);
      frame_->hover(mark);
      if (grabs) {
        setCursor(Qt::SizeHorCursor);
        break;
      }
      setCursor(mark >= 0 && frame_->opensMarks() ? Qt::PointingHandCursor : Qt::ArrowCursor);
      break;
    }
    case Gesture::Press:
      if ((at - from_).manhattanLength() < kDragStart || !frame_->zooms() ||
          !axisRect()->rect().contains(from_.toPoint()))
        break;
      gesture_ = Gesture::Box;
      frame_->hover(-1);
      [[fallthrough]];
    case Gesture::Box:
      box_ = QRectF(from_, at).normalized().intersected(axisRect()->rect());
      replot(rpQueuedReplot);
      break;
    case Gesture::Grab:
      frame_->dragTo(at);
      break;
    case Gesture::Pan:
      frame_->hover(-1);
      panBy(at - from_);
      from_ = at;
      break;
  }
  event->accept();
}

void ChartPlot::mouseReleaseEvent(QMouseEvent* event) {
  const Gesture ended = std::exchange(gesture_, Gesture::None);
  const QRectF box = std::exchange(box_, QRectF());
  unsetCursor();
  if (ended == Gesture::Box) {
    if (box.width() >= kDragStart && box.height() >= kDragStart) zoomTo(box);
    replot(rpQueuedReplot);
  } else if (ended == Gesture::Grab) {
    frame_->releaseGrab();
  } else if (ended == Gesture::Press) {
    if (const int mark = frame_->markAt(fromWidget(event->position())); mark >= 0)
      frame_->openMark(mark);
  }
  event->accept();
}

void ChartPlot::mouseDoubleClickEvent(QMouseEvent* event) {
  gesture_ = Gesture::None;
  frame_->fit();
  event->accept();
}

void ChartPlot::wheelEvent(QWheelEvent* event) {
  const double notches = event->angleDelta().y() / 120.0;
  if (frame_->zooms()) {
    if (notches != 0) zoomAt(fromWidget(event->position()), std::pow(kWheelFactor, notches));
  } else {
    frame_->scrollBy(-notches * kWheelScroll);
  }
  frame_->hover(-1);
  event->accept();
}

void ChartPlot::leaveEvent(QEvent*) {
  if (gesture_ == Gesture::None) frame_->hover(-1);
}

void ChartPlot::resizeEvent(QResizeEvent* event) {
  // A folded panel leaves no pixel to draw on, and QCustomPlot would warn at every attempt.
  if (event->size().isEmpty()) return;
  fillWidget();
}

void ChartPlot::fillWidget() {
  layOutIn({static_cast<int>(std::ceil(width() / magnification_)),
            static_cast<int>(std::ceil(height() / magnification_))});
  // Ranges and ticks that follow from the room come before the drawing, which is done at once.
  frame_->plotResized();
  replot(rpQueuedRefresh);
}

void ChartPlot::setMagnification(double magnification) {
  if (magnification == magnification_) return;
  magnification_ = magnification;
  // Labels that are kept as pictures would be drawn between the pixels they were made for.
  setPlottingHint(QCP::phCacheLabels, magnification == 1);
  if (!size().isEmpty()) fillWidget();
}

QRectF ChartPlot::toWidget(const QRectF& rect) const {
  return {rect.topLeft() * magnification_, rect.size() * magnification_};
}

void ChartPlot::paintEvent(QPaintEvent* event) {
  if (magnification_ == 1) return QCustomPlot::paintEvent(event);
  // As QCustomPlot does, from buffers that have the pixels of what is shown.
  const double ratio = devicePixelRatioF() * magnification_;
  if (!qFuzzyCompare(bufferDevicePixelRatio(), ratio)) {
    setBufferDevicePixelRatio(ratio);
    replot(rpQueuedRefresh);
  }
  QCPPainter painter(this);
  if (!painter.isActive()) return;
  painter.setRenderHint(QPainter::Antialiasing);
  painter.scale(magnification_, magnification_);
  painter.fillRect(viewport(), mBackgroundBrush);
  for (const auto& buffer : mPaintBuffers) buffer->draw(&painter);
}

}  // namespace kvloupe
