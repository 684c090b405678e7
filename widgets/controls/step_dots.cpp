// SPDX-License-Identifier: GPL-3.0-or-later
#include "controls/step_dots.hpp"

#include <QPainter>

#include "theme/theme.hpp"

namespace kvloupe {
namespace {

constexpr double kDot = 13;
constexpr double kPitch = 19;

}  // namespace

StepDots::StepDots(QWidget* parent) : QWidget(parent) {
  setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
  connect(&Theme::instance(), &Theme::changed, this, qOverload<>(&QWidget::update));
}

void StepDots::setSteps(const std::vector<bool>& done, int current) {
  done_ = done;
  current_ = current;
  updateGeometry();
  update();
}

QSize StepDots::sizeHint() const {
  return {static_cast<int>(kPitch) * static_cast<int>(done_.size()), 16};
}

void StepDots::paintEvent(QPaintEvent*) {
  const Palette& p = kvloupe::palette();
  QPainter painter(this);
  painter.setRenderHint(QPainter::Antialiasing);
  for (std::size_t i = 0; i < done_.size(); ++i) {
    const QRectF dot(0.5 + kPitch * static_cast<double>(i), (height() - kDot) / 2, kDot, kDot);
    const bool current = static_cast<int>(i) == current_;
    const bool past = done_[i] && !current;
    painter.setPen(QPen(current || past ? p.ink : p.controlBorder, 1.5));
    painter.setBrush(current || past ? p.ink : p.panel);
    painter.drawEllipse(dot.adjusted(0.75, 0.75, -0.75, -0.75));
    if (past) paintIcon(painter, Icon::Check, dot.adjusted(1, 1, -1, -1), p.panel);
  }
}

GoalMark::GoalMark(bool met, QWidget* parent) : QWidget(parent), met_(met) {
  setFixedSize(sizeHint());
  connect(&Theme::instance(), &Theme::changed, this, qOverload<>(&QWidget::update));
}

void GoalMark::paintEvent(QPaintEvent*) {
  const Palette& p = kvloupe::palette();
  QPainter painter(this);
  painter.setRenderHint(QPainter::Antialiasing);
  const QRectF ring = QRectF(rect()).adjusted(2, 2, -2, -2);
  QPen pen(met_ ? p.ok : p.ink, 1.6);
  if (!met_) pen.setDashPattern({2, 1.6});
  painter.setPen(pen);
  painter.drawEllipse(ring);
  if (met_) paintIcon(painter, Icon::Check, ring.adjusted(1.5, 1.5, -1.5, -1.5), p.ok);
}

}  // namespace kvloupe
