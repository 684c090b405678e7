// SPDX-License-Identifier: GPL-3.0-or-later
#include "text/tokenizer.hpp"

#include <fmt/format.h>

#include "common/error.hpp"
#include "io/json.hpp"
#include "io/model_folder.hpp"
#include "text/tokenizer_files.hpp"

namespace kvloupe {
namespace {

constexpr std::int64_t kMaxTokenizerBytes = std::int64_t{64} << 20;

/// Whether tokenizer_config.json leaves the BOS of a lone tokenizer.model in place.
bool addsBos(const std::filesystem::path& modelFolder) {
  if (!ModelFolder(modelFolder).has("tokenizer_config.json")) return true;
  const std::filesystem::path file = modelFolder / "tokenizer_config.json";
  const JsonDocument document = JsonDocument::parse(readTokenizerFile(file), file.string());
  return document.root().asObject().optionalBool("add_bos_token").value_or(true);
}

}  // namespace

std::string readTokenizerFile(const std::filesystem::path& file) {
  return ModelFolder(file.parent_path()).readText(file.filename().string(), kMaxTokenizerBytes);
}

std::unique_ptr<Tokenizer> openTokenizer(const std::filesystem::path& modelFolder) {
  const ModelFolder folder(modelFolder);
  if (folder.has("tokenizer.json")) {
    const std::filesystem::path file = modelFolder / "tokenizer.json";
    return parseTokenizerJson(readTokenizerFile(file), file.string());
  }
  if (folder.has("tokenizer.model"))
    return readSentencePieceModel(modelFolder / "tokenizer.model", addsBos(modelFolder));
  if (folder.has("vocab.json") && folder.has("merges.txt")) return readVocabAndMerges(modelFolder);
  throw Error(ErrorCode::NotFound,
              {.message = "the model folder has no tokenizer",
               .file = modelFolder.string(),
               .place = {},
               .expected = "tokenizer.json, tokenizer.model, or vocab.json and merges.txt",
               .found = "none of them",
               .advice = {}});
}

void checkTokenIds(std::span<const std::int32_t> ids, std::int64_t embeddingRows,
                   const Tokenizer& tokenizer, const std::string& folder) {
  for (std::size_t i = 0; i < ids.size(); ++i) {
    if (ids[i] >= 0 && ids[i] < embeddingRows) continue;
    throw Error(ErrorCode::Mismatch,
                {.message = "the tokenizer gives a token that the model does not have",
                 .file = folder,
                 .place = fmt::format("token {} of the text", i),
                 .expected = fmt::format("ids below the {} rows of the embedding", embeddingRows),
                 .found = fmt::format("id {} (\"{}\")", ids[i], tokenizer.tokenText(ids[i])),
                 .advice = {}});
  }
}

}  // namespace kvloupe
