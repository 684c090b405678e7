// SPDX-License-Identifier: GPL-3.0-or-later
#include "panels/safe_ratio_box.hpp"

#include <QHBoxLayout>
#include <QPushButton>
#include <QVBoxLayout>
#include <array>
#include <cmath>

#include "controls/buttons.hpp"
#include "controls/labels.hpp"
#include "controls/segmented_control.hpp"

namespace kvloupe {
namespace {

constexpr std::array<double, 3> kBudgets = {1, 3, 5};

}  // namespace

SafeRatioBox::SafeRatioBox(QWidget* parent)
    : QWidget(parent),
      budgets_(new SegmentedControl(this)),
      search_(new QPushButton(tr("Find the safe ratio"), this)),
      allocate_(new QPushButton(tr("Allocate"), this)),
      figure_(new InkLabel(TextRole::BodyMedium, Ink::Text, {}, this)),
      place_(new InkLabel(TextRole::Chart, Ink::Second, {}, this)),
      use_(new LinkButton(tr("Use"), this)),
      detail_(new InkLabel(TextRole::Caption, Ink::Second, {}, this)) {
  for (const double budget : kBudgets)
    budgets_->addSegment(QString::fromUtf8("%1\u00a0%").arg(budget));
  budgets_->setCurrentIndex(0);
  budgets_->setAccessibleName(tr("Budget"));
  setPrimary(search_);
  use_->setAccessibleName(tr("Use the safe rank"));
  detail_->setWordWrap(true);
  auto* budget = new QHBoxLayout;
  budget->setSpacing(8);
  budget->addWidget(new InkLabel(TextRole::Chart, Ink::Second, tr("ΔPPL at most"), this));
  budget->addWidget(budgets_);
  budget->addStretch();
  auto* result = new QHBoxLayout;
  result->setSpacing(8);
  result->addWidget(figure_);
  result->addWidget(place_);
  result->addStretch();
  result->addWidget(use_);
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(0, 2, 0, 0);
  column->setSpacing(6);
  column->addLayout(budget);
  auto* buttons = new QHBoxLayout;
  buttons->setSpacing(8);
  buttons->addWidget(search_, 1);
  buttons->addWidget(allocate_);
  column->addLayout(buttons);
  auto* found = new QVBoxLayout;
  found->setSpacing(0);
  found->addLayout(result);
  found->addWidget(detail_);
  column->addLayout(found);
  connect(budgets_, &SegmentedControl::activated, this, &SafeRatioBox::refresh);
  allocate_->setAccessibleName(tr("Allocate over layers"));
  connect(allocate_, &QPushButton::clicked, this, &SafeRatioBox::allocationRequested);
  connect(search_, &QPushButton::clicked, this, &SafeRatioBox::searchRequested);
  connect(use_, &QPushButton::clicked, this, [this] {
    if (const auto* safe = shown(); safe && safe->rank) emit rankUsed(*safe);
  });
  refresh();
}

double SafeRatioBox::budgetPercent() const {
  return kBudgets[static_cast<std::size_t>(std::max(0, budgets_->currentIndex()))];
}

void SafeRatioBox::setView(const SafeRatioView& view) {
  view_ = view;
  refresh();
}

void SafeRatioBox::setAllocation(const AllocationView& view) {
  allocate_->setEnabled(view.offered && !view.running);
  allocate_->setToolTip(view.running   ? tr("The layers are being measured; Cancel stops it")
                        : view.offered ? tr("Spends the budget over the layers, where it buys most")
                                       : view.why);
}

const SafeRatioView::Found* SafeRatioBox::shown() const {
  for (const SafeRatioView::Found& found : view_.found)
    if (std::abs(found.budgetPercent - budgetPercent()) < 1e-9) return &found;
  return nullptr;
}

void SafeRatioBox::refresh() {
  const SafeRatioView::Found* found = shown();
  search_->setEnabled(view_.offered && !view_.searching);
  search_->setToolTip(view_.why);
  figure_->setText(found ? found->figure : QString::fromUtf8("–"));
  place_->setText(found             ? found->place
                  : view_.searching ? tr("searching")
                                    : tr("not searched yet"));
  use_->setVisible(found && found->rank);
  detail_->setText(found ? found->detail : view_.offered ? QString() : view_.why);
}

}  // namespace kvloupe
