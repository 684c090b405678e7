// SPDX-License-Identifier: GPL-3.0-or-later
#include "window/recent_items.hpp"

#include <QDir>
#include <QFileInfo>
#include <QSettings>

namespace kvloupe {
namespace {

constexpr int kKept = 8;
const char* const kKey = "recent";

}  // namespace

QStringList recentPaths() { return QSettings().value(kKey).toStringList(); }

void rememberRecent(const QString& path) {
  QStringList paths = recentPaths();
  paths.removeAll(path);
  paths.prepend(path);
  while (paths.size() > kKept) paths.removeLast();
  QSettings().setValue(kKey, paths);
}

void forgetRecent() { QSettings().remove(kKey); }

std::vector<RecentItem> recentItems() {
  std::vector<RecentItem> items;
  for (const QString& path : recentPaths()) {
    const QString name = path.startsWith("demo:") ? path : QFileInfo(path).fileName();
    items.push_back({name, path, isRunPath(path)});
  }
  return items;
}

QString shortPath(const QString& path) {
  const QString home = QDir::homePath();
  return path.startsWith(home + "/") ? "~" + path.mid(home.size()) : path;
}

bool isRunPath(const QString& path) { return path.endsWith(".h5"); }

}  // namespace kvloupe
