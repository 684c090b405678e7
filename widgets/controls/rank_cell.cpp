// SPDX-License-Identifier: GPL-3.0-or-later
#include "controls/rank_cell.hpp"

#include <QContextMenuEvent>
#include <QKeyEvent>
#include <QMenu>
#include <algorithm>

#include "controls/chip.hpp"
#include "theme/fonts.hpp"
#include "theme/theme.hpp"

namespace kvloupe {

RankCell::RankCell(Target target, int layer, QWidget* parent)
    : QLineEdit(parent), target_(target), layer_(layer) {
  setAccessibleName(tr("%1 layer %2 rank").arg(chipLetter(target)).arg(layer));
  setAlignment(Qt::AlignCenter);
  setFixedHeight(24);
  setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
  connect(this, &QLineEdit::editingFinished, this, &RankCell::take);
  connect(&Theme::instance(), &Theme::changed, this, &RankCell::restyle);
  restyle();
}

QSize RankCell::sizeHint() const { return {26, 24}; }

void RankCell::setRank(int rank, int dim, bool apart, bool untouched) {
  // What is being typed stays while the plan says the same.
  if (rank == rank_ && dim == dim_ && apart == apart_ && untouched == untouched_) return;
  const bool otherLook = apart != apart_;
  rank_ = rank;
  dim_ = dim;
  apart_ = apart;
  untouched_ = untouched;
  if (otherLook) restyle();
  restore();
}

void RankCell::restyle() {
  setFont(kvloupe::font(apart_ ? TextRole::BodyMedium : TextRole::Chart));
  QPalette colors = parentWidget() ? parentWidget()->palette() : palette();
  const Palette& own = kvloupe::palette();
  colors.setColor(QPalette::Active, QPalette::Text, apart_ ? own.of(target_).text : own.secondText);
  colors.setColor(QPalette::Inactive, QPalette::Text,
                  apart_ ? own.of(target_).text : own.secondText);
  setPalette(colors);
}

void RankCell::restore() {
  const QString text = untouched_ ? tr("full") : QString::number(rank_);
  if (text != this->text()) setText(text);
  setModified(false);
  const QString what = untouched_ ? tr("untouched") : tr("rank %1 of %2").arg(rank_).arg(dim_);
  setAccessibleDescription(apart_ ? tr("%1, set apart").arg(what) : what);
  const QString state = tr("Layer %1: %2").arg(layer_).arg(accessibleDescription());
  setToolTip(apart_ ? tr("%1; empty takes it back").arg(state) : state);
}

/// What was typed: a rank, "full", or nothing.
void RankCell::take() {
  if (!isModified()) return;
  const QString typed = text().trimmed();
  setModified(false);
  bool number = false;
  const int rank = typed.toInt(&number);
  if (typed.isEmpty())
    emit cleared();
  else if (number)
    emit rankChosen(std::clamp(rank, 1, dim_));
  else if (typed.compare(tr("full"), Qt::CaseInsensitive) == 0)
    emit untouchedChosen();
  restore();  // what was refused or clamped
}

void RankCell::keyPressEvent(QKeyEvent* event) {
  switch (event->key()) {
    case Qt::Key_Up:
      if (rank_ < dim_) emit rankChosen(rank_ + 1);
      return selectAll();
    case Qt::Key_Down:
      if (rank_ > 1) emit rankChosen(rank_ - 1);
      return selectAll();
    case Qt::Key_Escape:
      if (!isModified()) break;
      restore();
      return selectAll();
    default:
      break;
  }
  QLineEdit::keyPressEvent(event);
}

void RankCell::focusInEvent(QFocusEvent* event) {
  QLineEdit::focusInEvent(event);
  // After the click that gave the focus has placed its cursor.
  QMetaObject::invokeMethod(this, &QLineEdit::selectAll, Qt::QueuedConnection);
}

void RankCell::contextMenuEvent(QContextMenuEvent* event) {
  // No loop of its own: another model may take this cell away while the menu is open.
  auto* menu = new QMenu(this);
  menu->setAttribute(Qt::WA_DeleteOnClose);
  menu->addAction(tr("Leave layer %1 untouched").arg(layer_), this, &RankCell::untouchedChosen);
  menu->addAction(tr("Layer %1 as the others").arg(layer_), this, &RankCell::cleared)
      ->setEnabled(apart_);
  menu->popup(event->globalPos());
}

}  // namespace kvloupe
