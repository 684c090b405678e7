// SPDX-License-Identifier: GPL-3.0-or-later
#include "charts/chart_export.hpp"

#include <qcustomplot.h>

#include <QBuffer>
#include <QCoreApplication>
#include <QPdfWriter>
#include <QRegularExpression>
#include <QSaveFile>
#include <QSvgGenerator>
#include <cmath>
#include <stdexcept>

namespace kvloupe {
namespace {

struct Words {
  Q_DECLARE_TR_FUNCTIONS(kvloupe::ChartExport)
};

constexpr double kMmPerInch = 25.4;
constexpr double kPointsPerInch = 72;
constexpr double kTextUnits = 12;  // of a chart's text, as laid out on the screen

/// Size of a figure in the units that its chart is laid out in.
QSizeF layoutSize(const FigureSpec& spec) {
  const double unitsPerMm = kPointsPerInch / kMmPerInch * kTextUnits / spec.textPoint;
  return {spec.widthMm * unitsPerMm, spec.height() * unitsPerMm};
}

QString csvField(const QString& text) {
  static const QRegularExpression kNeedsQuotes(QStringLiteral("[\",\n\r]"));
  if (!text.contains(kNeedsQuotes)) return text;
  return QLatin1Char('"') + QString(text).replace(QLatin1Char('"'), QStringLiteral("\"\"")) +
         QLatin1Char('"');
}

/// QSvgGenerator writes title and description as they are. Names come from folders and files.
QString xmlText(const QString& text) {
  static const QRegularExpression kControl(QStringLiteral("[\\x00-\\x1f\\x{fffe}\\x{ffff}]"));
  return QString(text).replace(kControl, QStringLiteral(" ")).toHtmlEscaped();
}

}  // namespace

FigureSpec FigureSpec::oneColumn() {
  FigureSpec spec;
  spec.widthMm = 85;
  return spec;
}

FigureSpec FigureSpec::twoColumns() { return {}; }

FigureSpec FigureSpec::slide() {
  FigureSpec spec;
  spec.widthMm = 254;
  spec.heightMm = 143;
  spec.textPoint = 16;
  return spec;
}

QImage figureImage(const FigureSpec& spec, double dpi, const FigurePainter& paint) {
  const QSizeF layout = layoutSize(spec);
  const double scale = spec.widthMm / kMmPerInch * dpi / layout.width();
  QImage image(static_cast<int>(std::lround(layout.width() * scale)),
               static_cast<int>(std::lround(layout.height() * scale)), QImage::Format_RGB32);
  if (image.isNull())
    throw std::runtime_error(Words::tr("the figure is too large for memory").toStdString());
  image.setDotsPerMeterX(static_cast<int>(std::lround(dpi / kMmPerInch * 1000)));
  image.setDotsPerMeterY(image.dotsPerMeterX());
  image.fill(Qt::white);
  QCPPainter painter(&image);
  painter.setMode(QCPPainter::pmNoCaching);
  painter.setRenderHints(QPainter::Antialiasing | QPainter::TextAntialiasing);
  painter.scale(scale, scale);
  paint(painter, layout);
  painter.end();
  return image;
}

QByteArray figurePng(const FigureSpec& spec, const FigurePainter& paint) {
  QByteArray bytes;
  QBuffer buffer(&bytes);
  buffer.open(QIODevice::WriteOnly);
  if (!figureImage(spec, kFigureDpi, paint).save(&buffer, "PNG"))
    throw std::runtime_error(Words::tr("the figure could not be written as PNG").toStdString());
  return bytes;
}

QByteArray figureSvg(const FigureSpec& spec, const QString& title, const QString& description,
                     const FigurePainter& paint) {
  const QSizeF layout = layoutSize(spec);
  QByteArray bytes;
  QBuffer buffer(&bytes);
  buffer.open(QIODevice::WriteOnly);
  QSvgGenerator generator;
  generator.setOutputDevice(&buffer);
  generator.setResolution(96);
  generator.setSize(layout.toSize());
  generator.setViewBox(QRectF(QPointF(), layout));
  generator.setTitle(xmlText(title));
  generator.setDescription(xmlText(description));
  QCPPainter painter;
  painter.begin(&generator);
  painter.setMode(QCPPainter::pmVectorized);
  painter.setMode(QCPPainter::pmNoCaching);
  paint(painter, layout);
  painter.end();
  buffer.close();
  // The generator's own size is whole pixels at one resolution: write the millimetres asked for.
  QString text = QString::fromUtf8(bytes);
  static const QRegularExpression kSize(QStringLiteral("<svg width=\"[^\"]*\" height=\"[^\"]*\""));
  const QRegularExpressionMatch match = kSize.match(text);
  if (match.hasMatch())
    text.replace(
        match.capturedStart(), match.capturedLength(),
        QStringLiteral("<svg width=\"%1mm\" height=\"%2mm\"").arg(spec.widthMm).arg(spec.height()));
  return text.toUtf8();
}

QByteArray figurePdf(const FigureSpec& spec, const QString& title, const FigurePainter& paint) {
  const QSizeF layout = layoutSize(spec);
  QByteArray bytes;
  QBuffer buffer(&bytes);
  buffer.open(QIODevice::WriteOnly);
  QPdfWriter writer(&buffer);
  writer.setTitle(title);
  writer.setPageSize(QPageSize(QSizeF(spec.widthMm, spec.height()), QPageSize::Millimeter,
                               QString(), QPageSize::ExactMatch));
  writer.setPageMargins(QMarginsF());
  QCPPainter painter;
  painter.begin(&writer);
  painter.setMode(QCPPainter::pmVectorized);
  painter.setMode(QCPPainter::pmNoCaching);
  painter.scale(writer.width() / layout.width(), writer.height() / layout.height());
  paint(painter, layout);
  painter.end();
  buffer.close();
  return bytes;
}

void writeFigure(const QString& path, const QByteArray& bytes) {
  QSaveFile file(path);
  if (!file.open(QIODevice::WriteOnly) || file.write(bytes) != bytes.size() || !file.commit())
    throw std::runtime_error(
        (Words::tr("%1: the file was not written: %2").arg(path, file.errorString()))
            .toStdString());
}

QByteArray csvText(const std::vector<QStringList>& rows) {
  QString text;
  for (const QStringList& row : rows) {
    QStringList fields;
    for (const QString& field : row) fields.append(csvField(field));
    text += fields.join(QLatin1Char(',')) + QLatin1Char('\n');
  }
  return text.toUtf8();
}

}  // namespace kvloupe
