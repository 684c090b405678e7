// SPDX-License-Identifier: GPL-3.0-or-later
#include "text/bpe.hpp"

#include <fmt/format.h>

#include <utility>

#include "common/error.hpp"
#include "text/bpe_merge.hpp"
#include "text/utf8.hpp"

namespace kvloupe {
namespace {

constexpr std::size_t kLongestCached = 256;
constexpr std::size_t kShortestCut = 32;
constexpr std::size_t kLongestWord = std::size_t{1} << 31;

/// The byte that <0xNN> stands for; -1 if the token is not of that form, -2 if it is misspelt.
int byteOfToken(std::string_view token) {
  if (!token.starts_with("<0x") || !token.ends_with('>')) return -1;
  int value = 0;
  const std::string_view digits = token.substr(3, token.size() - 4);
  if (digits.size() != 2) return -2;
  for (const char c : digits) {
    if (c >= '0' && c <= '9') {
      value = value * 16 + (c - '0');
    } else if (c >= 'A' && c <= 'F') {
      value = value * 16 + (c - 'A' + 10);
    } else {
      return -2;
    }
  }
  return value;
}

std::uint64_t joinKey(char32_t left, char32_t right) {
  return static_cast<std::uint64_t>(left) << 32 | right;
}

}  // namespace

BpeModel::BpeModel(Vocabulary vocabulary, const std::vector<MergeRule>& rules, BpeOptions options,
                   const std::string& file, const std::string& mergesPlace)
    : vocabulary_(std::move(vocabulary)), options_(std::move(options)), merges_(rules.size()) {
  byteIds_.fill(-1);
  if (options_.byteFallback) readByteTokens(file);
  cuttable_ = options_.continuingSubwordPrefix.empty() && options_.endOfWordSuffix.empty();
  std::uint32_t rank = 0;
  for (const MergeRule& rule : rules) addRule(rule, rank++, file, mergesPlace);
}

void BpeModel::readByteTokens(const std::string& file) {
  int found = 0;
  const auto refuse = [&](std::string message, std::string what, std::string expected) {
    throw Error(ErrorCode::Malformed, {.message = std::move(message),
                                       .file = file,
                                       .place = "model.vocab",
                                       .expected = std::move(expected),
                                       .found = std::move(what),
                                       .advice = {}});
  };
  for (const auto& [id, token] : vocabulary_.all()) {
    const int byte = byteOfToken(token);
    if (byte == -2) refuse("a bad byte token", fmt::format("\"{}\"", token), "<0x00> to <0xFF>");
    if (byte < 0) continue;
    byteIds_[static_cast<std::size_t>(byte)] = id;
    ++found;
  }
  if (found == 0 || found == 256) return;
  for (unsigned byte = 0; byte < 256; ++byte) {
    if (byteIds_[byte] < 0) {
      refuse("byte fallback with byte tokens missing",
             fmt::format("{} of them, not <0x{:02X}>", found, byte), "all 256 or none");
    }
  }
}

void BpeModel::addRule(const MergeRule& rule, std::uint32_t rank, const std::string& file,
                       const std::string& mergesPlace) {
  const auto refuse = [&](std::string message, std::string_view token) {
    throw Error(ErrorCode::Mismatch, {.message = std::move(message),
                                      .file = file,
                                      .place = fmt::format("{}[{}]", mergesPlace, rank),
                                      .expected = "a token of the vocabulary",
                                      .found = fmt::format("\"{}\"", token),
                                      .advice = {}});
  };
  const auto left = vocabulary_.find(rule.left);
  if (!left) refuse("a merge whose left part is not in the vocabulary", rule.left);
  const auto right = vocabulary_.find(rule.right);
  if (!right) refuse("a merge whose right part is not in the vocabulary", rule.right);
  const std::size_t prefix = options_.continuingSubwordPrefix.size();
  if (rule.right.size() < prefix) {
    refuse("a merge whose right part is shorter than the subword prefix", rule.right);
  }
  const std::string joined = std::string(rule.left) + std::string(rule.right.substr(prefix));
  const auto result = vocabulary_.find(joined);
  if (!result) refuse("a merge whose result is not in the vocabulary", joined);
  merges_.insert(*left, *right, {rank, *result});

  // An unknown character or a byte may be any character of the text: cutting would be a guess.
  const bool stands = *left == options_.unkId || *right == options_.unkId ||
                      byteOfToken(rule.left) >= 0 || byteOfToken(rule.right) >= 0;
  if (stands || rule.left.empty() || rule.right.empty()) {
    cuttable_ = false;
    return;
  }
  std::size_t at = 0;
  const char32_t last = lastCodePoint(rule.left);
  const char32_t first = nextCodePoint(rule.right, at);
  if (last < 128 && first < 128) {
    asciiJoins_.set(last * 128 + first);
  } else {
    joins_.insert(joinKey(last, first));
  }
}

bool BpeModel::mayJoin(char32_t left, char32_t right) const {
  if (left < 128 && right < 128) return asciiJoins_.test(left * 128 + right);
  return joins_.contains(joinKey(left, right));
}

void BpeModel::encode(std::string_view piece, WordCache& cache,
                      std::vector<std::int32_t>& ids) const {
  if (piece.empty()) return;
  if (options_.ignoreMerges) {
    if (const auto id = vocabulary_.find(piece)) {
      ids.push_back(*id);
      return;
    }
  }
  if (!cuttable_ || piece.size() < kShortestCut) {
    encodeWord(piece, cache, ids);
    return;
  }
  // Neighbouring unknown characters may become one token, so only known ones are cut apart.
  const bool allKnown = byteIds_[0] >= 0;
  const auto isKnown = [&](std::size_t begin, std::size_t end) {
    return allKnown || vocabulary_.find(piece.substr(begin, end - begin)).has_value();
  };
  std::size_t wordBegin = 0, lastBegin = 0, at = 0;
  char32_t last = nextCodePoint(piece, at);
  while (at < piece.size()) {
    const std::size_t begin = at;
    const char32_t point = nextCodePoint(piece, at);
    if (!mayJoin(last, point) && isKnown(lastBegin, begin) && isKnown(begin, at)) {
      encodeWord(piece.substr(wordBegin, begin - wordBegin), cache, ids);
      wordBegin = begin;
    }
    last = point;
    lastBegin = begin;
  }
  encodeWord(piece.substr(wordBegin), cache, ids);
}

void BpeModel::encodeWord(std::string_view word, WordCache& cache,
                          std::vector<std::int32_t>& ids) const {
  const bool cached = word.size() <= kLongestCached;
  if (cached) {
    if (const auto* known = cache.find(word)) {
      ids.insert(ids.end(), known->begin(), known->end());
      return;
    }
  }
  if (word.size() >= kLongestWord) {
    throw Error(ErrorCode::InvalidArgument,
                {.message = "a single word of the text is too long",
                 .file = {},
                 .place = {},
                 .expected = fmt::format("under {} bytes", kLongestWord),
                 .found = fmt::format("{} bytes", word.size()),
                 .advice = {}});
  }
  std::vector<std::int32_t> symbols = characters(word);
  applyMerges(merges_, symbols);
  ids.insert(ids.end(), symbols.begin(), symbols.end());
  if (cached) cache.insert(word, symbols.data(), symbols.size());
}

std::vector<std::int32_t> BpeModel::characters(std::string_view word) const {
  std::vector<std::int32_t> symbols;
  symbols.reserve(word.size());
  bool unknown = false;  // an unknown token that is still to be written
  std::string decorated;
  for (std::size_t at = 0; at < word.size();) {
    const std::size_t begin = at;
    at += utf8Length(static_cast<unsigned char>(word[at]));
    std::string_view character = word.substr(begin, at - begin);
    const bool prefixed = begin > 0 && !options_.continuingSubwordPrefix.empty();
    const bool suffixed = at == word.size() && !options_.endOfWordSuffix.empty();
    if (prefixed || suffixed) {
      decorated.clear();
      if (prefixed) decorated += options_.continuingSubwordPrefix;
      decorated += character;
      if (suffixed) decorated += options_.endOfWordSuffix;
      character = decorated;
    }
    if (const auto id = vocabulary_.find(character)) {
      if (unknown) symbols.push_back(*options_.unkId);
      unknown = false;
      symbols.push_back(*id);
    } else if (byteIds_[0] >= 0) {
      for (const char byte : character) {
        symbols.push_back(byteIds_[static_cast<unsigned char>(byte)]);
      }
    } else if (options_.unkId) {
      if (unknown && !options_.fuseUnk) symbols.push_back(*options_.unkId);
      unknown = true;
    }
  }
  if (unknown) symbols.push_back(*options_.unkId);
  return symbols;
}

}  // namespace kvloupe
