// SPDX-License-Identifier: GPL-3.0-or-later
#include <fmt/format.h>
#include <sentencepiece_processor.h>

#include <string>
#include <utility>
#include <vector>

#include "common/error.hpp"
#include "text/shown_text.hpp"
#include "text/tokenizer_files.hpp"
#include "text/utf8.hpp"

namespace kvloupe {
namespace {

class SentencePieceTokenizer : public Tokenizer {
 public:
  SentencePieceTokenizer(const std::filesystem::path& file, bool addBos)
      : file_(file.string()), fileName_(file.filename().string()) {
    const auto status = processor_.LoadFromSerializedProto(readTokenizerFile(file));
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
    std::vector<int> ids;
    const auto status = processor_.Encode(utf8, &ids);
    if (!status.ok()) refuse("the text cannot be tokenized", status.ToString());
    if (bos_ && special == SpecialTokens::Add) ids.insert(ids.begin(), *bos_);
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
  sentencepiece::SentencePieceProcessor processor_;
  std::optional<std::int32_t> bos_;
};

}  // namespace

std::unique_ptr<Tokenizer> readSentencePieceModel(const std::filesystem::path& file, bool addBos) {
  return std::make_unique<SentencePieceTokenizer>(file, addBos);
}

}  // namespace kvloupe
