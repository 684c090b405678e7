// SPDX-License-Identifier: GPL-3.0-or-later
#include "panels/plans_menu.hpp"

#include <QInputDialog>
#include <QMenu>
#include <algorithm>

namespace kvloupe {

PlansMenu::PlansMenu(QWidget* parent)
    : IconButton(Icon::More, tr("Plans"), parent), menu_(new QMenu(this)) {
  menu_->setToolTipsVisible(true);
  connect(this, &QToolButton::clicked, this, [this] {
    fill();
    menu_->popup(mapToGlobal(QPoint(0, height())));
  });
}

void PlansMenu::setView(const PlansView& view) {
  view_ = view;
  setEnabled(view.model);
}

QString PlansMenu::currentName() const {
  return view_.current < 0 ? QString() : view_.kept[static_cast<std::size_t>(view_.current)].name;
}

QString PlansMenu::freeName(const QString& name) const {
  const auto taken = [&](const QString& wanted) {
    return std::any_of(view_.kept.begin(), view_.kept.end(),
                       [&](const PlansView::Kept& plan) { return plan.name == wanted; });
  };
  QString free = name;
  for (int i = 2; taken(free); ++i) free = QString("%1 %2").arg(name).arg(i);
  return free;
}

void PlansMenu::fill() {
  menu_->clear();
  for (std::size_t i = 0; i < view_.kept.size(); ++i) {
    const PlansView::Kept& plan = view_.kept[i];
    // In a menu's text a single & marks the key.
    QAction* action = menu_->addAction(QString(plan.name).replace('&', "&&"));
    action->setCheckable(true);
    action->setChecked(static_cast<int>(i) == view_.current);
    action->setToolTip(plan.detail);
    connect(action, &QAction::triggered, this, [this, name = plan.name] { emit planChosen(name); });
  }
  if (!view_.kept.empty()) menu_->addSeparator();
  const QString current = currentName();
  const bool kept = !current.isEmpty();
  connect(menu_->addAction(tr("Keep this plan…")), &QAction::triggered, this, [this] {
    askName(tr("Keep this plan"), freeName(tr("Plan")),
            [this](const QString& name) { emit keepRequested(name); });
  });
  QAction* rename = menu_->addAction(tr("Rename…"));
  connect(rename, &QAction::triggered, this, [this, current] {
    askName(tr("Rename the plan"), current,
            [this, current](const QString& to) { emit renameRequested(current, to); });
  });
  QAction* duplicate = menu_->addAction(tr("Duplicate"));
  connect(duplicate, &QAction::triggered, this,
          [this, current] { emit duplicateRequested(current, freeName(current)); });
  QAction* forget = menu_->addAction(tr("Forget"));
  connect(forget, &QAction::triggered, this, [this, current] { emit forgetRequested(current); });
  for (QAction* action : {rename, duplicate, forget}) {
    action->setEnabled(kept);
    if (!kept) action->setToolTip(tr("This plan is not kept under a name"));
  }
  menu_->addSeparator();
  connect(menu_->addAction(tr("Import a plan…")), &QAction::triggered, this,
          &PlansMenu::importRequested);
  QAction* exports = menu_->addAction(tr("Export this plan…"));
  exports->setEnabled(view_.exportable);
  exports->setToolTip(view_.exportHint);
  connect(exports, &QAction::triggered, this, &PlansMenu::exportRequested);
}

void PlansMenu::askName(const QString& title, const QString& proposed,
                        std::function<void(const QString&)> then) {
  auto* dialog = new QInputDialog(this);
  dialog->setAttribute(Qt::WA_DeleteOnClose);
  dialog->setWindowTitle(title);
  dialog->setLabelText(tr("Name"));
  dialog->setTextValue(proposed);
  connect(dialog, &QInputDialog::textValueSelected, this, std::move(then));
  dialog->open();
}

}  // namespace kvloupe
