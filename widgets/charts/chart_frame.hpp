// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QImage>
#include <QPointer>
#include <QString>
#include <QWidget>
#include <cstdint>
#include <optional>
#include <vector>

#include "charts/chart_export.hpp"
#include "charts/legend.hpp"
#include "charts/tip_card.hpp"
#include "controls/badge.hpp"
#include "theme/palette.hpp"
#include "types/interval.hpp"

class QCPAxis;
class QCPPainter;
class QTimer;

namespace kvloupe {

class ChartOverlay;
class ChartPlot;

/// Pen widths of a chart, in its own pixels.
struct ChartPens {
  double line = 1;
  double whisker = 1.2;
};

/// The part of the data that a chart shows.
struct ChartZoom {
  Interval x, y;
};

/// Title, legend, subtitle and plot of a chart, with what every chart can do: wheel, box and key
/// zoom, pan, reset, copy, save, context menu, a sentence while empty. Follows the theme. A zoom
/// stays when data change, until it is reset (double click, Ctrl+0, fit()).
class ChartFrame : public QWidget {
  Q_OBJECT

 public:
  /// Page: a page's own chart. Panel: a small one inside a panel, in the panel's colour.
  enum class Density : std::uint8_t { Page, Panel };

  ChartFrame(Density density, QWidget* parent);
  ~ChartFrame() override;

  void setTitle(const QString& title);
  [[nodiscard]] const QString& title() const { return title_; }
  void setSubtitle(const QString& subtitle);
  /// A model's badge before the title.
  void setBadge(std::optional<ModelSlot> slot);
  [[nodiscard]] const QString& subtitle() const { return subtitle_; }
  void setLegend(std::vector<LegendEntry> entries);
  [[nodiscard]] const std::vector<LegendEntry>& legend() const { return legend_; }
  /// What will appear here and when; shown over the axes while the chart is empty.
  void setEmptyText(const QString& sentence);
  [[nodiscard]] const QString& emptyText() const { return emptyText_; }
  /// Model, tap, tokens, protocol and program version: the line under an exported figure.
  void setProvenance(const QString& line);
  [[nodiscard]] const QString& provenance() const { return provenance_; }

  [[nodiscard]] ChartPlot* plot() const { return plot_; }
  /// Everything this many times as large on screen; figures that leave the program stay as they
  /// are.
  void setMagnification(double magnification);
  [[nodiscard]] double magnification() const { return magnification_; }
  [[nodiscard]] bool isZoomed() const { return zoomed_; }
  /// What a person zoomed to; absent where all of the data is in view.
  [[nodiscard]] std::optional<ChartZoom> zoom() const;
  /// Ignored where it is no range.
  void setZoom(const ChartZoom& zoom);
  /// Shows the same part of the data as a chart that it is linked with.
  void followView(const ChartFrame& other);
  /// While true no axis changes by itself: the pointer drags a slider.
  void setAxesFrozen(bool frozen);

  /// A figure on a white page, or with .csv every drawn value and interval; the suffix (.svg, .pdf,
  /// .png, .csv) decides. Throws std::runtime_error with a plain sentence where the file cannot be
  /// written; it is the old one or the whole new one.
  void save(const QString& path, const FigureSpec& spec);
  [[nodiscard]] QImage renderImage(const FigureSpec& spec, double dpi);
  [[nodiscard]] QByteArray renderSvg(const FigureSpec& spec);
  /// Draws the figure into `size`, where 12 of its units are `spec.textPoint`.
  void renderFigure(QCPPainter& painter, const FigureSpec& spec, const QSizeF& size);
  /// Height of the foot with that line in a figure so wide: over two lines where one is too
  /// narrow. None without a line.
  [[nodiscard]] static double provenanceHeight(const QString& line, double width);
  /// The line at the foot of a figure.
  static void paintProvenance(QPainter& painter, const QString& line, const QRectF& foot);
  /// Header and rows of the CSV; values as plain numbers.
  [[nodiscard]] virtual std::vector<QStringList> csvRows() const = 0;

 public slots:
  /// The whole of the data in view again.
  void fit();
  /// Image and SVG to the clipboard.
  void copyToClipboard();
  /// Asks for format, width and words of a figure, this format first, then for a file.
  void saveAs(const QString& suffix = QStringLiteral("svg"));

 signals:
  void exported(const QString& path);
  void exportFailed(const QString& sentence);
  void zoomChanged(bool zoomed);
  /// After a gesture that zoomed, panned or fitted.
  void viewChanged();

