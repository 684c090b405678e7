// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/layers_tools.hpp"

#include <QActionGroup>
#include <QCheckBox>
#include <QComboBox>
#include <QHBoxLayout>
#include <QMenu>
#include <QPainter>
#include <algorithm>

#include "controls/buttons.hpp"
#include "controls/chip.hpp"
#include "controls/labels.hpp"
#include "controls/segmented_control.hpp"
#include "pages/tool_row.hpp"
#include "theme/theme.hpp"

namespace kvloupe {
namespace {

constexpr std::array<LayersMetric, 6> kMetrics = {
    LayersMetric::Spread, LayersMetric::RobustSpread,  LayersMetric::MeanSigma,
    LayersMetric::Rank95, LayersMetric::Participation, LayersMetric::KvRatio};

}  // namespace

LayersTools::LayersTools(QWidget* parent)
    : QWidget(parent),
      metric_(new QComboBox(this)),
      firstChip_(new Chip(Target::K, this)),
      taps_(new QComboBox(this)),
      secondChip_(new Chip(Target::V, this)),
      secondTap_(new InkLabel(TextRole::Body, Ink::Text, "v", this)),
      headsLabel_(new InkLabel(TextRole::Chart, Ink::Second, tr("Heads"), this)),
      heads_(new QComboBox(this)),
      axisLabel_(new InkLabel(TextRole::Chart, Ink::Second, tr("Axis"), this)),
      axis_(new SegmentedControl(QStringList{tr("Log"), tr("Linear")}, this)),
      noise_(new QCheckBox(tr("Noise floor"), this)),
      fit_(new IconButton(Icon::Fit, tr("Fit the chart (Ctrl+0)"), this)),
      copy_(new IconButton(Icon::Copy, tr("Copy the chart (Ctrl+C)"), this)),
      more_(new IconButton(Icon::Overflow, tr("More tools"), this)) {
  setFixedHeight(40);
  metric_->setAccessibleName(tr("Metric"));
  metric_->setObjectName("layersMetric");
  taps_->setAccessibleName(tr("Tap"));
  taps_->setObjectName("layersTap");
  heads_->setAccessibleName(tr("Heads"));
  axis_->setAccessibleName(tr("Axis"));
  for (const LayersMetric metric : kMetrics)
    metric_->addItem(metricName(metric), metricKey(metric));
  for (QComboBox* box : {metric_, taps_, heads_}) {
    box->setFixedHeight(26);
    box->setSizeAdjustPolicy(QComboBox::AdjustToContents);
  }

  auto* row = new QHBoxLayout(this);
  row->setContentsMargins(12, 0, 12, 0);
  row->setSpacing(6);
  row->addWidget(new InkLabel(TextRole::Chart, Ink::Second, tr("Metric"), this));
  row->addWidget(metric_);
  row->addSpacing(8);
  row->addWidget(new InkLabel(TextRole::Chart, Ink::Second, tr("Tap"), this));
  row->addWidget(firstChip_);
  row->addWidget(taps_);
  row->addWidget(secondChip_);
  row->addWidget(secondTap_);
  row->addSpacing(8);
  row->addWidget(headsLabel_);
  row->addWidget(heads_);
  row->addSpacing(8);
  row->addWidget(axisLabel_);
  row->addWidget(axis_);
  row->addSpacing(8);
  row->addWidget(noise_);
  row->addStretch();
  row->addWidget(fit_);
  row->addWidget(copy_);
  row->addWidget(more_);

  connect(metric_, &QComboBox::activated, this, [this](int index) {
    LayersSelection next = selection_;
    next.metric = kMetrics[static_cast<std::size_t>(index)];
    choose(next);
  });
  connect(taps_, &QComboBox::activated, this, [this](int index) {
    LayersSelection next = selection_;
    next.taps = tapChoices_[static_cast<std::size_t>(index)].taps;
    next.head.reset();
    choose(next);
  });
  connect(heads_, &QComboBox::activated, this, [this](int index) {
    LayersSelection next = selection_;
    next.head = index > 0 ? std::optional(index - 1) : std::nullopt;
    choose(next);
  });
  connect(axis_, &SegmentedControl::activated, this, [this](int index) {
    LayersSelection next = selection_;
    next.log = index == 0;
    choose(next);
  });
  connect(noise_, &QCheckBox::clicked, this, [this](bool on) {
    LayersSelection next = selection_;
    next.noiseFloor = on;
    choose(next);
  });
  connect(fit_, &QToolButton::clicked, this, &LayersTools::fitRequested);
  connect(copy_, &QToolButton::clicked, this, &LayersTools::copyRequested);
  connect(more_, &QToolButton::clicked, this, &LayersTools::showOverflow);
  connect(&Theme::instance(), &Theme::changed, this, qOverload<>(&QWidget::update));
  refresh();
}

void LayersTools::setModel(const ModelInfo& model) {
  const bool sameKind = model.attention == model_.attention && model.taps == model_.taps;
  model_ = model;
  if (!sameKind) {
    fillTaps(model);
    selection_.taps = tapChoices_.front().taps;
    selection_.head.reset();
  }
  if (selection_.head && *selection_.head >= headCount()) selection_.head.reset();
  refresh();
}

void LayersTools::setSelection(const LayersSelection& selection) {
  selection_ = selection;
  refresh();
}

QJsonObject LayersTools::view() const {
  QJsonObject view{{"metric", metricKey(selection_.metric)},
                   {"log", selection_.log},
                   {"noise_floor", selection_.noiseFloor}};
  if (const int taps = indexOfTaps(tapChoices_, selection_.taps); taps >= 0)
    view["taps"] = tapChoices_[static_cast<std::size_t>(taps)].key;
  if (selection_.head) view["head"] = *selection_.head;
  return view;
}

void LayersTools::setView(const QJsonObject& view) {
  LayersSelection next = selection_;
  if (const int metric = indexOfKey(*metric_, view["metric"].toString()); metric >= 0)
    next.metric = kMetrics[static_cast<std::size_t>(metric)];
  next.log = view["log"].toBool(next.log);
  next.noiseFloor = view["noise_floor"].toBool(next.noiseFloor);
  if (const int taps = indexOfTaps(tapChoices_, view["taps"].toString()); taps >= 0)
    next.taps = tapChoices_[static_cast<std::size_t>(taps)].taps;
  const int head = view["head"].toInt(-1);
  next.head =
      head >= 0 && head < headCountOf(model_, next.taps) ? std::optional(head) : std::nullopt;
  setSelection(next);
}

void LayersTools::fillTaps(const ModelInfo& model) {
  tapChoices_ = tapChoicesOf(model);
  taps_->clear();
  for (const TapChoice& choice : tapChoices_) taps_->addItem(choice.name, choice.key);
}

int LayersTools::headCount() const { return headCountOf(model_, selection_.taps); }

void LayersTools::fillHeads() {
  if (heads_->count() == headCount() + 1) return;
  heads_->clear();
  heads_->addItem(tr("All, joined"));
  for (int head = 0; head < headCount(); ++head) heads_->addItem(tr("Head %1").arg(head));
}

void LayersTools::choose(const LayersSelection& selection) {
  selection_ = selection;
  refresh();
  emit selectionChanged();
}

void LayersTools::refresh() {
  fillHeads();
  metric_->setCurrentIndex(static_cast<int>(
      std::find(kMetrics.begin(), kMetrics.end(), selection_.metric) - kMetrics.begin()));
  for (std::size_t i = 0; i < tapChoices_.size(); ++i)
    if (tapChoices_[i].taps == selection_.taps) taps_->setCurrentIndex(static_cast<int>(i));
  const bool mla = model_.attention == AttentionKind::Mla;
  if (!selection_.taps.empty()) {
    firstChip_->setTarget(selection_.taps.front().first);
    secondChip_->setTarget(selection_.taps.back().first);
  }
  secondTap_->setVisible(!mla);
  heads_->setCurrentIndex(selection_.head ? *selection_.head + 1 : 0);
  axis_->setCurrentIndex(selection_.log ? 0 : 1);
  noise_->setChecked(selection_.noiseFloor);
  fold();
}

void LayersTools::fold() {
  const bool manyHeads = headCount() > 1;
  const bool wide = width() >= 800;
  headsLabel_->setVisible(wide && manyHeads);
  heads_->setVisible(wide && manyHeads);
  for (QWidget* tool :
       {static_cast<QWidget*>(noise_), static_cast<QWidget*>(fit_), static_cast<QWidget*>(copy_)})
    tool->setVisible(wide);
  more_->setVisible(!wide);
}

void LayersTools::showOverflow() {
  auto* menu = new QMenu(this);
  menu->setAttribute(Qt::WA_DeleteOnClose);
  if (headCount() > 1) {
    QMenu* heads = menu->addMenu(tr("Heads"));
    auto* group = new QActionGroup(heads);
    for (int index = 0; index < heads_->count(); ++index) {
      QAction* action = heads->addAction(heads_->itemText(index));
      action->setCheckable(true);
      action->setChecked(index == heads_->currentIndex());
      group->addAction(action);
      connect(action, &QAction::triggered, heads_,
              [this, index] { emit heads_->activated(index); });
    }
  }
  QAction* noise = menu->addAction(tr("Noise floor"));
  noise->setCheckable(true);
  noise->setChecked(selection_.noiseFloor);
  connect(noise, &QAction::triggered, noise_, &QCheckBox::click);
  menu->addSeparator();
  connect(menu->addAction(tr("Fit the chart")), &QAction::triggered, this,
          &LayersTools::fitRequested);
  connect(menu->addAction(tr("Copy the chart")), &QAction::triggered, this,
          &LayersTools::copyRequested);
  menu->popup(more_->mapToGlobal(QPoint(0, more_->height())));
}

void LayersTools::resizeEvent(QResizeEvent* event) {
  QWidget::resizeEvent(event);
  fold();
}

void LayersTools::paintEvent(QPaintEvent*) {
  QPainter painter(this);
  painter.fillRect(rect(), kvloupe::palette().panel);
  painter.fillRect(QRect(0, height() - 1, width(), 1), kvloupe::palette().line);
}

}  // namespace kvloupe
