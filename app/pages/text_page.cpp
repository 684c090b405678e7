// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/text_page.hpp"

#include <QHBoxLayout>
#include <QHideEvent>
#include <QShortcut>
#include <QVBoxLayout>
#include <algorithm>

#include "charts/passage_bars.hpp"
#include "charts/token_text.hpp"
#include "controls/segmented_control.hpp"
#include "pages/passage_words.hpp"
#include "pages/text_tools.hpp"
#include "panels/surface.hpp"
#include "tables/loss_table.hpp"
#include "theme/style_painting.hpp"
#include "workspace/draft_for_model.hpp"
#include "workspace/layer_groups.hpp"
#include "workspace/workspace.hpp"

namespace kvloupe {
namespace {

constexpr int kSideWidth = 284;

}  // namespace

TextPage::TextPage(Workspace* workspace, QWidget* parent)
    : Page(parent),
      workspace_(workspace),
      tools_(new TextTools(this)),
      text_(new TokenText(this)),
      losses_(new LossTable(this)),
      below_(
          new SegmentedControl(QStringList{tr("Histogram"), tr("Position"), tr("Recalled")}, this)),
      bars_(new BarsChart(this)) {
  below_->setAccessibleName(tr("Chart below the table"));
  below_->setEqualWidths(true);
  below_->setCurrentIndex(0);
  side_ = new Surface(&Palette::page, this);
  side_->setFixedWidth(kSideWidth);
  auto* choice = new QHBoxLayout;
  choice->setContentsMargins(16, 10, 16, 4);
  choice->addWidget(below_);
  auto* sideColumn = new QVBoxLayout(side_);
  sideColumn->setContentsMargins(0, 0, 0, 0);
  sideColumn->setSpacing(0);
  sideColumn->addWidget(losses_, 56);
  sideColumn->addWidget(new Rule(Qt::Horizontal, this));
  sideColumn->addLayout(choice);
  sideColumn->addWidget(bars_, 44);
  auto* row = new QHBoxLayout;
  row->setSpacing(0);
  row->addWidget(text_, 1);
  row->addWidget(new Rule(Qt::Vertical, this));
  row->addWidget(side_);
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(0);
  column->addWidget(tools_);
  column->addLayout(row, 1);

  for (const bool next : {true, false}) {
    const QKeySequence sequence(next ? QKeyCombination(Qt::Key_N) : Qt::SHIFT | Qt::Key_N);
    auto* shortcut =
        new QShortcut(sequence, this, nullptr, nullptr, Qt::WidgetWithChildrenShortcut);
    connect(shortcut, &QShortcut::activated, this, [this, next] { text_->chooseWorst(next); });
  }
  connect(tools_, &TextTools::windowChosen, this, &TextPage::refresh);
  connect(tools_, &TextTools::viewChosen, this, &TextPage::draw);
  connect(tools_, &TextTools::nextWorstRequested, this, [this] { text_->chooseWorst(true); });
  connect(tools_, &TextTools::copyRequested, this, [this] { text_->copyToClipboard(); });
  connect(tools_, &TextTools::attentionRequested, this, &TextPage::openSentence);
  connect(text_, &TokenText::attentionRequested, this, &TextPage::openSentence);
  connect(below_, &SegmentedControl::activated, this, &TextPage::draw);
  connect(text_, &TokenText::tokenChosen, this, &TextPage::choose);
  connect(losses_, &LossTable::tokenChosen, this, [this](int token) {
    choose(token);
    text_->showToken(token);
  });
  for (const auto changed : {&Workspace::passageChanged, &Workspace::slotChanged,
                             &Workspace::draftChanged, &Workspace::evaluationChanged})
    connect(workspace_, changed, this, &TextPage::outdate);
  connect(workspace_, &Workspace::activeChanged, this, &TextPage::outdate);
  connect(workspace_, &Workspace::settingsChanged, this, &TextPage::outdate);
}

std::vector<ChartFrame*> TextPage::charts() const { return {text_, bars_}; }

QWidget* TextPage::toolRow() const { return tools_; }

void TextPage::setLarge(bool large) {
  Page::setLarge(large);
  const double magnification = large ? kHallMagnification : 1;
  losses_->setMagnification(magnification);
  below_->setType(large ? TextRole::HallChart : TextRole::Body, large ? 36 : kControlHeight);
  side_->setFixedWidth(static_cast<int>(kSideWidth * magnification));
}

FigureSheet TextPage::sheet() const {
  FigureSheet sheet;
  sheet.add(text_, {0, 0, 0.64, 1});
  sheet.add(bars_, {0.64, 0, 0.36, 0.6});
  sheet.setProvenance(text_->provenance());
  return sheet;
}

QString TextPage::absence() const {
  return workspace_->activeSlot().looks[indexOf(Looker::Text)].seen.value ? QString() : emptyText();
}

QString TextPage::emptyText() const { return passageAbsence(*workspace_, Looker::Text); }

QJsonObject TextPage::view() const {
  QJsonObject view = tools_->view();
  view["below"] = below_->currentIndex();
  return view;
}

void TextPage::setView(const QJsonObject& view) {
  tools_->setView(view);
  if (const int below = view["below"].toInt(-1); below >= 0 && below < below_->count())
    below_->setCurrentIndex(below);
  outdate();
}

void TextPage::hideEvent(QHideEvent* event) {
  Page::hideEvent(event);
  if (event->spontaneous()) return;  // the window is minimized: it is looked at again
  for (const Slot slot : {Slot::A, Slot::B}) workspace_->lookAt(slot, Looker::Text, std::nullopt);
}

QString TextPage::subtitle(const Passage& passage, bool stale) const {
  QString line = tr("%1 · %2, ctx %3 · grey: not scored")
                     .arg(passagePlan(passage), QString::fromStdString(passage.setting.protocol))
                     .arg(passage.setting.context);
  if (stale) {
    const Activity& activity = workspace_->activity();
    const bool reading =
        activity.measuring == NeedKind::Text && activity.slot == workspace_->active();
    line = (reading ? tr("reading again · last run: %1") : tr("stale · last run: %1")).arg(line);
  }
  return line;
}

void TextPage::refresh() {
  const SlotState& state = workspace_->activeSlot();
  tools_->setEnabled(state.model != nullptr);
  if (state.model)
    tools_->setLayerGroups(layerGroups(specsOf(state.draft), state.model->numLayers));
  if (isVisible())
    lookAtActive(*workspace_, Looker::Text,
                 PassageWish{.window = tools_->window(),
                             .sentence = {},
                             .attention = {},
                             .onlyLayers = tools_->onlyLayers()});
  const PassagePtr& passage = state.looks[indexOf(Looker::Text)].seen.value;
  const auto held = std::find_if(
      state.passages.rbegin(), state.passages.rend(),
      [](const Keyed<PassagePtr>& kept) { return !kept.value->attention.has_value(); });
  // A saved run knows how many there are from any that it holds.
  const bool told = !passage && state.phase == Phase::Saved && held != state.passages.rend();
  tools_->setWindows(passage ? passage->windows : told ? held->value->windows : 0);
  if (passage != shown_) {
    // Another plan leaves the token chosen; another text does not.
    const bool sameText = passage && shown_ && passage->window == shown_->window &&
                          passage->tokens.size() == shown_->tokens.size();
    if (!sameText) chosen_ = -1;
    shown_ = passage;
  }
  draw();
}

void TextPage::draw() {
  const SlotState& state = workspace_->activeSlot();
  TokenTextView view;
  view.passage = shown_;
  view.color = tools_->color();
  view.reach = tools_->reach();
  view.markTop1 = tools_->markTop1();
  view.chosen = chosen_;
  view.stale = passageStale(state, workspace_->settings(), Looker::Text);
  if (shown_) view.subtitle = subtitle(*shown_, view.stale);
  tools_->setAttentionOffered(shown_ && chosen_ >= 0);
  text_->setEmptyText(emptyText());
  text_->setData(view);
  losses_->setData(view, text_->scale());

  BarsData bars;
  QString empty = emptyText();
  switch (static_cast<Below>(below_->currentIndex())) {
    case Below::Histogram:
      if (shown_) bars = lossHistogram(*shown_, text_->scale());
      break;
    case Below::Position: {
      const EvaluationPtr& whole = state.current.value;
      const bool current = state.phase == Phase::Saved
                               ? whole && isPlanOf(*state.model, state.draft, whole->specs)
                               : planCurrent(state, workspace_->settings());
      bars = lossByPosition(whole ? whole->figures.positions : std::vector<PositionFigure>());
      bars.stale = whole && !current;
      empty = tr("Bars appear when the plan is measured over the whole text");
      break;
    }
    case Below::Recalled:
      if (shown_ && shown_->recall) bars = lossOfRecalled(*shown_->recall);
      if (bars.bars.empty()) bars.title = tr("Recalled words");
      empty =
          tr("Bars appear when a plan is measured over a text that lists its recalled words, "
             "as the demo's does");
      break;
  }
  bars.stale = bars.stale || view.stale;
  bars_->setEmptyText(empty);
  bars_->setData(std::move(bars));
  if (!state.model || !shown_) return;
  const QString provenance = passageProvenance(*state.model, *shown_);
  for (ChartFrame* chart : charts()) chart->setProvenance(provenance);
}

void TextPage::openSentence() {
  if (shown_ && chosen_ >= 0) emit sentenceOpened(sentenceAround(*shown_, chosen_));
}

void TextPage::choose(int token) {
  chosen_ = token;
  draw();
}

}  // namespace kvloupe
