// SPDX-License-Identifier: GPL-3.0-or-later
#include <fmt/format.h>
#include <sentencepiece_processor.h>

#include <string>
#include <utility>
#include <vector>

#include "common/error.hpp"
#include "text/sentencepiece_model.hpp"
#include "text/sentencepiece_module.hpp"
#include "text/shown_text.hpp"
#include "text/tokenizer_files.hpp"
#include "text/utf8.hpp"
#include "text/word_cache.hpp"

namespace kvloupe {
namespace {

class SentencePieceTokenizer : public Tokenizer {
 public:
  SentencePieceTokenizer(const std::filesystem::path& file, bool addBos)
      : file_(file.string()), fileName_(file.filename().string()) {
    const std::string bytes = readTokenizerFile(file);
    model_ = readSentencePieceFacts(bytes, file_);
    const auto status = processor_.LoadFromSerializedProto(bytes);
    if (!status.ok()) refuse("not a SentencePiece model", status.ToString());
    if (processor_.GetPieceSize() <= 0) refuse("a SentencePiece model without tokens", "0 tokens");
    if (addBos && processor_.bos_id() >= 0) bos_ = processor_.bos_id();
  }

  [[nodiscard]] std::vector<std::int32_t> encode(std::string_view utf8,
                                                 SpecialTokens special) const override {
    std::string repaired;
    if (findInvalidUtf8(utf8)) {
      repaired = replaceInvalidUtf8(utf8);
      utf8 = repaired;
    }
    std::vector<std::int32_t> ids;
    if (bos_ && special == SpecialTokens::Add) ids.push_back(*bos_);
    encodeParts(utf8, ids);
    return ids;
  }

  [[nodiscard]] std::string decode(std::span<const std::int32_t> ids) const override {
    std::vector<int> known;
    for (const std::int32_t id : ids) {
      if (isToken(id)) known.push_back(id);
    }
    std::string text;
    const auto status = processor_.Decode(known, &text);
    if (!status.ok()) refuse("the ids cannot be decoded", status.ToString());
    return text;
  }

  [[nodiscard]] std::string tokenText(std::int32_t id) const override {
    return isToken(id) ? metaspaceShown(processor_.IdToPiece(id)) : std::string();
  }
  [[nodiscard]] std::int32_t vocabSize() const override { return processor_.GetPieceSize(); }
  [[nodiscard]] std::optional<std::int32_t> bosId() const override { return bos_; }
  [[nodiscard]] std::string description() const override {
    return fmt::format("{}, SentencePiece, {} tokens", fileName_, grouped(vocabSize()));
  }

 private:
  /// Encodes a text word by word, so that words which recur are looked up: libsentencepiece takes
  /// seconds for a megabyte in one piece.
  void encodeParts(std::string_view text, std::vector<std::int32_t>& ids) const {
    if (!model_.cuttable) {
      encodePart(text, ids);
      return;
    }
    const auto isPlain = [](char c) { return c > ' ' && c < '\x7F'; };
    WordCache cache;
    std::size_t begin = 0;
    for (std::size_t at = text.find(' '); at != std::string_view::npos;
         at = text.find(' ', at + 1)) {
      if (at == 0 || at + 1 == text.size() || !isPlain(text[at - 1]) || !isPlain(text[at + 1])) {
        continue;
      }
      encodeCached(text.substr(begin, at - begin), cache, ids);
      // The prefix that every text gets stands for the space.
      begin = model_.addDummyPrefix ? at + 1 : at;
    }
    encodeCached(text.substr(begin), cache, ids);
  }

  void encodeCached(std::string_view part, WordCache& cache, std::vector<std::int32_t>& ids) const {
    constexpr std::size_t kLongestCached = 256;
    if (const auto* known = cache.find(part)) {
      ids.insert(ids.end(), known->begin(), known->end());
      return;
    }
    const std::size_t before = ids.size();
    encodePart(part, ids);
    if (part.size() <= kLongestCached) {
      cache.insert(part, ids.data() + before, ids.size() - before);
    }
  }

  void encodePart(std::string_view part, std::vector<std::int32_t>& ids) const {
    std::vector<int> own;
    const auto status = processor_.Encode(part, &own);
    if (!status.ok()) refuse("the text cannot be tokenized", status.ToString());
    ids.insert(ids.end(), own.begin(), own.end());
  }

  [[nodiscard]] bool isToken(std::int32_t id) const {
    return id >= 0 && id < processor_.GetPieceSize();
  }

  [[noreturn]] void refuse(std::string message, std::string found) const {
    throw Error(ErrorCode::Malformed, {.message = std::move(message),
                                       .file = file_,
                                       .place = {},
                                       .expected = "a SentencePiece model",
                                       .found = std::move(found),
                                       .advice = {}});
  }

  std::string file_;
  std::string fileName_;
  SentencePieceModel model_;
  sentencepiece::SentencePieceProcessor processor_;
  std::optional<std::int32_t> bos_;
};

}  // namespace

}  // namespace kvloupe

extern "C" __attribute__((visibility("default"))) kvloupe::Tokenizer* kvloupe_read_sentencepiece(
    const std::filesystem::path& file, bool addBos) {
  return new kvloupe::SentencePieceTokenizer(file, addBos);
}
