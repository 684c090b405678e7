// SPDX-License-Identifier: GPL-3.0-or-later
#include "charts/figure_sheet.hpp"

#include <qcustomplot.h>

#include <QApplication>
#include <QClipboard>
#include <QFileInfo>
#include <QMimeData>
#include <QStringList>
#include <stdexcept>

#include "charts/chart_frame.hpp"
#include "theme/palette.hpp"

namespace kvloupe {
void FigureSheet::add(ChartFrame* chart, const QRectF& place) { parts_.push_back({chart, place}); }

FigureSpec FigureSheet::fitted(FigureSpec spec) const {
  if (spec.heightMm <= 0 && proportion_ > 0) spec.heightMm = proportion_ * spec.widthMm;
  return spec;
}

QString FigureSheet::title() const {
  QStringList titles;
  for (const Part& part : parts_) titles.append(part.chart->title());
  return titles.join(QStringLiteral(", "));
}

std::vector<FigureSheet> FigureSheet::apart() const {
  std::vector<FigureSheet> sheets;
  for (const Part& part : parts_) {
    FigureSheet one;
    one.add(part.chart, {0, 0, 1, 1});
    one.setProvenance(part.chart->provenance());
    sheets.push_back(std::move(one));
  }
  return sheets;
}

FigurePainter FigureSheet::painter(const FigureSpec& spec) const {
  return [this, spec](QCPPainter& painter, const QSizeF& size) {
    painter.fillRect(QRectF(QPointF(), size), lightPalette().page);
    FigureSpec each = spec;
    each.title = spec.title || parts_.size() > 1;  // several charts say which they are
    each.provenance = false;
    const double foot =
        spec.provenance ? ChartFrame::provenanceHeight(provenance_, size.width()) : 0;
    const double height = size.height() - foot;
    for (const Part& part : parts_) {
      painter.save();
      painter.translate(part.place.x() * size.width(), part.place.y() * height);
      part.chart->renderFigure(painter, each,
                               {part.place.width() * size.width(), part.place.height() * height});
      painter.restore();
    }
    if (foot > 0)
      ChartFrame::paintProvenance(painter, provenance_, QRectF(0, height, size.width(), foot));
  };
}

QImage FigureSheet::image(const FigureSpec& spec, double dpi) const {
  return figureImage(fitted(spec), dpi, painter(spec));
}

QByteArray FigureSheet::svg(const FigureSpec& spec) const {
  return figureSvg(fitted(spec), title(), provenance_, painter(spec));
}

QByteArray FigureSheet::pdf(const FigureSpec& spec) const {
  return figurePdf(fitted(spec), title(), painter(spec));
}

QByteArray FigureSheet::csv() const {
  QByteArray text;
  for (const Part& part : parts_) {
    if (parts_.size() > 1) text += "# " + part.chart->title().toUtf8() + '\n';
    text += csvText(part.chart->csvRows());
  }
  return text;
}

void FigureSheet::save(const QString& path, const FigureSpec& spec) const {
  const QString suffix = QFileInfo(path).suffix().toLower();
  if (suffix == QLatin1String("svg"))
    writeFigure(path, svg(spec));
  else if (suffix == QLatin1String("pdf"))
    writeFigure(path, pdf(spec));
  else if (suffix == QLatin1String("png"))
    writeFigure(path, figurePng(fitted(spec), painter(spec)));
  else if (suffix == QLatin1String("csv"))
    writeFigure(path, csv());
  else
    throw std::runtime_error(
        ChartFrame::tr(
            "%1: a figure is written as .svg, .pdf, .png or .csv; give one of these endings")
            .arg(path)
            .toStdString());
}

void FigureSheet::copyToClipboard() const {
  FigureSpec spec = FigureSpec::twoColumns();
  spec.title = true;
  auto* mime = new QMimeData;
  mime->setImageData(image(spec, kFigureDpi));
  mime->setData(QStringLiteral("image/svg+xml"), svg(spec));
  QApplication::clipboard()->setMimeData(mime);
}

}  // namespace kvloupe
