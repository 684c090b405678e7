// SPDX-License-Identifier: GPL-3.0-or-later
#include <fmt/format.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/error.hpp"
#include "io/json.hpp"
#include "io/model_folder.hpp"
#include "text/bpe_tokenizer.hpp"
#include "text/byte_level.hpp"
#include "text/refusal.hpp"
#include "text/tokenizer_files.hpp"
#include "text/utf8.hpp"

namespace kvloupe {
namespace {

constexpr std::string_view kQwen2Split =
    R"((?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|)"
    R"(\s*[\r\n]+|\s+(?!\S)|\s+)";

constexpr std::string_view kEndOfText = "<|endoftext|>";

std::vector<MergeRule> readMergeLines(std::string_view text, const std::string& file) {
  std::vector<MergeRule> rules;
  std::size_t number = 0;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    std::string_view line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    ++number;
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.empty() || line.starts_with("#version")) continue;
    const std::size_t space = line.find(' ');
    if (space == std::string_view::npos || line.find(' ', space + 1) != std::string_view::npos) {
      throw Error(ErrorCode::Malformed, {.message = "a merge that is no pair",
                                         .file = file,
                                         .place = fmt::format("line {}", number),
                                         .expected = "two tokens with a space between them",
                                         .found = fmt::format("\"{}\"", line.substr(0, 60)),
                                         .advice = {}});
    }
    rules.push_back({line.substr(0, space), line.substr(space + 1)});
  }
  return rules;
}

/// added_tokens_decoder of tokenizer_config.json: an object of tokens by their id.
std::vector<AddedToken> readAddedTokens(const JsonValue& json, const Vocabulary& vocabulary,
                                        const std::string& file) {
  std::vector<AddedToken> tokens;
  for (const JsonValue& entry : json) {
    AddedToken token;
    std::int64_t id = 0;
    for (const char c : entry.key()) {
      id = c >= '0' && c <= '9' && id <= kMaxTokenId ? id * 10 + (c - '0') : INT64_MAX;
      if (id > kMaxTokenId) break;
    }
    if (id > kMaxTokenId || entry.key().empty()) {
      refuseValue(ErrorCode::Malformed, file, entry, "an added token whose key is no id",
                  fmt::format("a whole number up to {}", kMaxTokenId));
    }
    token.id = static_cast<std::int32_t>(id);
    token.content = entry.asObject().requireString("content");
    token.singleWord = entry.optionalBool("single_word").value_or(false);
    token.lstrip = entry.optionalBool("lstrip").value_or(false);
    token.rstrip = entry.optionalBool("rstrip").value_or(false);
    token.special = entry.optionalBool("special").value_or(false);
    token.normalized = entry.optionalBool("normalized").value_or(!token.special);
    const auto owner = vocabulary.token(token.id);
    const auto known = vocabulary.find(token.content);
    if ((owner && *owner != token.content) || (known && *known != token.id)) {
      refuseValue(ErrorCode::Mismatch, file, entry,
                  fmt::format("the added token \"{}\" clashes with vocab.json", token.content),
                  "the same id in both");
    }
    tokens.push_back(std::move(token));
  }
  return tokens;
}

}  // namespace

std::unique_ptr<Tokenizer> readVocabAndMerges(const std::filesystem::path& folder) {
  const std::filesystem::path vocabPath = folder / "vocab.json";
  const std::filesystem::path mergesPath = folder / "merges.txt";
  const std::filesystem::path configPath = folder / "tokenizer_config.json";

  const JsonDocument vocabDocument =
      JsonDocument::parse(readTokenizerFile(vocabPath), vocabPath.string());
  Vocabulary vocabulary = Vocabulary::fromJson(vocabDocument.root(), vocabPath.string());
  const std::string merges = readTokenizerFile(mergesPath);
  if (const auto bad = findInvalidUtf8(merges)) {
    throw Error(ErrorCode::Malformed, {.message = "the file is not UTF-8",
                                       .file = mergesPath.string(),
                                       .place = fmt::format("byte {}", *bad),
                                       .expected = "UTF-8",
                                       .found = {},
                                       .advice = {}});
  }

  BpeTokenizerParts parts;
  parts.fileName = "vocab.json and merges.txt";
  parts.byteLevel = true;
  parts.decoder = byteLevelDecoder();
  std::string_view split = kGpt2Split;
  bool addPrefixSpace = false;
  if (ModelFolder(folder).has("tokenizer_config.json")) {
    const std::string file = configPath.string();
    const JsonDocument config = JsonDocument::parse(readTokenizerFile(configPath), file);
    const JsonValue root = config.root();
    root.asObject();
    std::string_view kind = root.optionalString("tokenizer_class").value_or("GPT2Tokenizer");
    if (kind.ends_with("Fast")) kind.remove_suffix(4);
    if (kind == "Qwen2Tokenizer") {
      split = kQwen2Split;
      parts.normalizer = nfcNormalizer();
    } else if (kind != "GPT2Tokenizer") {
      refuseValue(ErrorCode::Unsupported, file, root.at("tokenizer_class"),
                  "vocab.json and merges.txt of a kind that is not supported",
                  "GPT2Tokenizer or Qwen2Tokenizer, or a tokenizer.json");
    }
    addPrefixSpace = root.optionalBool("add_prefix_space").value_or(false);
    if (const auto added = root.optionalObject("added_tokens_decoder")) {
      parts.addedTokens = readAddedTokens(*added, vocabulary, file);
    }
  }
  if (parts.addedTokens.empty()) {
    if (const auto end = vocabulary.find(kEndOfText)) {
      parts.addedTokens.push_back(
          {.id = *end, .content = std::string(kEndOfText), .normalized = false, .special = true});
    }
  }
  parts.preTokenizer = byteLevelPreTokenizer(split, addPrefixSpace);
  parts.model =
      std::make_unique<BpeModel>(std::move(vocabulary), readMergeLines(merges, mergesPath.string()),
                                 BpeOptions{}, mergesPath.string(), "merge");
  return std::make_unique<BpeTokenizer>(std::move(parts));
}

}  // namespace kvloupe
