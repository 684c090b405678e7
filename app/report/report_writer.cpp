// SPDX-License-Identifier: GPL-3.0-or-later
#include "report/report_writer.hpp"

#include <QTimer>
#include <stdexcept>
#include <utility>

#include "pages/pages.hpp"
#include "report/report_content.hpp"
#include "report/report_html.hpp"

namespace kvloupe {

QStringList reportPaths(const QString& path) {
  if (path.endsWith(QLatin1String(".pdf")) || path.endsWith(QLatin1String(".html"))) return {path};
  return {path + QStringLiteral(".pdf"), path + QStringLiteral(".html")};
}

ReportWriter::ReportWriter(const ReportSource& source, const ReportChoice& choice,
                           const QStringList& paths, QObject* parent)
    : QObject(parent), source_(source), choice_(choice), paths_(paths) {}

bool ReportWriter::writes(const char* ending) const {
  for (const QString& path : paths_)
    if (path.endsWith(QLatin1String(ending))) return true;
  return false;
}

void ReportWriter::start() {
  // Opened first: a folder that cannot be written to is told before anything is drawn.
  for (const QString& path : paths_) {
    files_.push_back(std::make_unique<QSaveFile>(path));
    if (!files_.back()->open(QIODevice::WriteOnly)) return fail(*files_.back());
  }
  for (const auto& model : source_.models())
    for (std::size_t i = 0; i < model->pages().size(); ++i) {
      const QString& key = pageKeys()[static_cast<qsizetype>(i)];
      if (choice_.figures.contains(key) ||
          (key == "compare" && choice_.figures.contains(kComparePlans)))
        undrawn_.push_back(model->pages()[i]);
    }
  QTimer::singleShot(0, this, &ReportWriter::step);
}

void ReportWriter::step() {
  try {
    const bool more = drawNext() || finishNext();
    const auto pages =
        static_cast<int>(source_.models().size()) * static_cast<int>(pageKeys().size());
    const int total =
        report_ ? pages + static_cast<int>(sheets_.size() + report_->blocks.size()) : 2 * pages;
    emit progressed(std::min(++done_, total), total);
    if (more)
      QTimer::singleShot(0, this, &ReportWriter::step);
    else
      commit();
  } catch (const std::exception& error) {
    giveUp();
    emit failed(QString::fromUtf8(error.what()));
  }
}

bool ReportWriter::drawNext() {
  if (!undrawn_.empty()) {
    undrawn_.back()->bringUpToDate();
    undrawn_.pop_back();
    return true;
  }
  if (!report_) {
    report_ = reportOf(source_, choice_);
    for (const ReportBlock& block : report_->blocks)
      if (const auto* figures = std::get_if<ReportFigures>(&block))
        for (const ReportFigure& figure : figures->row) sheets_.push_back(&figure.sheet);
    return true;
  }
  if (writes(".html") && drawings_.size() < sheets_.size()) {
    drawings_.push_back(sheets_[drawings_.size()]->svg(report_->spec));
    return true;
  }
  if (!writes(".pdf")) return false;
  if (!pdf_) pdf_ = std::make_unique<ReportPdf>(*report_);
  return pdf_->drawNext();
}

bool ReportWriter::finishNext() {
  if (documents_.size() == files_.size()) return false;
  const QString name = files_[documents_.size()]->fileName();
  documents_.push_back(name.endsWith(QLatin1String(".pdf")) ? pdf_->finish()
                                                            : reportHtml(*report_, drawings_));
  return true;
}

void ReportWriter::commit() {
  for (std::size_t i = 0; i < files_.size(); ++i) {
    // Flushed before the first takes its place: a full disk is told while both are as they were.
    QSaveFile& file = *files_[i];
    if (file.write(documents_[i]) != documents_[i].size() || !file.flush()) return fail(file);
  }
  for (const auto& file : files_)
    if (!file->commit()) return fail(*file);
  emit written(paths_);
}

void ReportWriter::fail(const QSaveFile& file) {
  const QString sentence =
      tr("%1: the report was not written: %2").arg(file.fileName(), file.errorString());
  giveUp();
  emit failed(sentence);
}

void ReportWriter::giveUp() {
  for (const auto& each : files_) each->cancelWriting();
  files_.clear();
}

}  // namespace kvloupe
