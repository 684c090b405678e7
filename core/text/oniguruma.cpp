// SPDX-License-Identifier: GPL-3.0-or-later
#include "text/oniguruma.hpp"

#include <fmt/format.h>

#include <cstddef>
#include <optional>
#include <vector>

#include "text/oniguruma_class.hpp"
#include "text/utf8.hpp"

namespace kvloupe {
namespace {

struct Interval {
  std::string least;
  std::string most;  // empty: no upper bound
  bool exact = false;
  std::size_t end = 0;  // behind its brace
};

/// {n} {n,} {n,m} {,m} at `offset`; nothing if the brace is a plain character.
std::optional<Interval> intervalAt(std::string_view pattern, std::size_t offset) {
  Interval interval;
  std::size_t i = offset + 1;
  const auto digits = [&](std::string& number) {
    while (i < pattern.size() && pattern[i] >= '0' && pattern[i] <= '9') number += pattern[i++];
  };
  digits(interval.least);
  if (i < pattern.size() && pattern[i] == ',') {
    ++i;
    digits(interval.most);
    if (interval.least.empty() && interval.most.empty()) return std::nullopt;
  } else {
    interval.exact = true;
    if (interval.least.empty()) return std::nullopt;
  }
  if (i >= pattern.size() || pattern[i] != '}') return std::nullopt;
  if (interval.least.empty()) interval.least.assign(1, '0');
  interval.end = i + 1;
  return interval;
}

class Translator {
 public:
  explicit Translator(std::string_view pattern) : in_(pattern) {}

  std::string run() {
    groups_.push_back({});
    while (at_ < in_.size()) step();
    if (groups_.size() != 1) throw PatternSyntaxError("a group without its end");
    out_.append(groups_.back().optionsToClose, ')');
    return out_;
  }

 private:
  struct Group {
    std::size_t begin = 0;           // in out_
    std::size_t optionsToClose = 0;  // option groups opened in mid-branch
  };

  void step() {
    switch (in_[at_]) {
      case '\\':
        ++at_;
        escape();
        break;
      case '[':
        atom(translateClass(in_, at_));
        break;
      case '(':
        openGroup();
        break;
      case ')':
        closeGroup();
        break;
      case '*':
      case '+':
      case '?':
        quantifier(std::string(1, in_[at_]), at_ + 1, true);
        break;
      case '{':
        if (const auto interval = intervalAt(in_, at_)) {
          repeat(*interval);
        } else {
          ++at_;
          atom("\\{");
        }
        break;
      case '|':
        out_ += '|';
        ++at_;
        atomBegin_.reset();
        break;
      case '^':
      case '$':
        out_ += in_[at_++];
        atomBegin_.reset();
        break;
      default: {
        const std::size_t length = utf8Length(static_cast<unsigned char>(in_[at_]));
        const std::string_view character = in_.substr(at_, length);
        at_ += length;
        atom(character == "#" ? std::string("\\#") : std::string(character));
      }
    }
  }

  void atom(const std::string& expression) {
    atomBegin_ = out_.size();
    quantified_ = false;
    out_ += expression;
  }

  void assertion(std::string_view expression) {
    out_ += expression;
    atomBegin_.reset();
  }

  void escape() {
    if (at_ >= in_.size()) throw PatternSyntaxError("a backslash at its end");
    const char letter = in_[at_];
    const CharacterSet set = shorthandSet(letter, Standing::Alone);
    if (!set.items.empty() || !set.alternatives.empty()) {
      ++at_;
      atom(set.expression(false));
      return;
    }
    switch (letter) {
      case 'p':
      case 'P':
        ++at_;
        atom(translateProperty(in_, at_, letter == 'P').expression(false));
        return;
      case 'b':
      case 'B': {
        ++at_;
        const std::string word = shorthandSet('w', Standing::Alone).expression(false);
        assertion(letter == 'b' ? fmt::format("(?:(?<={0})(?!{0})|(?<!{0})(?={0}))", word)
                                : fmt::format("(?:(?<={0})(?={0})|(?<!{0})(?!{0}))", word));
        return;
      }
      case 'A':
      case 'z':
      case 'Z':
      case 'G':
        ++at_;
        assertion(fmt::format("\\{}", letter));
        return;
      case 'R':
      case 'N':
        ++at_;
        atom(fmt::format("\\{}", letter));
        return;
      case 'O':
        ++at_;
        atom("(?s:.)");
        return;
      case 'k': {
        const std::size_t end = in_.find('>', at_);
        if (in_.substr(at_ + 1, 1) != "<" || end == std::string_view::npos) {
          throw PatternSyntaxError("a \\k without a name in <>");
        }
        atom(fmt::format("\\{}", in_.substr(at_, end + 1 - at_)));
        at_ = end + 1;
        return;
      }
      default:
        if (letter >= '1' && letter <= '9') {
          ++at_;
          atom(fmt::format("\\g{{{}}}", letter));
          return;
        }
        atom(translateCharacterEscape(in_, at_));
    }
  }

