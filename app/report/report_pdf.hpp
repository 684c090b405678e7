// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QBuffer>
#include <QByteArray>
#include <QCoreApplication>
#include <QPdfWriter>
#include <memory>
#include <vector>

#include "report/report.hpp"

class QCPPainter;

namespace kvloupe {

/// A report on A4 pages, block by block, so that the window draws between two of them. Figures are
/// vectors, text is text, fonts are inside; white page and light palette always. Throws
/// std::runtime_error where no page can be begun.
class ReportPdf {
  Q_DECLARE_TR_FUNCTIONS(kvloupe::ReportPdf)

 public:
  explicit ReportPdf(const Report& report);
  ~ReportPdf();

  /// Draws the next block, or rows of a long one; false once there is none left.
  bool drawNext();
  /// The document. Nothing is drawn after this.
  [[nodiscard]] QByteArray finish();

 private:
  // All lengths are the units that charts are laid out in: 12 are 8 points.
  void draw(const ReportHeading& heading);
  void draw(const ReportText& text);
  /// The next rows of a table; false once it has no more.
  bool drawRows(const ReportTable& table);
  void draw(const ReportFigures& figures);
  void draw(const ReportCommand& command);
  void drawTitle();
  void drawFoot();
  void newPage();
  /// Begins a page unless there is so much room left on this one.
  void need(double height);
  /// Height of words in a width.
  double heightOf(const QString& words, const QFont& font, double width) const;
  /// Of the highest figure of a row, in units.
  double heightOf(const ReportFigures& figures) const;
  /// Draws words, over several pages where they must, and moves down.
  void write(const QString& words, const QFont& font, const QColor& ink, double left, double width);
  std::vector<double> columnWidths(const ReportTable& table) const;
  double rowHeight(const QStringList& row, const QFont& font, const std::vector<double>& widths,
                   bool head) const;
  void drawRow(const QStringList& row, const QFont& font, const std::vector<double>& widths,
               double height, bool head, bool words);

  const Report& report_;
  QByteArray bytes_;
  QBuffer buffer_;
  std::unique_ptr<QPdfWriter> writer_;
  std::unique_ptr<QCPPainter> painter_;
  std::size_t next_ = 0;
  std::size_t row_ = 0;         // of the table that is being drawn
  std::vector<double> widths_;  // of its columns
  int page_ = 1;
  int figures_ = 0;
  int tables_ = 0;
  double y_ = 0;
};

}  // namespace kvloupe
