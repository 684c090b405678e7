// SPDX-License-Identifier: GPL-3.0-or-later
#include "tables/plan_difference_table.hpp"

#include <QGridLayout>
#include <QPainter>
#include <QVBoxLayout>

#include "controls/badge.hpp"
#include "controls/labels.hpp"
#include "theme/theme.hpp"

namespace kvloupe {
namespace {

constexpr int kRowHeight = 26, kHallRowHeight = 38;
constexpr int kGap = 16;

}  // namespace

PlanDifferenceTable::PlanDifferenceTable(QWidget* parent) : QWidget(parent) {
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(24, 0, kGap, 8);
  setAccessibleName(tr("Two plans"));
  connect(&Theme::instance(), &Theme::changed, this, qOverload<>(&QWidget::update));
  rebuild();
}

void PlanDifferenceTable::setView(const PlanDifferenceView& view) {
  if (view == view_) return;
  view_ = view;
  rebuild();
}

std::vector<QStringList> PlanDifferenceTable::rows() const {
  std::vector<QStringList> all = {
      {tr("figure"), view_.nameA, view_.nameB, tr("B less A, paired over the same windows")}};
  for (const PlanDifferenceView::Row& row : view_.rows)
    all.push_back({row.label, row.a, row.b, row.difference});
  return all;
}

void PlanDifferenceTable::setLarge(bool large) {
  large_ = large;
  rebuild();
}

void PlanDifferenceTable::rebuild() {
  delete body_;
  body_ = new QWidget(this);
  grid_ = new QGridLayout(body_);
  grid_->setContentsMargins(0, 0, 0, 0);
  grid_->setHorizontalSpacing(kGap);
  grid_->setVerticalSpacing(0);
  const auto sized = [this](TextRole role) { return large_ ? hallRole(role) : role; };
  const int rowHeight = large_ ? kHallRowHeight : kRowHeight;
  const auto put = [&](const QString& text, int row, int column, TextRole role, Ink ink) {
    auto* made = new ElidedLabel(sized(role), ink, text, Qt::ElideRight, body_);
    made->setMinimumHeight(rowHeight);
    grid_->addWidget(made, row, column);
  };
  const auto head = [&](ModelSlot slot, const QString& name, int column) {
    auto* cell = new QWidget(body_);
    auto* row = new QHBoxLayout(cell);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(8);
    auto* badge = new Badge(slot, cell);
    badge->setDiameter(large_ ? 24 : 16);
    row->addWidget(badge);
    row->addWidget(
        new ElidedLabel(sized(TextRole::BodyMedium), Ink::Text, name, Qt::ElideMiddle, cell), 1);
    cell->setMinimumHeight(rowHeight);
    grid_->addWidget(cell, 0, column);
  };
  head(ModelSlot::A, view_.nameA, 1);
  head(ModelSlot::B, view_.nameB, 2);
  put(view_.paired, 0, 3, TextRole::Chart, Ink::Second);
  int at = 1;
  for (const PlanDifferenceView::Row& row : view_.rows) {
    auto* label = new InkLabel(sized(TextRole::Chart), Ink::Second, row.label, body_);
    label->setMinimumHeight(rowHeight);
    grid_->addWidget(label, at, 0);
    put(row.a, at, 1, TextRole::Body, Ink::Text);
    put(row.b, at, 2, TextRole::Body, Ink::Text);
    put(row.difference, at, 3, TextRole::BodyMedium, Ink::Text);
    ++at;
  }
  auto* ruling = new InkLabel(sized(TextRole::Body), Ink::Text, view_.ruling, body_);
  ruling->setWordWrap(true);
  ruling->setMinimumHeight(rowHeight);
  grid_->addWidget(ruling, at, 0, 1, 4);
  for (int column = 1; column < 4; ++column) grid_->setColumnStretch(column, 1);
  grid_->setRowStretch(at + 1, 1);
  layout()->addWidget(body_);
  body_->show();
  grid_->activate();
  layout()->activate();
  update();  // the rules that are drawn between its widgets
  QString spoken;
  for (const QStringList& row : rows())
    spoken += row.join(QStringLiteral(", ")) + QLatin1Char('\n');
  setAccessibleDescription(spoken + view_.ruling);
}

void PlanDifferenceTable::paintEvent(QPaintEvent*) {
  QPainter painter(this);
  const Palette& p = kvloupe::palette();
  painter.fillRect(rect(), p.page);
  painter.setPen(QPen(p.line, 1));
  for (int row = 1; row <= static_cast<int>(view_.rows.size()); ++row)
    if (const QLayoutItem* item = grid_->itemAtPosition(row, 0)) {
      const int y = body_->y() + item->geometry().top();
      painter.drawLine(0, y, width(), y);
    }
  if (const QLayoutItem* last = grid_->itemAtPosition(static_cast<int>(view_.rows.size()) + 1, 0)) {
    const int y = body_->y() + last->geometry().top();
    painter.drawLine(0, y, width(), y);
  }
}

}  // namespace kvloupe
