// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "text/tokenizer.hpp"

namespace kvloupe {

/// A text to stream through a model.
struct Text {
  std::string path;
  std::string name;    // of the file, without its folder
  std::string utf8;    // well-formed, no byte order mark, no NUL; documents one after the other
  std::string sha256;  // of the file's bytes, lower-case hex
  /// Where documents begin in `utf8`, the first at 0: one for plain text, one per line of a .jsonl.
  std::vector<std::size_t> documents;
};

/// Reads plain UTF-8, or, where the name ends in .jsonl, one JSON object a line whose `text` is a
/// document; empty documents are left out.
///
/// Throws Error: NotFound for a missing file; Malformed for a folder or an empty text;
/// Malformed for binary content, invalid UTF-8 (with the offset) or a bad line of JSON; Io.
Text readText(const std::filesystem::path& file);

/// Ids of all documents, one after the other, each with what the tokenizer adds to a text.
std::vector<std::int32_t> encodeText(const Tokenizer& tokenizer, const Text& text);

}  // namespace kvloupe
