// SPDX-License-Identifier: GPL-3.0-or-later
#include "theme/loupe_style.hpp"

#include <QAbstractItemView>
#include <QAbstractSpinBox>
#include <QComboBox>
#include <QFrame>
#include <QHelpEvent>
#include <QLineEdit>
#include <QMenu>
#include <QPainter>
#include <QPushButton>
#include <QStyleFactory>
#include <QStyleOption>
#include <QTabBar>
#include <QToolButton>
#include <QToolTip>

#include "controls/labels.hpp"
#include "theme/style_painting.hpp"
#include "theme/theme.hpp"

namespace kvloupe {

LoupeStyle::LoupeStyle() : QProxyStyle(QStyleFactory::create(QStringLiteral("Fusion"))) {}

void LoupeStyle::polish(QWidget* widget) {
  QProxyStyle::polish(widget);
  if (qobject_cast<QPushButton*>(widget) || qobject_cast<QComboBox*>(widget) ||
      qobject_cast<QToolButton*>(widget) || qobject_cast<QAbstractSpinBox*>(widget) ||
      qobject_cast<QTabBar*>(widget))
    widget->setAttribute(Qt::WA_Hover);
  if (qobject_cast<QComboBox*>(widget)) widget->installEventFilter(this);
  if (widget->inherits("QTipLabel")) widget->setAttribute(Qt::WA_TranslucentBackground);
}

void LoupeStyle::unpolish(QWidget* widget) {
  if (qobject_cast<QComboBox*>(widget)) widget->removeEventFilter(this);
  QProxyStyle::unpolish(widget);
}

bool LoupeStyle::eventFilter(QObject* watched, QEvent* event) {
  auto* box = qobject_cast<QComboBox*>(watched);
  if (box == nullptr || event->type() != QEvent::ToolTip) return false;
  QStyleOptionComboBox option;
  option.initFrom(box);
  option.editable = box->isEditable();
  const QRect room = subControlRect(CC_ComboBox, &option, SC_ComboBoxEditField, box);
  if (box->fontMetrics().horizontalAdvance(box->currentText()) <= room.width()) return false;
  const QString words = box->toolTip().isEmpty()
                            ? box->currentText()
                            : box->currentText() + QLatin1Char('\n') + box->toolTip();
  QToolTip::showText(static_cast<QHelpEvent*>(event)->globalPos(), plainTip(words), box);
  return true;
}

void LoupeStyle::drawPrimitive(PrimitiveElement element, const QStyleOption* option,
                               QPainter* painter, const QWidget* widget) const {
  switch (element) {
    case PE_PanelButtonCommand:
      return paintPushButton(*painter, *option, isPrimary(widget));
    case PE_PanelButtonTool:
      return paintToolButton(*painter, *option);
    case PE_FrameFocusRect:
      return;  // FocusRing draws it outside the control
    case PE_IndicatorCheckBox:
    case PE_IndicatorItemViewItemCheck:
      return paintCheckBox(*painter, *option);
    case PE_IndicatorRadioButton:
      return paintRadioButton(*painter, *option);
    case PE_PanelLineEdit:
      // A spin box draws the frame for the line edit inside it.
      if (const auto* frame = qstyleoption_cast<const QStyleOptionFrame*>(option);
          frame && frame->lineWidth > 0)
        paintField(*painter, *option);
      return;
    case PE_FrameLineEdit:
      return;
    case PE_PanelMenu:
      painter->fillRect(option->rect, palette().field);
      return;
    case PE_FrameMenu:
      paintBorder(*painter, option->rect, palette().controlBorder, 0);
      return;
    case PE_PanelTipLabel:
      return paintRounded(*painter, option->rect, palette().tooltip, {}, 4);
    case PE_Frame:
      if (widget && widget->inherits("QComboBoxPrivateContainer"))
        paintBorder(*painter, option->rect, palette().controlBorder, 0);
      else if (qobject_cast<const QAbstractItemView*>(widget))
        paintBorder(*painter, option->rect, palette().line, 4);
      else
        QProxyStyle::drawPrimitive(element, option, painter, widget);
      return;
    case PE_FrameStatusBarItem:
    case PE_FrameTabBarBase:
    case PE_FrameDockWidget:
      return;
    case PE_PanelStatusBar:
      painter->fillRect(option->rect, palette().window);
      painter->fillRect(QRect(option->rect.topLeft(), QSize(option->rect.width(), 1)),
                        palette().line);
      return;
    case PE_IndicatorDockWidgetResizeHandle:
      painter->fillRect(option->rect, palette().line);
      return;
    case PE_IndicatorArrowDown:
      return paintIcon(*painter, Icon::ChevronDown, centredSquare(option->rect, 16),
                       iconColor(*option));
    case PE_IndicatorArrowUp:
      return paintIcon(*painter, Icon::ChevronUp, centredSquare(option->rect, 16),
                       iconColor(*option));
    case PE_IndicatorArrowRight:
      return paintIcon(*painter, Icon::ChevronRight, centredSquare(option->rect, 16),
                       iconColor(*option));
    default:
      QProxyStyle::drawPrimitive(element, option, painter, widget);
  }
}

void LoupeStyle::drawControl(ControlElement element, const QStyleOption* option, QPainter* painter,
                             const QWidget* widget) const {
  switch (element) {
    case CE_FocusFrame:
      return paintFocusFrame(*painter, option->rect);
    case CE_PushButtonBevel:
      return proxy()->drawPrimitive(PE_PanelButtonCommand, option, painter, widget);
    case CE_PushButtonLabel:
      if (const auto* button = qstyleoption_cast<const QStyleOptionButton*>(option)) {
        QStyleOptionButton copy(*button);
        if (isPrimary(widget) && (option->state & State_Enabled)) {
          copy.palette.setColor(QPalette::ButtonText, palette().primaryButtonText);
        }
        copy.state &= ~(State_Sunken | State_HasFocus);
        return QProxyStyle::drawControl(element, &copy, painter, widget);
      }
      break;
    case CE_ComboBoxLabel:
      if (const auto* combo = qstyleoption_cast<const QStyleOptionComboBox*>(option))
        return paintComboBoxLabel(
            *painter, *combo,
            proxy()->subControlRect(CC_ComboBox, combo, SC_ComboBoxEditField, widget));
      break;
    case CE_MenuBarEmptyArea:
      painter->fillRect(option->rect, palette().window);
      return;
    case CE_MenuBarItem:
      if (const auto* item = qstyleoption_cast<const QStyleOptionMenuItem*>(option))
        return paintMenuBarItem(*painter, *item);
      break;
    case CE_MenuItem:
      if (const auto* item = qstyleoption_cast<const QStyleOptionMenuItem*>(option))
        return paintMenuItem(*painter, *item);
      break;
    case CE_ProgressBarGroove:
      return paintRounded(*painter, barRect(option->rect), palette().track, {}, 4);
    case CE_ProgressBarContents:
      if (const auto* bar = qstyleoption_cast<const QStyleOptionProgressBar*>(option))
        return paintProgress(*painter, *bar);
      break;
    case CE_ProgressBarLabel:
      return;
    case CE_TabBarTabShape:
      if (const auto* tab = qstyleoption_cast<const QStyleOptionTab*>(option))
        return paintTabShape(*painter, *tab);
      break;
    case CE_TabBarTabLabel:
      if (const auto* tab = qstyleoption_cast<const QStyleOptionTab*>(option))
        return paintTabLabel(*painter, *tab);
      break;
    case CE_ShapedFrame:
      if (const auto* frame = qstyleoption_cast<const QStyleOptionFrame*>(option);
          frame && (frame->frameShape == QFrame::HLine || frame->frameShape == QFrame::VLine)) {
        const QPoint centre = option->rect.center();
        const bool across = frame->frameShape == QFrame::HLine;
        painter->fillRect(across ? QRect(option->rect.left(), centre.y(), option->rect.width(), 1)
                                 : QRect(centre.x(), option->rect.top(), 1, option->rect.height()),
                          palette().line);
        return;
      }
      break;
    default:
      break;
  }
  QProxyStyle::drawControl(element, option, painter, widget);
}

void LoupeStyle::drawComplexControl(ComplexControl control, const QStyleOptionComplex* option,
                                    QPainter* painter, const QWidget* widget) const {
  switch (control) {
    case CC_ComboBox:
      if (const auto* combo = qstyleoption_cast<const QStyleOptionComboBox*>(option)) {
        paintField(*painter, *option);
        const QRect arrow = proxy()->subControlRect(control, combo, SC_ComboBoxArrow, widget);
        paintIcon(*painter, Icon::ChevronDown, centredSquare(arrow, 14), iconColor(*option));
        return;
      }
      break;
    case CC_SpinBox:
      if (const auto* spin = qstyleoption_cast<const QStyleOptionSpinBox*>(option)) {
        paintField(*painter, *option);
        if (spin->buttonSymbols == QAbstractSpinBox::NoButtons) return;
        paintSpinButtons(*painter, *spin,
                         proxy()->subControlRect(control, spin, SC_SpinBoxUp, widget),
                         proxy()->subControlRect(control, spin, SC_SpinBoxDown, widget));
        return;
      }
      break;
    case CC_Slider:
      if (const auto* slider = qstyleoption_cast<const QStyleOptionSlider*>(option)) {
        paintSlider(*painter, *slider,
                    proxy()->subControlRect(control, slider, SC_SliderHandle, widget),
                    palette().neither.fill);
        return;
      }
      break;
    case CC_ScrollBar:
      if (const auto* bar = qstyleoption_cast<const QStyleOptionSlider*>(option)) {
        paintScrollBar(*painter, *bar,
                       proxy()->subControlRect(control, bar, SC_ScrollBarSlider, widget));
        return;
      }
      break;
    default:
      break;
  }
  QProxyStyle::drawComplexControl(control, option, painter, widget);
}

QRect LoupeStyle::subControlRect(ComplexControl control, const QStyleOptionComplex* option,
                                 SubControl subControl, const QWidget* widget) const {
  switch (control) {
    case CC_ComboBox:
      if (const auto* combo = qstyleoption_cast<const QStyleOptionComboBox*>(option)) {
        const QRect rect = combo->rect;
        if (subControl == SC_ComboBoxEditField) return rect.adjusted(9, 1, -24, -1);
        if (subControl == SC_ComboBoxArrow)
          return {rect.right() - 23, rect.top(), 20, rect.height()};
      }
      break;
    case CC_SpinBox:
      if (const auto* spin = qstyleoption_cast<const QStyleOptionSpinBox*>(option)) {
        const int buttons = spin->buttonSymbols == QAbstractSpinBox::NoButtons ? 0 : 17;
        const QRect rect = spin->rect;
        const int half = rect.height() / 2;
        const int left = rect.right() - buttons + 1;
        if (subControl == SC_SpinBoxEditField) return rect.adjusted(7, 1, -buttons - 1, -1);
        if (subControl == SC_SpinBoxUp) return {left, rect.top(), buttons, half};
        if (subControl == SC_SpinBoxDown)
          return {left, rect.top() + half, buttons, rect.height() - half};
      }
      break;
    case CC_Slider:
      if (const auto* slider = qstyleoption_cast<const QStyleOptionSlider*>(option))
        return sliderPart(*slider, subControl, sliderHandle(widget));
      break;
    case CC_ScrollBar:
      if (const auto* bar = qstyleoption_cast<const QStyleOptionSlider*>(option))
        return scrollBarPart(*bar, subControl);
      break;
    default:
      break;
  }
  return QProxyStyle::subControlRect(control, option, subControl, widget);
}

QRect LoupeStyle::subElementRect(SubElement element, const QStyleOption* option,
                                 const QWidget* widget) const {
  if (element == SE_LineEditContents && widget &&
      !qobject_cast<const QAbstractSpinBox*>(widget->parentWidget()) &&
      !qobject_cast<const QComboBox*>(widget->parentWidget()))
    return option->rect.adjusted(6, 1, -6, -1);
  return QProxyStyle::subElementRect(element, option, widget);
}

QSize LoupeStyle::sizeFromContents(ContentsType type, const QStyleOption* option, const QSize& size,
                                   const QWidget* widget) const {
  switch (type) {
    case CT_PushButton:
      return {std::max(size.width() + 24, 28), kButtonHeight};
    case CT_ComboBox:
      return {size.width() + 36, kControlHeight};
    case CT_SpinBox:
      return {size.width() + 30, kControlHeight};
    case CT_LineEdit:
      return {size.width() + 14, kControlHeight};
    case CT_MenuBarItem:
      return {size.width() + 20, 28};
    case CT_MenuItem:
      if (const auto* item = qstyleoption_cast<const QStyleOptionMenuItem*>(option))
        return menuItemSize(*item, size);
      break;
    case CT_TabBarTab:
      if (const auto* tab = qstyleoption_cast<const QStyleOptionTab*>(option)) {
        // As wide as in Medium, so that no tab moves when another is chosen.
        QFont medium = tab->fontMetrics.height() > 0 && widget ? widget->font() : QFont();
        medium.setWeight(QFont::Medium);
        return {QFontMetrics(medium).horizontalAdvance(tab->text) + 24, 40};
      }
      break;
    default:
      break;
  }
  return QProxyStyle::sizeFromContents(type, option, size, widget);
}

int LoupeStyle::pixelMetric(PixelMetric metric, const QStyleOption* option,
                            const QWidget* widget) const {
  switch (metric) {
    case PM_SliderThickness:
    case PM_SliderControlThickness:
    case PM_SliderLength:
      return sliderHandle(widget);
    case PM_IndicatorWidth:
    case PM_IndicatorHeight:
    case PM_ExclusiveIndicatorWidth:
    case PM_ExclusiveIndicatorHeight:
    case PM_SmallIconSize:
    case PM_ButtonIconSize:
      return 16;
    case PM_CheckBoxLabelSpacing:
    case PM_RadioButtonLabelSpacing:
      return 8;
    case PM_FocusFrameHMargin:
    case PM_FocusFrameVMargin:
      return 3;
    case PM_DockWidgetSeparatorExtent:
    case PM_SplitterWidth:
    case PM_MenuPanelWidth:
      return 1;
    case PM_MenuVMargin:
      return 4;
    case PM_MenuBarHMargin:
      return 8;
    case PM_ScrollBarExtent:
      return 10;
    case PM_ScrollBarSliderMin:
      return 24;
    case PM_ToolTipLabelFrameWidth:
      return 6;
    case PM_ButtonShiftHorizontal:
    case PM_ButtonShiftVertical:
    case PM_TabBarTabShiftHorizontal:
    case PM_TabBarTabShiftVertical:
    case PM_MenuBarPanelWidth:
    case PM_MenuBarVMargin:
    case PM_MenuBarItemSpacing:
      return 0;
    default:
      return QProxyStyle::pixelMetric(metric, option, widget);
  }
}

int LoupeStyle::styleHint(StyleHint hint, const QStyleOption* option, const QWidget* widget,
                          QStyleHintReturn* returnData) const {
  switch (hint) {
    case SH_Slider_AbsoluteSetButtons:
      return static_cast<int>(Qt::LeftButton);
    case SH_Slider_PageSetButtons:
      return static_cast<int>(Qt::MiddleButton);
    case SH_FocusFrame_AboveWidget:
      return 1;
    case SH_ToolTipLabel_Opacity:
      return 255;
    case SH_ComboBox_Popup:
    case SH_EtchDisabledText:
    case SH_DitherDisabledText:
    case SH_UnderlineShortcut:
      return 0;
    case SH_Widget_Animate:
    case SH_Widget_Animation_Duration:
      return 0;
    case SH_RubberBand_Mask:
      return 0;
    default:
      return QProxyStyle::styleHint(hint, option, widget, returnData);
  }
}

}  // namespace kvloupe
