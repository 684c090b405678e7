// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QColor>
#include <QRect>
#include <QStyle>

class QPainter;
class QStyleOptionComboBox;
class QStyleOptionMenuItem;
class QStyleOptionProgressBar;
class QStyleOptionSlider;
class QStyleOptionSpinBox;
class QStyleOptionTab;

namespace kvloupe {

// What LoupeStyle draws, one function a control. Colours come from palette().

inline constexpr int kControlHeight = 26;
inline constexpr int kButtonHeight = 28;
inline constexpr int kSliderHandle = 16;
inline constexpr int kLargeSliderHandle = 28;
/// Of this slider: large where its property "large" is true.
[[nodiscard]] int sliderHandle(const QWidget* slider);

[[nodiscard]] bool isPrimary(const QWidget* widget);
[[nodiscard]] QRectF centredSquare(const QRectF& rect, double side);
/// Second text; disabled where the control is.
[[nodiscard]] QColor iconColor(const QStyleOption& option);

/// A filled and outlined box; an invalid border draws none. The outline lies inside `rect`.
void paintRounded(QPainter& painter, const QRectF& rect, const QColor& fill, const QColor& border,
                  double radius, double borderWidth = 1);
void paintBorder(QPainter& painter, const QRectF& rect, const QColor& border, double radius);
void paintFocusFrame(QPainter& painter, const QRectF& rect);

void paintField(QPainter& painter, const QStyleOption& option);
void paintPushButton(QPainter& painter, const QStyleOption& option, bool primary);
void paintToolButton(QPainter& painter, const QStyleOption& option);
void paintCheckBox(QPainter& painter, const QStyleOption& option);
void paintRadioButton(QPainter& painter, const QStyleOption& option);
void paintComboBoxLabel(QPainter& painter, const QStyleOptionComboBox& option, const QRect& rect);
void paintSpinButtons(QPainter& painter, const QStyleOptionSpinBox& option, const QRect& up,
                      const QRect& down);
void paintMenuBarItem(QPainter& painter, const QStyleOptionMenuItem& option);
void paintMenuItem(QPainter& painter, const QStyleOptionMenuItem& option);
[[nodiscard]] QSize menuItemSize(const QStyleOptionMenuItem& option, const QSize& contents);
[[nodiscard]] QRectF barRect(const QRect& rect);
void paintProgress(QPainter& painter, const QStyleOptionProgressBar& option);
void paintTabShape(QPainter& painter, const QStyleOptionTab& option);
void paintTabLabel(QPainter& painter, const QStyleOptionTab& option);

/// Groove and handle; the kept part in `kept`. A target's slider gives its own colours.
void paintSlider(QPainter& painter, const QStyleOptionSlider& option, const QRect& handle,
                 const QColor& kept, const QColor& ring = {});
[[nodiscard]] QRect sliderPart(const QStyleOptionSlider& option, QStyle::SubControl part,
                               int handle = kSliderHandle);
void paintScrollBar(QPainter& painter, const QStyleOptionSlider& option, const QRect& slider);
[[nodiscard]] QRect scrollBarPart(const QStyleOptionSlider& option, QStyle::SubControl part);

}  // namespace kvloupe
