// SPDX-License-Identifier: GPL-3.0-or-later
// How a ChartFrame leaves the program: figures on white, images, values.
#include <qcustomplot.h>

#include <QApplication>
#include <QBuffer>
#include <QClipboard>
#include <QFileDialog>
#include <QFileInfo>
#include <QMimeData>
#include <QRegularExpression>
#include <QSaveFile>
#include <QSvgGenerator>
#include <cmath>
#include <stdexcept>

#include "charts/chart_frame.hpp"
#include "charts/chart_plot.hpp"
#include "theme/theme.hpp"

namespace kvloupe {
namespace {

constexpr double kMmPerInch = 25.4;
constexpr double kPointsPerInch = 72;
constexpr double kTextUnits = 12;  // of a chart's text, as laid out on the screen
constexpr double kLinePoint = 0.75;
constexpr double kWhiskerPoint = 0.5;
constexpr double kFigureDpi = 300;
constexpr int kProvenanceHeight = 20;

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

void ChartFrame::renderFigure(QCPPainter& painter, const FigureSpec& spec, const QSizeF& size) {
  exporting_ = true;
  colors_ = &lightPalette();
  pens_ = {kLinePoint * kTextUnits / spec.textPoint, kWhiskerPoint * kTextUnits / spec.textPoint};
  setExporting(true);
  restyle();

  const QRectF page(QPointF(), size);
  painter.fillRect(page, colors().page);
  const int header = headerHeight(spec.title);
  const int footer = spec.provenance && !provenance_.isEmpty() ? kProvenanceHeight : 0;
  paintHeader(painter, size.width(), spec.title);

  const QRect before = plot_->viewport();
  const QSize area(static_cast<int>(std::floor(size.width())),
                   static_cast<int>(std::floor(size.height())) - header - footer);
  const QCPRange x = plot_->xAxis->range();
  const QCPRange y = plot_->yAxis->range();
  plot_->layOutIn(area);
  if (!zoomed_) fitAxes();
  painter.save();
  painter.translate(0, header);
  plot_->toPainter(&painter, area.width(), area.height());
  painter.restore();
  if (footer > 0) {
    painter.setFont(kvloupe::font(TextRole::Caption));
    painter.setPen(colors().secondText);
    const QRectF line(24, size.height() - footer, size.width() - 44, footer - 4);
    painter.drawText(line, Qt::AlignLeft | Qt::AlignVCenter | Qt::TextSingleLine,
                     QFontMetricsF(kvloupe::font(TextRole::Caption))
                         .elidedText(provenance_, Qt::ElideRight, line.width()));
  }

  exporting_ = false;
  colors_ = &kvloupe::palette();
  pens_ = {};
  setExporting(false);
  restyle();
  plot_->layOutIn(before.size());
  plot_->xAxis->setRange(x);
  plot_->yAxis->setRange(y);
}

QImage ChartFrame::renderImage(const FigureSpec& spec, double dpi) {
  const QSizeF layout = layoutSize(spec);
  const double scale = spec.widthMm / kMmPerInch * dpi / layout.width();
  QImage image(static_cast<int>(std::lround(layout.width() * scale)),
               static_cast<int>(std::lround(layout.height() * scale)), QImage::Format_RGB32);
  if (image.isNull()) throw std::runtime_error("the figure is too large for memory");
  image.setDotsPerMeterX(static_cast<int>(std::lround(dpi / kMmPerInch * 1000)));
  image.setDotsPerMeterY(image.dotsPerMeterX());
  image.fill(Qt::white);
  QCPPainter painter(&image);
  painter.setMode(QCPPainter::pmNoCaching);
  painter.setRenderHints(QPainter::Antialiasing | QPainter::TextAntialiasing);
  painter.scale(scale, scale);
  renderFigure(painter, spec, layout);
  painter.end();
  return image;
}

QByteArray ChartFrame::renderSvg(const FigureSpec& spec) {
  const QSizeF layout = layoutSize(spec);
  QByteArray bytes;
  QBuffer buffer(&bytes);
  buffer.open(QIODevice::WriteOnly);
  QSvgGenerator generator;
  generator.setOutputDevice(&buffer);
  generator.setResolution(96);
  generator.setSize(layout.toSize());
  generator.setViewBox(QRectF(QPointF(), layout));
  generator.setTitle(xmlText(title_));
  generator.setDescription(xmlText(provenance_));
  QCPPainter painter;
  painter.begin(&generator);
  painter.setMode(QCPPainter::pmVectorized);
  painter.setMode(QCPPainter::pmNoCaching);
  renderFigure(painter, spec, layout);
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

void ChartFrame::saveFile(const QString& path, const QByteArray& bytes) const {
  QSaveFile file(path);
  if (!file.open(QIODevice::WriteOnly) || file.write(bytes) != bytes.size() || !file.commit())
    throw std::runtime_error(
        (QStringLiteral("%1: the file was not written: %2").arg(path, file.errorString()))
            .toStdString());
}

void ChartFrame::savePng(const QString& path, const FigureSpec& spec) {
  QByteArray bytes;
  QBuffer buffer(&bytes);
  buffer.open(QIODevice::WriteOnly);
  if (!renderImage(spec, kFigureDpi).save(&buffer, "PNG"))
    throw std::runtime_error("the figure could not be written as PNG");
  saveFile(path, bytes);
}

void ChartFrame::saveSvg(const QString& path, const FigureSpec& spec) {
  saveFile(path, renderSvg(spec));
}

void ChartFrame::saveCsv(const QString& path) const {
  QString text;
  for (const QStringList& row : csvRows()) {
    QStringList fields;
    for (const QString& field : row) fields.append(csvField(field));
    text += fields.join(QLatin1Char(',')) + QLatin1Char('\n');
  }
  saveFile(path, text.toUtf8());
}

void ChartFrame::copyToClipboard() {
  try {
    FigureSpec spec = FigureSpec::twoColumns();
    spec.title = true;
    auto* mime = new QMimeData;
    mime->setImageData(renderImage(spec, kFigureDpi));
    mime->setData(QStringLiteral("image/svg+xml"), renderSvg(spec));
    QApplication::clipboard()->setMimeData(mime);
  } catch (const std::exception& error) {
    emit exportFailed(QString::fromUtf8(error.what()));
  }
}

void ChartFrame::saveAs() {
  const QString path = QFileDialog::getSaveFileName(
      this, QStringLiteral("Save chart"), QStringLiteral("chart.svg"),
      QStringLiteral("Figures and values (*.svg *.png *.csv);;All files (*)"));
  if (path.isEmpty()) return;
  const QString suffix = QFileInfo(path).suffix().toLower();
  try {
    if (suffix == QLatin1String("svg"))
      saveSvg(path, FigureSpec::twoColumns());
    else if (suffix == QLatin1String("png"))
      savePng(path, FigureSpec::twoColumns());
    else if (suffix == QLatin1String("csv"))
      saveCsv(path);
    else
      throw std::runtime_error("a chart is saved as .svg, .png or .csv: give one of these endings");
    emit exported(path);
  } catch (const std::exception& error) {
    emit exportFailed(QString::fromUtf8(error.what()));
  }
}

}  // namespace kvloupe
