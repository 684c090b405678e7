// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>

#include "pages/page.hpp"
#include "workspace/slot_state.hpp"

class QHBoxLayout;
class QStackedWidget;

namespace kvloupe {

class AttentionMap;
class AttentionTools;
class BarsChart;
class HeadMap;
class Workspace;

/// What one head looks at in a sentence, before and after compression, and how far the attention of
/// every layer moved. The sentence is read while the page is on screen.
class AttentionPage : public Page {
  Q_OBJECT

 public:
  explicit AttentionPage(Workspace* workspace, QWidget* parent = nullptr);

  [[nodiscard]] QString name() const override { return tr("Attention"); }
  [[nodiscard]] std::vector<ChartFrame*> charts() const override;
  [[nodiscard]] FigureSheet sheet() const override;
  [[nodiscard]] QString absence() const override;
  [[nodiscard]] bool needsHeight() const override { return true; }
  [[nodiscard]] QJsonObject view() const override;
  void setView(const QJsonObject& view) override;
  [[nodiscard]] QWidget* toolRow() const override;

  [[nodiscard]] AttentionTools* tools() const { return tools_; }
  /// Baseline, compressed, difference.
  [[nodiscard]] const std::array<AttentionMap*, 3>& maps() const { return maps_; }
  [[nodiscard]] BarsChart* row() const { return row_; }
  [[nodiscard]] BarsChart* layers() const { return layers_; }
  [[nodiscard]] HeadMap* heads() const { return heads_; }

 protected:
  void hideEvent(QHideEvent* event) override;
  void resizeEvent(QResizeEvent* event) override;

 private:
  void refresh() override;
  void draw();
  void shareWidth();
  [[nodiscard]] QString emptyText() const;

  Workspace* workspace_;
  AttentionTools* tools_;
  std::array<AttentionMap*, 3> maps_;
  QHBoxLayout* upper_;
  BarsChart* row_;
  QStackedWidget* kl_;
  BarsChart* layers_;
  HeadMap* heads_;
  PassagePtr shown_;
  int chosenRow_ = -1;      // token of `shown_`
  bool rowByHand_ = false;  // else the row that moved most
};

}  // namespace kvloupe
