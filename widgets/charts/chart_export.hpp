// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QImage>
#include <QString>
#include <QStringList>
#include <functional>
#include <vector>

class QCPPainter;

namespace kvloupe {

/// How a figure leaves the program (style.md "Export"): white page and light palette always.
struct FigureSpec {
  double widthMm = 178;  // one column 85, two columns 178, slide 254
  double heightMm = 0;   // 0: 0.62 of the width; slide 143
  double textPoint = 8;  // slide 16
  bool title = false;
  bool provenance = true;

  static FigureSpec oneColumn();
  static FigureSpec twoColumns();
  static FigureSpec slide();
  [[nodiscard]] double height() const { return heightMm > 0 ? heightMm : 0.62 * widthMm; }
};

/// Draws a figure of this size, in the pixels that charts are laid out in.
using FigurePainter = std::function<void(QCPPainter& painter, const QSizeF& size)>;

inline constexpr double kFigureDpi = 300;

[[nodiscard]] QImage figureImage(const FigureSpec& spec, double dpi, const FigurePainter& paint);
[[nodiscard]] QByteArray figurePng(const FigureSpec& spec, const FigurePainter& paint);
/// With real text.
[[nodiscard]] QByteArray figureSvg(const FigureSpec& spec, const QString& title,
                                   const QString& description, const FigurePainter& paint);
/// One page of the figure's size, with its fonts.
[[nodiscard]] QByteArray figurePdf(const FigureSpec& spec, const QString& title,
                                   const FigurePainter& paint);

/// Throws std::runtime_error with a plain sentence where the file cannot be written; it is the old
/// one or the whole new one.
void writeFigure(const QString& path, const QByteArray& bytes);

/// Rows of fields, quoted where they must be.
[[nodiscard]] QByteArray csvText(const std::vector<QStringList>& rows);

}  // namespace kvloupe
