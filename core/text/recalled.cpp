// SPDX-License-Identifier: GPL-3.0-or-later
#include "text/recalled.hpp"

#include <fmt/format.h>

#include "common/error.hpp"
#include "io/json.hpp"
#include "io/model_folder.hpp"

namespace kvloupe {
namespace {

constexpr std::int64_t kMostBytes = std::int64_t{64} << 20;

}  // namespace

ByteSpans readRecalledSpans(const std::filesystem::path& text, std::size_t bytes) {
  std::filesystem::path file = text;
  file.replace_extension(".recall.json");
  std::error_code ignored;
  if (!std::filesystem::exists(file, ignored)) return {};
  const JsonDocument document =
      JsonDocument::parse(ReadableFile(file, file.string()).readAll(kMostBytes), file.string());
  const JsonValue root = document.root().asObject();
  if (const std::int64_t told = root.requireInt("bytes"); std::size_t(told) != bytes)
    throw Error(ErrorCode::Mismatch,
                {.message = "the recalled words are those of another text",
                 .file = file.string(),
                 .place = "bytes",
                 .expected = fmt::format("{}, the length of {}", bytes, text.string()),
                 .found = fmt::format("{}", told),
                 .advice = "Remove the file, or put the one of this text in its place"});
  ByteSpans spans;
  std::size_t last = 0;
  for (const JsonValue& span : root.requireArray("spans")) {
    std::vector<std::size_t> ends;
    for (const JsonValue& end : span.asArray())
      ends.push_back(std::size_t(end.asInt(std::int64_t(last), std::int64_t(bytes))));
    if (ends.size() != 2 || ends[0] >= ends[1])
      span.refuse("a recalled span is not one", "two ascending byte offsets");
    spans.emplace_back(ends[0], ends[1]);
    last = ends[1];
  }
  return spans;
}

std::vector<std::uint8_t> recalledTokens(const Tokenizer& tokenizer,
                                         std::span<const std::int32_t> ids, std::string_view utf8,
                                         const ByteSpans& spans) {
  std::vector<std::uint8_t> recalled;
  std::size_t at = 0;
  auto span = spans.begin();
  for (const std::int32_t id : ids) {
    const std::string text = tokenizer.tokenText(id);
    if (utf8.substr(at, text.size()) != text) return {};
    const std::size_t end = at + text.size();
    while (span != spans.end() && span->second <= at) ++span;
    recalled.push_back(span != spans.end() && span->first < end && at < span->second ? 1 : 0);
    at = end;
  }
  if (at != utf8.size()) return {};
  return recalled;
}

}  // namespace kvloupe
