// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/attention_page.hpp"

#include <QHBoxLayout>
#include <QHideEvent>
#include <QStackedWidget>
#include <QVBoxLayout>
#include <algorithm>

#include "charts/attention_map.hpp"
#include "charts/head_map.hpp"
#include "charts/passage_bars.hpp"
#include "pages/attention_tools.hpp"
#include "pages/passage_words.hpp"
#include "panels/surface.hpp"
#include "workspace/workspace.hpp"

namespace kvloupe {
namespace {

using Side = AttentionMap::Side;

/// The row whose attention moved most.
int mostMoved(const Passage& passage) {
  const std::vector<double>& kl = passage.attention->rowKl;
  return static_cast<int>(std::max_element(kl.begin(), kl.end()) - kl.begin());
}

}  // namespace

AttentionPage::AttentionPage(Workspace* workspace, QWidget* parent)
    : Page(parent),
      workspace_(workspace),
      tools_(new AttentionTools(this)),
      maps_{new AttentionMap(Side::Baseline, true, this),
            new AttentionMap(Side::Compressed, false, this),
            new AttentionMap(Side::Difference, true, this)},
      upper_(new QHBoxLayout),
      row_(new BarsChart(this)),
      kl_(new QStackedWidget(this)),
      layers_(new BarsChart(this)),
      heads_(new HeadMap(this)) {
  upper_->setSpacing(0);
  for (AttentionMap* map : maps_) upper_->addWidget(map, 1);
  kl_->addWidget(layers_);
  kl_->addWidget(heads_);
  auto* lower = new QHBoxLayout;
  lower->setSpacing(0);
  lower->addWidget(row_, 62);
  lower->addWidget(new Rule(Qt::Vertical, this));
  lower->addWidget(kl_, 38);
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(0);
  column->addWidget(tools_);
  column->addLayout(upper_, 52);
  column->addWidget(new Rule(Qt::Horizontal, this));
  column->addLayout(lower, 48);

  connect(tools_, &AttentionTools::passageChosen, this, &AttentionPage::refresh);
  connect(tools_, &AttentionTools::viewChosen, this, &AttentionPage::draw);
  connect(tools_, &AttentionTools::copyRequested, this, [this] { sheet().copyToClipboard(); });
  for (AttentionMap* map : maps_) {
    connect(map, &AttentionMap::rowClicked, this, [this](int row) {
      chosenRow_ = row;
      rowByHand_ = true;
      draw();
    });
    // One view of the tokens for all three.
    connect(map, &ChartFrame::viewChanged, this, [this, map] {
      for (AttentionMap* other : maps_)
        if (other != map) other->followView(*map);
    });
  }
  connect(layers_, &BarsChart::barClicked, this,
          [this](int layer) { tools_->setHead({.layer = layer, .head = tools_->head().head}); });
  connect(heads_, &HeadMap::headClicked, this,
          [this](int layer, int head) { tools_->setHead({.layer = layer, .head = head}); });
  for (const auto changed :
       {&Workspace::passageChanged, &Workspace::slotChanged, &Workspace::draftChanged})
    connect(workspace_, changed, this, &AttentionPage::outdate);
  connect(workspace_, &Workspace::activeChanged, this, &AttentionPage::outdate);
  connect(workspace_, &Workspace::settingsChanged, this, &AttentionPage::outdate);
}

std::vector<ChartFrame*> AttentionPage::charts() const {
  return {maps_[0], maps_[1], maps_[2], row_,
          tools_->byHead() ? static_cast<ChartFrame*>(heads_) : layers_};
}

QWidget* AttentionPage::toolRow() const { return tools_; }

FigureSheet AttentionPage::sheet() const {
  FigureSheet sheet;
  for (std::size_t i = 0; i < maps_.size(); ++i)
    sheet.add(maps_[i], {static_cast<double>(i) / 3, 0, 1.0 / 3, 0.54});
  sheet.add(row_, {0, 0.54, 0.6, 0.46});
  sheet.add(charts().back(), {0.6, 0.54, 0.4, 0.46});
  sheet.setProportion(0.9);
  sheet.setProvenance(maps_[0]->provenance());
  return sheet;
}

QString AttentionPage::absence() const {
  return workspace_->activeSlot().looks[indexOf(Looker::Attention)].seen.value ? QString()
                                                                               : emptyText();
}

QString AttentionPage::emptyText() const { return passageAbsence(*workspace_, Looker::Attention); }

QJsonObject AttentionPage::view() const { return tools_->view(); }

void AttentionPage::setView(const QJsonObject& view) {
  if (const ModelInfoPtr& model = workspace_->activeSlot().model) tools_->setModel(*model);
  tools_->setView(view);
  outdate();
}

void AttentionPage::hideEvent(QHideEvent* event) {
  Page::hideEvent(event);
  if (event->spontaneous()) return;  // the window is minimized: it is looked at again
  for (const Slot slot : {Slot::A, Slot::B})
    workspace_->lookAt(slot, Looker::Attention, std::nullopt);
}

void AttentionPage::resizeEvent(QResizeEvent* event) {
  Page::resizeEvent(event);
  shareWidth();
}

/// The cells of all three maps are alike: who has names at the left is wider by them.
void AttentionPage::shareWidth() {
  int names = 0;
  for (const AttentionMap* map : maps_) names += map->namesWidth();
  const int cells = std::max(30, (width() - names) / 3);
  for (int i = 0; i < 3; ++i)
    upper_->setStretch(i, cells + maps_[static_cast<std::size_t>(i)]->namesWidth());
}

void AttentionPage::refresh() {
  const SlotState& state = workspace_->activeSlot();
  tools_->setEnabled(state.model != nullptr);
  if (state.model) tools_->setModel(*state.model);
  if (isVisible())
    lookAtActive(*workspace_, Looker::Attention,
                 PassageWish{.window = 0,
                             .sentence = tools_->sentence(),
                             .attention = tools_->head(),
                             .onlyLayers = {}});
  const PassagePtr& passage = state.looks[indexOf(Looker::Attention)].seen.value;
  if (passage != shown_) {
    const bool sameSentence = passage && shown_ && passage->sentence == shown_->sentence;
    shown_ = passage;
    rowByHand_ = rowByHand_ && sameSentence;
    if (!rowByHand_) chosenRow_ = shown_ ? mostMoved(*shown_) : -1;
  }
  if (shown_) tools_->offerSentence(QString::fromStdString(shown_->sentence));
  draw();
}

void AttentionPage::draw() {
  const SlotState& state = workspace_->activeSlot();
  const bool stale = passageStale(state, workspace_->settings(), Looker::Attention);
  AttentionView view{
      .passage = shown_, .subtitle = {}, .row = chosenRow_, .root = tools_->root(), .stale = stale};
  const QString last = stale ? tr("last run: ") : QString();
  for (std::size_t i = 0; i < maps_.size(); ++i) {
    if (shown_ && i == 0)
      view.subtitle = last + tr("layer %1, query head %2, KV head %3")
                                 .arg(shown_->attention->layer)
                                 .arg(shown_->attention->head)
                                 .arg(shown_->attention->kvHead);
    if (shown_ && i == 1) view.subtitle = last + passagePlan(*shown_);
    if (shown_ && i == 2) view.subtitle = tr("rows: the token that looks");
    maps_[i]->setEmptyText(emptyText());
    maps_[i]->setData(view);
  }
  shareWidth();
  BarsData row, layers;
  row.title = tr("Row");
  layers.title = tr("Attention KL per layer");
  if (shown_) {
    row = attentionRow(*shown_, chosenRow_);
    layers = attentionKl(*shown_, shown_->attention->layer);
  }
  row.stale = layers.stale = stale;
  row_->setEmptyText(tr("Click a row above"));
  row_->setData(std::move(row));
  layers_->setEmptyText(emptyText());
  layers_->setData(std::move(layers));
  heads_->setEmptyText(emptyText());
  heads_->setData(
      shown_,
      shown_ ? std::pair(shown_->attention->layer, shown_->attention->head) : std::pair(-1, -1),
      last + tr("mean over rows, nats"), stale);
  kl_->setCurrentIndex(tools_->byHead() ? 1 : 0);
  if (!state.model || !shown_) return;
  const QString provenance = passageProvenance(*state.model, *shown_);
  for (AttentionMap* map : maps_) map->setProvenance(provenance);
  for (ChartFrame* chart : std::initializer_list<ChartFrame*>{row_, layers_, heads_})
    chart->setProvenance(provenance);
}

}  // namespace kvloupe
