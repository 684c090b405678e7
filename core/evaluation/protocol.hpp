// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kvloupe {

/// Which tokens of a text are read together and which of them count (product.md section 1).
enum class Protocol : std::uint8_t { Papers, Strided, LlamaCpp };

[[nodiscard]] std::string_view protocolName(Protocol protocol);
/// Throws Error InvalidArgument with the known names.
[[nodiscard]] Protocol protocolFromName(std::string_view name);

/// Tokens [begin, begin + length) of a text go through the model from position 0; those from
/// `scoreFrom` (counted inside the window) on are scored.
struct ScoredWindow {
  std::int64_t begin = 0;
  std::int64_t length = 0;
  std::int64_t scoreFrom = 1;
  bool bosFirst = false;  // the first token is replaced by BOS

  [[nodiscard]] std::int64_t scored() const { return length - scoreFrom; }
};

/// Windows of a text of `tokens` ids. `stride` is used by Protocol::Strided alone; `addsBos` says
/// whether the tokenizer adds a BOS, which llama.cpp then puts at the start of every window.
/// A text shorter than `context` is one shorter window. Throws Error Unsupported where no token
/// can be scored, InvalidArgument for a stride that leaves tokens out.
[[nodiscard]] std::vector<ScoredWindow> protocolWindows(Protocol protocol, std::int64_t tokens,
                                                        std::int64_t context, std::int64_t stride,
                                                        bool addsBos);

}  // namespace kvloupe
