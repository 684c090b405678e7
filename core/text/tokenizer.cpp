// SPDX-License-Identifier: GPL-3.0-or-later
#include "text/tokenizer.hpp"

#include <fmt/format.h>

#include <system_error>
#include <utility>

#include "common/error.hpp"
#include "io/json.hpp"
#include "text/file_bytes.hpp"
#include "text/tokenizer_files.hpp"

namespace kvloupe {
namespace {

constexpr std::uint64_t kMaxTokenizerBytes = std::uint64_t{1} << 28;

bool isThere(const std::filesystem::path& file) {
  std::error_code ignored;
  return std::filesystem::exists(file, ignored);
}

/// Whether tokenizer_config.json leaves the BOS of a lone tokenizer.model in place.
bool addsBos(const std::filesystem::path& modelFolder) {
  const std::filesystem::path file = modelFolder / "tokenizer_config.json";
  if (!isThere(file)) return true;
  const JsonDocument document = JsonDocument::parse(readTokenizerFile(file), file.string());
  return document.root().asObject().optionalBool("add_bos_token").value_or(true);
}

}  // namespace

std::string readTokenizerFile(const std::filesystem::path& file) {
  std::string bytes = readFileBytes(file, kMaxTokenizerBytes);
  const auto refuse = [&](std::string message, std::string advice) {
    throw Error(ErrorCode::Malformed, {.message = std::move(message),
                                       .file = file.string(),
                                       .place = {},
                                       .expected = "a tokenizer file",
                                       .found = {},
                                       .advice = std::move(advice)});
  };
  if (bytes.starts_with("version https://git-lfs")) {
    refuse("looks like a Git LFS pointer: the file was not downloaded", "Run git lfs pull");
  }
  if (bytes.starts_with("<!DOCTYPE") || bytes.starts_with("<!doctype") ||
      bytes.starts_with("<html")) {
    refuse("looks like a web page: the file was not downloaded", "Download the file itself");
  }
  return bytes;
}

std::unique_ptr<Tokenizer> openTokenizer(const std::filesystem::path& modelFolder) {
  if (const auto file = modelFolder / "tokenizer.json"; isThere(file)) {
    return readTokenizerJson(file);
  }
  if (const auto file = modelFolder / "tokenizer.model"; isThere(file)) {
    return readSentencePieceModel(file, addsBos(modelFolder));
  }
  if (isThere(modelFolder / "vocab.json") && isThere(modelFolder / "merges.txt")) {
    return readVocabAndMerges(modelFolder);
  }
  throw Error(ErrorCode::NotFound,
              {.message = "the model folder has no tokenizer",
               .file = modelFolder.string(),
               .place = {},
               .expected = "tokenizer.json, tokenizer.model, or vocab.json and merges.txt",
               .found = {},
               .advice = {}});
}

void checkTokenIds(std::span<const std::int32_t> ids, std::int64_t embeddingRows,
                   const Tokenizer& tokenizer) {
  for (std::size_t i = 0; i < ids.size(); ++i) {
    if (ids[i] >= 0 && ids[i] < embeddingRows) continue;
    throw Error(ErrorCode::Mismatch,
                {.message = "the tokenizer gives a token that the model does not have",
                 .file = {},
                 .place = fmt::format("token {} of the text", i),
                 .expected = fmt::format("ids below the {} rows of the embedding", embeddingRows),
                 .found = fmt::format("id {} (\"{}\")", ids[i], tokenizer.tokenText(ids[i])),
                 .advice = {}});
  }
}

}  // namespace kvloupe
