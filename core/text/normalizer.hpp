// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "io/json.hpp"

namespace kvloupe {

/// A part of the text on its way through normalizers and pre-tokenizers.
struct Piece {
  std::string text;
  /// How many leading bytes come from the very first character of the original text: not 0 only in
  /// the piece that a Metaspace with prepend_scheme "first" prepends to.
  std::size_t originBytes = 0;
};

/// A step that rewrites text before it is split: the `normalizer` of a tokenizer.json.
class Normalizer {
 public:
  virtual ~Normalizer() = default;
  virtual void normalize(Piece& piece) const = 0;
};

/// NFC NFD NFKC NFKD Lowercase Strip StripAccents Nmt Prepend Replace ByteLevel Sequence. Throws
/// Error Unsupported for another type, by name.
std::unique_ptr<Normalizer> readNormalizer(const JsonValue& json, const std::string& file);

/// NFC alone.
std::unique_ptr<Normalizer> nfcNormalizer();

}  // namespace kvloupe
