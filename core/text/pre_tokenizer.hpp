// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "io/json.hpp"

namespace kvloupe {

/// A part of the text that is on its way to the model; never empty.
struct PieceView {
  std::string_view text;
  std::size_t originBytes = 0;  // as Piece::originBytes

  [[nodiscard]] PieceView part(std::size_t begin, std::size_t end) const {
    return {text.substr(begin, end - begin), originBytes > begin ? originBytes - begin : 0};
  }
};

using PieceFn = std::function<void(const PieceView&)>;

/// A step that splits text into pieces which the model's merges never cross: the `pre_tokenizer` of
/// a tokenizer.json. Pieces are handed on one by one, so that no list of them is ever held.
class PreTokenizer {
 public:
  virtual ~PreTokenizer() = default;
  virtual void split(const PieceView& piece, const PieceFn& next) const = 0;
};

/// Split ByteLevel Metaspace Digits Punctuation Whitespace WhitespaceSplit Sequence. Throws Error
/// Unsupported for another type, by name.
std::unique_ptr<PreTokenizer> readPreTokenizer(const JsonValue& json, const std::string& file);

/// Isolates what an expression matches, then writes every piece in the byte alphabet; with
/// `addPrefixSpace` a text begins with a space.
std::unique_ptr<PreTokenizer> byteLevelPreTokenizer(std::string_view regex, bool addPrefixSpace);

}  // namespace kvloupe