  void openGroup() {
    const std::size_t begin = out_.size();
    ++at_;
    if (in_.substr(at_, 1) == "*") throw PatternError("a group that begins with (*");
    if (in_.substr(at_, 1) != "?") {
      pushGroup(begin, "(");
      return;
    }
    ++at_;
    for (const std::string_view head : {"<=", "<!", ":", "=", "!", ">"}) {
      if (in_.substr(at_, head.size()) == head) {
        at_ += head.size();
        pushGroup(begin, fmt::format("(?{}", head));
        return;
      }
    }
    if (in_.substr(at_, 1) == "#") {
      const std::size_t end = in_.find(')', at_);
      if (end == std::string_view::npos) throw PatternSyntaxError("a comment without its end");
      at_ = end + 1;
      return;
    }
    if (in_.substr(at_, 1) == "<") {
      const std::size_t end = in_.find('>', at_);
      if (end == std::string_view::npos) throw PatternSyntaxError("a group name without its end");
      pushGroup(begin, fmt::format("(?{}", in_.substr(at_, end + 1 - at_)));
      at_ = end + 1;
      return;
    }
    openOptions(begin);
  }

  void openOptions(std::size_t begin) {
    std::string options;
    for (; at_ < in_.size() && in_[at_] != ':' && in_[at_] != ')'; ++at_) {
      switch (in_[at_]) {
        case 'i':
        case '-':
          options += in_[at_];
          break;
        case 'm':
          options += 's';
          break;
        default:
          throw PatternError(fmt::format("the group (?{}", in_.substr(at_, 1)));
      }
    }
    if (at_ >= in_.size()) throw PatternSyntaxError("a group without its end");
    const bool isolated = in_[at_] == ')';
    ++at_;
    if (!isolated) {
      pushGroup(begin, fmt::format("(?{}:", options));
      return;
    }
    out_ += fmt::format("(?{}:", options);
    ++groups_.back().optionsToClose;
    atomBegin_.reset();
  }

  void pushGroup(std::size_t begin, std::string_view head) {
    out_ += head;
    groups_.push_back({begin, 0});
    if (groups_.size() > kMaxDepth) throw PatternError("groups nested too deeply");
    atomBegin_.reset();
  }

  void closeGroup() {
    if (groups_.size() == 1) throw PatternSyntaxError("a ) without its (");
    out_.append(groups_.back().optionsToClose, ')');
    out_ += ')';
    ++at_;
    atomBegin_ = groups_.back().begin;
    quantified_ = false;
    groups_.pop_back();
  }

  void repeat(const Interval& interval) {
    std::string text = interval.exact ? fmt::format("{{{}}}", interval.least)
                                      : fmt::format("{{{},{}}}", interval.least, interval.most);
    // After an interval, + repeats it; after an exact one, ? makes it optional: both are read as a
    // quantifier of their own.
    const bool lazy = !interval.exact && in_.substr(interval.end, 1) == "?";
    quantifier(text, lazy ? interval.end + 1 : interval.end, false);
    if (lazy) out_ += '?';
  }

  void quantifier(const std::string& text, std::size_t end, bool mayBeFollowed) {
    if (!atomBegin_) throw PatternSyntaxError(fmt::format("a {} with nothing to repeat", text));
    if (quantified_) {
      out_.insert(*atomBegin_, "(?:");
      out_ += ')';
    }
    out_ += text;
    at_ = end;
    quantified_ = true;
    if (mayBeFollowed && at_ < in_.size() && (in_[at_] == '?' || in_[at_] == '+')) {
      out_ += in_[at_++];
    }
  }

  static constexpr std::size_t kMaxDepth = 100;

  std::string_view in_;
  std::size_t at_ = 0;
  std::string out_;
  std::vector<Group> groups_;
  std::optional<std::size_t> atomBegin_;  // in out_, of what a quantifier would repeat
  bool quantified_ = false;
};

}  // namespace

std::string translateOniguruma(std::string_view pattern) { return Translator(pattern).run(); }

}  // namespace kvloupe
