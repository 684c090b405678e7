// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "text/normalizer.hpp"

namespace kvloupe {

/// A token that is found in the text before the model sees it.
struct AddedToken {
  std::int32_t id = 0;
  std::string content;
  bool singleWord = false;  // not where a word goes on before or after it
  bool lstrip = false;      // takes the white space before it along
  bool rstrip = false;      // and behind it
  bool normalized = true;   // is looked for in normalized text, as it looks there
  bool special = false;
};

/// Finds byte strings, the longest at the leftmost place first.
class TokenTrie {
 public:
  TokenTrie() : nodes_(1) {}
  void insert(std::string_view text, std::uint32_t value);
  [[nodiscard]] bool empty() const { return nodes_.size() == 1; }

  struct Match {
    std::size_t length = 0;  // 0: none
    std::uint32_t value = 0;
  };
  /// The longest entry that begins at `offset`.
  [[nodiscard]] Match longestAt(std::string_view text, std::size_t offset) const;
  /// The next offset from `offset` on where an entry might begin; the end if there is none.
  [[nodiscard]] std::size_t candidateFrom(std::string_view text, std::size_t offset) const;

 private:
  struct Node {
    std::unordered_map<unsigned char, std::uint32_t> children;
    bool ends = false;
    std::uint32_t value = 0;
  };
  std::vector<Node> nodes_;
  std::array<bool, 256> begins_{};
};

/// The `added_tokens` of a tokenizer.json.
class AddedTokens {
 public:
  /// `normalizer` may be null; it must not outlive this.
  AddedTokens(std::vector<AddedToken> tokens, const Normalizer* normalizer);

  using TextFn = std::function<void(const Piece& normalized)>;
  using TokenFn = std::function<void(std::int32_t id)>;
  /// Tells the parts of a text in order: normalized text, and tokens found in it.
  void extract(std::string_view text, const TextFn& onText, const TokenFn& onToken) const;

  [[nodiscard]] const AddedToken* find(std::int32_t id) const;
  [[nodiscard]] const std::vector<AddedToken>& all() const { return tokens_; }

 private:
  template <typename OnText>
  void cut(std::string_view text, const TokenTrie& trie, const OnText& onText,
           const TokenFn& onToken) const;

  std::vector<AddedToken> tokens_;
  std::unordered_map<std::int32_t, std::size_t> byId_;
  const Normalizer* normalizer_;
  TokenTrie raw_;
  TokenTrie normalized_;
};

}  // namespace kvloupe
