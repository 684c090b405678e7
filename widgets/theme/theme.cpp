// SPDX-License-Identifier: GPL-3.0-or-later
#include "theme/theme.hpp"

#include <QApplication>
#include <QDBusConnection>
#include <QDBusMessage>
#include <QDBusReply>
#include <QDBusVariant>
#include <QPalette>
#include <QToolTip>

#include "theme/focus_ring.hpp"
#include "theme/loupe_style.hpp"

namespace kvloupe {
namespace {

const QString kPortal = QStringLiteral("org.freedesktop.portal.Desktop");
const QString kPortalPath = QStringLiteral("/org/freedesktop/portal/desktop");
const QString kSettings = QStringLiteral("org.freedesktop.portal.Settings");
const QString kAppearance = QStringLiteral("org.freedesktop.appearance");
const QString kInterface = QStringLiteral("org.gnome.desktop.interface");
constexpr int kPortalPatienceMs = 200;

/// The portal wraps a value in one variant, or in two where Read is used.
QVariant unwrapped(QVariant value) {
  while (value.canConvert<QDBusVariant>()) value = value.value<QDBusVariant>().variant();
  return value;
}

QVariant readSetting(const QString& nameSpace, const QString& key) {
  QDBusMessage call =
      QDBusMessage::createMethodCall(kPortal, kPortalPath, kSettings, QStringLiteral("Read"));
  call << nameSpace << key;
  const QDBusMessage reply =
      QDBusConnection::sessionBus().call(call, QDBus::Block, kPortalPatienceMs);
  if (reply.type() != QDBusMessage::ReplyMessage || reply.arguments().isEmpty()) return {};
  return unwrapped(reply.arguments().constFirst());
}

QPalette widgetPalette(const Palette& colors) {
  QPalette result;
  const auto set = [&result](QPalette::ColorRole role, const QColor& color) {
    result.setColor(QPalette::All, role, color);
  };
  set(QPalette::Window, colors.window);
  set(QPalette::WindowText, colors.ink);
  set(QPalette::Base, colors.field);
  set(QPalette::AlternateBase, colors.panel);
  set(QPalette::Text, colors.ink);
  set(QPalette::Button, colors.field);
  set(QPalette::ButtonText, colors.ink);
  set(QPalette::BrightText, colors.error);
  set(QPalette::Light, colors.page);
  set(QPalette::Midlight, colors.line);
  set(QPalette::Mid, colors.controlBorder);
  set(QPalette::Dark, colors.controlBorder);
  set(QPalette::Shadow, colors.ink);
  set(QPalette::Highlight, colors.selectedRow);
  set(QPalette::HighlightedText, colors.ink);
  set(QPalette::Link, colors.ink);
  set(QPalette::LinkVisited, colors.ink);
  set(QPalette::ToolTipBase, colors.tooltip);
  set(QPalette::ToolTipText, colors.tooltipText);
  set(QPalette::PlaceholderText, colors.secondText);
  for (const QPalette::ColorRole role :
       {QPalette::WindowText, QPalette::Text, QPalette::ButtonText, QPalette::HighlightedText})
    result.setColor(QPalette::Disabled, role, colors.disabled);
  return result;
}

}  // namespace

Theme& Theme::instance() {
  static Theme kTheme;
  return kTheme;
}

Theme::Theme() : palette_(&lightPalette()) {}

void Theme::askPortal() {
  if (portalAsked_) return;
  portalAsked_ = true;
  QDBusConnection bus = QDBusConnection::sessionBus();
  if (!bus.isConnected()) return;
  systemDark_ = readSetting(kAppearance, QStringLiteral("color-scheme")).toUInt() == 1;
  const QVariant animations = readSetting(kInterface, QStringLiteral("enable-animations"));
  reduceMotion_ = animations.isValid() && !animations.toBool();
  bus.connect(kPortal, kPortalPath, kSettings, QStringLiteral("SettingChanged"), this,
              SLOT(onPortalSettingChanged(QString, QString, QDBusVariant)));
}

void Theme::onPortalSettingChanged(const QString& nameSpace, const QString& key,
                                   const QDBusVariant& value) {
  if (nameSpace == kAppearance && key == QLatin1String("color-scheme")) {
    systemDark_ = unwrapped(value.variant()).toUInt() == 1;
    if (kind_ == ThemeKind::System) apply();
  } else if (nameSpace == kInterface && key == QLatin1String("enable-animations")) {
    reduceMotion_ = !unwrapped(value.variant()).toBool();
  }
}

void Theme::apply() {
  const bool dark = kind_ == ThemeKind::Dark || (kind_ == ThemeKind::System && systemDark_);
  palette_ = dark ? &darkPalette() : &lightPalette();
  QApplication::setPalette(widgetPalette(*palette_));
  QToolTip::setPalette(QApplication::palette());
  emit changed();
}

void applyTheme(QApplication& app, ThemeKind kind) {
  Theme& theme = Theme::instance();
  theme.kind_ = kind;
  theme.askPortal();
  static QPointer<FocusRing> focusRing;
  if (!focusRing) {
    loadFonts();
    QApplication::setStyle(new LoupeStyle);
    QApplication::setFont(font(TextRole::Body));
    QToolTip::setFont(font(TextRole::Chart));
    focusRing = new FocusRing(&app);
  }
  theme.apply();
}

const Palette& palette() { return Theme::instance().palette(); }

}  // namespace kvloupe
