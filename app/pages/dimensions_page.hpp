// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "pages/page.hpp"
#include "types/plan.hpp"

namespace kvloupe {

class DimensionsTools;
class SigmaChart;
class SigmaMap;
class SpectrumChart;
class Workspace;

/// How the variance of one layer is spread over its dimensions, with the plan's ranks to drag.
class DimensionsPage : public Page {
  Q_OBJECT

 public:
  explicit DimensionsPage(Workspace* workspace, QWidget* parent = nullptr);

  [[nodiscard]] QString name() const override { return tr("Dimensions"); }
  [[nodiscard]] std::vector<ChartFrame*> charts() const override;
  [[nodiscard]] FigureSheet sheet() const override;
  [[nodiscard]] QString absence() const override;
  [[nodiscard]] QJsonObject view() const override;
  void setView(const QJsonObject& view) override;
  [[nodiscard]] QWidget* toolRow() const override;

  void showLayer(int layer);
  [[nodiscard]] DimensionsTools* tools() const { return tools_; }
  [[nodiscard]] SigmaChart* sigma() const { return sigma_; }
  [[nodiscard]] SpectrumChart* spectrum() const { return spectrum_; }
  [[nodiscard]] SigmaMap* map() const { return map_; }

 signals:
  void dragChanged(bool dragging);

 private:
  void refresh() override;
  void dragRank(Target target, int rank);
  void showHead(int layer, int head);

  Workspace* workspace_;
  DimensionsTools* tools_;
  SigmaChart* sigma_;
  SpectrumChart* spectrum_;
  SigmaMap* map_;
  int gesture_ = 0;
};

}  // namespace kvloupe
