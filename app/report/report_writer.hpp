// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QSaveFile>
#include <QStringList>
#include <memory>
#include <optional>
#include <vector>

#include "report/report.hpp"
#include "report/report_pdf.hpp"
#include "report/report_source.hpp"

namespace kvloupe {

/// The files of a report: of a name that ends in .pdf or .html that one, else both beside each
/// other.
[[nodiscard]] QStringList reportPaths(const QString& path);

/// Draws a report and writes it, a figure at a time: the window goes on in between. A file is the
/// old one or the whole new one; where one cannot be written none is.
class ReportWriter : public QObject {
  Q_OBJECT

 public:
  /// `source` outlives it.
  ReportWriter(const ReportSource& source, const ReportChoice& choice, const QStringList& paths,
               QObject* parent = nullptr);

  void start();

 signals:
  void progressed(int done, int total);
  // One of these, once.
  void written(const QStringList& paths);
  void failed(const QString& sentence);

 private:
  void step();
  /// Draws the next part; false once all of it is drawn.
  bool drawNext();
  /// Puts the next file together; false once all of them are.
  bool finishNext();
  void commit();
  void fail(const QSaveFile& file);
  /// What stood there is as it was.
  void giveUp();
  [[nodiscard]] bool writes(const char* ending) const;

  const ReportSource& source_;
  ReportChoice choice_;
  QStringList paths_;
  std::vector<std::unique_ptr<QSaveFile>> files_;
  std::vector<Page*> undrawn_;  // pages that the report needs, the last one first
  std::optional<Report> report_;
  std::vector<const FigureSheet*> sheets_;
  std::vector<QByteArray> drawings_;
  std::vector<QByteArray> documents_;  // of files_, in their order
  std::unique_ptr<ReportPdf> pdf_;
  int done_ = 0;
};

}  // namespace kvloupe
