// SPDX-License-Identifier: GPL-3.0-or-later
#include "text/corpus.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>

#include "common/error.hpp"
#include "common/hashing.hpp"
#include "io/json.hpp"
#include "text/file_bytes.hpp"
#include "text/utf8.hpp"

namespace kvloupe {
namespace {

constexpr std::uint64_t kMaxTextBytes = std::uint64_t{1} << 32;
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

[[noreturn]] void refuseText(ErrorCode code, const std::string& file, std::string message,
                             std::string place, std::string found) {
  throw Error(code, {.message = std::move(message),
                     .file = file,
                     .place = std::move(place),
                     .expected = "a text in UTF-8",
                     .found = std::move(found),
                     .advice = {}});
}

void checkBytes(std::string_view bytes, const std::string& file) {
  if (bytes.empty()) refuseText(ErrorCode::Malformed, file, "the text is empty", {}, {});
  if (bytes.starts_with("\xFF\xFE") || bytes.starts_with("\xFE\xFF")) {
    refuseText(ErrorCode::Malformed, file, "looks like UTF-16, save it as UTF-8", {},
               fmt::format("byte 0x{:02X} at offset 0", static_cast<unsigned char>(bytes[0])));
  }
  const std::size_t nul = bytes.find('\0');
  const std::optional<std::size_t> invalid = findInvalidUtf8(bytes);
  if (nul == std::string_view::npos && !invalid) return;
  const std::size_t at = std::min(nul, invalid.value_or(nul));
  const auto byte = static_cast<unsigned char>(bytes[at]);
  if (nul != std::string_view::npos) {
    refuseText(ErrorCode::Malformed, file,
               fmt::format("looks like a binary file: byte 0x{:02X} at offset {}", byte, at), {},
               {});
  }
  refuseText(ErrorCode::Malformed, file, "the text is not UTF-8", fmt::format("offset {}", at),
             fmt::format("byte 0x{:02X}", byte));
}

/// One document a line: {"text": "..."}.
void readDocuments(std::string_view lines, Text& text) {
  std::size_t number = 0;
  while (!lines.empty()) {
    const std::size_t end = lines.find('\n');
    const std::string_view line = lines.substr(0, end);
    lines.remove_prefix(end == std::string_view::npos ? lines.size() : end + 1);
    ++number;
    if (line.find_first_not_of(" \t\r") == std::string_view::npos) continue;
    try {
      const JsonDocument document = JsonDocument::parse(line, text.path);
      const std::string_view content = document.root().asObject().requireString("text");
      if (content.find('\0') != std::string_view::npos) {
        document.root().at("text").refuse("a document with a NUL character", "text");
      }
      if (content.empty()) continue;
      text.documents.push_back(text.utf8.size());
      text.utf8 += content;
    } catch (const Error& error) {
      ErrorDetail detail = error.detail();
      detail.place = detail.place.empty() ? fmt::format("line {}", number)
                                          : fmt::format("line {}, {}", number, detail.place);
      throw Error(error.code(), std::move(detail));
    }
  }
  if (text.documents.empty()) {
    refuseText(ErrorCode::Malformed, text.path, "the text is empty", {}, "no document");
  }
}

}  // namespace

Text readText(const std::filesystem::path& file) {
  Text text;
  text.path = file.string();
  text.name = file.filename().string();
  std::string bytes = readFileBytes(file, kMaxTextBytes);
  checkBytes(bytes, text.path);
  text.sha256 = sha256Hex(bytes);
  if (bytes.starts_with(kByteOrderMark)) bytes.erase(0, kByteOrderMark.size());
  if (bytes.empty()) {
    refuseText(ErrorCode::Malformed, text.path, "the text is empty", {}, "a byte order mark alone");
  }
  if (file.extension() == ".jsonl") {
    readDocuments(bytes, text);
  } else {
    text.utf8 = std::move(bytes);
    text.documents = {0};
  }
  return text;
}

std::vector<std::int32_t> encodeText(const Tokenizer& tokenizer, const Text& text) {
  std::vector<std::int32_t> ids;
  for (std::size_t i = 0; i < text.documents.size(); ++i) {
    const std::size_t begin = text.documents[i];
    const std::size_t end =
        i + 1 < text.documents.size() ? text.documents[i + 1] : text.utf8.size();
    const std::vector<std::int32_t> document =
        tokenizer.encode(std::string_view(text.utf8).substr(begin, end - begin));
    ids.insert(ids.end(), document.begin(), document.end());
  }
  return ids;
}

}  // namespace kvloupe
