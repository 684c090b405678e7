// SPDX-License-Identifier: GPL-3.0-or-later
#include "window/page_bar.hpp"

#include <QAction>
#include <QButtonGroup>
#include <QHBoxLayout>
#include <QPainter>
#include <QToolButton>

#include "controls/labels.hpp"
#include "controls/tab_button.hpp"
#include "panels/surface.hpp"
#include "theme/theme.hpp"

namespace kvloupe {
namespace {

constexpr int kHeight = 40;
constexpr int kLargeHeight = 60;

}  // namespace

PageBar::PageBar(QWidget* parent)
    : QWidget(parent),
      pages_(new QHBoxLayout),
      actions_(new QHBoxLayout),
      group_(new QButtonGroup(this)),
      actionBox_(new QWidget(this)),
      leaveHint_(
          new InkLabel(TextRole::HallSmall, Ink::Second, tr("Projector, F11 leaves"), this)) {
  setFixedHeight(kHeight);
  auto* row = new QHBoxLayout(this);
  row->setContentsMargins(12, 0, 12, 1);
  row->setSpacing(0);
  pages_->setSpacing(8);
  actions_->setSpacing(2);
  row->addLayout(pages_);
  row->addStretch();
  actions_->setContentsMargins(0, 0, 0, 0);
  actionBox_->setLayout(actions_);
  row->addWidget(actionBox_);
  row->addWidget(leaveHint_);
  leaveHint_->hide();
  connect(group_, &QButtonGroup::idClicked, this, &PageBar::pageChosen);
  connect(&Theme::instance(), &Theme::changed, this, qOverload<>(&QWidget::update));
}

int PageBar::addPage(const QString& key, const QString& name) {
  const int index = static_cast<int>(group_->buttons().size());
  auto* tab = new TabButton(name, {}, this);
  tab->setAccessibleName(tr("%1 page").arg(name));
  tab->setObjectName(key + "Tab");
  group_->addButton(tab, index);
  pages_->addWidget(tab);
  if (index == 0) tab->setChecked(true);
  return index;
}

void PageBar::addAction(QAction* action) {
  auto* button = new QToolButton(this);
  button->setDefaultAction(action);
  button->setToolButtonStyle(Qt::ToolButtonIconOnly);
  button->setIconSize({16, 16});
  button->setFixedSize(28, 28);
  button->setAutoRaise(true);
  button->setAccessibleName(action->text().remove('&'));
  actions_->addWidget(button);
}

void PageBar::addSeparator() {
  auto* rule = new Rule(Qt::Vertical, this);
  rule->setFixedHeight(16);
  actions_->addSpacing(6);
  actions_->addWidget(rule);
  actions_->addSpacing(6);
}

void PageBar::setLarge(bool large) {
  setFixedHeight(large ? kLargeHeight : kHeight);
  actionBox_->setVisible(!large);
  leaveHint_->setVisible(large);
  for (QAbstractButton* tab : group_->buttons()) static_cast<TabButton*>(tab)->setLarge(large);
}

void PageBar::setCurrentPage(int index) {
  if (QAbstractButton* tab = group_->button(index)) tab->setChecked(true);
}

void PageBar::paintEvent(QPaintEvent*) {
  QPainter painter(this);
  painter.fillRect(rect(), kvloupe::palette().window);
  painter.fillRect(QRect(0, height() - 1, width(), 1), kvloupe::palette().line);
}

}  // namespace kvloupe
