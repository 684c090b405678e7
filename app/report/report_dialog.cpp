// SPDX-License-Identifier: GPL-3.0-or-later
#include "report/report_dialog.hpp"

#include <QCheckBox>
#include <QFileDialog>
#include <QFileInfo>
#include <QFormLayout>
#include <QGridLayout>
#include <QLineEdit>
#include <QProgressBar>
#include <QPushButton>
#include <QSettings>
#include <QVBoxLayout>

#include "controls/buttons.hpp"
#include "controls/labels.hpp"
#include "controls/segmented_control.hpp"
#include "report/report_content.hpp"
#include "report/report_writer.hpp"

namespace kvloupe {
namespace {

constexpr int kWidth = 560;

QString withoutEnding(const QString& path) {
  for (const char* ending : {".pdf", ".html"})
    if (path.endsWith(QLatin1String(ending), Qt::CaseInsensitive))
      return path.chopped(static_cast<qsizetype>(qstrlen(ending)));
  return path;
}

}  // namespace

ReportDialog::ReportDialog(const Workspace& shown, const std::vector<Page*>& pages,
                           const QString& path, QWidget* parent)
    : QDialog(parent),
      source_(std::make_unique<ReportSource>(shown)),
      title_(new QLineEdit(this)),
      author_(new QLineEdit(QSettings().value("reportAuthor").toString(), this)),
      width_(new SegmentedControl({tr("One column, 85 mm"), tr("Two columns, 178 mm")}, this)),
      path_(new QLineEdit(path, this)),
      note_(new InkLabel(TextRole::Chart, Ink::Second, {}, this)),
      problem_(new InkLabel(TextRole::Body, Ink::Error, {}, this)),
      progress_(new QProgressBar(this)),
      write_(new QPushButton(tr("Write the report"), this)) {
  source_->followPages(pages);
  setWindowTitle(tr("Export report"));
  setMinimumWidth(kWidth);
  title_->setText(defaultReportTitle(*source_));
  title_->setAccessibleName(tr("Title"));
  author_->setAccessibleName(tr("Author"));
  author_->setPlaceholderText(tr("Name, group: stands under the title"));
  path_->setAccessibleName(tr("File"));
  width_->setAccessibleName(tr("Width of the figures"));
  width_->setCurrentIndex(1);
  problem_->setWordWrap(true);
  progress_->setTextVisible(false);
  progress_->setFixedHeight(4);
  progress_->hide();
  setPrimary(write_);
  write_->setDefault(true);

  auto* place = new QHBoxLayout;
  place->setSpacing(6);
  auto* browse = new QPushButton(tr("Browse…"), this);
  browse->setAutoDefault(false);
  place->addWidget(path_, 1);
  place->addWidget(browse);
  auto* form = new QFormLayout;
  form->setHorizontalSpacing(12);
  form->setVerticalSpacing(10);
  form->addRow(tr("Title"), title_);
  form->addRow(tr("Author"), author_);
  form->addRow(tr("Figures"), makeChoices());
  form->addRow(tr("Width"), width_);
  form->addRow(tr("File"), place);
  form->addRow(QString(), note_);

  auto* buttons = new QHBoxLayout;
  auto* cancel = new QPushButton(tr("Cancel"), this);
  cancel->setAutoDefault(false);
  buttons->addStretch();
  buttons->addWidget(cancel);
  buttons->addWidget(write_);
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(20, 20, 20, 16);
  column->setSpacing(12);
  column->addLayout(form);
  column->addWidget(problem_);
  column->addWidget(progress_);
  column->addStretch();
  column->addLayout(buttons);

  connect(path_, &QLineEdit::textChanged, this, &ReportDialog::refresh);
  connect(browse, &QPushButton::clicked, this, &ReportDialog::browse);
  connect(cancel, &QPushButton::clicked, this, &QDialog::reject);
  connect(write_, &QPushButton::clicked, this, &ReportDialog::write);
  tell({});
  refresh();
}

ReportDialog::~ReportDialog() = default;

QWidget* ReportDialog::makeChoices() {
  auto* box = new QWidget(this);
  auto* grid = new QGridLayout(box);
  grid->setContentsMargins(0, 0, 0, 0);
  grid->setHorizontalSpacing(24);
  grid->setVerticalSpacing(6);
  int index = 0;
  for (const ReportOffer& offer : source_->offers()) {
    auto* choice = new QCheckBox(offer.name, box);
    choice->setChecked(offer.absence.isEmpty() && offer.asked);
    choice->setEnabled(offer.absence.isEmpty());
    choice->setToolTip(offer.absence);
    grid->addWidget(choice, index / 3, index % 3);
    ++index;
    figures_.emplace_back(offer.key, choice);
    connect(choice, &QCheckBox::toggled, this, &ReportDialog::refresh);
  }
  return box;
}

QStringList ReportDialog::chosen() const {
  QStringList keys;
  for (const auto& [key, choice] : figures_)
    if (choice->isChecked()) keys << key;
  return keys;
}

void ReportDialog::setPath(const QString& path) { path_->setText(withoutEnding(path)); }

QString ReportDialog::path() const { return withoutEnding(path_->text().trimmed()); }

QString ReportDialog::problem() const { return problem_->text(); }

void ReportDialog::refresh() {
  write_->setEnabled(!path().isEmpty() && writer_ == nullptr);
  QStringList names, there;
  for (const QString& file : reportPaths(path())) {
    names << QFileInfo(file).fileName();
    if (QFileInfo::exists(file)) there << QFileInfo(file).fileName();
  }
  note_->setText(path().isEmpty() ? tr("Give the report a name")
                 : there.isEmpty()
                     ? tr("Writes %1").arg(names.join(tr(" and ")))
                     : tr("Replaces %1, which stands there").arg(there.join(tr(" and "))));
}

void ReportDialog::tell(const QString& problem) {
  problem_->setText(problem);
  problem_->setVisible(!problem.isEmpty());
}

void ReportDialog::browse() {
  const QString picked = QFileDialog::getSaveFileName(
      this, tr("Export report"), path() + QStringLiteral(".pdf"), tr("Reports (*.pdf *.html)"));
  if (!picked.isEmpty()) setPath(picked);
}

void ReportDialog::write() {
  if (writer_) return;
  QSettings().setValue("reportAuthor", author_->text());
  tell({});
  ReportChoice choice;
  choice.title = title_->text().trimmed();
  choice.author = author_->text().trimmed();
  choice.figures = chosen();
  choice.twoColumns = width_->currentIndex() == 1;
  writer_ = new ReportWriter(*source_, choice, reportPaths(path()), this);
  connect(writer_, &ReportWriter::progressed, this, [this](int done, int total) {
    progress_->setRange(0, total);
    progress_->setValue(done);
  });
  connect(writer_, &ReportWriter::written, this, [this](const QStringList& paths) {
    emit written(paths);
    accept();
  });
  connect(writer_, &ReportWriter::failed, this, [this](const QString& sentence) {
    writer_->deleteLater();
    writer_ = nullptr;
    progress_->hide();
    tell(tr("%1. Choose another place, or free some space there.").arg(sentence));
    refresh();
  });
  progress_->show();
  refresh();
  writer_->start();
}

}  // namespace kvloupe
