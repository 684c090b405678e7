// SPDX-License-Identifier: GPL-3.0-or-later
#include "panels/models_rail.hpp"

#include <QPainter>
#include <QVBoxLayout>

#include "controls/badge_button.hpp"
#include "controls/buttons.hpp"
#include "panels/models_panel.hpp"
#include "panels/surface.hpp"
#include "theme/theme.hpp"

namespace kvloupe {

ModelsRail::ModelsRail(QWidget* parent)
    : QWidget(parent),
      texts_(new IconButton(Icon::File, tr("Texts and context: unfold Models"), this)),
      run_(new IconButton(Icon::Play, tr("Analyse"), this)) {
  setFixedWidth(44);
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(7, 9, 7, 9);
  column->setSpacing(8);
  for (const ModelSlot slot : {ModelSlot::A, ModelSlot::B}) {
    auto* badge = new BadgeButton(slot, 22, this);
    badges_[static_cast<std::size_t>(slot)] = badge;
    column->addWidget(badge, 0, Qt::AlignHCenter);
    connect(badge, &QAbstractButton::clicked, this, [this, badge, slot] {
      if (badge->hasModel())
        emit chosen(slot);
      else
        emit openRequested(slot);
    });
  }
  auto* rule = new Rule(Qt::Horizontal, this);
  column->addWidget(rule);
  column->addWidget(texts_, 0, Qt::AlignHCenter);
  column->addWidget(run_, 0, Qt::AlignHCenter);
  column->addStretch();
  connect(texts_, &QToolButton::clicked, this, &ModelsRail::unfoldRequested);
  connect(run_, &QToolButton::clicked, this, [this] {
    if (stops_)
      emit stopRequested();
    else
      emit analyseRequested();
  });
  connect(&Theme::instance(), &Theme::changed, this, qOverload<>(&QWidget::update));
  setView({});
}

void ModelsRail::setView(const ModelsView& view) {
  for (std::size_t i = 0; i < badges_.size(); ++i) {
    const ModelCardView& card = view.cards[i];
    const bool model =
        card.kind == ModelCardView::Kind::Open || card.kind == ModelCardView::Kind::Saved;
    badges_[i]->setModel(model ? card.name : QString(), card.active);
  }
  stops_ = view.canStop;
  run_->setIconName(stops_ ? Icon::Stop : Icon::Play);
  run_->setToolTip(stops_ ? tr("Stop") : view.analyseHint);
  run_->setAccessibleName(stops_ ? tr("Stop") : tr("Analyse"));
  run_->setEnabled(view.canStop || view.canAnalyse);
}

void ModelsRail::paintEvent(QPaintEvent*) {
  QPainter(this).fillRect(rect(), kvloupe::palette().panel);
}

}  // namespace kvloupe
