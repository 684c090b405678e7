// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QProxyStyle>

namespace kvloupe {

/// Fusion with the corners, borders, focus ring and sizes of the design. Colours come from
/// Theme::instance(). A push button with the property "primary" is drawn filled.
class LoupeStyle : public QProxyStyle {
  Q_OBJECT

 public:
  LoupeStyle();

  void drawPrimitive(PrimitiveElement element, const QStyleOption* option, QPainter* painter,
                     const QWidget* widget) const override;
  void drawControl(ControlElement element, const QStyleOption* option, QPainter* painter,
                   const QWidget* widget) const override;
  void drawComplexControl(ComplexControl control, const QStyleOptionComplex* option,
                          QPainter* painter, const QWidget* widget) const override;
  QRect subControlRect(ComplexControl control, const QStyleOptionComplex* option,
                       SubControl subControl, const QWidget* widget) const override;
  QRect subElementRect(SubElement element, const QStyleOption* option,
                       const QWidget* widget) const override;
  QSize sizeFromContents(ContentsType type, const QStyleOption* option, const QSize& size,
                         const QWidget* widget) const override;
  int pixelMetric(PixelMetric metric, const QStyleOption* option,
                  const QWidget* widget) const override;
  int styleHint(StyleHint hint, const QStyleOption* option, const QWidget* widget,
                QStyleHintReturn* returnData) const override;
  void polish(QWidget* widget) override;
  using QProxyStyle::polish;
  void unpolish(QWidget* widget) override;
  using QProxyStyle::unpolish;
  /// A box that is too narrow for what is chosen says it whole in its tooltip.
  bool eventFilter(QObject* watched, QEvent* event) override;
};

}  // namespace kvloupe
