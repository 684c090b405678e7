// SPDX-License-Identifier: GPL-3.0-or-later
#include "panels/models_rail.hpp"

#include <QPainter>
#include <QVBoxLayout>

#include "controls/buttons.hpp"
#include "panels/models_panel.hpp"
#include "panels/surface.hpp"
#include "theme/theme.hpp"

namespace kvloupe {

/// A badge that can be pressed.
class RailBadge : public QAbstractButton {
  Q_OBJECT

 public:
  RailBadge(ModelSlot slot, QWidget* parent) : QAbstractButton(parent), slot_(slot) {
    setFixedSize(30, 30);
    setFocusPolicy(Qt::StrongFocus);
    setCursor(Qt::PointingHandCursor);
  }
  void setHollow(bool hollow) {
    hollow_ = hollow;
    update();
  }
  [[nodiscard]] bool hollow() const { return hollow_; }

 protected:
  void paintEvent(QPaintEvent*) override {
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    paintBadge(painter, slot_, QRectF(4, 4, 22, 22), hollow_);
    if (!hasFocus()) return;
    painter.setBrush(Qt::NoBrush);
    painter.setPen(QPen(kvloupe::palette().ink, 2));
    painter.drawRoundedRect(QRectF(1, 1, 28, 28), 4, 4);
  }

 private:
  ModelSlot slot_;
  bool hollow_ = true;
};

ModelsRail::ModelsRail(QWidget* parent)
    : QWidget(parent),
      texts_(new IconButton(Icon::File, "Texts and context: unfold Models", this)),
      run_(new IconButton(Icon::Play, "Analyse", this)) {
  setFixedWidth(44);
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(7, 9, 7, 9);
  column->setSpacing(8);
  for (const ModelSlot slot : {ModelSlot::A, ModelSlot::B}) {
    auto* badge = new RailBadge(slot, this);
    badges_[static_cast<std::size_t>(slot)] = badge;
    column->addWidget(badge, 0, Qt::AlignHCenter);
    connect(badge, &QAbstractButton::clicked, this, [this, badge, slot] {
      if (badge->hollow())
        emit openRequested(slot);
      else
        emit unfoldRequested();
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
    const QString letter = i == 0 ? "A" : "B";
    const bool model =
        card.kind == ModelCardView::Kind::Open || card.kind == ModelCardView::Kind::Saved;
    badges_[i]->setHollow(!model);
    badges_[i]->setToolTip(model ? QString("Model %1: %2").arg(letter, card.name)
                                 : QString::fromUtf8("Open model %1…").arg(letter));
    badges_[i]->setAccessibleName(badges_[i]->toolTip());
  }
  stops_ = view.canStop;
  run_->setIconName(stops_ ? Icon::Stop : Icon::Play);
  run_->setToolTip(stops_ ? "Stop" : "Analyse");
  run_->setAccessibleName(run_->toolTip());
  run_->setEnabled(view.canStop || view.canAnalyse);
}

void ModelsRail::paintEvent(QPaintEvent*) {
  QPainter(this).fillRect(rect(), kvloupe::palette().panel);
}

}  // namespace kvloupe

#include "models_rail.moc"
