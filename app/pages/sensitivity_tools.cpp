// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/sensitivity_tools.hpp"

#include <QComboBox>
#include <QMenu>
#include <QPushButton>

#include "compression/plan/resolve.hpp"
#include "compression/plan/spec.hpp"
#include "controls/buttons.hpp"
#include "controls/segmented_control.hpp"

namespace kvloupe {
namespace {

constexpr int kWide = 820;

CompressionSpec lowRank(std::vector<Target> targets, int rank, std::optional<Tap> tap = {}) {
  CompressionSpec spec;
  spec.targets = std::move(targets);
  spec.rank = rank;
  spec.tap = tap;
  return spec;
}

}  // namespace

SensitivityTools::SensitivityTools(QWidget* parent)
    : ToolRow(kWide, parent),
      method_(makeList(tr("Compress with"))),
      metric_(makeList(tr("Show"))),
      color_(new SegmentedControl(QStringList{tr("Log"), tr("Linear")}, this)),
      measure_(new QPushButton(tr("Measure"), this)),
      plan_(new QPushButton(tr("Plan from this…"), this)) {
  const auto offer = [this](const QString& name, const char* key) {
    metric_->addItem(name, QString::fromLatin1(key));
  };
  offer(tr("ΔPPL"), "delta_ppl");
  offer(tr("ΔNLL"), "delta_nll");
  offer(tr("KL"), "kl");
  color_->setAccessibleName(tr("Colour"));
  color_->setCurrentIndex(0);
  measure_->setFixedHeight(26);
  plan_->setFixedHeight(26);
  auto* copy = new IconButton(Icon::Copy, tr("Copy the charts (Ctrl+C)"), this);
  addLabel(tr("Compress with"));
  addTool(method_);
  addLabel(tr("Show"));
  addTool(metric_);
  addLabel(tr("Colour"));
  addTool(color_);
  addStretch();
  addTool(measure_);
  addTool(plan_);
  addOptional(copy);
  connect(method_, &QComboBox::activated, this, &SensitivityTools::viewChosen);
  connect(metric_, &QComboBox::activated, this, &SensitivityTools::viewChosen);
  connect(color_, &SegmentedControl::activated, this, &SensitivityTools::viewChosen);
  connect(measure_, &QPushButton::clicked, this, &SensitivityTools::measureRequested);
  connect(plan_, &QPushButton::clicked, this, [this] {
    auto* menu = new QMenu(plan_);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    for (int i = 0; i < static_cast<int>(plans_.size()); ++i)
      connect(menu->addAction(plans_[i]), &QAction::triggered, this,
              [this, i] { emit planRequested(i); });
    menu->popup(plan_->mapToGlobal(QPoint(0, plan_->height())));
  });
  connect(copy, &QToolButton::clicked, this, &SensitivityTools::copyRequested);
}

void SensitivityTools::setModel(const ModelInfo& model) {
  const QString name = QString::fromStdString(model.folder + model.name);
  if (name == modelName_) return;
  modelName_ = name;
  choices_.clear();
  method_->clear();
  const bool mla = model.attention == AttentionKind::Mla;
  const Target main = mla ? Target::Latent : Target::V;
  const int dim = rankDimension(model, main, Scope::Head);
  for (const auto& [part, of] : {std::pair(1, 2), std::pair(3, 4), std::pair(1, 4)}) {
    const int rank = std::max(1, dim * part / of);
    if (mla) {
      const int key = std::max(1, rankDimension(model, Target::RopeKey, Scope::Head) * part / of);
      choices_.push_back({lowRank({Target::Latent}, rank), lowRank({Target::RopeKey}, key)});
      method_->addItem(tr("latent rank %1, rotary key rank %2").arg(rank).arg(key),
                       QString::fromStdString(specText(choices_.back())));
      continue;
    }
    for (const Tap tap : tapsOf(model, Target::K)) {
      choices_.push_back({lowRank({Target::K}, rank, tap), lowRank({Target::V}, rank)});
      const std::string_view at = tapName(tap);
      method_->addItem(tr("rank %1 of %2, pca, K at %3")
                           .arg(rank)
                           .arg(dim)
                           .arg(QString::fromUtf8(at.data(), static_cast<qsizetype>(at.size()))),
                       QString::fromStdString(specText(choices_.back())));
    }
  }
  method_->setCurrentIndex(0);
}

std::vector<CompressionSpec> SensitivityTools::specs() const {
  const int chosen = method_->currentIndex();
  return chosen < 0 ? std::vector<CompressionSpec>() : choices_[static_cast<std::size_t>(chosen)];
}

SensitivityMetric SensitivityTools::metric() const {
  return static_cast<SensitivityMetric>(std::max(0, metric_->currentIndex()));
}

bool SensitivityTools::log() const { return color_->currentIndex() == 0; }

QJsonObject SensitivityTools::view() const {
  return {{"method", method_->currentData().toString()},
          {"metric", metric_->currentData().toString()},
          {"log", log()}};
}

void SensitivityTools::setView(const QJsonObject& view) {
  const auto choose = [&](QComboBox* list, const char* key) {
    if (const int index = indexOfKey(*list, view[key].toString()); index >= 0)
      list->setCurrentIndex(index);
  };
  choose(method_, "method");
  choose(metric_, "metric");
  color_->setCurrentIndex(view["log"].toBool(log()) ? 0 : 1);
}

void SensitivityTools::setMeasured(bool measured, bool enabled, const QString& why) {
  measure_->setText(measured ? tr("Measure again") : tr("Measure"));
  measure_->setEnabled(enabled);
  measure_->setToolTip(why);
}

void SensitivityTools::setPlans(const QStringList& names, const QString& why) {
  plans_ = names;
  plan_->setEnabled(!names.isEmpty());
  plan_->setToolTip(why);
}

}  // namespace kvloupe
