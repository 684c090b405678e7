// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <QStringList>
#include <variant>
#include <vector>

#include "charts/figure_sheet.hpp"

namespace kvloupe {

/// Section 1 is one of the report's parts, 2 a part of those.
struct ReportHeading {
  QString words;
  int level = 1;
};

/// A paragraph; its lines are separated by \n.
struct ReportText {
  QString words;
};

/// The first column holds names and stands at the left; so do all where the cells are words.
struct ReportTable {
  QString caption;
  QStringList head;
  std::vector<QStringList> rows;
  bool words = false;
};

struct ReportFigure {
  QString caption;
  FigureSheet sheet;
};

/// Figures beside each other: one as wide as the page, or two of one column.
struct ReportFigures {
  std::vector<ReportFigure> row;
};

/// A line for a shell, and what it makes.
struct ReportCommand {
  QString what;
  QString line;
};

using ReportBlock =
    std::variant<ReportHeading, ReportText, ReportTable, ReportFigures, ReportCommand>;

/// A report, ready to be written: words, tables, figures and command lines in their order. The
/// charts of its figures must live as long as it does.
struct Report {
  QString title;
  QString byline;   // author, day, program
  FigureSpec spec;  // of every figure
  std::vector<ReportBlock> blocks;
};

/// What a person chose of a report.
struct ReportChoice {
  QString title;
  QString author;
  QStringList figures;     // of ReportSource::offers(), by key
  bool twoColumns = true;  // figures as wide as the page; else two beside each other, a chart each
};

}  // namespace kvloupe
