// SPDX-License-Identifier: GPL-3.0-or-later
#include "theme/style_painting.hpp"

#include <QAbstractSpinBox>
#include <QPainter>
#include <QStyleOption>
#include <QTabBar>
#include <QWidget>
#include <algorithm>
#include <cmath>

#include "theme/theme.hpp"

namespace kvloupe {
namespace {

bool enabled(const QStyleOption& option) { return option.state & QStyle::State_Enabled; }
bool hovered(const QStyleOption& option) {
  return enabled(option) && (option.state & QStyle::State_MouseOver);
}
bool pressed(const QStyleOption& option) {
  return enabled(option) && (option.state & QStyle::State_Sunken);
}

QColor mixed(const QColor& a, const QColor& b, double share) {
  const auto mix = [share](int x, int y) {
    return static_cast<int>(std::lround(x + share * (y - x)));
  };
  return {mix(a.red(), b.red()), mix(a.green(), b.green()), mix(a.blue(), b.blue())};
}

}  // namespace

bool isPrimary(const QWidget* widget) { return widget && widget->property("primary").toBool(); }

QRectF centredSquare(const QRectF& rect, double side) {
  return {std::round(rect.center().x() - side / 2), std::round(rect.center().y() - side / 2), side,
          side};
}

QColor iconColor(const QStyleOption& option) {
  return enabled(option) ? palette().secondText : palette().disabled;
}

void paintRounded(QPainter& painter, const QRectF& rect, const QColor& fill, const QColor& border,
                  double radius, double borderWidth) {
  painter.save();
  painter.setRenderHint(QPainter::Antialiasing);
  const double half = border.isValid() ? borderWidth / 2 : 0;
  painter.setPen(border.isValid() ? QPen(border, borderWidth) : QPen(Qt::NoPen));
  painter.setBrush(fill.isValid() ? QBrush(fill) : QBrush(Qt::NoBrush));
  painter.drawRoundedRect(rect.adjusted(half, half, -half, -half), radius - half, radius - half);
  painter.restore();
}

void paintBorder(QPainter& painter, const QRectF& rect, const QColor& border, double radius) {
  paintRounded(painter, rect, {}, border, std::max(radius, 0.5));
}

void paintFocusFrame(QPainter& painter, const QRectF& rect) {
  paintRounded(painter, rect, {}, palette().ink, 6, 2);
}

void paintField(QPainter& painter, const QStyleOption& option) {
  const Palette& p = palette();
  const bool focused = enabled(option) && (option.state & QStyle::State_HasFocus);
  const QColor border = !enabled(option)  ? p.line
                        : focused         ? p.ink
                        : hovered(option) ? mixed(p.controlBorder, p.ink, 0.35)
                                          : p.controlBorder;
  paintRounded(painter, option.rect, enabled(option) ? p.field : p.panel, border, 4);
}

void paintPushButton(QPainter& painter, const QStyleOption& option, bool primary) {
  const Palette& p = palette();
  if (!enabled(option)) return paintRounded(painter, option.rect, p.panel, p.line, 4);
  const double tint = pressed(option) ? 0.16 : hovered(option) ? 0.07 : 0;
  if (primary)
    return paintRounded(painter, option.rect, mixed(p.primaryButton, p.page, tint), {}, 4);
  const bool on = option.state & QStyle::State_On;
  paintRounded(painter, option.rect, on ? p.selectedRow : mixed(p.field, p.ink, tint),
               p.controlBorder, 4);
}

void paintToolButton(QPainter& painter, const QStyleOption& option) {
  const Palette& p = palette();
  const bool on = option.state & QStyle::State_On;
  if (on || pressed(option) || hovered(option))
    paintRounded(painter, option.rect,
                 pressed(option) ? mixed(p.selectedRow, p.ink, 0.1) : p.selectedRow, {}, 4);
}

void paintCheckBox(QPainter& painter, const QStyleOption& option) {
  const Palette& p = palette();
  const QRectF box = centredSquare(option.rect, 16);
  const bool on = option.state & (QStyle::State_On | QStyle::State_NoChange);
  const QColor border = enabled(option) ? p.controlBorder : p.line;
  if (!on) return paintRounded(painter, box, enabled(option) ? p.field : p.panel, border, 4);
  paintRounded(painter, box, enabled(option) ? p.selectedSegment : p.disabled, {}, 4);
  const QColor mark = enabled(option) ? p.selectedSegmentText : p.panel;
  if (option.state & QStyle::State_NoChange)
    painter.fillRect(QRectF(box.left() + 4, box.center().y() - 0.75, 8, 1.5), mark);
  else
    paintIcon(painter, Icon::Check, box.adjusted(1.5, 1.5, -1.5, -1.5), mark);
}

void paintRadioButton(QPainter& painter, const QStyleOption& option) {
  const Palette& p = palette();
  const QRectF disc = centredSquare(option.rect, 16);
  paintRounded(painter, disc, enabled(option) ? p.field : p.panel,
               enabled(option) ? p.controlBorder : p.line, 8);
  if (option.state & QStyle::State_On)
    paintRounded(painter, disc.adjusted(4, 4, -4, -4), enabled(option) ? p.ink : p.disabled, {}, 4);
}

void paintComboBoxLabel(QPainter& painter, const QStyleOptionComboBox& option, const QRect& rect) {
  painter.save();
  painter.setPen(option.palette.color(enabled(option) ? QPalette::Active : QPalette::Disabled,
                                      QPalette::Text));
  const QString text =
      option.fontMetrics.elidedText(option.currentText, Qt::ElideRight, rect.width());
  painter.drawText(rect, Qt::AlignLeft | Qt::AlignVCenter | Qt::TextSingleLine, text);
  painter.restore();
}

void paintSpinButtons(QPainter& painter, const QStyleOptionSpinBox& option, const QRect& up,
                      const QRect& down) {
  const Palette& p = palette();
  painter.fillRect(QRect(up.left() - 1, option.rect.top() + 1, 1, option.rect.height() - 2),
                   p.line);
  const auto arrow = [&](const QRect& rect, bool upwards, QAbstractSpinBox::StepEnabledFlag flag,
                         QStyle::SubControl control) {
    const bool can = enabled(option) && (option.stepEnabled & flag);
    if (can && pressed(option) && option.activeSubControls == control)
      painter.fillRect(rect.adjusted(0, 1, -1, -1), p.selectedRow);
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(
        QPen(can ? p.secondText : p.disabled, 1.4, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
    const double sign = upwards ? -1 : 1;
    const QPointF c(rect.center().x() + 0.5, rect.center().y() + 0.5 - sign * 0.5);
    const QPointF points[] = {c + QPointF(-3, -sign * 1.5), c + QPointF(0, sign * 1.5),
                              c + QPointF(3, -sign * 1.5)};
    painter.drawPolyline(points, 3);
    painter.restore();
  };
  arrow(up, true, QAbstractSpinBox::StepUpEnabled, QStyle::SC_SpinBoxUp);
  arrow(down, false, QAbstractSpinBox::StepDownEnabled, QStyle::SC_SpinBoxDown);
}

QRectF barRect(const QRect& rect) {
  const double height = std::min(8, rect.height());
  return {static_cast<double>(rect.left()), std::round(rect.center().y() - height / 2 + 0.5),
          static_cast<double>(rect.width()), height};
}

void paintProgress(QPainter& painter, const QStyleOptionProgressBar& option) {
  const QRectF groove = barRect(option.rect);
  if (option.maximum <= option.minimum) {
    // Nothing is known of the whole: a part in the middle, standing still.
    const double part = groove.width() / 3;
    return paintRounded(painter, groove.adjusted(part, 0, -part, 0), palette().progress, {}, 4);
  }
  const double share = static_cast<double>(option.progress - option.minimum) /
                       static_cast<double>(option.maximum - option.minimum);
  if (share <= 0) return;
  painter.save();
  painter.setClipRect(
      QRectF(groove.left(), groove.top(), groove.width() * std::min(share, 1.0), groove.height()));
  paintRounded(painter, groove, palette().progress, {}, 4);
  painter.restore();
}

void paintTabShape(QPainter& painter, const QStyleOptionTab& option) {
  if (!(option.state & QStyle::State_Selected)) return;
  const QRect rect = option.rect;
  painter.fillRect(QRect(rect.left(), rect.bottom() - 2, rect.width(), 3), palette().ink);
}

void paintTabLabel(QPainter& painter, const QStyleOptionTab& option) {
  const Palette& p = palette();
  const bool selected = option.state & QStyle::State_Selected;
  painter.save();
  QFont font = painter.font();
  font.setWeight(selected ? QFont::Medium : QFont::Normal);
  painter.setFont(font);
  painter.setPen(!enabled(option)              ? p.disabled
                 : selected || hovered(option) ? p.ink
                                               : p.secondText);
  painter.drawText(option.rect, Qt::AlignCenter | Qt::TextHideMnemonic, option.text);
  painter.restore();
}

void paintSlider(QPainter& painter, const QStyleOptionSlider& option, const QRect& handle,
                 const QColor& kept, const QColor& ring) {
  const Palette& p = palette();
  const bool across = option.orientation == Qt::Horizontal;
  const int side = handle.height();
  const QRect groove = sliderPart(option, QStyle::SC_SliderGroove, side);
  const QPointF centre = QRectF(handle).center();
  const double inset = side / 2.0;
  const double half = side / 8.0;  // of the groove's thickness
  QRectF whole =
      across ? QRectF(groove.left() + inset, centre.y() - half, groove.width() - side, 2 * half)
             : QRectF(centre.x() - half, groove.top() + inset, 2 * half, groove.height() - side);
  QRectF part = whole;
  if (across)
    part.setRight(centre.x());
  else
    part.setTop(centre.y());
  const QColor fill = enabled(option) ? kept : p.disabled;
  paintRounded(painter, whole, p.track, {}, half);
  paintRounded(painter, part, fill, {}, half);
  const QColor handleFill = p.dark ? p.ink : p.page;
  const QColor outline = !enabled(option) ? p.disabled : ring.isValid() ? ring : kept;
  // The handle's pixels are its inside and half of its ring: the ring itself reaches one further.
  paintRounded(painter, QRectF(handle).adjusted(-0.5, -0.5, 0.5, 0.5),
               pressed(option) ? mixed(handleFill, outline, 0.15) : handleFill, outline,
               side / 2.0 + 0.5, side / 8.0);
}

int sliderHandle(const QWidget* slider) {
  return slider != nullptr && slider->property("large").toBool() ? kLargeSliderHandle
                                                                 : kSliderHandle;
}

QRect sliderPart(const QStyleOptionSlider& option, QStyle::SubControl part, int handle) {
  const QRect rect = option.rect;
  const bool across = option.orientation == Qt::Horizontal;
  // One pixel at each end for the handle's ring.
  const QRect groove =
      across ? QRect(rect.left() + 1, rect.center().y() - handle / 2 + 1, rect.width() - 2, handle)
             : QRect(rect.center().x() - handle / 2 + 1, rect.top() + 1, handle, rect.height() - 2);
  if (part == QStyle::SC_SliderGroove) return groove;
  if (part != QStyle::SC_SliderHandle) return {};
  const int span = (across ? groove.width() : groove.height()) - handle;
  const int offset = QStyle::sliderPositionFromValue(
      option.minimum, option.maximum, option.sliderPosition, span, option.upsideDown);
  return across ? QRect(groove.left() + offset, groove.top(), handle, handle)
                : QRect(groove.left(), groove.top() + offset, handle, handle);
}

void paintScrollBar(QPainter& painter, const QStyleOptionSlider& option, const QRect& slider) {
  if (option.maximum <= option.minimum) return;
  const Palette& p = palette();
  const bool across = option.orientation == Qt::Horizontal;
  const QRectF thumb =
      across ? QRectF(slider).adjusted(1, 2, -1, -2) : QRectF(slider).adjusted(2, 1, -2, -1);
  const bool held = hovered(option) || pressed(option);
  paintRounded(painter, thumb, held ? p.secondText : p.controlBorder, {}, 3);
}

QRect scrollBarPart(const QStyleOptionSlider& option, QStyle::SubControl part) {
  const QRect rect = option.rect;
  const bool across = option.orientation == Qt::Horizontal;
  const int length = across ? rect.width() : rect.height();
  const auto along = [&](int from, int to) {
    return across ? QRect(rect.left() + from, rect.top(), to - from, rect.height())
                  : QRect(rect.left(), rect.top() + from, rect.width(), to - from);
  };
  const int range = option.maximum - option.minimum;
  int thumb = length;
  if (range > 0)
    thumb = std::clamp(static_cast<int>(static_cast<double>(option.pageStep) * length /
                                        (static_cast<double>(range) + option.pageStep)),
                       std::min(24, length), length);
  const int start = QStyle::sliderPositionFromValue(
      option.minimum, option.maximum, option.sliderPosition, length - thumb, option.upsideDown);
  switch (part) {
    case QStyle::SC_ScrollBarGroove:
      return along(0, length);
    case QStyle::SC_ScrollBarSlider:
      return along(start, start + thumb);
    case QStyle::SC_ScrollBarSubPage:
      return along(0, start);
    case QStyle::SC_ScrollBarAddPage:
      return along(start + thumb, length);
    default:
      return {};
  }
}

}  // namespace kvloupe
