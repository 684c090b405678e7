// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <cstdint>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace kvloupe {

/// Words met before and their ids, for one text.
class WordCache {
 public:
  [[nodiscard]] const std::vector<std::int32_t>* find(std::string_view word) const {
    const auto found = words_.find(word);
    return found == words_.end() ? nullptr : &found->second;
  }
  void insert(std::string_view word, const std::int32_t* ids, std::size_t count) {
    if (words_.size() >= kMaxWords) return;
    if (blocks_.empty() || blocks_.back().capacity() - blocks_.back().size() < word.size()) {
      blocks_.emplace_back().reserve(std::max(kBlock, word.size()));
    }
    std::vector<char>& block = blocks_.back();
    const std::size_t begin = block.size();
    block.insert(block.end(), word.begin(), word.end());
    words_.emplace(std::string_view(block.data() + begin, word.size()),
                   std::vector<std::int32_t>(ids, ids + count));
  }

 private:
  static constexpr std::size_t kMaxWords = 1 << 17;
  static constexpr std::size_t kBlock = 1 << 16;
  std::vector<std::vector<char>> blocks_;  // characters of the words; a block never grows
  std::unordered_map<std::string_view, std::vector<std::int32_t>> words_;
};

}  // namespace kvloupe
