// SPDX-License-Identifier: GPL-3.0-or-later
#include "screenshot.hpp"

#include <QCoreApplication>
#include <QPainter>
#include <QTextStream>
#include <utility>

#include "common/error.hpp"
#include "compression/plan/spec.hpp"
#include "panels/error_dialog.hpp"
#include "window/main_window.hpp"
#include "workspace/draft_for_model.hpp"
#include "workspace/workspace.hpp"

namespace kvloupe {

Screenshot::Screenshot(MainWindow* window, Workspace* workspace, QString path, QStringList plans,
                       QObject* parent)
    : QObject(parent),
      window_(window),
      workspace_(workspace),
      path_(std::move(path)),
      plans_(std::move(plans)) {
  settled_.setSingleShot(true);
  settled_.setInterval(600);
  connect(&settled_, &QTimer::timeout, this, &Screenshot::waitOrTake);
  connect(workspace_, &Workspace::activityChanged, &settled_, qOverload<>(&QTimer::start));
  connect(workspace_, &Workspace::failed, &settled_, qOverload<>(&QTimer::start));
  settled_.start();
}

void Screenshot::waitOrTake() {
  if (!workspace_->settled()) return;
  try {
    if (measureNextPlan())
      settled_.start();
    else
      take();
  } catch (const Error& error) {
    end(2, QString::fromUtf8(error.what()));
  }
}

bool Screenshot::measureNextPlan() {
  const ModelInfoPtr& model = workspace_->activeSlot().model;
  if (plans_.isEmpty() || !model) return false;
  const CompressionSpec spec = parseSpec(plans_.takeFirst().toStdString());
  workspace_->editPlan(draftFor(*model, std::vector{spec}), workspace_->newGesture());
  return true;
}

void Screenshot::end(int status, const QString& line) {
  if (!line.isEmpty()) QTextStream(stderr) << "kvloupe: " << line << '\n';
  QCoreApplication::exit(status);
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
  if (picture.save(path_))
    end(0);
  else
    end(1, path_ + ": the picture could not be written");
}

}  // namespace kvloupe
