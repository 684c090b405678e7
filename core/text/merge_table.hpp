// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <vector>

namespace kvloupe {

/// Merges of a BPE model by the ids of their two parts: open addressing, as the merge loop does
/// little else than look pairs up.
class MergeTable {
 public:
  struct Merge {
    std::uint32_t rank = kNone;  // lower merges first
    std::int32_t result = -1;
    [[nodiscard]] bool exists() const { return rank != kNone; }
  };
  static constexpr std::uint32_t kNone = UINT32_MAX;

  explicit MergeTable(std::size_t count) {
    std::size_t size = 16;
    while (size < count * 2) size *= 2;
    slots_.resize(size);
  }

  /// A pair that is there already takes the new rank.
  void insert(std::int32_t left, std::int32_t right, Merge merge) {
    const std::uint64_t key = keyOf(left, right);
    Slot& slot = slots_[slotOf(key)];
    if (!slot.merge.exists()) ++count_;
    slot = {key, merge};
  }

  [[nodiscard]] Merge find(std::int32_t left, std::int32_t right) const {
    return slots_[slotOf(keyOf(left, right))].merge;
  }
  [[nodiscard]] std::size_t size() const { return count_; }

 private:
  struct Slot {
    std::uint64_t key = 0;
    Merge merge;
  };

  static std::uint64_t keyOf(std::int32_t left, std::int32_t right) {
    return static_cast<std::uint64_t>(static_cast<std::uint32_t>(left)) << 32 |
           static_cast<std::uint32_t>(right);
  }
  [[nodiscard]] std::size_t slotOf(std::uint64_t key) const {
    std::uint64_t hash = key * 0x9E3779B97F4A7C15U;
    hash ^= hash >> 32;
    std::size_t slot = hash & (slots_.size() - 1);
    while (slots_[slot].merge.exists() && slots_[slot].key != key) {
      slot = (slot + 1) & (slots_.size() - 1);
    }
    return slot;
  }

  std::vector<Slot> slots_;
  std::size_t count_ = 0;
};

}  // namespace kvloupe
