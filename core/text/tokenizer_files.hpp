// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "text/tokenizer.hpp"

namespace kvloupe {

/// Bytes of a file of a tokenizer; a Git LFS pointer or a web page in its place is refused as such.
std::string readTokenizerFile(const std::filesystem::path& file);

/// The text of a tokenizer.json; `file` is the name that messages carry.
std::unique_ptr<Tokenizer> parseTokenizerJson(std::string_view json, const std::string& file);

/// tokenizer.model, a SentencePiece model; `addBos` puts its BOS before every text.
std::unique_ptr<Tokenizer> readSentencePieceModel(const std::filesystem::path& file, bool addBos);

/// vocab.json and merges.txt of a folder, with what tokenizer_config.json says of them.
std::unique_ptr<Tokenizer> readVocabAndMerges(const std::filesystem::path& folder);

}  // namespace kvloupe
