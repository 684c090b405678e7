// SPDX-License-Identifier: GPL-3.0-or-later
#include "charts/token_layout.hpp"

#include <QFontMetricsF>
#include <QStringList>
#include <algorithm>

namespace kvloupe {
namespace {

constexpr double kPad = 2;  // between the characters and the edge of their box

struct Part {
  int token;
  QString text;
  double blank;  // pixels of blanks before it
  bool sign;
  bool breaks;  // a line ends after it
};

/// A token's text cut at line breaks.
void cut(std::vector<Part>& parts, int token, const QString& text, const QFontMetricsF& metrics) {
  const QStringList lines = text.split(QLatin1Char('\n'));
  for (int i = 0; i < lines.size(); ++i) {
    const QString& line = lines[i];
    qsizetype blanks = 0;
    while (blanks < line.size() && line[blanks].isSpace()) ++blanks;
    QString shown = line.mid(blanks);
    const bool ends = i + 1 < lines.size();
    const bool sign = shown.isEmpty();
    // Only the first break of a token is shown, and a blank that ends one is not.
    if (sign && i > 0) {
      if (ends && !parts.empty()) parts.back().breaks = true;
      continue;
    }
    // A break after a break stands at the end of the same line.
    if (sign && ends && !parts.empty()) parts.back().breaks = false;
    if (sign) shown = ends ? QStringLiteral("\u21B5") : QStringLiteral("\u2423");
    parts.push_back({token, shown,
                     sign ? 0 : metrics.horizontalAdvance(QString(blanks, QLatin1Char(' '))), sign,
                     ends});
  }
}

}  // namespace

TokenLayout::TokenLayout(const Passage& passage, const QFont& font, double width) : width_(width) {
  const QFontMetricsF metrics(font);
  std::vector<Part> parts;
  for (std::size_t t = 0; t < passage.tokens.size(); ++t) {
    const auto text = passage.texts.find(passage.tokens[t].id);
    cut(parts, static_cast<int>(t),
        text == passage.texts.end() ? QString() : QString::fromStdString(text->second), metrics);
  }
  const auto beginsWord = [&](std::size_t i) {
    return i == 0 || parts[i].blank > 0 || parts[i].sign || parts[i - 1].breaks;
  };
  // Inside a word boxes touch, and the letters stand as if there were none.
  const auto widthOf = [&](std::size_t i) {
    const bool ends = i + 1 == parts.size() || beginsWord(i + 1);
    return metrics.horizontalAdvance(parts[i].text) + (beginsWord(i) ? kPad : 0) +
           (ends ? kPad : 0);
  };
  double x = 0, y = 0;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    double blank = x > 0 ? parts[i].blank : 0;
    if (beginsWord(i) && x > 0) {
      double word = widthOf(i);
      for (std::size_t next = i + 1; next < parts.size() && !beginsWord(next); ++next)
        word += widthOf(next);
      if (x + blank + std::min(word, width) > width) {
        x = 0;
        y += kLine;
        blank = 0;
      }
    }
    const double own = widthOf(i);
    if (x > 0 && x + blank + own > width) {  // a word longer than a line
      x = 0;
      y += kLine;
      blank = 0;
    }
    x += blank;
    pieces_.push_back({parts[i].token, QRectF(x, y + (kLine - kBox) / 2, own, kBox), parts[i].text,
                       parts[i].sign});
    x += own;
    if (parts[i].breaks) {
      x = 0;
      y += kLine + kParagraph;
    }
  }
  height_ = y + (x > 0 ? kLine : 0);
}

const TokenPiece* TokenLayout::at(const QPointF& point) const {
  for (const TokenPiece& piece : pieces_)
    if (piece.rect.contains(point)) return &piece;
  return nullptr;
}

QRectF TokenLayout::rectOf(int token) const {
  const auto piece =
      std::lower_bound(pieces_.begin(), pieces_.end(), token,
                       [](const TokenPiece& each, int wanted) { return each.token < wanted; });
  return piece == pieces_.end() || piece->token != token ? QRectF() : piece->rect;
}

}  // namespace kvloupe
