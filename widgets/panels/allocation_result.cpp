// SPDX-License-Identifier: GPL-3.0-or-later
#include "panels/allocation_result.hpp"

#include <QHBoxLayout>
#include <QVBoxLayout>

#include "controls/buttons.hpp"
#include "controls/labels.hpp"

namespace kvloupe {

void AllocationResult::Line::show(const std::optional<AllocationView::Plan>& plan) const {
  figure->setText(plan ? plan->figure : QString());
  place->setText(plan ? plan->place : QString());
  detail->setText(plan ? plan->detail : QString());
  for (QWidget* part : {static_cast<QWidget*>(figure), static_cast<QWidget*>(place),
                        static_cast<QWidget*>(use), static_cast<QWidget*>(detail)})
    part->setVisible(plan.has_value());
}

AllocationResult::AllocationResult(QWidget* parent) : QWidget(parent) {
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(4);
  for (Line& line : lines_) {
    line.figure = new InkLabel(TextRole::BodyMedium, Ink::Text, {}, this);
    line.place = new InkLabel(TextRole::Chart, Ink::Second, {}, this);
    line.use = new LinkButton(tr("Use"), this);
    line.detail = new InkLabel(TextRole::Caption, Ink::Second, {}, this);
    line.detail->setWordWrap(true);
    auto* row = new QHBoxLayout;
    row->setSpacing(8);
    row->addWidget(line.figure);
    row->addWidget(line.place);
    row->addStretch();
    row->addWidget(line.use);
    column->addLayout(row);
    column->addWidget(line.detail);
  }
  lines_[0].use->setAccessibleName(tr("Use the allocated plan"));
  lines_[1].use->setAccessibleName(tr("Use the plan of equal layers"));
  connect(lines_[0].use, &QPushButton::clicked, this, &AllocationResult::allocatedUsed);
  connect(lines_[1].use, &QPushButton::clicked, this, &AllocationResult::uniformUsed);
  setView({});
}

void AllocationResult::setView(const AllocationView& view) {
  lines_[0].show(view.allocated);
  lines_[1].show(view.uniform);
  setVisible(view.allocated.has_value());
}

}  // namespace kvloupe
