// SPDX-License-Identifier: GPL-3.0-or-later
#include "controls/prose.hpp"

#include <QAbstractTextDocumentLayout>
#include <QPainter>
#include <QRegularExpression>
#include <QTextCursor>
#include <array>
#include <cmath>

#include "controls/chip.hpp"
#include "theme/theme.hpp"

namespace kvloupe {
namespace {

constexpr double kParagraph = 0.7;  // of the type's size
constexpr double kChip = 1.35;
constexpr int kBelow = 4;
constexpr double kChipPixels = 3;  // sharp at every device pixel ratio that is checked

constexpr std::array<std::pair<char, Target>, 4> kChips = {
    {{'K', Target::K}, {'V', Target::V}, {'L', Target::Latent}, {'R', Target::RopeKey}}};

QImage chipImage(Target target, double side) {
  QImage image(QSize(1, 1) * static_cast<int>(std::ceil(side * kChipPixels)),
               QImage::Format_ARGB32_Premultiplied);
  image.fill(Qt::transparent);
  QPainter painter(&image);
  painter.setRenderHint(QPainter::Antialiasing);
  painter.scale(image.width() / side, image.height() / side);
  paintChip(painter, target, QRectF(0, 0, side, side));
  return image;
}

}  // namespace

Prose::Prose(TextRole role, QWidget* parent) : QWidget(parent), role_(role) {
  document_.setDocumentMargin(0);
  QSizePolicy policy(QSizePolicy::Ignored, QSizePolicy::Minimum);
  policy.setHeightForWidth(true);
  setSizePolicy(policy);
  connect(&Theme::instance(), &Theme::changed, this, &Prose::rebuild);
}

void Prose::setText(const QString& text) {
  if (text == text_) return;
  text_ = text;
  rebuild();
}

void Prose::setRole(TextRole role) {
  role_ = role;
  rebuild();
}

void Prose::setLineHeight(double times) {
  lineHeight_ = times;
  rebuild();
}

void Prose::rebuild() {
  document_.clear();
  const QFont type = kvloupe::font(role_);
  const double size = type.pixelSize();
  document_.setDefaultFont(type);
  for (const auto& [letter, target] : kChips)
    document_.addResource(QTextDocument::ImageResource, QUrl(QString("chip:%1").arg(letter)),
                          chipImage(target, size * kChip));

  QTextCursor cursor(&document_);
  QTextCharFormat plain;
  plain.setFont(type);
  plain.setForeground(kvloupe::palette().ink);
  QTextCharFormat strong = plain;
  strong.setFontWeight(QFont::Bold);
  static const QRegularExpression kMarks("\\*\\*|\\[([KVLR])\\]");
  QString spoken;
  bool first = true;
  for (const QString& paragraph : text_.split('\n')) {
    QTextBlockFormat block;
    block.setLineHeight(size * lineHeight_, QTextBlockFormat::FixedHeight);
    block.setTopMargin(first ? 0 : size * kParagraph);
    if (first)
      cursor.setBlockFormat(block);
    else
      cursor.insertBlock(block);
    first = false;
    bool bold = false;
    qsizetype from = 0;
    const auto write = [&](qsizetype end) {
      const QString words = paragraph.mid(from, end - from);
      cursor.insertText(words, bold ? strong : plain);
      spoken += words;
    };
    for (const QRegularExpressionMatch& match : kMarks.globalMatch(paragraph)) {
      write(match.capturedStart());
      from = match.capturedEnd();
      if (match.captured(1).isEmpty()) {
        bold = !bold;
        continue;
      }
      QTextImageFormat chip;
      chip.setName("chip:" + match.captured(1));
      chip.setWidth(size * kChip);
      chip.setHeight(size * kChip);
      chip.setVerticalAlignment(QTextCharFormat::AlignMiddle);
      cursor.insertImage(chip);
      spoken += match.captured(1);
    }
    write(paragraph.size());
    spoken += '\n';
  }
  setAccessibleName(spoken.trimmed());
  document_.setTextWidth(width());
  updateGeometry();
  update();
}

int Prose::heightForWidth(int width) const {
  if (text_.isEmpty()) return 0;
  const double before = document_.textWidth();
  document_.setTextWidth(width);
  // A chip on the last line reaches below it.
  const auto height = static_cast<int>(std::ceil(document_.size().height())) + kBelow;
  document_.setTextWidth(before);
  return height;
}

QSize Prose::sizeHint() const { return {200, heightForWidth(width() > 0 ? width() : 200)}; }

QSize Prose::minimumSizeHint() const { return {40, 0}; }

void Prose::resizeEvent(QResizeEvent* event) {
  QWidget::resizeEvent(event);
  document_.setTextWidth(width());
}

void Prose::paintEvent(QPaintEvent*) {
  QPainter painter(this);
  painter.setRenderHint(QPainter::SmoothPixmapTransform);
  document_.drawContents(&painter);
}

}  // namespace kvloupe
