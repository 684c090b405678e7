// SPDX-License-Identifier: GPL-3.0-or-later
#include "window/save_question.hpp"

#include <QMessageBox>
#include <utility>

#include "workspace/workspace.hpp"

namespace kvloupe {

SaveQuestion::SaveQuestion(QWidget* window, Workspace* workspace, std::function<void()> save)
    : QObject(window), window_(window), workspace_(workspace), save_(std::move(save)) {
  // Queued: the file stands, but its end is still being told.
  connect(
      workspace, &Workspace::runSaved, this,
      [this] {
        if (const auto then = std::exchange(then_, {})) then();
      },
      Qt::QueuedConnection);
  connect(workspace, &Workspace::failed, this, [this](const Failure& failure) {
    if (failure.what == Failure::What::RunNotSaved) then_ = {};
  });
}

void SaveQuestion::ask(const QString& question, std::function<void()> then) {
  auto* box =
      new QMessageBox(QMessageBox::NoIcon, "KV Loupe", question,
                      QMessageBox::Save | QMessageBox::Discard | QMessageBox::Cancel, window_);
  box->setInformativeText(tr("What was measured since the last save is lost otherwise."));
  box->setAttribute(Qt::WA_DeleteOnClose);
  connect(box, &QMessageBox::finished, this, [this, then = std::move(then)](int answer) {
    if (answer == QMessageBox::Save) {
      save_();
      if (workspace_->saving()) whenSaved(then);
    } else if (answer == QMessageBox::Discard) {
      then();
    }
  });
  box->open();
}

}  // namespace kvloupe
