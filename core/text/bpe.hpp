// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <bitset>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "text/merge_table.hpp"
#include "text/vocabulary.hpp"
#include "text/word_cache.hpp"

namespace kvloupe {

struct BpeOptions {
  std::optional<std::int32_t> unkId;
  std::string continuingSubwordPrefix;
  std::string endOfWordSuffix;
  bool fuseUnk = false;
  bool byteFallback = false;
  bool ignoreMerges = false;  // a piece that is a token by itself is that token
};

/// A merge as a tokenizer file has it: the two parts as written.
struct MergeRule {
  std::string_view left;
  std::string_view right;
};

/// Byte-pair encoding (Sennrich et al., arXiv:1508.07909) as the `tokenizers` library runs it:
/// characters, then always the merge of lowest rank, leftmost first.
class BpeModel {
 public:
  /// `rules` in the order of their rank; `mergesPlace` is where they stand in `file`. Throws Error
  /// Mismatch for a merge whose part or result is not in the vocabulary, Malformed for byte tokens
  /// that are misspelt or incomplete although byte fallback is on.
  BpeModel(Vocabulary vocabulary, const std::vector<MergeRule>& rules, BpeOptions options,
           const std::string& file, const std::string& mergesPlace);

  /// Appends the ids of one pre-tokenized piece of well-formed UTF-8.
  void encode(std::string_view piece, WordCache& cache, std::vector<std::int32_t>& ids) const;

  [[nodiscard]] const Vocabulary& vocabulary() const { return vocabulary_; }
  [[nodiscard]] const BpeOptions& options() const { return options_; }

 private:
  void readByteTokens(const std::string& file);
  void addRule(const MergeRule& rule, std::uint32_t rank, const std::string& file,
               const std::string& mergesPlace);
  [[nodiscard]] bool mayJoin(char32_t left, char32_t right) const;
  void encodeWord(std::string_view word, WordCache& cache, std::vector<std::int32_t>& ids) const;
  [[nodiscard]] std::vector<std::int32_t> characters(std::string_view word) const;

  Vocabulary vocabulary_;
  BpeOptions options_;
  MergeTable merges_;
  std::array<std::int32_t, 256> byteIds_{};  // of <0x00>..<0xFF>; all -1 where there are none
  // No merge reaches across two characters that are not the last of a left and the first of a right
  // part. A piece cut there gives the same ids, and words that recur are then found in the cache.
  bool cuttable_ = true;
  std::bitset<128 * 128> asciiJoins_;
  std::unordered_set<std::uint64_t> joins_;
};

}  // namespace kvloupe
