// SPDX-License-Identifier: GPL-3.0-or-later
#include "text/bpe_merge.hpp"

#include <algorithm>
#include <queue>
#include <utility>

namespace kvloupe {
namespace {

constexpr std::size_t kShortWord = 40;

/// Scans for the best merge each time; `next[i]` is the merge of symbols i and i + 1.
void mergeShort(const MergeTable& merges, std::vector<std::int32_t>& symbols) {
  std::vector<MergeTable::Merge> next(symbols.size());
  for (std::size_t i = 0; i + 1 < symbols.size(); ++i) {
    next[i] = merges.find(symbols[i], symbols[i + 1]);
  }
  while (symbols.size() > 1) {
    std::size_t best = 0;
    for (std::size_t i = 1; i + 1 < symbols.size(); ++i) {
      if (next[i].rank < next[best].rank) best = i;
    }
    if (!next[best].exists()) return;
    symbols[best] = next[best].result;
    const auto at = static_cast<std::ptrdiff_t>(best);
    symbols.erase(symbols.begin() + at + 1);
    next.erase(next.begin() + at);
    if (best > 0) next[best - 1] = merges.find(symbols[best - 1], symbols[best]);
    next[best] = best + 1 < symbols.size() ? merges.find(symbols[best], symbols[best + 1])
                                           : MergeTable::Merge{};
  }
}

struct Candidate {
  std::uint32_t rank;
  std::uint32_t position;
  std::int32_t result;
};

struct WorseFirst {
  bool operator()(const Candidate& a, const Candidate& b) const {
    return a.rank != b.rank ? a.rank > b.rank : a.position > b.position;
  }
};

/// Symbols as a linked list, candidates in a heap; one that no longer holds is dropped when it
/// comes up.
class LongWord {
 public:
  LongWord(const MergeTable& merges, std::vector<std::int32_t>& symbols)
      : merges_(merges), symbols_(symbols), previous_(symbols.size()), next_(symbols.size()) {
    std::vector<Candidate> first;
    for (std::uint32_t i = 0; i < symbols.size(); ++i) {
      previous_[i] = i - 1;
      next_[i] = i + 1;
      if (i + 1 < symbols.size()) {
        const MergeTable::Merge merge = merges.find(symbols[i], symbols[i + 1]);
        if (merge.exists()) first.push_back({merge.rank, i, merge.result});
      }
    }
    heap_ = std::priority_queue(WorseFirst{}, std::move(first));
  }

  void run() {
    const auto end = static_cast<std::uint32_t>(symbols_.size());
    while (!heap_.empty()) {
      const Candidate candidate = heap_.top();
      heap_.pop();
      const std::uint32_t left = candidate.position;
      if (symbols_[left] == kGone || next_[left] == end) continue;
      const std::uint32_t right = next_[left];
      if (merges_.find(symbols_[left], symbols_[right]).result != candidate.result) continue;
      symbols_[left] = candidate.result;
      symbols_[right] = kGone;
      next_[left] = next_[right];
      if (next_[left] != end) previous_[next_[left]] = left;
      if (previous_[left] != kNoSymbol) consider(previous_[left], left);
      if (next_[left] != end) consider(left, next_[left]);
    }
    symbols_.erase(std::remove(symbols_.begin(), symbols_.end(), kGone), symbols_.end());
  }

 private:
  static constexpr std::int32_t kGone = -1;
  static constexpr std::uint32_t kNoSymbol = UINT32_MAX;

  void consider(std::uint32_t left, std::uint32_t right) {
    const MergeTable::Merge merge = merges_.find(symbols_[left], symbols_[right]);
    if (merge.exists()) heap_.push({merge.rank, left, merge.result});
  }

  const MergeTable& merges_;
  std::vector<std::int32_t>& symbols_;
  std::vector<std::uint32_t> previous_;
  std::vector<std::uint32_t> next_;
  std::priority_queue<Candidate, std::vector<Candidate>, WorseFirst> heap_;
};

}  // namespace

void applyMerges(const MergeTable& merges, std::vector<std::int32_t>& symbols) {
  if (symbols.size() < 2) return;
  if (symbols.size() <= kShortWord) {
    mergeShort(merges, symbols);
  } else {
    LongWord(merges, symbols).run();
  }
}

}  // namespace kvloupe
