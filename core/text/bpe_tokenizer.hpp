// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "text/added_tokens.hpp"
#include "text/bpe.hpp"
#include "text/decoder.hpp"
#include "text/normalizer.hpp"
#include "text/post_processor.hpp"
#include "text/pre_tokenizer.hpp"
#include "text/tokenizer.hpp"

namespace kvloupe {

struct BpeTokenizerParts {
  std::string fileName;  // for the description
  bool byteLevel = false;
  std::unique_ptr<Normalizer> normalizer;      // may be null
  std::unique_ptr<PreTokenizer> preTokenizer;  // may be null
  std::unique_ptr<BpeModel> model;
  std::vector<AddedToken> addedTokens;
  PostProcessor postProcessor;
  std::unique_ptr<Decoder> decoder;  // may be null
};

/// The pipeline of the `tokenizers` library with a BPE model: added tokens, normalizer,
/// pre-tokenizer, model, post-processor; and the decoder back.
class BpeTokenizer : public Tokenizer {
 public:
  explicit BpeTokenizer(BpeTokenizerParts parts);

  [[nodiscard]] std::vector<std::int32_t> encode(std::string_view utf8,
                                                 SpecialTokens special) const override;
  [[nodiscard]] std::string decode(std::span<const std::int32_t> ids) const override;
  [[nodiscard]] std::string tokenText(std::int32_t id) const override;
  [[nodiscard]] std::int32_t vocabSize() const override;
  [[nodiscard]] std::optional<std::int32_t> bosId() const override;
  [[nodiscard]] std::string description() const override;

 private:
  BpeTokenizerParts parts_;
  AddedTokens added_;
};

}  // namespace kvloupe
