// SPDX-License-Identifier: GPL-3.0-or-later
#include "theme/icons.hpp"

#include <QColor>
#include <QFile>
#include <QIconEngine>
#include <QPainter>
#include <QPixmapCache>
#include <QSvgRenderer>
#include <array>

#include "theme/theme.hpp"

static void registerIconResources() { Q_INIT_RESOURCE(kvloupe_icons); }

namespace kvloupe {
namespace {

constexpr std::array<const char*, 25> kFiles = {
    "undo",          "redo",         "open",       "save",     "export", "fit",   "copy",
    "chevron-right", "chevron-down", "chevron-up", "overflow", "close",  "check", "warning",
    "stale",         "log",          "link",       "lesson",   "play",   "stop",  "file",
    "folder",        "bars",         "more",       "app"};
static_assert(kFiles.size() == static_cast<std::size_t>(Icon::App) + 1);

QByteArray svgOf(Icon name) {
  static const bool kRegistered = (registerIconResources(), true);
  Q_UNUSED(kRegistered)
  QFile file(
      QStringLiteral(":/icons/%1.svg").arg(QLatin1String(kFiles[static_cast<std::size_t>(name)])));
  return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

/// Draws at paint time, so that one icon serves every theme, state and pixel ratio.
class LineIconEngine : public QIconEngine {
 public:
  explicit LineIconEngine(Icon name) : name_(name) {}

  void paint(QPainter* painter, const QRect& rect, QIcon::Mode mode, QIcon::State) override {
    paintIcon(*painter, name_, rect, color(mode));
  }

  QPixmap pixmap(const QSize& size, QIcon::Mode mode, QIcon::State state) override {
    QPixmap result(size);
    result.fill(Qt::transparent);
    QPainter painter(&result);
    paint(&painter, QRect(QPoint(), size), mode, state);
    return result;
  }

  [[nodiscard]] QIconEngine* clone() const override { return new LineIconEngine(name_); }

 private:
  static QColor color(QIcon::Mode mode) {
    return mode == QIcon::Disabled ? palette().disabled : palette().ink;
  }

  Icon name_;
};

}  // namespace

QIcon icon(Icon name) { return QIcon(new LineIconEngine(name)); }

void paintIcon(QPainter& painter, Icon name, const QRectF& rect, const QColor& color) {
  QByteArray svg = svgOf(name);
  svg.replace("currentColor", color.name(QColor::HexRgb).toLatin1());
  QSvgRenderer renderer(svg);
  renderer.setAspectRatioMode(Qt::KeepAspectRatio);
  renderer.render(&painter, rect);
}

QPixmap iconPixmap(Icon name, int size, const QColor& color, qreal devicePixelRatio) {
  const QString key = QStringLiteral("kvloupe-%1-%2-%3-%4")
                          .arg(static_cast<int>(name))
                          .arg(size)
                          .arg(color.rgba(), 0, 16)
                          .arg(devicePixelRatio);
  QPixmap result;
  if (QPixmapCache::find(key, &result)) return result;
  result = QPixmap(QSize(size, size) * devicePixelRatio);
  result.setDevicePixelRatio(devicePixelRatio);
  result.fill(Qt::transparent);
  QPainter painter(&result);
  paintIcon(painter, name, QRectF(0, 0, size, size), color);
  painter.end();
  QPixmapCache::insert(key, result);
  return result;
}

}  // namespace kvloupe
