// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "pages/page.hpp"

namespace kvloupe {

struct SensitivityView;
class CumulativeChart;
class ProtectTable;
class SensitivityMap;
class SensitivityTools;
class Workspace;

/// Which layer pays: the damage of compressing one layer at a time, and of more and more of them.
class SensitivityPage : public Page {
  Q_OBJECT

 public:
  explicit SensitivityPage(Workspace* workspace, QWidget* parent = nullptr);

  [[nodiscard]] QString name() const override { return tr("Sensitivity"); }
  [[nodiscard]] std::vector<ChartFrame*> charts() const override;
  [[nodiscard]] FigureSheet sheet() const override;
  [[nodiscard]] QString absence() const override;
  [[nodiscard]] QJsonObject view() const override;
  void setView(const QJsonObject& view) override;
  [[nodiscard]] QWidget* toolRow() const override;
  void setLarge(bool large) override;

  [[nodiscard]] SensitivityTools* tools() const { return tools_; }
  [[nodiscard]] SensitivityMap* map() const { return map_; }
  [[nodiscard]] CumulativeChart* cumulative() const { return cumulative_; }
  [[nodiscard]] ProtectTable* ranking() const { return ranking_; }

 private:
  void refresh() override;
  [[nodiscard]] QString emptyText() const;
  [[nodiscard]] bool measuring() const;
  void offerPlans(const SensitivityView& view);

  Workspace* workspace_;
  SensitivityTools* tools_;
  SensitivityMap* map_;
  CumulativeChart* cumulative_;
  ProtectTable* ranking_;
};

}  // namespace kvloupe
