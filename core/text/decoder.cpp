// SPDX-License-Identifier: GPL-3.0-or-later
#include "text/decoder.hpp"

#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>

#include "text/byte_level.hpp"
#include "text/pattern.hpp"
#include "text/refusal.hpp"
#include "text/utf8.hpp"

namespace kvloupe {
namespace {

class ByteLevelDecoder : public Decoder {
 public:
  void decode(std::vector<std::string>& tokens) const override {
    std::string bytes;
    for (const std::string& token : tokens) bytes += charactersToBytes(token).value_or(token);
    tokens = {replaceInvalidUtf8(bytes)};
  }
};

/// Turns runs of <0xNN> into the characters that their bytes make; one U+FFFD a byte where they
/// make none.
class ByteFallbackDecoder : public Decoder {
 public:
  void decode(std::vector<std::string>& tokens) const override {
    std::vector<std::string> result;
    std::string bytes;
    const auto flush = [&] {
      if (bytes.empty()) return;
      if (!findInvalidUtf8(bytes)) {
        result.push_back(bytes);
      } else {
        result.insert(result.end(), bytes.size(), "\xEF\xBF\xBD");
      }
      bytes.clear();
    };
    for (std::string& token : tokens) {
      if (const auto byte = byteOf(token)) {
        bytes += static_cast<char>(*byte);
        continue;
      }
      flush();
      result.push_back(std::move(token));
    }
    flush();
    tokens = std::move(result);
  }

 private:
  static std::optional<unsigned> byteOf(const std::string& token) {
    if (token.size() != 6 || !token.starts_with("<0x") || token[5] != '>') return std::nullopt;
    unsigned value = 0;
    const char* end = token.data() + 5;
    const auto [last, error] = std::from_chars(token.data() + 3, end, value, 16);
    if (error != std::errc{} || last != end) return std::nullopt;
    return value;
  }
};

class FuseDecoder : public Decoder {
 public:
  void decode(std::vector<std::string>& tokens) const override {
    std::string all;
    for (const std::string& token : tokens) all += token;
    tokens = {std::move(all)};
  }
};

class ReplaceDecoder : public Decoder {
 public:
  ReplaceDecoder(Pattern pattern, std::string content)
      : pattern_(std::move(pattern)), content_(std::move(content)) {}
  void decode(std::vector<std::string>& tokens) const override {
    for (std::string& token : tokens) token = pattern_.replaced(token, content_);
  }

 private:
  Pattern pattern_;
  std::string content_;
};

/// Takes a character away from the ends of every token, at most so often.
class StripDecoder : public Decoder {
 public:
  StripDecoder(std::string content, std::int64_t start, std::int64_t stop)
      : content_(std::move(content)), start_(start), stop_(stop) {}
  void decode(std::vector<std::string>& tokens) const override {
    for (std::string& token : tokens) {
      std::size_t begin = 0, end = token.size();
      const std::size_t length = content_.size();
      for (std::int64_t i = 0; i < start_ && token.compare(begin, length, content_) == 0; ++i) {
        begin += length;
      }
      for (std::int64_t i = 0;
           i < stop_ && end - begin >= length && token.compare(end - length, length, content_) == 0;
           ++i) {
        end -= length;
      }
      token = token.substr(begin, end - begin);
    }
  }

 private:
  std::string content_;
  std::int64_t start_, stop_;
};

/// The meta character becomes a space, and nothing in the first token where one was prepended.
class MetaspaceDecoder : public Decoder {
 public:
  MetaspaceDecoder(std::string replacement, bool prepends)
      : replacement_(std::move(replacement)), prepends_(prepends) {}
  void decode(std::vector<std::string>& tokens) const override {
    const Pattern meta(replacement_);
    for (std::size_t i = 0; i < tokens.size(); ++i) {
      tokens[i] = meta.replaced(tokens[i], i == 0 && prepends_ ? "" : " ");
    }
  }

 private:
  std::string replacement_;
  bool prepends_;
};

class DecoderSequence : public Decoder {
 public:
  explicit DecoderSequence(std::vector<std::unique_ptr<Decoder>> steps)
      : steps_(std::move(steps)) {}
  void decode(std::vector<std::string>& tokens) const override {
    for (const auto& step : steps_) step->decode(tokens);
  }

 private:
  std::vector<std::unique_ptr<Decoder>> steps_;
};

std::string oneCharacter(const JsonValue& json) {
  const std::string_view text = json.asString();
  if (text.empty() || utf8Length(static_cast<unsigned char>(text[0])) != text.size()) {
    json.refuse("a text that is not one character", "one character");
  }
  return std::string(text);
}

}  // namespace

std::unique_ptr<Decoder> byteLevelDecoder() { return std::make_unique<ByteLevelDecoder>(); }

std::unique_ptr<Decoder> readDecoder(const JsonValue& json, const std::string& file) {
  const std::string_view type = json.asObject().requireString("type");
  if (type == "ByteLevel") return byteLevelDecoder();
  if (type == "ByteFallback") return std::make_unique<ByteFallbackDecoder>();
  if (type == "Fuse") return std::make_unique<FuseDecoder>();
  if (type == "Replace") {
    return std::make_unique<ReplaceDecoder>(Pattern::fromJson(json.at("pattern"), file),
                                            std::string(json.requireString("content")));
  }
  if (type == "Strip") {
    return std::make_unique<StripDecoder>(oneCharacter(json.at("content")),
                                          json.at("start").asInt(0, INT32_MAX),
                                          json.at("stop").asInt(0, INT32_MAX));
  }
  if (type == "Metaspace") {
    bool prepends = json.optionalBool("add_prefix_space").value_or(true);
    if (const auto scheme = json.optionalString("prepend_scheme")) prepends = *scheme != "never";
    return std::make_unique<MetaspaceDecoder>(oneCharacter(json.at("replacement")), prepends);
  }
  if (type == "Sequence") {
    std::vector<std::unique_ptr<Decoder>> steps;
    for (const JsonValue& step : json.requireArray("decoders")) {
      steps.push_back(readDecoder(step, file));
    }
    return std::make_unique<DecoderSequence>(std::move(steps));
  }
  refuseType(file, json, "decoder",
             "ByteLevel, ByteFallback, Fuse, Replace, Strip, Metaspace or Sequence");
}

}  // namespace kvloupe
