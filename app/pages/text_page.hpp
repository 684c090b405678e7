// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "pages/page.hpp"
#include "workspace/slot_state.hpp"

namespace kvloupe {

class BarsChart;
class LossTable;
class SegmentedControl;
class TextTools;
class TokenText;
class Workspace;

/// What compression did to every token of a window of the evaluation text. The window is read while
/// the page is on screen.
class TextPage : public Page {
  Q_OBJECT

 public:
  /// What stands below the table.
  enum class Below : std::uint8_t { Histogram, Position, Recalled };

  explicit TextPage(Workspace* workspace, QWidget* parent = nullptr);

  [[nodiscard]] QString name() const override { return tr("Text"); }
  [[nodiscard]] std::vector<ChartFrame*> charts() const override;
  [[nodiscard]] FigureSheet sheet() const override;
  [[nodiscard]] QString absence() const override;
  [[nodiscard]] bool needsHeight() const override { return true; }
  [[nodiscard]] QJsonObject view() const override;
  void setView(const QJsonObject& view) override;
  [[nodiscard]] QWidget* toolRow() const override;
  void setLarge(bool large) override;

  [[nodiscard]] TextTools* tools() const { return tools_; }
  [[nodiscard]] TokenText* text() const { return text_; }
  [[nodiscard]] LossTable* losses() const { return losses_; }
  [[nodiscard]] SegmentedControl* below() const { return below_; }
  [[nodiscard]] BarsChart* bars() const { return bars_; }

 signals:
  /// The sentence that the chosen token stands in.
  void sentenceOpened(const QString& sentence);

 protected:
  void hideEvent(QHideEvent* event) override;

 private:
  void refresh() override;
  void draw();
  void choose(int token);
  void openSentence();
  [[nodiscard]] QString emptyText() const;
  [[nodiscard]] QString subtitle(const Passage& passage, bool stale) const;

  Workspace* workspace_;
  TextTools* tools_;
  TokenText* text_;
  QWidget* side_;
  LossTable* losses_;
  SegmentedControl* below_;
  BarsChart* bars_;
  PassagePtr shown_;
  int chosen_ = -1;  // token of `shown_`
};

}  // namespace kvloupe
