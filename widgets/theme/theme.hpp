// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <cstdint>

#include "theme/fonts.hpp"
#include "theme/icons.hpp"
#include "theme/palette.hpp"

class QApplication;
class QDBusVariant;

namespace kvloupe {

enum class ThemeKind : std::uint8_t { Light, Dark, System };

/// The theme that the whole window is drawn in. One a process, as QApplication's palette and style
/// are; light until applyTheme is called.
class Theme : public QObject {
  Q_OBJECT

 public:
  static Theme& instance();

  [[nodiscard]] const Palette& palette() const { return *palette_; }
  /// What was asked for; System stays System whatever the desktop says.
  [[nodiscard]] ThemeKind kind() const { return kind_; }
  /// What the desktop asks for through org.freedesktop.portal.Settings; false without an answer.
  [[nodiscard]] bool systemIsDark() const { return systemDark_; }
  [[nodiscard]] bool reduceMotion() const { return reduceMotion_; }

 signals:
  /// The palette is another one. Widgets that draw for themselves update.
  void changed();

 private slots:
  void onPortalSettingChanged(const QString& nameSpace, const QString& key,
                              const QDBusVariant& value);

 private:
  Theme();
  void askPortal();
  void apply();
  friend void applyTheme(QApplication& app, ThemeKind kind);

  const Palette* palette_ = nullptr;
  ThemeKind kind_ = ThemeKind::Light;
  bool systemDark_ = false;
  bool reduceMotion_ = false;
  bool portalAsked_ = false;
};

/// Sets style, palette and fonts of the program; call again to switch. Registers Roboto and the
/// icons the first time.
void applyTheme(QApplication& app, ThemeKind kind);

/// Shorthand for Theme::instance().palette().
[[nodiscard]] const Palette& palette();

}  // namespace kvloupe
