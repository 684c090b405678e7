// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QFont>
#include <QRectF>
#include <QString>
#include <vector>

#include "types/passage.hpp"

namespace kvloupe {

/// A piece of a token on one line: a token that holds a line break has several.
struct TokenPiece {
  int token = 0;
  QRectF rect;   // of its characters, without the blanks before them
  QString text;  // a sign where it has nothing to show
  bool sign = false;
};

/// The tokens of a passage set as running text, broken between words, in pixels.
class TokenLayout {
 public:
  static constexpr double kLine = 28;       // from line to line
  static constexpr double kBox = 22;        // height of a token's box in it
  static constexpr double kParagraph = 10;  // above a paragraph

  TokenLayout() = default;
  TokenLayout(const Passage& passage, const QFont& font, double width);

  [[nodiscard]] const std::vector<TokenPiece>& pieces() const { return pieces_; }
  [[nodiscard]] double height() const { return height_; }
  [[nodiscard]] double width() const { return width_; }
  /// The piece under a point, or null.
  [[nodiscard]] const TokenPiece* at(const QPointF& point) const;
  /// The first piece of a token.
  [[nodiscard]] QRectF rectOf(int token) const;

 private:
  std::vector<TokenPiece> pieces_;  // in the order of the text
  double width_ = 0, height_ = 0;
};

}  // namespace kvloupe
