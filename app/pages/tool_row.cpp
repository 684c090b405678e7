// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/tool_row.hpp"

#include <QComboBox>
#include <QHBoxLayout>
#include <QPainter>

#include "controls/labels.hpp"
#include "theme/theme.hpp"

namespace kvloupe {
namespace {

constexpr int kHeight = 40;
constexpr int kControlHeight = 26;

}  // namespace

ToolRow::ToolRow(int wide, QWidget* parent)
    : QWidget(parent), wide_(wide), row_(new QHBoxLayout(this)) {
  setFixedHeight(kHeight);
  row_->setContentsMargins(12, 0, 12, 0);
  row_->setSpacing(6);
  connect(&Theme::instance(), &Theme::changed, this, qOverload<>(&QWidget::update));
}

InkLabel* ToolRow::addLabel(const QString& text) {
  if (row_->count() > 0) row_->addSpacing(8);
  auto* label = new InkLabel(TextRole::Chart, Ink::Second, text, this);
  row_->addWidget(label);
  optional_.push_back(label);
  return label;
}

void ToolRow::addTool(QWidget* tool) { row_->addWidget(tool); }

int indexOfKey(const QComboBox& list, const QString& keyOrText) {
  const int index = list.findData(keyOrText);
  return index >= 0 ? index : list.findText(keyOrText);
}

QComboBox* ToolRow::makeList(const QString& accessibleName) {
  auto* list = new QComboBox(this);
  list->setAccessibleName(accessibleName);
  list->setFixedHeight(kControlHeight);
  list->setSizeAdjustPolicy(QComboBox::AdjustToContents);
  return list;
}

void ToolRow::addStretch() { row_->addStretch(); }

void ToolRow::addOptional(QWidget* tool) {
  row_->addWidget(tool);
  optional_.push_back(tool);
}

void ToolRow::fold() {
  for (QWidget* tool : optional_) tool->setVisible(!narrow());
}

void ToolRow::resizeEvent(QResizeEvent* event) {
  QWidget::resizeEvent(event);
  fold();
}

void ToolRow::paintEvent(QPaintEvent*) {
  QPainter painter(this);
  painter.fillRect(rect(), kvloupe::palette().panel);
  painter.fillRect(QRect(0, height() - 1, width(), 1), kvloupe::palette().line);
}

}  // namespace kvloupe
