// SPDX-License-Identifier: GPL-3.0-or-later
#include "text/pre_tokenizer.hpp"

#include <utility>
#include <vector>

#include "text/byte_level.hpp"
#include "text/pattern.hpp"
#include "text/refusal.hpp"
#include "text/split_behavior.hpp"
#include "text/unicode.hpp"
#include "text/utf8.hpp"

namespace kvloupe {
namespace {

/// Splits at every character of a class.
template <typename IsDelimiter>
void splitAtCharacters(const PieceView& piece, SplitBehavior behavior,
                       const IsDelimiter& isDelimiter, const PieceFn& next) {
  Splitter splitter(piece, behavior, false, next);
  for (std::size_t at = 0; at < piece.text.size();) {
    const std::size_t begin = at;
    if (isDelimiter(nextCodePoint(piece.text, at))) splitter.delimiter(begin, at);
  }
  splitter.finish();
}

class SplitPreTokenizer : public PreTokenizer {
 public:
  SplitPreTokenizer(Pattern pattern, SplitBehavior behavior, bool invert)
      : pattern_(std::move(pattern)), behavior_(behavior), invert_(invert) {}
  void split(const PieceView& piece, const PieceFn& next) const override {
    Splitter splitter(piece, behavior_, invert_, next);
    pattern_.forEachMatch(
        piece.text, [&](std::size_t begin, std::size_t end) { splitter.delimiter(begin, end); });
    splitter.finish();
  }

 private:
  Pattern pattern_;
  SplitBehavior behavior_;
  bool invert_;
};

class ByteLevelPreTokenizer : public PreTokenizer {
 public:
  ByteLevelPreTokenizer(bool addPrefixSpace, std::unique_ptr<Pattern> words)
      : addPrefixSpace_(addPrefixSpace), words_(std::move(words)) {}

  void split(const PieceView& piece, const PieceFn& next) const override {
    if (!addPrefixSpace_ || piece.text.starts_with(' ')) {
      splitWords(piece, next);
      return;
    }
    std::string prefixed(1, ' ');
    prefixed += piece.text;
    splitWords({prefixed, piece.originBytes > 0 ? piece.originBytes + 1 : 0}, next);
  }

 private:
  void splitWords(const PieceView& piece, const PieceFn& next) const {
    const PieceFn map = [&next](const PieceView& word) {
      const std::string mapped = bytesToCharacters(word.text);
      next({mapped, word.originBytes > 0 ? mapped.size() : 0});
    };
    if (!words_) {
      map(piece);
      return;
    }
    Splitter splitter(piece, SplitBehavior::Isolated, false, map);
    words_->forEachMatch(
        piece.text, [&](std::size_t begin, std::size_t end) { splitter.delimiter(begin, end); });
    splitter.finish();
  }

  bool addPrefixSpace_;
  std::unique_ptr<Pattern> words_;  // absent: use_regex is false
};

class MetaspacePreTokenizer : public PreTokenizer {
 public:
  enum class Prepend { Always, First, Never };

  MetaspacePreTokenizer(std::string replacement, Prepend prepend, bool splits)
      : spaces_(std::string(" ")),
        replacement_(std::move(replacement)),
        prepend_(prepend),
        splits_(splits) {}

  void split(const PieceView& piece, const PieceFn& next) const override {
    std::string text = spaces_.replaced(piece.text, replacement_);
    std::size_t originBytes = piece.originBytes;
    if (originBytes > 0 && piece.text.starts_with(' ')) originBytes = replacement_.size();
    const bool wanted =
        prepend_ == Prepend::Always || (prepend_ == Prepend::First && piece.originBytes > 0);
    if (wanted && !text.starts_with(replacement_)) {
      text.insert(0, replacement_);
      if (originBytes > 0) originBytes += replacement_.size();
    }
    const PieceView replaced{text, originBytes};
    if (!splits_) {
      next(replaced);
      return;
    }
    Splitter splitter(replaced, SplitBehavior::MergedWithNext, false, next);
    for (std::size_t at = text.find(replacement_); at != std::string::npos;
         at = text.find(replacement_, at + replacement_.size())) {
      splitter.delimiter(at, at + replacement_.size());
    }
    splitter.finish();
  }

 private:
  Pattern spaces_;
  std::string replacement_;
  Prepend prepend_;
  bool splits_;
};

class DigitsPreTokenizer : public PreTokenizer {
 public:
  explicit DigitsPreTokenizer(bool individual) : individual_(individual) {}
  void split(const PieceView& piece, const PieceFn& next) const override {
    splitAtCharacters(piece, individual_ ? SplitBehavior::Isolated : SplitBehavior::Contiguous,
                      isNumeric, next);
  }

 private:
  bool individual_;
};

class PunctuationPreTokenizer : public PreTokenizer {
 public:
  explicit PunctuationPreTokenizer(SplitBehavior behavior) : behavior_(behavior) {}
  void split(const PieceView& piece, const PieceFn& next) const override {
    splitAtCharacters(piece, behavior_, isPunctuation, next);
  }

