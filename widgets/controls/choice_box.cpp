// SPDX-License-Identifier: GPL-3.0-or-later
#include "controls/choice_box.hpp"

#include <QAbstractItemView>
#include <QScreen>
#include <QScrollBar>
#include <QStandardItemModel>
#include <algorithm>

#include "words/core_words.hpp"

namespace kvloupe {
namespace {

constexpr int kMargin = 16;  // beside the longest entry

}  // namespace

ChoiceBox::ChoiceBox(QWidget* parent) : QComboBox(parent) {
  setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
  setModel(new QStandardItemModel(this));
  view()->setTextElideMode(Qt::ElideRight);
}

void ChoiceBox::setEntries(const std::vector<Entry>& entries, int current) {
  if (entries != entries_) {
    entries_ = entries;
    auto* items = qobject_cast<QStandardItemModel*>(model());
    items->clear();
    for (const Entry& entry : entries) {
      auto* item = new QStandardItem(entry.name);
      item->setData(entry.name, Qt::UserRole);  // whatever is said beside it
      if (entry.refusal) {
        const QString why =
            coreWords(entry.refusal->message) + ": " + coreWords(entry.refusal->found);
        const QString whole = tr("%1. Expected: %2.").arg(why, coreWords(entry.refusal->expected));
        item->setText(QString::fromUtf8("%1 – %2").arg(entry.name, why));
        item->setToolTip(whole);
        item->setData(whole, Qt::AccessibleDescriptionRole);
        item->setEnabled(false);
      }
      items->appendRow(item);
    }
  }
  setCurrentIndex(current);
}

bool ChoiceBox::offers(int index) const {
  return index >= 0 && index < static_cast<int>(entries_.size()) &&
         !entries_[static_cast<std::size_t>(index)].refusal;
}

void ChoiceBox::showPopup() {
  const int wanted =
      view()->sizeHintForColumn(0) + kMargin + view()->verticalScrollBar()->sizeHint().width();
  const int room = screen() ? screen()->availableGeometry().width() : wanted;
  view()->setMinimumWidth(std::clamp(wanted, width(), std::max(width(), room)));
  QComboBox::showPopup();
}

}  // namespace kvloupe
