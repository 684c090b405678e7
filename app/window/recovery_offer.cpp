// SPDX-License-Identifier: GPL-3.0-or-later
#include "window/recovery_offer.hpp"

#include <QAction>
#include <QLocale>
#include <QMessageBox>
#include <QPushButton>

#include "window/main_actions.hpp"
#include "window/main_window.hpp"
#include "workspace/recovery.hpp"

namespace kvloupe {

RecoveryOffer::RecoveryOffer(MainWindow* window, Recovery* recovery)
    : QObject(window), window_(window), recovery_(recovery) {
  connect(window, &MainWindow::shown, this, &RecoveryOffer::offer);
  connect(recovery, &Recovery::offersChanged, this, &RecoveryOffer::refresh);
  connect(window, &MainWindow::recoverRequested, this, [this](const QString& path) {
    recover({path, {}});
  });
  connect(window->actions()->recover, &QAction::triggered, this, &RecoveryOffer::offer);
}

QMessageBox* RecoveryOffer::question() const { return question_; }

void RecoveryOffer::refresh() {
  window_->actions()->recover->setEnabled(recovery_->offered().has_value());
}

void RecoveryOffer::offer() {
  if (question_) return;
  if (const auto kept = recovery_->offered()) ask(*kept);
  refresh();
}

void RecoveryOffer::recover(const KeptRun& kept) {
  window_->replacing({Slot::A, Slot::B}, [this, kept] { recovery_->recover(kept); });
}

void RecoveryOffer::ask(const KeptRun& kept) {
  question_ = new QMessageBox(QMessageBox::NoIcon, tr("Unsaved measurements"),
                              tr("KV Loupe ended without saving what it had measured."),
                              QMessageBox::NoButton, window_);
  question_->setInformativeText(
      tr("It was kept on %1. Recovered, it takes the place of what is open and is still to be "
         "saved.")
          .arg(QLocale().toString(kept.kept, QLocale::ShortFormat)));
  QPushButton* recover = question_->addButton(tr("Recover"), QMessageBox::AcceptRole);
  QPushButton* discard = question_->addButton(tr("Discard"), QMessageBox::DestructiveRole);
  question_->setEscapeButton(question_->addButton(tr("Later"), QMessageBox::RejectRole));
  question_->setDefaultButton(recover);
  question_->setAttribute(Qt::WA_DeleteOnClose);
  connect(question_, &QMessageBox::buttonClicked, this,
          [this, kept, recover, discard](const QAbstractButton* clicked) {
            if (clicked == recover) this->recover(kept);
            if (clicked == discard) recovery_->discard(kept);
          });
  question_->open();
}

}  // namespace kvloupe
