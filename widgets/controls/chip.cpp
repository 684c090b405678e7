// SPDX-License-Identifier: GPL-3.0-or-later
#include "controls/chip.hpp"

#include <QPainter>

#include "theme/style_painting.hpp"
#include "theme/theme.hpp"

namespace kvloupe {
namespace {

constexpr int kChipSize = 18;

}  // namespace

Chip::Chip(Target target, QWidget* parent) : QWidget(parent), target_(target) {
  setFixedSize(kChipSize, kChipSize);
  setAccessibleName(targetTitle(target));
  connect(&Theme::instance(), &Theme::changed, this, qOverload<>(&QWidget::update));
}

void Chip::setTarget(Target target) {
  target_ = target;
  setAccessibleName(targetTitle(target));
  update();
}

QSize Chip::sizeHint() const { return {kChipSize, kChipSize}; }

void Chip::paintEvent(QPaintEvent*) {
  QPainter painter(this);
  paintChip(painter, target_, rect(), isEnabled());
}

QColor chipInk(const Palette& colors, Target target) {
  if (colors.dark) return colors.page;
  return target == Target::V ? colors.ink : colors.page;
}

void paintChip(QPainter& painter, Target target, const QRectF& rect, bool enabled) {
  const Palette& p = palette();
  const DataColors& colors = p.of(target);
  const QColor fill = enabled ? colors.fill : p.disabled;
  paintRounded(painter, rect, fill, enabled ? colors.line : p.disabled, 3);
  QFont letter = font(TextRole::Chart);
  letter.setWeight(QFont::Bold);
  letter.setPixelSize(std::max(9, static_cast<int>(rect.height() * 0.66)));
  painter.save();
  painter.setFont(letter);
  painter.setPen(chipInk(p, target));
  painter.drawText(rect, Qt::AlignCenter, chipLetter(target));
  painter.restore();
}

QString chipLetter(Target target) {
  switch (target) {
    case Target::K:
      return QStringLiteral("K");
    case Target::V:
      return QStringLiteral("V");
    case Target::Latent:
      return QStringLiteral("L");
    case Target::RopeKey:
      return QStringLiteral("R");
  }
  return {};
}

QString targetKey(Target target) {
  const std::string_view name = targetName(target);
  return QString::fromUtf8(name.data(), static_cast<qsizetype>(name.size()));
}

QString targetTitle(Target target) {
  switch (target) {
    case Target::K:
      return Chip::tr("Keys");
    case Target::V:
      return Chip::tr("Values");
    case Target::Latent:
      return Chip::tr("Latent");
    case Target::RopeKey:
      return Chip::tr("Rotary key");
  }
  return {};
}

}  // namespace kvloupe
