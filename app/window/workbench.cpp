// SPDX-License-Identifier: GPL-3.0-or-later
#include "window/workbench.hpp"

#include <QApplication>
#include <QHBoxLayout>
#include <QResizeEvent>
#include <QSettings>
#include <QStackedWidget>
#include <QVBoxLayout>

#include "panels/compression_panel.hpp"
#include "panels/impact_panel.hpp"
#include "panels/log_pane.hpp"
#include "panels/models_rail.hpp"
#include "panels/surface.hpp"
#include "window/left_dock.hpp"
#include "window/page_bar.hpp"

namespace kvloupe {
namespace {

constexpr int kCompressionWidth = 304;
constexpr int kLogHeight = 140;
// Sizes of the whole window; menu and status bar are 28 each.
constexpr int kBars = 56;
constexpr int kImpactNeeds = 820;
constexpr int kDetailsNeed = 780;
constexpr int kModelsNeed = 1200;

std::optional<bool> remembered(const QString& key) {
  const QVariant value = QSettings().value("folds/" + key);
  return value.isValid() ? std::optional(value.toBool()) : std::nullopt;
}

void remember(const QString& key, bool folded) { QSettings().setValue("folds/" + key, folded); }

}  // namespace

Workbench::Workbench(Workspace* workspace, QWidget* parent)
    : QWidget(parent),
      pageBar_(new PageBar(this)),
      leftDock_(new LeftDock(this)),
      rail_(new ModelsRail(this)),
      pages_(makePages(workspace, this)),
      pageStack_(new QStackedWidget(this)),
      compression_(new CompressionPanel(this)),
      impact_(new ImpactPanel(this)),
      log_(new LogPane(this)),
      impactByHand_(remembered("impact")),
      modelsByHand_(remembered("models")),
      detailsByHand_(remembered("details")) {
  compression_->setFixedWidth(kCompressionWidth);
  log_->setFixedHeight(kLogHeight);
  log_->hide();
  pageStack_->setMinimumSize(320, 240);
  for (std::size_t i = 0; i < pages_.size(); ++i) {
    pageBar_->addPage(pageKeys()[static_cast<qsizetype>(i)], pages_[i]->name());
    pageStack_->addWidget(pages_[i]);
  }

  auto* upper = new QHBoxLayout;
  upper->setSpacing(0);
  upper->addWidget(leftDock_);
  upper->addWidget(rail_);
  upper->addWidget(new Rule(Qt::Vertical, this));
  upper->addWidget(pageStack_, 1);
  auto* left = new QVBoxLayout;
  left->setSpacing(0);
  left->addLayout(upper, 1);
  left->addWidget(impact_);
  left->addWidget(log_);
  columns_ = new QHBoxLayout;
  columns_->setSpacing(0);
  columns_->addLayout(left, 1);
  columns_->addWidget(new Rule(Qt::Vertical, this));
  columns_->addWidget(compression_);
  whole_ = new QVBoxLayout(this);
  whole_->setContentsMargins(0, 0, 0, 0);
  whole_->setSpacing(0);
  whole_->addWidget(pageBar_);
  whole_->addLayout(columns_, 1);

  connect(pageBar_, &PageBar::pageChosen, this, &Workbench::showPage);
  connect(impact_, &ImpactPanel::foldChosen, this, &Workbench::foldImpact);
  connect(compression_, &CompressionPanel::foldChosen, this, &Workbench::foldDetails);
  connect(compression_, &CompressionPanel::layersFoldChosen, this,
          [](bool folded) { remember("layers", folded); });
  connect(rail_, &ModelsRail::unfoldRequested, this, [this] { foldModels(false); });
  connect(log_, &LogPane::closeRequested, this, [this] { showLog(false); });
  compression_->setLayersFolded(remembered("layers").value_or(true));
  applyFolds();
}

ModelsPanel* Workbench::models() const { return leftDock_->models(); }

Page* Workbench::currentPage() const {
  return pages_[static_cast<std::size_t>(pageStack_->currentIndex())];
}

QString Workbench::currentPageKey() const { return pageKeys()[pageStack_->currentIndex()]; }

void Workbench::showPage(int index) {
  pageBar_->setCurrentPage(index);
  pageStack_->setCurrentIndex(index);
  applyFolds();
  emit pageChanged();
}

void Workbench::foldImpact(bool folded) {
  impactByHand_ = folded;
  remember("impact", folded);
  applyFolds();
}

void Workbench::foldModels(bool folded) {
  modelsByHand_ = folded;
  remember("models", folded);
  applyFolds();
}

void Workbench::foldDetails(bool folded) {
  detailsByHand_ = folded;
  remember("details", folded);
  applyFolds();
}

void Workbench::showLog(bool shown) {
  log_->setVisible(shown);
  emit foldsChanged();
}

bool Workbench::logShown() const { return !log_->isHidden(); }

bool Workbench::modelsFolded() const { return leftDock_->isHidden(); }

void Workbench::setLessonOn(bool on) {
  leftDock_->setLessonOn(on);
  applyFolds();
}

void Workbench::setProjector(QWidget* plan, QWidget* impact) {
  projector_ = plan != nullptr;
  pageBar_->setLarge(projector_);
  leftDock_->setLarge(projector_);
  for (Page* page : pages_) page->setLarge(projector_);
  compression_->setVisible(!projector_);
  impact_->setVisible(!projector_);
  if (projector_) logBefore_ = logShown();
  log_->setVisible(!projector_ && logBefore_);
  if (projector_) {
    columns_->addWidget(plan);
    whole_->addWidget(impact);
    plan->show();
    impact->show();
  }
  applyFolds();
}

void Workbench::resizeEvent(QResizeEvent* event) {
  QWidget::resizeEvent(event);
  applyFolds();
}

void Workbench::applyFolds() {
  const int windowHeight = height() + kBars;
  const bool impact =
      impactByHand_.value_or(windowHeight < kImpactNeeds || currentPage()->needsHeight());
  const bool models =
      !leftDock_->lessonOn() && (projector_ || modelsByHand_.value_or(width() < kModelsNeed));
  const bool details = detailsByHand_.value_or(windowHeight < kDetailsNeed);
  if (impact_->folded() != impact) impact_->setFolded(impact);
  if (compression_->detailsFolded() != details) compression_->setDetailsFolded(details);
  leftDock_->setVisible(!models);
  rail_->setVisible(models && !projector_);
  emit foldsChanged();
}

void Workbench::movePanelFocus(int step) {
  const QList<QWidget*> panels = {pageBar_,
                                  modelsFolded() ? static_cast<QWidget*>(rail_) : leftDock_,
                                  pageStack_, compression_, impact_};
  int current = -1;
  for (int i = 0; i < panels.size(); ++i)
    if (panels[i]->isAncestorOf(QApplication::focusWidget())) current = i;
  const int count = static_cast<int>(panels.size());
  for (int tried = 1; tried <= count; ++tried) {
    QWidget* panel = panels[((current + step * tried) % count + count) % count];
    for (QWidget* child : panel->findChildren<QWidget*>())
      if (child->isVisible() && child->isEnabled() && child->focusPolicy() & Qt::TabFocus) {
        child->setFocus(Qt::TabFocusReason);
        return;
      }
  }
}

}  // namespace kvloupe
