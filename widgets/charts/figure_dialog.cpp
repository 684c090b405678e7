// SPDX-License-Identifier: GPL-3.0-or-later
#include "charts/figure_dialog.hpp"

#include <QCheckBox>
#include <QFormLayout>
#include <QPushButton>
#include <QSettings>
#include <QVBoxLayout>
#include <algorithm>

#include "controls/buttons.hpp"
#include "controls/segmented_control.hpp"

namespace kvloupe {
namespace {

const QStringList& suffixes() {
  static const QStringList kSuffixes = {QStringLiteral("svg"), QStringLiteral("pdf"),
                                        QStringLiteral("png"), QStringLiteral("csv")};
  return kSuffixes;
}

constexpr int kWidths = 3;

}  // namespace

FigureDialog::FigureDialog(const QString& suffix, QWidget* parent)
    : QDialog(parent),
      format_(new SegmentedControl(this)),
      width_(new SegmentedControl(QStringList{tr("One column, 85 mm"), tr("Two columns, 178 mm"),
                                              tr("Slide, 254 × 143 mm")},
                                  this)),
      title_(new QCheckBox(tr("Title"), this)),
      provenance_(new QCheckBox(tr("Line that says what was measured"), this)) {
  setWindowTitle(tr("Export chart"));
  for (const QString& each : suffixes())
    format_->addSegment(each == suffixes().back() ? tr("CSV, values") : each.toUpper());
  format_->setAccessibleName(tr("Format"));
  width_->setAccessibleName(tr("Width"));
  const QSettings kept;
  format_->setCurrentIndex(static_cast<int>(std::max<qsizetype>(0, suffixes().indexOf(suffix))));
  width_->setCurrentIndex(
      std::clamp(kept.value(QStringLiteral("figure/width"), 1).toInt(), 0, kWidths - 1));
  title_->setChecked(kept.value(QStringLiteral("figure/title"), false).toBool());
  provenance_->setChecked(kept.value(QStringLiteral("figure/provenance"), true).toBool());

  auto* form = new QFormLayout;
  form->setHorizontalSpacing(12);
  form->setVerticalSpacing(10);
  form->addRow(tr("Format"), format_);
  form->addRow(tr("Width"), width_);
  form->addRow(QString(), title_);
  form->addRow(QString(), provenance_);
  auto* cancel = new QPushButton(tr("Cancel"), this);
  cancel->setAutoDefault(false);
  auto* choose = new QPushButton(tr("Choose a file…"), this);
  choose->setDefault(true);
  setPrimary(choose);
  auto* buttons = new QHBoxLayout;
  buttons->addStretch();
  buttons->addWidget(cancel);
  buttons->addWidget(choose);
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(20, 20, 20, 16);
  column->setSpacing(16);
  column->addLayout(form);
  column->addLayout(buttons);
  connect(format_, &SegmentedControl::currentChanged, this, &FigureDialog::refresh);
  connect(cancel, &QPushButton::clicked, this, &QDialog::reject);
  connect(choose, &QPushButton::clicked, this, [this] {
    remember();
    accept();
  });
  refresh();
}

QString FigureDialog::suffix() const { return suffixes()[std::max(0, format_->currentIndex())]; }

FigureSpec FigureDialog::spec() const {
  FigureSpec spec = width_->currentIndex() == 0   ? FigureSpec::oneColumn()
                    : width_->currentIndex() == 2 ? FigureSpec::slide()
                                                  : FigureSpec::twoColumns();
  spec.title = title_->isChecked();
  spec.provenance = provenance_->isChecked();
  return spec;
}

void FigureDialog::refresh() {
  const bool drawn = suffix() != suffixes().back();  // values have no width
  for (QWidget* each : {static_cast<QWidget*>(width_), static_cast<QWidget*>(title_),
                        static_cast<QWidget*>(provenance_)})
    each->setEnabled(drawn);
}

void FigureDialog::remember() {
  QSettings kept;
  kept.setValue(QStringLiteral("figure/width"), width_->currentIndex());
  kept.setValue(QStringLiteral("figure/title"), title_->isChecked());
  kept.setValue(QStringLiteral("figure/provenance"), provenance_->isChecked());
}

}  // namespace kvloupe
