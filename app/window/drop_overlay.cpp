// SPDX-License-Identifier: GPL-3.0-or-later
#include "window/drop_overlay.hpp"

#include <QFileInfo>
#include <QMimeData>
#include <QPainter>
#include <QUrl>

#include "controls/badge.hpp"
#include "theme/theme.hpp"

namespace kvloupe {

std::optional<Dropped> droppedThing(const QMimeData* data) {
  for (const QUrl& url : data->urls()) {
    if (!url.isLocalFile()) continue;
    const QFileInfo info(url.toLocalFile());
    if (info.isDir()) return Dropped{info.absoluteFilePath(), false};
    if (info.fileName().endsWith(".h5")) return Dropped{info.absoluteFilePath(), true};
  }
  return std::nullopt;
}

DropOverlay::DropOverlay(QWidget* parent) : QWidget(parent) {
  setAttribute(Qt::WA_TransparentForMouseEvents);
  hide();
}

void DropOverlay::start(const Dropped& thing) {
  thing_ = thing;
  setGeometry(parentWidget()->rect());
  raise();
  show();
}

void DropOverlay::moveTo(const QPoint& position) {
  hovered_ = slotAt(position);
  update();
}

Slot DropOverlay::slotAt(const QPoint& position) const {
  return position.x() < width() / 2 ? Slot::A : Slot::B;
}

void DropOverlay::paintEvent(QPaintEvent*) {
  const Palette& colors = kvloupe::palette();
  QPainter painter(this);
  painter.setRenderHint(QPainter::Antialiasing);
  const auto half = [&](const QRectF& area, const QString& words, bool hot,
                        std::optional<ModelSlot> slot) {
    QColor ink = colors.tooltip;
    ink.setAlphaF(hot ? 0.94F : 0.78F);
    const QRectF box = area.adjusted(12, 12, -12, -12);
    painter.setPen(QPen(colors.tooltipText, hot ? 2 : 1));
    painter.setBrush(ink);
    painter.drawRoundedRect(box, 6, 6);
    QRectF text = box;
    if (slot) {
      paintBadge(painter, *slot, QRectF(box.center().x() - 20, box.center().y() - 56, 40, 40));
      text.translate(0, 16);
    }
    painter.setFont(kvloupe::font(TextRole::Dialog));
    painter.setPen(colors.tooltipText);
    painter.drawText(text, Qt::AlignCenter, words);
  };
  const QRectF whole = rect();
  const double middle = whole.width() / 2;
  half(QRectF(0, 0, middle, whole.height()), thing_.run ? tr("Open this run") : tr("Open as A"),
       hovered_ == Slot::A, ModelSlot::A);
  half(QRectF(middle, 0, middle, whole.height()), tr("Compare as B"), hovered_ == Slot::B,
       ModelSlot::B);
}

}  // namespace kvloupe
