// SPDX-License-Identifier: GPL-3.0-or-later
#include "screenshot.hpp"

#include <QCoreApplication>
#include <QPainter>
#include <QTextStream>
#include <utility>

#include "panels/error_dialog.hpp"
#include "window/main_window.hpp"
#include "workspace/workspace.hpp"

namespace kvloupe {

Screenshot::Screenshot(MainWindow* window, Workspace* workspace, QString path, QObject* parent)
    : QObject(parent), window_(window), workspace_(workspace), path_(std::move(path)) {
  settled_.setSingleShot(true);
  settled_.setInterval(600);
  connect(&settled_, &QTimer::timeout, this, &Screenshot::waitOrTake);
  connect(workspace_, &Workspace::activityChanged, &settled_, qOverload<>(&QTimer::start));
  connect(workspace_, &Workspace::failed, &settled_, qOverload<>(&QTimer::start));
  settled_.start();
}

void Screenshot::waitOrTake() {
  if (workspace_->settled()) take();
}

void Screenshot::take() {
  QPixmap picture = window_->grab();
  if (QDialog* dialog = window_->errorDialog()) {
    const QPixmap over = dialog->grab();
    const QSize room = window_->size() - dialog->size();
    QPainter painter(&picture);
    painter.drawPixmap(QPoint(room.width() / 2, room.height() / 2), over);
    painter.setPen(QPen(window_->palette().mid(), 1));
    painter.drawRect(QRect(QPoint(room.width() / 2, room.height() / 2), dialog->size()));
  }
  if (picture.save(path_)) {
    QCoreApplication::exit(0);
    return;
  }
  QTextStream(stderr) << "kvloupe: " << path_ << ": the picture could not be written\n";
  QCoreApplication::exit(1);
}

}  // namespace kvloupe
