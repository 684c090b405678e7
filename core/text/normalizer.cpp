// SPDX-License-Identifier: GPL-3.0-or-later
#include "text/normalizer.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "text/byte_level.hpp"
#include "text/pattern.hpp"
#include "text/refusal.hpp"
#include "text/unicode.hpp"
#include "text/utf8.hpp"

namespace kvloupe {
namespace {

std::size_t firstCharacterBytes(const std::string& text) {
  return text.empty() ? 0 : utf8Length(static_cast<unsigned char>(text[0]));
}

/// Rewrites every character by `write(std::string&, char32_t)`.
template <typename Write>
void rewriteCharacters(Piece& piece, const Write& write) {
  std::string result;
  result.reserve(piece.text.size());
  std::size_t originBytes = 0;
  for (std::size_t at = 0; at < piece.text.size();) {
    const bool fromOrigin = at < piece.originBytes;
    write(result, nextCodePoint(piece.text, at));
    if (fromOrigin) originBytes = result.size();
  }
  piece.text = std::move(result);
  piece.originBytes = originBytes;
}

class UnicodeNormalizer : public Normalizer {
 public:
  explicit UnicodeNormalizer(NormalizationForm form) : form_(form) {}
  void normalize(Piece& piece) const override {
    piece.text = normalizeUnicode(form_, piece.text);
    if (piece.originBytes > 0) piece.originBytes = firstCharacterBytes(piece.text);
  }

 private:
  NormalizationForm form_;
};

class LowercaseNormalizer : public Normalizer {
 public:
  void normalize(Piece& piece) const override { rewriteCharacters(piece, appendLowercase); }
};

class StripAccentsNormalizer : public Normalizer {
 public:
  void normalize(Piece& piece) const override {
    rewriteCharacters(piece, [](std::string& text, char32_t point) {
      if (!isMark(point)) appendUtf8(text, point);
    });
  }
};

/// The rules of SentencePiece's "nmt" normalization: control characters go, odd spaces become one.
class NmtNormalizer : public Normalizer {
 public:
  void normalize(Piece& piece) const override {
    rewriteCharacters(piece, [](std::string& text, char32_t c) {
      const bool dropped = (c >= 0x1 && c <= 0x8) || c == 0xB || (c >= 0xE && c <= 0x1F) ||
                           c == 0x7F || c == 0x8F || c == 0x9F;
      if (dropped) return;
      const bool space = c == 0x9 || c == 0xA || c == 0xC || c == 0xD || c == 0x1680 ||
                         (c >= 0x200B && c <= 0x200F) || c == 0x2028 || c == 0x2029 ||
                         c == 0x2581 || c == 0xFEFF || c == 0xFFFD;
      appendUtf8(text, space ? U' ' : c);
    });
  }
};

class StripNormalizer : public Normalizer {
 public:
  StripNormalizer(bool left, bool right) : left_(left), right_(right) {}
  void normalize(Piece& piece) const override {
    std::string& text = piece.text;
    if (right_) {
      while (!text.empty()) {
        const char32_t last = lastCodePoint(text);
        if (!isWhiteSpace(last)) break;
        std::size_t end = text.size() - 1;
        while ((static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
        text.resize(end);
      }
    }
    if (left_) {
      std::size_t begin = 0;
      while (begin < text.size()) {
        std::size_t next = begin;
        if (!isWhiteSpace(nextCodePoint(text, next))) break;
        begin = next;
      }
      text.erase(0, begin);
      piece.originBytes -= std::min(piece.originBytes, begin);
    }
    piece.originBytes = std::min(piece.originBytes, text.size());
  }

 private:
  bool left_, right_;
};

class PrependNormalizer : public Normalizer {
 public:
  explicit PrependNormalizer(std::string text) : text_(std::move(text)) {}
  void normalize(Piece& piece) const override {
    if (piece.text.empty()) return;
    piece.text.insert(0, text_);
    if (piece.originBytes > 0) piece.originBytes += text_.size();
  }

 private:
  std::string text_;
};

class ReplaceNormalizer : public Normalizer {
 public:
  ReplaceNormalizer(Pattern pattern, std::string content)
      : pattern_(std::move(pattern)), content_(std::move(content)) {}
  void normalize(Piece& piece) const override {
    piece.text = pattern_.replaced(piece.text, content_);
    if (piece.originBytes > 0) piece.originBytes = firstCharacterBytes(piece.text);
  }

 private:
  Pattern pattern_;
  std::string content_;
};

class ByteLevelNormalizer : public Normalizer {
 public:
  void normalize(Piece& piece) const override {
    const std::string origin = piece.text.substr(0, piece.originBytes);
    piece.text = bytesToCharacters(piece.text);
    piece.originBytes = bytesToCharacters(origin).size();
  }
};

class NormalizerSequence : public Normalizer {
 public:
  explicit NormalizerSequence(std::vector<std::unique_ptr<Normalizer>> steps)
      : steps_(std::move(steps)) {}
  void normalize(Piece& piece) const override {
    for (const auto& step : steps_) step->normalize(piece);
  }

 private:
  std::vector<std::unique_ptr<Normalizer>> steps_;
};

}  // namespace

std::unique_ptr<Normalizer> nfcNormalizer() {
  return std::make_unique<UnicodeNormalizer>(NormalizationForm::Nfc);
}

std::unique_ptr<Normalizer> readNormalizer(const JsonValue& json, const std::string& file) {
  const std::string_view type = json.asObject().requireString("type");
  if (type == "NFC") return nfcNormalizer();
  if (type == "NFD") return std::make_unique<UnicodeNormalizer>(NormalizationForm::Nfd);
  if (type == "NFKC") return std::make_unique<UnicodeNormalizer>(NormalizationForm::Nfkc);
  if (type == "NFKD") return std::make_unique<UnicodeNormalizer>(NormalizationForm::Nfkd);
  if (type == "Lowercase") return std::make_unique<LowercaseNormalizer>();
  if (type == "StripAccents") return std::make_unique<StripAccentsNormalizer>();
  if (type == "Nmt") return std::make_unique<NmtNormalizer>();
  if (type == "ByteLevel") return std::make_unique<ByteLevelNormalizer>();
  if (type == "Strip") {
    return std::make_unique<StripNormalizer>(json.requireBool("strip_left"),
                                             json.requireBool("strip_right"));
  }
  if (type == "Prepend") {
    return std::make_unique<PrependNormalizer>(std::string(json.requireString("prepend")));
  }
  if (type == "Replace") {
    return std::make_unique<ReplaceNormalizer>(Pattern::fromJson(json.at("pattern"), file),
                                               std::string(json.requireString("content")));
  }
  if (type == "Sequence") {
    std::vector<std::unique_ptr<Normalizer>> steps;
    for (const JsonValue& step : json.requireArray("normalizers")) {
      steps.push_back(readNormalizer(step, file));
    }
    return std::make_unique<NormalizerSequence>(std::move(steps));
  }
  refuseType(file, json, "normalizer",
             "NFC, NFD, NFKC, NFKD, Lowercase, Strip, StripAccents, Nmt, Prepend, Replace, "
             "ByteLevel or Sequence");
}

}  // namespace kvloupe
