// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QCoreApplication>
#include <QStringList>
#include <QWidget>
#include <memory>
#include <vector>

#include "pages/page.hpp"
#include "panels/impact_panel.hpp"
#include "workspace/workspace.hpp"

namespace kvloupe {

/// Key of the figure of a model under two plans; the other pages have theirs of pageKeys().
inline constexpr const char* kComparePlans = "compare-plans";

/// A figure that a report can hold.
struct ReportOffer {
  QString key;        // "layers", "impact"
  QString name;       // "Layers"
  QString absence;    // why there is nothing to draw, or empty
  bool asked = true;  // for what can be drawn: taken unless the person leaves it out
};

/// One model as it is at this moment, on pages of its own that nobody sees: what is measured
/// meanwhile changes no report.
class ReportModel {
 public:
  /// `shown` has a model in `slot`.
  ReportModel(const Workspace& shown, Slot slot);

  [[nodiscard]] const Workspace& workspace() const { return *workspace_; }
  [[nodiscard]] const SlotState& state() const { return workspace_->activeSlot(); }
  [[nodiscard]] Slot slot() const { return workspace_->active(); }
  [[nodiscard]] QString name() const;
  /// In the order of pageKeys(); drawn by bringUpToDate().
  [[nodiscard]] const std::vector<Page*>& pages() const { return pages_; }
  [[nodiscard]] const ImpactPanel& impact() const { return *impact_; }

 private:
  std::unique_ptr<Workspace> workspace_;
  std::unique_ptr<QWidget> host_;
  std::vector<Page*> pages_;
  ImpactPanel* impact_;
};

/// Everything that a report can be made of.
class ReportSource {
  Q_DECLARE_TR_FUNCTIONS(kvloupe::ReportSource)

 public:
  /// `shown` has a model.
  explicit ReportSource(const Workspace& shown);

  /// Figures look as on these pages: what was chosen there, and of the active model the zoom.
  void followPages(const std::vector<Page*>& pages);
  /// A, B or both, in this order.
  [[nodiscard]] const std::vector<std::unique_ptr<ReportModel>>& models() const { return models_; }
  [[nodiscard]] std::vector<ReportOffer> offers() const;

 private:
  template <class AbsenceOf>
  [[nodiscard]] ReportOffer offerOf(const QString& key, const QString& name,
                                    AbsenceOf absenceOf) const;

  std::vector<std::unique_ptr<ReportModel>> models_;
  Slot active_;
};

}  // namespace kvloupe
