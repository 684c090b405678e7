// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>

namespace kvloupe {

/// What a SentencePiece model file says that libsentencepiece does not tell.
struct SentencePieceModel {
  bool addDummyPrefix = true;
  /// A text may be cut at every single space between two plain ASCII characters and its parts
  /// encoded alone: byte-pair encoding, nothing but spaces normalized, and no token that goes on
  /// behind an inner space.
  bool cuttable = false;
};

/// Reads and checks a tokenizer.model (sentencepiece_model.proto). libsentencepiece follows the
/// tables of its character map without looking at their bounds, so that is checked here.
///
/// Throws Error Malformed for a message that is cut or does not hold together.
SentencePieceModel readSentencePieceFacts(std::string_view bytes, const std::string& file);

}  // namespace kvloupe
