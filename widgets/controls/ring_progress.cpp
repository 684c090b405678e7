// SPDX-License-Identifier: GPL-3.0-or-later
#include "controls/ring_progress.hpp"

#include <QPainter>
#include <algorithm>
#include <cmath>

#include "theme/theme.hpp"

namespace kvloupe {
namespace {

constexpr int kRingSize = 12;
constexpr int kFullCircle = 360 * 16;  // QPainter counts sixteenths of a degree

}  // namespace

RingProgress::RingProgress(QWidget* parent) : QWidget(parent) {
  setFixedSize(kRingSize, kRingSize);
  connect(&Theme::instance(), &Theme::changed, this, qOverload<>(&QWidget::update));
}

void RingProgress::setProgress(double progress) {
  progress_ = std::clamp(std::isfinite(progress) ? progress : 0.0, 0.0, 1.0);
  update();
}

QSize RingProgress::sizeHint() const { return {kRingSize, kRingSize}; }

void RingProgress::paintEvent(QPaintEvent*) {
  QPainter painter(this);
  paintRing(painter, rect(), progress_);
}

void paintRing(QPainter& painter, const QRectF& rect, double progress) {
  painter.save();
  painter.setRenderHint(QPainter::Antialiasing);
  const QRectF ring = rect.adjusted(2, 2, -2, -2);
  painter.setBrush(Qt::NoBrush);
  painter.setPen(QPen(palette().track, 2.5, Qt::SolidLine, Qt::FlatCap));
  painter.drawEllipse(ring);
  painter.setPen(QPen(palette().ink, 2.5, Qt::SolidLine, Qt::FlatCap));
  painter.drawArc(ring, 90 * 16, -static_cast<int>(std::lround(progress * kFullCircle)));
  painter.restore();
}

}  // namespace kvloupe