 private:
  SplitBehavior behavior_;
};

/// \w+|[^\w\s]+, all else dropped.
class WhitespacePreTokenizer : public PreTokenizer {
 public:
  void split(const PieceView& piece, const PieceFn& next) const override {
    enum class Kind { Space, Word, Other };
    Kind running = Kind::Space;
    std::size_t begin = 0;
    for (std::size_t at = 0; at < piece.text.size();) {
      const std::size_t here = at;
      const char32_t point = nextCodePoint(piece.text, at);
      const Kind kind = isWord(point)         ? Kind::Word
                        : isWhiteSpace(point) ? Kind::Space
                                              : Kind::Other;
      if (kind == running) continue;
      if (running != Kind::Space) next(piece.part(begin, here));
      running = kind;
      begin = here;
    }
    if (running != Kind::Space) next(piece.part(begin, piece.text.size()));
  }
};

class WhitespaceSplitPreTokenizer : public PreTokenizer {
 public:
  void split(const PieceView& piece, const PieceFn& next) const override {
    splitAtCharacters(piece, SplitBehavior::Removed, isWhiteSpace, next);
  }
};

class PreTokenizerSequence : public PreTokenizer {
 public:
  explicit PreTokenizerSequence(std::vector<std::unique_ptr<PreTokenizer>> steps)
      : steps_(std::move(steps)) {}
  void split(const PieceView& piece, const PieceFn& next) const override {
    splitFrom(0, piece, next);
  }

 private:
  void splitFrom(std::size_t step, const PieceView& piece, const PieceFn& next) const {
    if (step == steps_.size()) {
      next(piece);
      return;
    }
    steps_[step]->split(
        piece, [this, step, &next](const PieceView& part) { splitFrom(step + 1, part, next); });
  }

  std::vector<std::unique_ptr<PreTokenizer>> steps_;
};

SplitBehavior readBehavior(const JsonValue& json, const std::string& file) {
  const std::string_view name = json.asString();
  if (name == "Removed") return SplitBehavior::Removed;
  if (name == "Isolated") return SplitBehavior::Isolated;
  if (name == "MergedWithPrevious") return SplitBehavior::MergedWithPrevious;
  if (name == "MergedWithNext") return SplitBehavior::MergedWithNext;
  if (name == "Contiguous") return SplitBehavior::Contiguous;
  refuseValue(ErrorCode::Unsupported, file, json, "an unknown split behavior",
              "Removed, Isolated, MergedWithPrevious, MergedWithNext or Contiguous");
}

std::unique_ptr<PreTokenizer> readMetaspace(const JsonValue& json, const std::string& file) {
  using Prepend = MetaspacePreTokenizer::Prepend;
  const JsonValue replacement = json.at("replacement");
  const std::string_view character = replacement.asString();
  if (character.empty() ||
      utf8Length(static_cast<unsigned char>(character[0])) != character.size()) {
    replacement.refuse("a Metaspace replacement that is not one character", "one character");
  }
  // Files from before prepend_scheme have add_prefix_space alone.
  const bool oldPrefix = json.optionalBool("add_prefix_space").value_or(true);
  Prepend prepend = oldPrefix ? Prepend::Always : Prepend::Never;
  if (const auto scheme = json.find("prepend_scheme"); scheme && !scheme->isNull()) {
    const std::string_view name = scheme->asString();
    if (name == "always") {
      prepend = Prepend::Always;
    } else if (name == "first") {
      prepend = Prepend::First;
    } else if (name == "never") {
      prepend = Prepend::Never;
    } else {
      refuseValue(ErrorCode::Unsupported, file, *scheme, "an unknown prepend_scheme",
                  "always, first or never");
    }
    if (!oldPrefix && prepend != Prepend::Never) {
      refuseValue(ErrorCode::Malformed, file, *scheme,
                  "a prepend_scheme that contradicts add_prefix_space: false", "never");
    }
  }
  return std::make_unique<MetaspacePreTokenizer>(std::string(character), prepend,
                                                 json.optionalBool("split").value_or(true));
}

}  // namespace

std::unique_ptr<PreTokenizer> byteLevelPreTokenizer(std::string_view regex, bool addPrefixSpace) {
  return std::make_unique<ByteLevelPreTokenizer>(
      addPrefixSpace, std::make_unique<Pattern>(Regex(regex, {}, "built-in pre-tokenizer")));
}

std::unique_ptr<PreTokenizer> readPreTokenizer(const JsonValue& json, const std::string& file) {
  const std::string_view type = json.asObject().requireString("type");
  if (type == "Split") {
    return std::make_unique<SplitPreTokenizer>(Pattern::fromJson(json.at("pattern"), file),
                                               readBehavior(json.at("behavior"), file),
                                               json.optionalBool("invert").value_or(false));
  }
  if (type == "ByteLevel") {
    std::unique_ptr<Pattern> words;
    if (json.optionalBool("use_regex").value_or(true)) {
      words = std::make_unique<Pattern>(Regex(kGpt2Split, file, json.path()));
    }
    return std::make_unique<ByteLevelPreTokenizer>(json.requireBool("add_prefix_space"),
                                                   std::move(words));
  }
  if (type == "Metaspace") return readMetaspace(json, file);
  if (type == "Digits") {
    return std::make_unique<DigitsPreTokenizer>(
        json.optionalBool("individual_digits").value_or(false));
  }
  if (type == "Punctuation") {
    const auto behavior = json.find("behavior");
    return std::make_unique<PunctuationPreTokenizer>(behavior ? readBehavior(*behavior, file)
                                                              : SplitBehavior::Isolated);
  }
  if (type == "Whitespace") return std::make_unique<WhitespacePreTokenizer>();
  if (type == "WhitespaceSplit") return std::make_unique<WhitespaceSplitPreTokenizer>();
  if (type == "Sequence") {
    std::vector<std::unique_ptr<PreTokenizer>> steps;
    for (const JsonValue& step : json.requireArray("pretokenizers")) {
      steps.push_back(readPreTokenizer(step, file));
    }
    return std::make_unique<PreTokenizerSequence>(std::move(steps));
  }
  refuseType(file, json, "pre-tokenizer",
             "Split, ByteLevel, Metaspace, Digits, Punctuation, Whitespace, WhitespaceSplit or "
             "Sequence");
}

}  // namespace kvloupe
