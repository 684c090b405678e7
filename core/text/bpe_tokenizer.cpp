// SPDX-License-Identifier: GPL-3.0-or-later
#include "text/bpe_tokenizer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "text/byte_level.hpp"
#include "text/shown_text.hpp"
#include "text/utf8.hpp"

namespace kvloupe {

BpeTokenizer::BpeTokenizer(BpeTokenizerParts parts)
    : parts_(std::move(parts)), added_(parts_.addedTokens, parts_.normalizer.get()) {}

std::vector<std::int32_t> BpeTokenizer::encode(std::string_view utf8, SpecialTokens special) const {
  std::string repaired;
  if (findInvalidUtf8(utf8)) {
    repaired = replaceInvalidUtf8(utf8);
    utf8 = repaired;
  }
  std::vector<std::int32_t> ids;
  WordCache cache;
  const PieceFn toModel = [&](const PieceView& piece) {
    parts_.model->encode(piece.text, cache, ids);
  };
  added_.extract(
      utf8,
      [&](const Piece& piece) {
        const PieceView view{piece.text, piece.originBytes};
        if (parts_.preTokenizer) {
          parts_.preTokenizer->split(view, toModel);
        } else {
          toModel(view);
        }
      },
      [&](std::int32_t id) { ids.push_back(id); });
  if (special == SpecialTokens::Omit) return ids;
  return parts_.postProcessor.apply(std::move(ids));
}

std::string BpeTokenizer::decode(std::span<const std::int32_t> ids) const {
  std::vector<std::string> tokens;
  tokens.reserve(ids.size());
  for (const std::int32_t id : ids) {
    if (const AddedToken* token = added_.find(id)) {
      Piece piece{token->content, 0};
      if (token->normalized && parts_.normalizer) parts_.normalizer->normalize(piece);
      tokens.push_back(std::move(piece.text));
    } else if (const auto text = parts_.model->vocabulary().token(id)) {
      tokens.emplace_back(*text);
    }
  }
  if (parts_.decoder) parts_.decoder->decode(tokens);
  std::string text;
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    if (i > 0 && !parts_.decoder) text += ' ';
    text += tokens[i];
  }
  return text;
}

std::string BpeTokenizer::tokenText(std::int32_t id) const {
  if (const AddedToken* token = added_.find(id)) return token->content;
  const auto token = parts_.model->vocabulary().token(id);
  if (!token) return {};
  if (!parts_.byteLevel) return metaspaceShown(*token);
  const auto bytes = charactersToBytes(*token);
  return bytes ? bytesShown(*bytes) : std::string(*token);
}

std::int32_t BpeTokenizer::vocabSize() const {
  std::int32_t most = parts_.model->vocabulary().maxId();
  for (const AddedToken& token : added_.all()) most = std::max(most, token.id);
  return most + 1;
}

std::optional<std::int32_t> BpeTokenizer::bosId() const { return parts_.postProcessor.bosId(); }

std::string BpeTokenizer::description() const {
  const std::string_view kind = parts_.byteLevel                       ? "byte-level BPE"
                                : parts_.model->options().byteFallback ? "BPE with byte fallback"
                                                                       : "BPE";
  return fmt::format("{}, {}, {} tokens", parts_.fileName, kind, grouped(vocabSize()));
}

}  // namespace kvloupe
