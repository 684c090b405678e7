// SPDX-License-Identifier: GPL-3.0-or-later
#include "controls/pointer_ring.hpp"

#include <QApplication>
#include <QEvent>
#include <QPainter>
#include <QPainterPath>
#include <cmath>

#include "theme/theme.hpp"

namespace kvloupe {
namespace {

constexpr int kFadeMs = 120;
constexpr int kGap = 5;       // between the control and its ring
constexpr int kReach = 52;    // from the ring to the card
constexpr int kPadding = 15;  // inside the card
constexpr int kMostWidth = 300;
constexpr int kLargeWidth = 420;
constexpr double kArrow = 9;

}  // namespace

PointerRing::PointerRing(QWidget* window) : QWidget(window) {
  setAttribute(Qt::WA_TransparentForMouseEvents);
  setFocusPolicy(Qt::NoFocus);
  setGeometry(window->rect());
  hide();
  fade_.setStartValue(0.0);
  fade_.setEndValue(1.0);
  connect(&fade_, &QVariantAnimation::valueChanged, this, qOverload<>(&QWidget::update));
  connect(&Theme::instance(), &Theme::changed, this, qOverload<>(&QWidget::update));
}

void PointerRing::pointAt(QWidget* control, const QRect& part, const QString& title,
                          const QString& hint) {
  const bool other = control != control_ || part != part_ || title != title_ || !isVisible();
  const bool changed = other || hint != hint_;
  if (control != control_) {
    watch(false);
    control_ = control;
    watch(true);
  }
  part_ = part;
  title_ = title;
  hint_ = hint;
  setGeometry(parentWidget()->rect());
  raise();
  show();
  if (other) {
    fade_.stop();
    fade_.setDuration(Theme::instance().reduceMotion() ? 0 : kFadeMs);
    fade_.start();
  }
  if (changed) update();
}

void PointerRing::clear() {
  watch(false);
  control_ = nullptr;
  hide();
}

void PointerRing::setLarge(bool large) {
  large_ = large;
  update();
}

void PointerRing::watch(bool on) {
  // The control moves when anything that holds it does.
  for (QWidget* each = control_; each != nullptr; each = each->parentWidget()) {
    if (on)
      each->installEventFilter(this);
    else
      each->removeEventFilter(this);
    if (each == parentWidget()) break;
  }
}

bool PointerRing::eventFilter(QObject* watched, QEvent* event) {
  switch (event->type()) {
    case QEvent::Resize:
      if (watched == parentWidget()) setGeometry(parentWidget()->rect());
      [[fallthrough]];
    case QEvent::Move:
    case QEvent::Show:
    case QEvent::Hide:
      update();
      break;
    default:
      break;
  }
  return QWidget::eventFilter(watched, event);
}

QRect PointerRing::ringRect() const {
  if (!control_ || !control_->isVisible()) return {};
  const QRect part = part_.isEmpty() ? control_->rect() : part_;
  // What a scroll area has scrolled away is not there to be pointed at.
  QRect seen = part;
  for (const QWidget* each = control_; each != parentWidget(); each = each->parentWidget()) {
    if (each == nullptr || each->isWindow()) return {};
    seen = seen.intersected(each->rect()).translated(each->pos());
  }
  if (seen.isEmpty()) return {};
  return seen.adjusted(-kGap, -kGap, kGap, kGap).intersected(rect().adjusted(2, 2, -2, -2));
}

/// The panel that holds the control, from the window's edge to where the card may stand: the
/// widest of what is around the control that still leaves half of the window free.
QRect PointerRing::panelRect(const QRect& ring) const {
  QRect panel = ring;
  for (const QWidget* each = control_; each && each != parentWidget();
       each = each->parentWidget()) {
    const QRect place(each->mapTo(parentWidget(), QPoint()), each->size());
    if (place.width() > width() / 2) break;
    panel.setLeft(std::min(panel.left(), place.left()));
    panel.setRight(std::max(panel.right(), place.right()));
  }
  return panel;
}

QSize PointerRing::cardSize() const {
  const QRect room(0, 0, (large_ ? kLargeWidth : kMostWidth) - 2 * kPadding, 400);
  const QRect title = QFontMetrics(kvloupe::font(large_ ? TextRole::HallTitle : TextRole::Dialog))
                          .boundingRect(room, Qt::TextWordWrap, title_);
  QSize size = title.size();
  if (!hint_.isEmpty()) {
    const QRect hint = QFontMetrics(kvloupe::font(large_ ? TextRole::HallBody : TextRole::Body))
                           .boundingRect(room, Qt::TextWordWrap, hint_);
    size = {std::max(size.width(), hint.width()), size.height() + 6 + hint.height()};
  }
  return size + QSize(2 * kPadding + 2, 2 * kPadding - 4);
}

QRect PointerRing::cardRect() const {
  const QRect ring = ringRect();
  if (ring.isEmpty() || title_.isEmpty()) return {};
  const QSize size = cardSize();
  const QRect room = rect().adjusted(8, 8, -8, -8);
  QRect card(QPoint(), size);
  const QRect panel = panelRect(ring);
  const int left = panel.left(), right = room.right() - panel.right();
  if (ring.width() < room.width() / 2 && left >= size.width() + kReach && left >= right) {
    // Beside the panel and above the ring's middle, so that the leader turns into it.
    card.moveTopRight({panel.left() - 20, ring.center().y() - size.height() - 56});
    if (card.top() < room.top()) card.moveTop(std::min(ring.bottom(), ring.center().y() + 56));
  } else if (ring.width() < room.width() / 2 && right >= size.width() + kReach) {
    card.moveTopLeft({panel.right() + 20, ring.center().y() - size.height() - 56});
    if (card.top() < room.top()) card.moveTop(std::min(ring.bottom(), ring.center().y() + 56));
  } else if (ring.top() - room.top() >= size.height() + kReach) {
    card.moveTopLeft({ring.center().x() - size.width() / 2, ring.top() - kReach - size.height()});
  } else if (room.bottom() - ring.bottom() >= size.height() + kReach) {
    card.moveTopLeft({ring.center().x() - size.width() / 2, ring.bottom() + kReach});
  } else {  // a control that fills the window: inside, at its upper right
    card.moveTopRight({ring.right() - 24, ring.top() + 64});
  }
  card.moveLeft(
      std::clamp(card.left(), room.left(), std::max(room.left(), room.right() - size.width())));
  card.moveTop(
      std::clamp(card.top(), room.top(), std::max(room.top(), room.bottom() - size.height())));
  return card;
}

/// From the card to the edge of the ring, with one turn where they are beside each other.
QPolygonF PointerRing::leader(const QRectF& card, const QRectF& ring) const {
  if (ring.contains(card.center())) return {};
  if (card.right() < ring.left() || card.left() > ring.right()) {
    const bool before = card.right() < ring.left();
    const double x = before ? card.right() - 1 : card.left() + 1;
    const double y = ring.center().y();
    const double from = card.bottom() < y ? card.bottom() : card.top();
    return QPolygonF({{x, from}, {x, y}, {before ? ring.left() : ring.right(), y}});
  }
  const double x = std::clamp(ring.center().x(), card.left() + 12, card.right() - 12);
  const bool above = card.bottom() < ring.top();
  return QPolygonF(
      {{x, above ? card.bottom() : card.top()}, {x, above ? ring.top() : ring.bottom()}});
}

void PointerRing::paintEvent(QPaintEvent*) {
  const QRect ring = ringRect();
  if (ring.isEmpty()) return;
  const Palette& p = kvloupe::palette();
  const QRectF card = cardRect();
  QPainter painter(this);
  painter.setRenderHint(QPainter::Antialiasing);
  painter.setOpacity(fade_.state() == QAbstractAnimation::Running ? fade_.currentValue().toDouble()
                                                                  : 1.0);
  painter.setPen(QPen(p.ink, large_ ? 4 : 2.5));
  painter.setBrush(Qt::NoBrush);
  painter.drawRoundedRect(QRectF(ring).adjusted(1.25, 1.25, -1.25, -1.25), 6, 6);

  if (title_.isEmpty()) return;
  const QPolygonF line = leader(card, ring);
  if (line.size() >= 2) {
    const QPointF tip = line.last();
    const QPointF before = line[line.size() - 2];
    const QPointF along =
        (tip - before) / std::max(1.0, std::hypot(tip.x() - before.x(), tip.y() - before.y()));
    QPolygonF shaft = line;
    shaft.last() = tip - along * kArrow;
    painter.drawPolyline(shaft);
    const QPointF across(-along.y(), along.x());
    QPainterPath head(tip);
    head.lineTo(tip - along * kArrow + across * kArrow * 0.6);
    head.lineTo(tip - along * kArrow - across * kArrow * 0.6);
    head.closeSubpath();
    painter.fillPath(head, p.ink);
  }

  painter.setPen(Qt::NoPen);
  painter.setBrush(p.tooltip);
  painter.drawRoundedRect(card, 6, 6);
  const QRectF inside = card.adjusted(kPadding, kPadding - 2, -kPadding, -kPadding + 2);
  painter.setFont(kvloupe::font(large_ ? TextRole::HallTitle : TextRole::Dialog));
  painter.setPen(p.tooltipText);
  QRectF written;
  painter.drawText(inside, Qt::TextWordWrap, title_, &written);
  if (hint_.isEmpty()) return;
  painter.setFont(kvloupe::font(large_ ? TextRole::HallBody : TextRole::Body));
  painter.setPen(p.tooltipSecondText);
  painter.drawText(inside.adjusted(0, written.height() + 6, 0, 8), Qt::TextWordWrap, hint_);
}

}  // namespace kvloupe
