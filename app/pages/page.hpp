// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QJsonObject>
#include <QString>
#include <QWidget>
#include <optional>
#include <utility>
#include <vector>

#include "charts/chart_frame.hpp"
#include "charts/figure_sheet.hpp"

namespace kvloupe {

/// A page in the middle of the window: one way to look at what the workspace knows.
class Page : public QWidget {
  Q_OBJECT

 public:
  using QWidget::QWidget;

  /// On its tab: "Dimensions". In lower case it is what --page and --export call it.
  [[nodiscard]] virtual QString name() const = 0;
  /// Every chart, the main one first; none where the page is empty of charts.
  [[nodiscard]] virtual std::vector<ChartFrame*> charts() const = 0;
  /// Its charts as they stand together on a figure.
  [[nodiscard]] virtual FigureSheet sheet() const = 0;
  /// Why there is nothing to draw, or empty.
  [[nodiscard]] virtual QString absence() const = 0;
  /// Impact folds to a line unless the person unfolds it by hand.
  [[nodiscard]] virtual bool needsHeight() const { return false; }

  /// What the person chose to see here, and the same again: what this model does not have stays
  /// as it is.
  [[nodiscard]] virtual QJsonObject view() const { return {}; }
  virtual void setView(const QJsonObject& view) { Q_UNUSED(view) }

  /// The row of tools above its charts; null: none.
  [[nodiscard]] virtual QWidget* toolRow() const { return nullptr; }
  /// For a lecture hall: larger charts, and no tools.
  virtual void setLarge(bool large);

  /// What a person zoomed to in each of charts(); absent where all of the data is in view.
  [[nodiscard]] std::vector<std::optional<ChartZoom>> zooms() const;
  /// The same again, once the page is drawn.
  void setZooms(std::vector<std::optional<ChartZoom>> zooms);

  /// Draws what changed while the page was not on screen.
  void bringUpToDate();

 protected:
  static constexpr double kHallMagnification = 1.5;  // chart text of 12 becomes 18

  virtual void refresh() = 0;
  /// For news of the workspace, which come 20 times a second: a page that nobody sees waits.
  void outdate() {
    outdated_ = true;
    if (isVisible()) bringUpToDate();
  }
  void showEvent(QShowEvent* event) override {
    QWidget::showEvent(event);
    bringUpToDate();
  }

 private:
  void applyZooms();

  bool outdated_ = true;
  std::vector<std::optional<ChartZoom>> zooms_;  // of a page that is not drawn yet
};

}  // namespace kvloupe
