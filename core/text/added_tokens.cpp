// SPDX-License-Identifier: GPL-3.0-or-later
#include "text/added_tokens.hpp"

#include <algorithm>
#include <utility>

#include "text/unicode.hpp"
#include "text/utf8.hpp"

namespace kvloupe {

void TokenTrie::insert(std::string_view text, std::uint32_t value) {
  if (text.empty()) return;
  begins_[static_cast<unsigned char>(text[0])] = true;
  std::uint32_t node = 0;
  for (const char c : text) {
    const auto [child, isNew] = nodes_[node].children.try_emplace(
        static_cast<unsigned char>(c), static_cast<std::uint32_t>(nodes_.size()));
    node = child->second;
    if (isNew) nodes_.emplace_back();
  }
  nodes_[node].ends = true;
  nodes_[node].value = value;
}

TokenTrie::Match TokenTrie::longestAt(std::string_view text, std::size_t offset) const {
  Match match;
  std::uint32_t node = 0;
  for (std::size_t at = offset; at < text.size(); ++at) {
    const auto child = nodes_[node].children.find(static_cast<unsigned char>(text[at]));
    if (child == nodes_[node].children.end()) break;
    node = child->second;
    if (nodes_[node].ends) match = {at + 1 - offset, nodes_[node].value};
  }
  return match;
}

std::size_t TokenTrie::candidateFrom(std::string_view text, std::size_t offset) const {
  while (offset < text.size() && !begins_[static_cast<unsigned char>(text[offset])]) ++offset;
  return offset;
}

AddedTokens::AddedTokens(std::vector<AddedToken> tokens, const Normalizer* normalizer)
    : tokens_(std::move(tokens)), normalizer_(normalizer) {
  for (std::size_t i = 0; i < tokens_.size(); ++i) {
    const AddedToken& token = tokens_[i];
    byId_[token.id] = i;
    if (!token.normalized) {
      raw_.insert(token.content, static_cast<std::uint32_t>(i));
      continue;
    }
    Piece piece{token.content, 0};
    if (normalizer_ != nullptr) normalizer_->normalize(piece);
    normalized_.insert(piece.text, static_cast<std::uint32_t>(i));
  }
}

const AddedToken* AddedTokens::find(std::int32_t id) const {
  const auto found = byId_.find(id);
  return found == byId_.end() ? nullptr : &tokens_[found->second];
}

template <typename OnText>
void AddedTokens::cut(std::string_view text, const TokenTrie& trie, const OnText& onText,
                      const TokenFn& onToken) const {
  std::size_t done = 0;
  std::size_t at = trie.empty() ? text.size() : trie.candidateFrom(text, 0);
  while (at < text.size()) {
    const TokenTrie::Match match = trie.longestAt(text, at);
    if (match.length == 0) {
      at = trie.candidateFrom(text, at + 1);
      continue;
    }
    const AddedToken& token = tokens_[match.value];
    std::size_t begin = at;
    std::size_t end = at + match.length;
    at = trie.candidateFrom(text, end);
    if (token.singleWord) {
      const bool wordBefore = begin > 0 && isWord(lastCodePoint(text.substr(0, begin)));
      std::size_t next = end;
      const bool wordBehind = end < text.size() && isWord(nextCodePoint(text, next));
      if (wordBefore || wordBehind) continue;
    }
    if (token.lstrip) {
      while (begin > done) {
        const std::string_view before = text.substr(0, begin);
        const char32_t last = lastCodePoint(before);
        if (!isWhiteSpace(last)) break;
        do {
          --begin;
        } while ((static_cast<unsigned char>(text[begin]) & 0xC0) == 0x80);
      }
      begin = std::max(begin, done);
    }
    if (token.rstrip) {
      while (end < text.size()) {
        std::size_t next = end;
        if (!isWhiteSpace(nextCodePoint(text, next))) break;
        end = next;
      }
    }
    if (done < begin) onText(done, begin);
    onToken(token.id);
    done = end;
  }
  if (done < text.size()) onText(done, text.size());
}

void AddedTokens::extract(std::string_view text, const TextFn& onText,
                          const TokenFn& onToken) const {
  const auto normalizeAndCut = [&](std::size_t begin, std::size_t end) {
    Piece piece{std::string(text.substr(begin, end - begin)), 0};
    if (begin == 0) piece.originBytes = utf8Length(static_cast<unsigned char>(text[0]));
    if (normalizer_ != nullptr) normalizer_->normalize(piece);
    if (piece.text.empty()) return;
    cut(
        piece.text, normalized_,
        [&](std::size_t from, std::size_t to) {
          if (from == 0 && to == piece.text.size()) {
            onText(piece);
            return;
          }
          onText({piece.text.substr(from, to - from),
                  piece.originBytes > from ? piece.originBytes - from : 0});
        },
        onToken);
  };
  cut(text, raw_, normalizeAndCut, onToken);
}

}  // namespace kvloupe
