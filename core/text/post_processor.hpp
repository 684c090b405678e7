// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "io/json.hpp"

namespace kvloupe {

/// What is put around the ids of a text: the `post_processor` of a tokenizer.json, for one text.
class PostProcessor {
 public:
  using IsTokenFn = std::function<bool(std::int64_t id)>;

  PostProcessor() = default;

  /// TemplateProcessing ByteLevel RobertaProcessing BertProcessing Sequence. Throws Error
  /// Unsupported for another type, by name; Mismatch for a template that names a token which the
  /// file does not define or an id that `isToken` does not know.
  static PostProcessor fromJson(const JsonValue& json, const std::string& file,
                                const IsTokenFn& isToken);

  [[nodiscard]] std::vector<std::int32_t> apply(std::vector<std::int32_t> ids) const;

  /// The first id put before a text.
  [[nodiscard]] std::optional<std::int32_t> bosId() const;

 private:
  /// One template: ids, and kText where the text stands.
  using Template = std::vector<std::int32_t>;
  static constexpr std::int32_t kText = -1;

  std::vector<Template> templates_;  // applied one after the other
};

}  // namespace kvloupe
