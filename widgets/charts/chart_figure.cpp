// SPDX-License-Identifier: GPL-3.0-or-later
// How a ChartFrame leaves the program: figures on white, images, values.
#include <qcustomplot.h>

#include <QApplication>
#include <QClipboard>
#include <QFileDialog>
#include <QFileInfo>
#include <QMimeData>
#include <QRegularExpression>
#include <cmath>
#include <stdexcept>

#include "charts/chart_frame.hpp"
#include "charts/chart_plot.hpp"
#include "charts/figure_dialog.hpp"
#include "controls/picked_path.hpp"
#include "theme/theme.hpp"

namespace kvloupe {
namespace {

constexpr double kTextUnits = 12;
constexpr double kLinePoint = 0.75;
constexpr double kWhiskerPoint = 0.5;
constexpr double kFootHeight = 20, kFootLine = 13;
constexpr double kFootLeft = 24, kFootRight = 20;

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
  const int footer =
      spec.provenance ? static_cast<int>(provenanceHeight(provenance_, size.width())) : 0;
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
  if (footer > 0)
    paintProvenance(painter, provenance_, QRectF(0, size.height() - footer, size.width(), footer));

  exporting_ = false;
  colors_ = &kvloupe::palette();
  pens_ = screenPens();
  setExporting(false);
  restyle();
  plot_->layOutIn(before.size());
  const auto restoreRanges = [&] {
    plot_->xAxis->setRange(x);
    plot_->yAxis->setRange(y);
  };
  restoreRanges();
  if (zoomed_) return;
  fitAxes();  // ticks of the screen's size
  restoreRanges();
}

void ChartFrame::paintProvenance(QPainter& painter, const QString& line, const QRectF& foot) {
  painter.setFont(kvloupe::font(TextRole::Caption));
  painter.setPen(lightPalette().secondText);
  const QRectF place = foot.adjusted(kFootLeft, 0, -kFootRight, -4);
  if (foot.height() > kFootHeight)
    painter.drawText(place, Qt::AlignLeft | Qt::AlignVCenter | Qt::TextWordWrap, line);
  else
    painter.drawText(place, Qt::AlignLeft | Qt::AlignVCenter | Qt::TextSingleLine,
                     QFontMetricsF(kvloupe::font(TextRole::Caption))
                         .elidedText(line, Qt::ElideRight, place.width()));
}

double ChartFrame::provenanceHeight(const QString& line, double width) {
  if (line.isEmpty()) return 0;
  const double room = width - kFootLeft - kFootRight;
  const QRectF words = QFontMetricsF(kvloupe::font(TextRole::Caption))
                           .boundingRect({0, 0, room, 1000}, Qt::TextWordWrap, line);
  return kFootHeight + (words.height() > 1.5 * kFootLine ? words.height() - kFootLine : 0);
}

FigurePainter ChartFrame::figurePainter(const FigureSpec& spec) {
  return
      [this, spec](QCPPainter& painter, const QSizeF& size) { renderFigure(painter, spec, size); };
}

QImage ChartFrame::renderImage(const FigureSpec& spec, double dpi) {
  return figureImage(spec, dpi, figurePainter(spec));
}

QByteArray ChartFrame::renderSvg(const FigureSpec& spec) {
  return figureSvg(spec, title_, provenance_, figurePainter(spec));
}

void ChartFrame::save(const QString& path, const FigureSpec& spec) {
  const QString suffix = QFileInfo(path).suffix().toLower();
  if (suffix == QLatin1String("svg"))
    writeFigure(path, renderSvg(spec));
  else if (suffix == QLatin1String("pdf"))
    writeFigure(path, figurePdf(spec, title_, figurePainter(spec)));
  else if (suffix == QLatin1String("png"))
    writeFigure(path, figurePng(spec, figurePainter(spec)));
  else if (suffix == QLatin1String("csv"))
    writeFigure(path, csvText(csvRows()));
  else
    throw std::runtime_error(
        tr("%1: a figure is written as .svg, .pdf, .png or .csv; give one of these endings")
            .arg(path)
            .toStdString());
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

void ChartFrame::saveAs(const QString& suffix) {
  auto* dialog = new FigureDialog(suffix, this);
  dialog->setAttribute(Qt::WA_DeleteOnClose);
  connect(dialog, &QDialog::accepted, this,
          [this, dialog] { chooseFile(dialog->suffix(), dialog->spec()); });
  dialog->open();
}

void ChartFrame::chooseFile(const QString& suffix, const FigureSpec& spec) {
  QString name = title_.toLower().replace(QRegularExpression(QStringLiteral("[^a-z0-9σ]+")),
                                          QStringLiteral("-"));
  if (name.isEmpty()) name = QStringLiteral("chart");
  const QString picked = QFileDialog::getSaveFileName(
      this, tr("Export chart"),
      rememberedFolder(QStringLiteral("chart")) + QLatin1Char('/') + name + QLatin1Char('.') +
          suffix,
      tr("Figures and values (*.svg *.pdf *.png *.csv);;All files (*)"));
  // Another suffix than these is refused by its name.
  const QString path = QFileInfo(picked).suffix().isEmpty()
                           ? withEnding(this, picked, QLatin1Char('.') + suffix, {})
                           : picked;
  if (path.isEmpty()) return;
  try {
    save(path, spec);
    rememberFolder(QStringLiteral("chart"), path);
    emit exported(path);
  } catch (const std::exception& error) {
    emit exportFailed(QString::fromUtf8(error.what()));
  }
}

}  // namespace kvloupe
