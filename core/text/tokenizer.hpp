// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace kvloupe {

enum class SpecialTokens {
  Add,   // what the post-processor adds, as `tokenizers` does with add_special_tokens=True
  Omit,  // the text's own ids alone
};

/// Text to token ids and back. Immutable; every function may be called from several threads.
class Tokenizer {
 public:
  virtual ~Tokenizer() = default;

  /// Ids of a text. Ill-formed UTF-8 is read as U+FFFD. Throws Error for a regular expression of
  /// the tokenizer that runs away on this text.
  [[nodiscard]] virtual std::vector<std::int32_t> encode(
      std::string_view utf8, SpecialTokens special = SpecialTokens::Add) const = 0;

  /// Text of ids, special tokens as the file's decoder writes them; unknown ids are left out.
  [[nodiscard]] virtual std::string decode(std::span<const std::int32_t> ids) const = 0;

  /// What one token stands for, to be shown: a leading space as a space, bytes that are no
  /// character by themselves as <0xNN>. Empty for an unknown id.
  [[nodiscard]] virtual std::string tokenText(std::int32_t id) const = 0;

  /// One more than the largest id, added tokens included. May exceed the rows of the model's
  /// embedding where the largest ids never come from text: see checkTokenIds.
  [[nodiscard]] virtual std::int32_t vocabSize() const = 0;

  /// The token that encode puts before a text by itself; absent where it adds none.
  [[nodiscard]] virtual std::optional<std::int32_t> bosId() const = 0;

  /// File and kind, to be shown: "tokenizer.json, byte-level BPE, 151,665 tokens".
  [[nodiscard]] virtual std::string description() const = 0;
};

/// The tokenizer of a model folder: tokenizer.json if there is one, else tokenizer.model
/// (SentencePiece), else vocab.json + merges.txt (GPT-2, and Qwen2 where tokenizer_config.json
/// names it).
///
/// tokenizer.json is read as the `tokenizers` library reads it, the file alone deciding; its
/// `truncation` and `padding` are left aside, as a text is tokenized whole. With tokenizer.model
/// alone BOS is added unless tokenizer_config.json says `add_bos_token: false`.
///
/// Throws Error NotFound naming the files looked for, Malformed or Mismatch for a broken file, and
/// Unsupported, by name, for a component that this program does not know.
std::unique_ptr<Tokenizer> openTokenizer(const std::filesystem::path& modelFolder);

/// Refuses ids that the model in `folder`, with `embeddingRows` rows, cannot look up (Error
/// Mismatch that names the first such token).
void checkTokenIds(std::span<const std::int32_t> ids, std::int64_t embeddingRows,
                   const Tokenizer& tokenizer, const std::string& folder);

}  // namespace kvloupe
