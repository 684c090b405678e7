// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>
#include <optional>
#include <vector>

#include "pages/pages.hpp"

class QHBoxLayout;
class QStackedWidget;
class QVBoxLayout;

namespace kvloupe {

class CompressionPanel;
class ImpactPanel;
class LeftDock;
class LogPane;
class ModelsPanel;
class ModelsRail;
class PageBar;
class Rule;
class Workspace;

/// Page bar, models at the left, the page in the middle, compression at the right over the full
/// height, impact and log below left and middle. Folds what a small window has no room for, unless
/// the person folded or unfolded it by hand.
class Workbench : public QWidget {
  Q_OBJECT

 public:
  explicit Workbench(Workspace* workspace, QWidget* parent = nullptr);

  [[nodiscard]] PageBar* pageBar() const { return pageBar_; }
  [[nodiscard]] LeftDock* leftDock() const { return leftDock_; }
  [[nodiscard]] ModelsPanel* models() const;
  [[nodiscard]] ModelsRail* rail() const { return rail_; }
  [[nodiscard]] const std::vector<Page*>& pages() const { return pages_; }
  [[nodiscard]] Page* currentPage() const;
  /// What pageKeys() calls it.
  [[nodiscard]] QString currentPageKey() const;
  void showPage(int index);
  template <class Kind>
  [[nodiscard]] Kind* page() const {
    return pageOf<Kind>(pages_);
  }
  [[nodiscard]] CompressionPanel* compression() const { return compression_; }
  [[nodiscard]] ImpactPanel* impact() const { return impact_; }
  [[nodiscard]] LogPane* log() const { return log_; }

  /// A person's choice; it wins over the window's size and is remembered.
  void foldImpact(bool folded);
  void foldModels(bool folded);
  void foldDetails(bool folded);
  void showLog(bool shown);
  [[nodiscard]] bool logShown() const;
  [[nodiscard]] bool modelsFolded() const;
  /// During a lesson the left dock stands whatever was folded.
  void setLessonOn(bool on);
  /// For a lecture hall: these two in place of Compression and Impact, no models and no tools.
  /// Null: as it was. The caller owns them.
  void setProjector(QWidget* plan, QWidget* impact);

  /// Focus goes to the next panel (step 1) or the one before (-1).
  void movePanelFocus(int step);

 signals:
  void foldsChanged();
  void pageChanged();

 protected:
  void resizeEvent(QResizeEvent* event) override;

 private:
  void applyFolds();

  PageBar* pageBar_;
  LeftDock* leftDock_;
  ModelsRail* rail_;
  std::vector<Page*> pages_;
  QStackedWidget* pageStack_;
  CompressionPanel* compression_;
  ImpactPanel* impact_;
  LogPane* log_;
  QHBoxLayout* columns_;
  QVBoxLayout* whole_;
  bool projector_ = false;
  bool logBefore_ = false;  // whether it stood before projector mode
  std::optional<bool> impactByHand_, modelsByHand_, detailsByHand_;
};

}  // namespace kvloupe