 protected:
  /// Sets the axes' ranges to the data; called when not zoomed.
  virtual void fitAxes() = 0;
  /// Pens, brushes and fonts of what the chart added itself.
  virtual void applyColors() {}
  /// False where the wheel and the arrows scroll instead, and nothing zooms.
  [[nodiscard]] virtual bool zooms() const { return true; }
  virtual void scrollBy(double pixels) { Q_UNUSED(pixels) }
  /// What stands right of title and subtitle in place of a legend, and how wide it is.
  [[nodiscard]] virtual double asideWidth() const { return 0; }
  virtual void paintAside(QPainter& painter, const QRectF& room) const {
    Q_UNUSED(painter)
    Q_UNUSED(room)
  }
  /// Rows that a screen reader is told: not all of a chart that has thousands.
  [[nodiscard]] virtual std::vector<QStringList> spokenRows() const { return csvRows(); }
  /// Called before and after a figure is drawn, in which a chart has neither hover nor selection.
  virtual void setExporting(bool exporting) { Q_UNUSED(exporting) }
  [[nodiscard]] bool exporting() const { return exporting_; }
  [[nodiscard]] virtual bool isEmpty() const = 0;
  /// Tab, Return and the pointer: the mark under a position, by an index that the chart gives.
  [[nodiscard]] virtual int markAt(const QPointF& position) const = 0;
  [[nodiscard]] virtual int markCount() const = 0;
  /// Told when another mark is under the pointer or the keys; -1: none.
  virtual void setHoveredMark(int mark) { Q_UNUSED(mark) }
  /// The mark to frame; -1: none.
  [[nodiscard]] int hoveredMark() const { return exporting_ ? -1 : mark_; }
  virtual void openMark(int mark) { Q_UNUSED(mark) }
  [[nodiscard]] virtual bool opensMarks() const { return false; }
  [[nodiscard]] virtual TipText tipFor(int mark) const = 0;
  /// In the plot's pixels; the tooltip stands beside it.
  [[nodiscard]] virtual QRectF markRect(int mark) const = 0;
  /// Where Tab goes from a mark (-1: from outside); out of range leaves the chart.
  [[nodiscard]] virtual int markAfter(int mark, bool next) const {
    return mark < 0 && !next ? -1 : mark + (next ? 1 : -1);
  }
  /// True where the pointer can take hold of something; `take` begins to drag it.
  [[nodiscard]] virtual bool grabAt(const QPointF& position, bool take) {
    Q_UNUSED(position)
    Q_UNUSED(take)
    return false;
  }
  virtual void dragTo(const QPointF& position) { Q_UNUSED(position) }
  virtual void releaseGrab() {}

  /// Inside of the axes: QCustomPlot's rectangles end a pixel before their last one.
  [[nodiscard]] QRectF axesArea() const;
  void styleAxis(QCPAxis* axis, bool grid);
  /// The palette to draw in: the theme's, or the light one while exporting.
  [[nodiscard]] const Palette& colors() const { return *colors_; }
  [[nodiscard]] const ChartPens& pens() const { return pens_; }
  [[nodiscard]] Density density() const { return density_; }
  [[nodiscard]] bool axesFrozen() const { return frozen_; }
  /// Call after data changed: fits where not zoomed, and redraws soon.
  void dataChanged();
  /// Colours and fonts of everything; a chart calls it once when it is built.
  void restyle();

  bool event(QEvent* event) override;  // the whole title and subtitle, where there is no room
  void paintEvent(QPaintEvent* event) override;
  void keyPressEvent(QKeyEvent* event) override;
  /// The mark under the pointer or the keys, with its tooltip; -1: none.
  void hover(int mark);
  void focusInEvent(QFocusEvent* event) override;
  void focusOutEvent(QFocusEvent* event) override;
  void hideEvent(QHideEvent* event) override;
  bool focusNextPrevChild(bool next) override;
  void contextMenuEvent(QContextMenuEvent* event) override;

 private:
  friend class ChartPlot;
  friend class ChartOverlay;
  void followTheme();
  void markZoomed();
  void plotResized();
  void redrawSoon();
  /// Returns the lines that had to be shortened, whole.
  QStringList paintHeader(QPainter& painter, double width, bool withTitle) const;
  [[nodiscard]] int headerHeight(bool withTitle) const;
  /// Of the screen: for a lecture hall lines grow more than the type does.
  [[nodiscard]] ChartPens screenPens() const;
  [[nodiscard]] FigurePainter figurePainter(const FigureSpec& spec);
  void refreshAccessibleText();
  void chooseFile(const QString& suffix, const FigureSpec& spec);

  Density density_;
  ChartPlot* plot_;
  QPointer<TipCard> tip_;  // a child of whatever window the chart was in
  QString title_, subtitle_, emptyText_, provenance_;
  QStringList shortened_;  // of title and subtitle, whole
  std::optional<ModelSlot> badge_;
  std::vector<LegendEntry> legend_;
  const Palette* colors_;
  ChartPens pens_;
  double magnification_ = 1;
  QTimer* redraw_;
  int mark_ = -1;
  bool zoomed_ = false;
  bool frozen_ = false;
  bool exporting_ = false;
  bool keyboardFocus_ = false;
};

}  // namespace kvloupe
