// SPDX-License-Identifier: GPL-3.0-or-later
#include "report/report_pdf.hpp"

#include <qcustomplot.h>

#include <QCoreApplication>
#include <QTextLayout>
#include <algorithm>
#include <numeric>
#include <stdexcept>
#include <type_traits>
#include <variant>

#include "theme/fonts.hpp"
#include "theme/palette.hpp"

namespace kvloupe {
namespace {

constexpr double kUnitsPerMm = 72 / 25.4 * 12 / 8;
constexpr double kPageWidth = 210 * kUnitsPerMm, kPageHeight = 297 * kUnitsPerMm;
constexpr double kSide = 16 * kUnitsPerMm;
constexpr double kTop = 18 * kUnitsPerMm, kBottom = kPageHeight - 20 * kUnitsPerMm;
constexpr double kWidth = kPageWidth - 2 * kSide;  // 178 mm, two columns
constexpr std::size_t kRowsAtOnce = 16;            // the window draws between
constexpr double kGap = 10, kCellGap = 10, kRowGap = 4;

QFont commandFont() {
  QFont font = fixedFont();
  font.setPixelSize(11);
  return font;
}

/// The lines of a paragraph; a word that is too long breaks anywhere.
void layOut(QTextLayout& layout, double width) {
  layout.setText(QString(layout.text()).replace(QLatin1Char('\n'), QChar::LineSeparator));
  QTextOption option;
  option.setWrapMode(QTextOption::WrapAtWordBoundaryOrAnywhere);
  layout.setTextOption(option);
  layout.beginLayout();
  double y = 0;
  for (QTextLine line = layout.createLine(); line.isValid(); line = layout.createLine()) {
    line.setLineWidth(width);
    line.setPosition({0, y});
    y += line.height();
  }
  layout.endLayout();
}

/// Lines of a command: Qt would break at the dashes of an option.
QString brokenAtBlanks(const QString& line, const QFont& font, double width) {
  const QFontMetricsF metrics(font);
  QString broken;
  double x = 0;
  for (const QString& word : line.split(' ')) {
    const double wide = metrics.horizontalAdvance(word + ' ');
    const bool next = x > 0 && x + wide > width;
    if (x > 0) broken += next ? '\n' : ' ';
    x = next ? wide : x + wide;
    broken += word;
  }
  return broken;
}

double natural(const QString& words, const QFont& font) {
  return QFontMetricsF(font).horizontalAdvance(words) + 1;
}

}  // namespace

ReportPdf::ReportPdf(const Report& report) : report_(report), buffer_(&bytes_) {
  buffer_.open(QIODevice::WriteOnly);
  writer_ = std::make_unique<QPdfWriter>(&buffer_);
  writer_->setTitle(report.title);
  writer_->setCreator(QCoreApplication::applicationName() + ' ' +
                      QCoreApplication::applicationVersion());
  writer_->setPageSize(QPageSize(QPageSize::A4));
  writer_->setPageMargins(QMarginsF());
  painter_ = std::make_unique<QCPPainter>();
  if (!painter_->begin(writer_.get()))
    throw std::runtime_error(tr("the report cannot be drawn").toStdString());
  painter_->setMode(QCPPainter::pmVectorized);
  painter_->setMode(QCPPainter::pmNoCaching);
  painter_->scale(writer_->width() / kPageWidth, writer_->height() / kPageHeight);
  y_ = kTop;
  drawTitle();
}

ReportPdf::~ReportPdf() {
  if (painter_->isActive()) painter_->end();
}

bool ReportPdf::drawNext() {
  if (next_ >= report_.blocks.size()) return false;
  if (const auto* table = std::get_if<ReportTable>(&report_.blocks[next_])) {
    if (drawRows(*table)) return true;
    ++next_;
    return next_ < report_.blocks.size();
  }
  const auto drawOther = [this](const auto& block) {
    if constexpr (!std::is_same_v<std::remove_cvref_t<decltype(block)>, ReportTable>) draw(block);
  };
  std::visit(drawOther, report_.blocks[next_++]);
  return next_ < report_.blocks.size();
}

QByteArray ReportPdf::finish() {
  drawFoot();
  painter_->end();
  buffer_.close();
  return bytes_;
}

void ReportPdf::drawTitle() {
  write(report_.title, font(TextRole::Figure), lightPalette().ink, 0, kWidth);
  y_ += 2;
  write(report_.byline, font(TextRole::Chart), lightPalette().secondText, 0, kWidth);
  y_ += kGap;
}

void ReportPdf::drawFoot() {
  const Palette& p = lightPalette();
  const QFont small = font(TextRole::Caption);
  const QRectF foot(kSide, kBottom + 14, kWidth, 18);
  const QString number = QString::number(page_);
  painter_->setFont(small);
  painter_->setPen(p.secondText);
  painter_->drawText(foot, Qt::AlignRight | Qt::AlignVCenter, number);
  painter_->drawText(foot, Qt::AlignLeft | Qt::AlignVCenter | Qt::TextSingleLine,
                     QFontMetricsF(small).elidedText(report_.title, Qt::ElideRight, kWidth - 60));
}

void ReportPdf::newPage() {
  drawFoot();
  writer_->newPage();
  ++page_;
  y_ = kTop;
}

void ReportPdf::need(double height) {
  if (y_ + height > kBottom && y_ > kTop) newPage();
}

double ReportPdf::heightOf(const QString& words, const QFont& font, double width) const {
  QTextLayout layout(words, font);
  layOut(layout, width);
  return layout.boundingRect().height();
}

void ReportPdf::write(const QString& words, const QFont& font, const QColor& ink, double left,
                      double width) {
  QTextLayout layout(words, font);
  layOut(layout, width);
  painter_->setPen(ink);
  for (int i = 0; i < layout.lineCount(); ++i) {
    const QTextLine line = layout.lineAt(i);
    need(line.height());
    line.draw(painter_.get(), QPointF(kSide + left, y_ - line.y()));
    y_ += line.height();
  }
}

void ReportPdf::draw(const ReportHeading& heading) {
  const QFont face = font(heading.level == 1 ? TextRole::Dialog : TextRole::Title);
  // Never the last thing on a page: what follows begins below it.
  double follows = 60;
  if (next_ < report_.blocks.size()) {
    const ReportBlock& block = report_.blocks[next_];
    if (const auto* figures = std::get_if<ReportFigures>(&block))
      follows = heightOf(*figures) + 60;
    else if (std::holds_alternative<ReportTable>(block))
      follows = 130;
  }
  if (y_ > kTop) y_ += heading.level == 1 ? 22 : 12;
  need(heightOf(heading.words, face, kWidth) + follows);
  write(heading.words, face, lightPalette().ink, 0, kWidth);
  y_ += 6;
}

void ReportPdf::draw(const ReportText& text) {
  const QFont body = font(TextRole::Body);
  const double width = std::min(kWidth, 640.0);  // a line that the eye can follow back
  need(std::min(heightOf(text.words, body, width), 60.0));
  write(text.words, body, lightPalette().ink, 0, width);
  y_ += kGap;
}

double ReportPdf::heightOf(const ReportFigures& figures) const {
  double height = 0;
  for (const ReportFigure& figure : figures.row)
    height = std::max(height, figure.sheet.fitted(report_.spec).height() * kUnitsPerMm);
  return height;
}

void ReportPdf::draw(const ReportFigures& figures) {
  const double width = report_.spec.widthMm * kUnitsPerMm;
  const double height = heightOf(figures);
  const QFont small = font(TextRole::Caption);
  const double between = figures.row.size() > 1
                             ? (kWidth - width * static_cast<double>(figures.row.size())) /
                                   static_cast<double>(figures.row.size() - 1)
                             : 0;
  QStringList captions;
  double captionHeight = 0;
  for (const ReportFigure& figure : figures.row) {
    captions << tr("Figure %1. %2").arg(++figures_).arg(figure.caption);
    captionHeight = std::max(captionHeight, heightOf(captions.back(), small, width));
  }
  need(height + captionHeight + kGap);
  const double top = y_;
  for (std::size_t i = 0; i < figures.row.size(); ++i) {
    const double left = static_cast<double>(i) * (width + between);
    painter_->save();
    painter_->translate(kSide + left, top);
    figures.row[i].sheet.painter(report_.spec)(*painter_, {width, height});
    painter_->restore();
    y_ = top + height + 4;
    write(captions[static_cast<qsizetype>(i)], small, lightPalette().secondText, left, width);
  }
  y_ = top + height + 4 + captionHeight + 2 * kGap;
}

std::vector<double> ReportPdf::columnWidths(const ReportTable& table) const {
  const auto columns = static_cast<std::size_t>(table.head.size());
  const QFont chart = font(TextRole::Chart);
  std::vector<double> widths(columns, 0), least(columns, 0);
  const auto count = [&](const QStringList& row) {
    for (std::size_t c = 0; c < std::min(columns, static_cast<std::size_t>(row.size())); ++c) {
      const QString& cell = row[static_cast<qsizetype>(c)];
      widths[c] = std::max(widths[c], natural(cell, chart) + kCellGap);
      least[c] = std::max(least[c], std::min(natural(cell, chart), 44.0) + kCellGap);
    }
  };
  count(table.head);
  for (const QStringList& row : table.rows) count(row);
  // What is too much is taken from the widest, down to a width that they share.
  while (std::accumulate(widths.begin(), widths.end(), 0.0) > kWidth) {
    const auto widest = static_cast<std::size_t>(
        std::max_element(widths.begin(), widths.end(), [&](double a, double b) { return a < b; }) -
        widths.begin());
    const double over = std::accumulate(widths.begin(), widths.end(), 0.0) - kWidth;
    const double taken = std::min({over, 12.0, widths[widest] - least[widest]});
    if (taken <= 0) break;
    widths[widest] -= taken;
  }
  const double sum = std::accumulate(widths.begin(), widths.end(), 0.0);
  for (double& width : widths) width *= kWidth / std::max(sum, kWidth * 0.6);
  return widths;
}

double ReportPdf::rowHeight(const QStringList& row, const QFont& font,
                            const std::vector<double>& widths, bool head) const {
  double height = 0;
  for (std::size_t c = 0; c < widths.size() && c < static_cast<std::size_t>(row.size()); ++c)
    height = std::max(height, heightOf(row[static_cast<qsizetype>(c)], font, widths[c] - kCellGap));
  return height + (head ? 1 : 2) * kRowGap;
}

void ReportPdf::drawRow(const QStringList& row, const QFont& font,
                        const std::vector<double>& widths, double height, bool head, bool words) {
  const Palette& p = lightPalette();
  double x = kSide;
  for (std::size_t c = 0; c < widths.size() && c < static_cast<std::size_t>(row.size()); ++c) {
    QTextLayout layout(row[static_cast<qsizetype>(c)], font);
    layOut(layout, widths[c] - kCellGap);
    painter_->setPen(head ? p.secondText : p.ink);
    for (int i = 0; i < layout.lineCount(); ++i) {
      const QTextLine line = layout.lineAt(i);
      const double room = widths[c] - kCellGap - line.naturalTextWidth();
      const bool right = c > 0 && !words;
      line.draw(painter_.get(), QPointF(x + (right ? room : 0), y_ + kRowGap));
    }
    x += widths[c];
  }
  y_ += height;
  painter_->setPen(QPen(p.line, head ? 1.125 : 0.75));
  painter_->drawLine(QPointF(kSide, y_), QPointF(x - kCellGap, y_));
}

bool ReportPdf::drawRows(const ReportTable& table) {
  const QFont caption = font(TextRole::Caption), chart = font(TextRole::Chart);
  const auto drawHead = [&] {
    drawRow(table.head, chart, widths_, rowHeight(table.head, chart, widths_, true), true,
            table.words);
  };
  if (row_ == 0) {
    widths_ = columnWidths(table);
    const QString title = tr("Table %1. %2").arg(++tables_).arg(table.caption);
    need(heightOf(title, caption, kWidth) + rowHeight(table.head, chart, widths_, true) + 66);
    write(title, caption, lightPalette().secondText, 0, kWidth);
    drawHead();
  }
  const std::size_t until = std::min(table.rows.size(), row_ + kRowsAtOnce);
  for (; row_ < until; ++row_) {
    const QStringList& row = table.rows[row_];
    const double height = rowHeight(row, chart, widths_, false);
    if (y_ + height > kBottom) {
      newPage();
      drawHead();
    }
    drawRow(row, chart, widths_, height, false, table.words);
  }
  if (row_ < table.rows.size()) return true;
  row_ = 0;
  y_ += 2 * kGap;
  return false;
}

void ReportPdf::draw(const ReportCommand& command) {
  const QFont small = font(TextRole::Caption);
  need(heightOf(command.what, small, kWidth) + 34);
  write(command.what, small, lightPalette().secondText, 0, kWidth);
  write(brokenAtBlanks(command.line, commandFont(), kWidth), commandFont(), lightPalette().ink, 0,
        kWidth);
  y_ += kGap;
}

}  // namespace kvloupe
