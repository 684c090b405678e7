// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QImage>
#include <QRectF>
#include <QString>
#include <vector>

#include "charts/chart_export.hpp"

namespace kvloupe {

class ChartFrame;

/// Charts that leave the program together as one figure.
class FigureSheet {
 public:
  /// `place` is the chart's part of the figure, 0 to 1.
  void add(ChartFrame* chart, const QRectF& place);
  /// Height that the charts need, of the figure's width.
  void setProportion(double heightOfWidth) { proportion_ = heightOfWidth; }
  /// `spec` with that height where it leaves it open.
  [[nodiscard]] FigureSpec fitted(FigureSpec spec) const;
  /// The line under the figure.
  void setProvenance(const QString& line) { provenance_ = line; }
  [[nodiscard]] bool isEmpty() const { return parts_.empty(); }
  [[nodiscard]] std::size_t size() const { return parts_.size(); }
  /// The titles of its charts.
  [[nodiscard]] QString title() const;
  [[nodiscard]] const QString& provenance() const { return provenance_; }
  /// Every chart on a sheet of its own.
  [[nodiscard]] std::vector<FigureSheet> apart() const;
  /// Draws it as `spec` says, in whatever size it is given.
  [[nodiscard]] FigurePainter painter(const FigureSpec& spec) const;

  [[nodiscard]] QImage image(const FigureSpec& spec, double dpi) const;
  [[nodiscard]] QByteArray svg(const FigureSpec& spec) const;
  [[nodiscard]] QByteArray pdf(const FigureSpec& spec) const;
  /// The values of every chart, one table after the other.
  [[nodiscard]] QByteArray csv() const;

  /// The suffix (.svg, .pdf, .png, .csv) decides. Throws std::runtime_error with a plain sentence;
  /// the file is the old one or the whole new one.
  void save(const QString& path, const FigureSpec& spec) const;
  /// Image and SVG to the clipboard.
  void copyToClipboard() const;

 private:
  struct Part {
    ChartFrame* chart;
    QRectF place;
  };

  std::vector<Part> parts_;
  double proportion_ = 0;  // 0: that of one chart
  QString provenance_;
};

}  // namespace kvloupe
