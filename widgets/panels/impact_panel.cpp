// SPDX-License-Identifier: GPL-3.0-or-later
#include "panels/impact_panel.hpp"

#include <QHBoxLayout>
#include <QVBoxLayout>

#include "controls/buttons.hpp"
#include "controls/labels.hpp"
#include "controls/state_pill.hpp"
#include "panels/impact_figures.hpp"
#include "panels/surface.hpp"

namespace kvloupe {

double estimatedPpl(const ImpactView& view) {
  return view.figures->baseline.ppl * (1 + view.estimate->deltaPplPercent / 100);
}

ImpactPanel::ImpactPanel(QWidget* parent)
    : QWidget(parent),
      pill_(new StatePill(this)),
      measuredOn_(new InkLabel(TextRole::Chart, Ink::Second, {}, this)),
      lines_{new ImpactLine(ModelSlot::A, this), new ImpactLine(ModelSlot::B, this)},
      chevron_(new IconButton(Icon::ChevronDown, tr("Fold Impact"), this)),
      figures_(new ImpactFigures(this)),
      convergence_(new ConvergenceChart(this)),
      plane_(new PlanPlaneChart(this)) {
  auto* head = new QWidget(this);
  head->setFixedHeight(kFoldedHeight - 1);
  auto* row = new QHBoxLayout(head);
  row->setContentsMargins(12, 0, 12, 0);
  row->setSpacing(8);
  row->addWidget(new InkLabel(TextRole::BodyMedium, Ink::Text, tr("Impact"), head));
  row->addWidget(pill_);
  row->addWidget(measuredOn_);
  between_ = new Rule(Qt::Vertical, head);
  between_->setFixedHeight(20);
  row->addWidget(lines_[0], 1);
  row->addWidget(between_);
  row->addWidget(lines_[1], 1);
  filler_ = new QWidget(head);
  row->addWidget(filler_, 1);
  row->addWidget(chevron_);

  body_ = new QWidget(this);
  auto* columns = new QHBoxLayout(body_);
  columns->setContentsMargins(12, 0, 8, 4);
  columns->setSpacing(12);
  columns->addWidget(figures_, 0);
  columns->addWidget(convergence_, 1);
  columns->addWidget(plane_, 1);

  auto* surface = new Surface(&Palette::panel, this);
  auto* inner = new QVBoxLayout(surface);
  inner->setContentsMargins(0, 0, 0, 0);
  inner->setSpacing(0);
  inner->addWidget(new Rule(Qt::Horizontal, surface));
  inner->addWidget(head);
  inner->addWidget(body_, 1);
  auto* outer = new QVBoxLayout(this);
  outer->setContentsMargins(0, 0, 0, 0);
  outer->addWidget(surface);

  connect(chevron_, &QToolButton::clicked, this, [this] { emit foldChosen(!folded_); });
  connect(plane_, &PlanPlaneChart::planClicked, this, &ImpactPanel::planClicked);
  setObjectName("impact");
  figures_->setObjectName("impactFigures");
  setFolded(false);
  setView({});
}

void ImpactPanel::setView(const ImpactView& view, const std::optional<ImpactView>& other) {
  view_ = view;
  paired_ = other.has_value();
  pill_->setState(view.state, view.progress, view.reason);
  pill_->setVisible(view.state != FigureState::Empty);
  measuredOn_->setText(view.state == FigureState::Failed ? view.reason : view.measuredOn);
  line(view.slot)->setView(view, paired_ ? ImpactLine::Place::Chosen : ImpactLine::Place::Alone);
  if (other) line(other->slot)->setView(*other, ImpactLine::Place::Beside);
  showLines();
  figures_->setView(view);
  convergence_->setEmptyText(view.reason.isEmpty() ? tr("Drawn while a plan is measured")
                                                   : view.reason);
  convergence_->setProvenance(view.provenance);
  plane_->setProvenance(view.provenance);
  if (view.convergence.points.empty())
    convergence_->clear();
  else
    convergence_->setData(view.convergence);
  plane_->setEmptyText(tr("Every plan that is measured becomes a point"));
  plane_->setData(view.plane);
}

void ImpactPanel::setFolded(bool folded) {
  folded_ = folded;
  body_->setVisible(!folded);
  showLines();
  measuredOn_->setVisible(!folded);
  filler_->setVisible(!folded);
  chevron_->setIconName(folded ? Icon::ChevronUp : Icon::ChevronDown);
  chevron_->setToolTip(folded ? tr("Unfold Impact") : tr("Fold Impact"));
  setFixedHeight(folded ? kFoldedHeight : kHeight);
}

void ImpactPanel::showLines() {
  for (const ModelSlot slot : {ModelSlot::A, ModelSlot::B})
    line(slot)->setVisible(folded_ && (paired_ || slot == view_.slot));
  between_->setVisible(folded_ && paired_);
}

void ImpactPanel::setAxesFrozen(bool frozen) {
  convergence_->setAxesFrozen(frozen);
  plane_->setAxesFrozen(frozen);
}

}  // namespace kvloupe
