// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "io/json.hpp"

namespace kvloupe {

/// A step from tokens back to text: the `decoder` of a tokenizer.json.
class Decoder {
 public:
  virtual ~Decoder() = default;
  virtual void decode(std::vector<std::string>& tokens) const = 0;
};

/// ByteLevel ByteFallback Fuse Replace Strip Metaspace Sequence. Throws Error Unsupported for
/// another type, by name.
std::unique_ptr<Decoder> readDecoder(const JsonValue& json, const std::string& file);

/// ByteLevel alone.
std::unique_ptr<Decoder> byteLevelDecoder();

}  // namespace kvloupe
