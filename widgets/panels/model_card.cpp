// SPDX-License-Identifier: GPL-3.0-or-later
#include "panels/model_card.hpp"

#include <QGridLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QMenu>
#include <QMouseEvent>
#include <QPushButton>
#include <QVBoxLayout>

#include "controls/badge_button.hpp"
#include "controls/buttons.hpp"
#include "controls/labels.hpp"
#include "theme/theme.hpp"

namespace kvloupe {

namespace {

/// The warning sign, in a colour that follows the theme.
QLabel* makeSign(QColor Palette::*colour, QWidget* parent) {
  auto* sign = new QLabel(parent);
  const auto paint = [sign, colour] {
    sign->setPixmap(
        iconPixmap(Icon::Warning, 16, kvloupe::palette().*colour, sign->devicePixelRatioF()));
  };
  paint();
  QObject::connect(&Theme::instance(), &Theme::changed, sign, paint);
  return sign;
}

}  // namespace

bool operator==(const ModelCardView& a, const ModelCardView& b) {
  const auto refusal = [](const ModelCardView& view) {
    return view.refusal ? std::pair(view.refusal->name, view.refusal->reason)
                        : std::pair<QString, QString>();
  };
  return a.kind == b.kind && a.name == b.name && a.active == b.active && a.facts == b.facts &&
         a.warnings == b.warnings && refusal(a) == refusal(b);
}

ModelCard::ModelCard(ModelSlot slot, QWidget* parent) : QWidget(parent), slot_(slot) {
  column_ = new QVBoxLayout(this);
  column_->setContentsMargins(0, 0, 0, 0);
  column_->setSpacing(8);
  setAccessibleName(slot == ModelSlot::A ? tr("Model A") : tr("Model B"));
  column_->addWidget(makeEmpty(view_));
}

void ModelCard::setCacheExtent(const CacheExtent& extent) {
  extent_ = extent;
  if (cache_) cache_->setExtent(extent);
}

void ModelCard::setView(const ModelCardView& view) {
  // Follows every move of a slider: no reason to build the card anew.
  if (cache_) cache_->setBytesPerToken(view.cacheBytesPerToken, view.planBytesPerToken);
  if (view == view_) return;
  view_ = view;
  while (QLayoutItem* item = column_->takeAt(0)) {
    // A button of the card may be what asked for the change: it lives until its signal is over.
    item->widget()->hide();
    item->widget()->deleteLater();
    delete item;
  }
  const bool model =
      view.kind == ModelCardView::Kind::Open || view.kind == ModelCardView::Kind::Saved;
  if (model)
    column_->addWidget(makeFacts(view));
  else if (!view.refusal || view.kind == ModelCardView::Kind::Opening)
    column_->addWidget(makeEmpty(view));
  if (view.refusal) column_->addWidget(makeRefusal(*view.refusal));
}

void ModelCard::mouseReleaseEvent(QMouseEvent* event) {
  const bool model =
      view_.kind == ModelCardView::Kind::Open || view_.kind == ModelCardView::Kind::Saved;
  if (model && event->button() == Qt::LeftButton && rect().contains(event->position().toPoint()))
    emit chosen();
}

QWidget* ModelCard::makeFacts(const ModelCardView& view) {
  auto* card = new Card(this);
  card->setLook(view.active ? Card::Look::Active : Card::Look::Plain);
  auto* column = new QVBoxLayout(card);
  column->setContentsMargins(10, 8, 8, 8);
  column->setSpacing(4);
  auto* head = new QHBoxLayout;
  head->setSpacing(8);
  auto* badge = new BadgeButton(slot_, 18, card);
  badge->setModel(view.name, view.active);
  connect(badge, &BadgeButton::clicked, this, &ModelCard::chosen);
  head->addWidget(badge);
  head->addWidget(
      new ElidedLabel(TextRole::BodyMedium, Ink::Text, view.name, Qt::ElideMiddle, card), 1);
  auto* more = new IconButton(
      Icon::More,
      tr("What to do with model %1").arg(QLatin1Char(slot_ == ModelSlot::A ? 'A' : 'B')), card);
  more->setFixedSize(22, 22);
  connect(more, &QToolButton::clicked, this, [this, more] {
    // No loop of its own: news build the card, and this button, anew while the menu is open.
    auto* menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    const bool saved = view_.kind == ModelCardView::Kind::Saved;
    connect(menu->addAction(saved ? tr("Open this model") : tr("Reload")), &QAction::triggered,
            this, &ModelCard::reloadRequested);
    connect(menu->addAction(tr("Replace by another model…")), &QAction::triggered, this,
            &ModelCard::openRequested);
    connect(menu->addAction(tr("Close")), &QAction::triggered, this, &ModelCard::closeRequested);
    menu->popup(more->mapToGlobal(QPoint(0, more->height())));
  });
  head->addWidget(more);
  column->addLayout(head);
  auto* grid = new QGridLayout;
  grid->setHorizontalSpacing(6);
  grid->setVerticalSpacing(2);
  grid->setColumnMinimumWidth(0, 68);
  grid->setColumnStretch(1, 1);
  for (std::size_t i = 0; i < view.facts.size(); ++i) {
    const auto& [name, value] = view.facts[i];
    grid->addWidget(new InkLabel(TextRole::Chart, Ink::Second, name, card), static_cast<int>(i), 0);
    grid->addWidget(new ElidedLabel(TextRole::Chart, Ink::Text, value, Qt::ElideRight, card),
                    static_cast<int>(i), 1);
  }
  const int last = static_cast<int>(view.facts.size());
  grid->addWidget(new InkLabel(TextRole::Chart, Ink::Second, tr("Cache"), card), last, 0,
                  Qt::AlignTop);
  cache_ = new CacheSizeRows(card);
  cache_->setExtent(extent_);
  cache_->setBytesPerToken(view.cacheBytesPerToken, view.planBytesPerToken);
  connect(cache_, &CacheSizeRows::extentChosen, this, &ModelCard::cacheExtentChosen);
  grid->addWidget(cache_, last, 1);
  column->addLayout(grid);
  for (const QString& warning : view.warnings) {
    auto* row = new QHBoxLayout;
    row->setSpacing(6);
    row->addWidget(makeSign(&Palette::warning, card), 0, Qt::AlignTop);
    auto* words = new InkLabel(TextRole::Caption, Ink::Warning, warning, card);
    words->setTextFormat(Qt::PlainText);
    words->setWordWrap(true);
    row->addWidget(words, 1);
    column->addLayout(row);
  }
  return card;
}

QWidget* ModelCard::makeEmpty(const ModelCardView& view) {
  const bool opening = view.kind == ModelCardView::Kind::Opening;
  auto* card = new Card(this);
  card->setLook(Card::Look::Empty);
  auto* column = new QVBoxLayout(card);
  column->setContentsMargins(10, 8, 10, 8);
  column->setSpacing(4);
  auto* head = new QHBoxLayout;
  head->setSpacing(8);
  auto* badge = new Badge(slot_, card);
  badge->setDiameter(18);
  badge->setHollow(true);
  head->addWidget(badge);
  const QString words =
      slot_ == ModelSlot::A ? tr("No model open") : tr("No model to compare with");
  head->addWidget(
      new ElidedLabel(TextRole::Chart, Ink::Second,
                      opening ? tr("Opening %1").arg(view.name) : words, Qt::ElideMiddle, card),
      1);
  column->addLayout(head);
  if (opening) return card;
  auto* open = new QPushButton(tr("Open a model…"), card);
  open->setFixedHeight(28);
  open->setAccessibleName(slot_ == ModelSlot::A ? tr("Open model A") : tr("Open model B"));
  connect(open, &QPushButton::clicked, this, &ModelCard::openRequested);
  column->addWidget(open);
  column->addWidget(
      new InkLabel(TextRole::Caption, Ink::Second, tr("or drop a folder here"), card));
  return card;
}

QWidget* ModelCard::makeRefusal(const ModelCardView::Refusal& refusal) {
  auto* card = new Card(this);
  card->setLook(Card::Look::Error);
  auto* column = new QVBoxLayout(card);
  column->setContentsMargins(10, 10, 10, 10);
  column->setSpacing(6);
  auto* head = new QHBoxLayout;
  head->setSpacing(6);
  auto* badge = new Badge(slot_, card);
  badge->setDiameter(18);
  badge->setHollow(true);
  head->addWidget(badge);
  head->addWidget(
      new ElidedLabel(TextRole::BodyMedium, Ink::Text, refusal.name, Qt::ElideMiddle, card), 1);
  head->addWidget(makeSign(&Palette::error, card));
  head->addWidget(new InkLabel(TextRole::Chart, Ink::Error, tr("not opened"), card));
  column->addLayout(head);
  auto* reason = new InkLabel(TextRole::Chart, Ink::Text, refusal.reason, card);
  reason->setTextFormat(Qt::PlainText);
  reason->setWordWrap(true);
  column->addWidget(reason);
  auto* links = new QHBoxLayout;
  links->setSpacing(14);
  const auto link = [&](const QString& text, void (ModelCard::*signal)()) {
    auto* button = new LinkButton(text, card);
    connect(button, &QPushButton::clicked, this, signal);
    links->addWidget(button);
  };
  link(tr("Details"), &ModelCard::detailsRequested);
  link(tr("Try again"), &ModelCard::retryRequested);
  link(tr("Dismiss"), &ModelCard::dismissRequested);
  links->addStretch();
  column->addLayout(links);
  return card;
}

}  // namespace kvloupe
