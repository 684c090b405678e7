// SPDX-License-Identifier: GPL-3.0-or-later
#include "panels/cache_size_rows.hpp"

#include <QFormLayout>
#include <QMenu>
#include <QSpinBox>
#include <QVBoxLayout>
#include <QWidgetAction>
#include <cmath>

#include "controls/buttons.hpp"
#include "controls/labels.hpp"
#include "types/format.hpp"

namespace kvloupe {
namespace {

constexpr int kMaxTokens = 10'000'000;
constexpr int kMaxBatch = 4096;

QString bytesText(double bytes) {
  return QString::fromStdString(formatBytes(static_cast<std::int64_t>(std::llround(bytes))));
}

}  // namespace

CacheSizeRows::CacheSizeRows(QWidget* parent) : QWidget(parent) {
  sizes_ = new InkLabel(TextRole::Chart, Ink::Text, {}, this);
  sizes_->setToolTip(tr("The whole cache: uncompressed, and with the plan"));
  change_ = new LinkButton({}, this);
  change_->setToolTip(tr("Another length or batch"));
  connect(change_, &LinkButton::clicked, this, &CacheSizeRows::ask);
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(1);
  column->addWidget(sizes_);
  column->addWidget(change_, 0, Qt::AlignLeft);
  refresh();
}

void CacheSizeRows::setBytesPerToken(double before, double after) {
  before_ = before;
  after_ = after;
  refresh();
}

void CacheSizeRows::setExtent(const CacheExtent& extent) {
  extent_ = extent;
  refresh();
}

void CacheSizeRows::ask() {
  auto* menu = new QMenu(this);
  menu->setAttribute(Qt::WA_DeleteOnClose);
  auto* form = new QWidget(menu);
  auto* rows = new QFormLayout(form);
  const auto spin = [&](const QString& caption, const QString& name, int value, int last) {
    auto* box = new QSpinBox(form);
    box->setAccessibleName(name);
    box->setRange(1, last);
    box->setGroupSeparatorShown(true);
    box->setKeyboardTracking(false);
    box->setValue(value);
    rows->addRow(caption, box);
    return box;
  };
  auto* tokens = spin(tr("Tokens"), tr("Length of the cache, tokens"), extent_.tokens, kMaxTokens);
  tokens->setSingleStep(1024);
  auto* batch = spin(tr("Sequences"), tr("Batch, sequences"), extent_.batch, kMaxBatch);
  const auto choose = [this, tokens, batch] {
    setExtent({tokens->value(), batch->value()});
    emit extentChosen(extent_);
  };
  connect(tokens, &QSpinBox::valueChanged, this, choose);
  connect(batch, &QSpinBox::valueChanged, this, choose);
  auto* action = new QWidgetAction(menu);
  action->setDefaultWidget(form);
  menu->addAction(action);
  menu->popup(change_->mapToGlobal(QPoint(0, change_->height())));
  tokens->setFocus();
}

void CacheSizeRows::refresh() {
  const double tokens = double(extent_.tokens) * extent_.batch;
  sizes_->setText(
      QString::fromUtf8("%1 → %2").arg(bytesText(before_ * tokens), bytesText(after_ * tokens)));
  change_->setText(tr("%1 tokens × %2")
                       .arg(QString::fromStdString(formatCount(extent_.tokens)),
                            QString::fromStdString(formatCount(extent_.batch))));
  change_->setAccessibleName(tr("Cache of %1").arg(change_->text()));
}

}  // namespace kvloupe
