// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>

#include "text/pre_tokenizer.hpp"

namespace kvloupe {

/// What becomes of a delimiter, as the `tokenizers` library names it.
enum class SplitBehavior { Removed, Isolated, MergedWithPrevious, MergedWithNext, Contiguous };

/// Turns delimiters, told from left to right, into pieces.
class Splitter {
 public:
  Splitter(const PieceView& piece, SplitBehavior behavior, bool invert, const PieceFn& next)
      : piece_(piece), behavior_(behavior), invert_(invert), next_(next) {}

  /// A delimiter; what lies between it and the one before is no delimiter.
  void delimiter(std::size_t begin, std::size_t end) {
    if (begin > told_) tell(told_, begin, invert_);
    tell(begin, end, !invert_);
    told_ = end;
  }

  /// To be called once, behind the last delimiter.
  void finish() {
    if (told_ < piece_.text.size()) tell(told_, piece_.text.size(), invert_);
    flush();
  }

 private:
  void tell(std::size_t begin, std::size_t end, bool isDelimiter) {
    switch (behavior_) {
      case SplitBehavior::Removed:
        if (!isDelimiter) emit(begin, end);
        return;
      case SplitBehavior::Isolated:
        emit(begin, end);
        return;
      case SplitBehavior::Contiguous:
        if (!pending_ || isDelimiter != previous_) {
          flush();
          hold(begin);
        }
        break;
      case SplitBehavior::MergedWithPrevious:
        if (!pending_ || !isDelimiter || previous_) {
          flush();
          hold(begin);
        }
        break;
      case SplitBehavior::MergedWithNext:
        if (!pending_ || isDelimiter || !previous_) {
          flush();
          hold(begin);
        }
        break;
    }
    pendingEnd_ = end;
    previous_ = isDelimiter;
  }

  void hold(std::size_t begin) {
    pending_ = true;
    pendingBegin_ = begin;
  }

  void flush() {
    if (pending_) emit(pendingBegin_, pendingEnd_);
    pending_ = false;
  }

  void emit(std::size_t begin, std::size_t end) {
    if (begin < end) next_(piece_.part(begin, end));
  }

  PieceView piece_;
  SplitBehavior behavior_;
  bool invert_;
  const PieceFn& next_;
  std::size_t told_ = 0;
  bool pending_ = false;
  bool previous_ = false;
  std::size_t pendingBegin_ = 0;
  std::size_t pendingEnd_ = 0;
};

}  // namespace kvloupe
