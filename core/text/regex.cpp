// SPDX-License-Identifier: GPL-3.0-or-later
#include "text/regex.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <ctime>
#include <utility>

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "common/error.hpp"
#include "text/oniguruma.hpp"
#include "text/utf8.hpp"

namespace kvloupe {
namespace {

constexpr std::size_t kMaxPattern = 64 * 1024;
constexpr std::uint32_t kHeapKib = 256 * 1024;
constexpr std::size_t kJitStack = 4 * 1024 * 1024;
// The step limit holds for one start position alone, so starts are tried in groups, and the clock
// is read between them.
constexpr std::size_t kStartsPerGroup = 256;
constexpr unsigned kMatchesPerGroup = 1024;

struct CodeFree {
  void operator()(pcre2_code* code) const { pcre2_code_free(code); }
};
struct CompileContextFree {
  void operator()(pcre2_compile_context* context) const { pcre2_compile_context_free(context); }
};

/// What a thread needs to match; one for all expressions, as every result is read at once.
struct Scratch {
  pcre2_match_data* data = pcre2_match_data_create(1, nullptr);
  pcre2_match_context* context = pcre2_match_context_create(nullptr);
  pcre2_jit_stack* stack = pcre2_jit_stack_create(32 * 1024, kJitStack, nullptr);

  Scratch() {
    if (data == nullptr || context == nullptr) throw std::bad_alloc();
    pcre2_set_heap_limit(context, kHeapKib);
    pcre2_jit_stack_assign(context, nullptr, stack);
  }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  ~Scratch() {
    pcre2_match_data_free(data);
    pcre2_match_context_free(context);
    pcre2_jit_stack_free(stack);
  }
};

Scratch& scratch() {
  thread_local Scratch instance;
  return instance;
}

std::string pcreMessage(int code) {
  std::array<PCRE2_UCHAR, 256> buffer{};
  if (pcre2_get_error_message(code, buffer.data(), buffer.size()) < 0) return "unknown";
  return reinterpret_cast<const char*>(buffer.data());
}

std::string shortened(std::string_view pattern) {
  constexpr std::size_t kShown = 60;
  if (pattern.size() <= kShown) return std::string(pattern);
  std::size_t end = kShown;
  while ((static_cast<unsigned char>(pattern[end]) & 0xC0) == 0x80) --end;
  return std::string(pattern.substr(0, end)) + "...";
}

/// Steps and seconds of this thread that a subject of this length may cost.
class Budget {
 public:
  explicit Budget(std::size_t bytes)
      : steps_(static_cast<std::uint32_t>(std::min<std::uint64_t>(
            1'000'000 + 16 * static_cast<std::uint64_t>(bytes), UINT32_MAX))),
        end_(threadSeconds() + 10 + static_cast<double>(bytes) / 1e5) {}

  [[nodiscard]] std::uint32_t steps() const { return steps_; }
  [[nodiscard]] bool timeIsOver() const { return threadSeconds() > end_; }

 private:
  // Not the wall's clock: a busy or sleeping machine makes no expression run away.
  static double threadSeconds() {
    timespec now{};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
  }

  std::uint32_t steps_;
  double end_;
};

}  // namespace

struct Regex::Compiled {
  std::unique_ptr<pcre2_code, CodeFree> code;
  std::string pattern;  // as the file has it
  std::string file;
  std::string place;

  [[noreturn]] void refuseRunaway(std::string_view why) const {
    throw Error(ErrorCode::Malformed, {.message = "the regular expression runs away on this text",
                                       .file = file,
                                       .place = place,
                                       .expected = "one whose matches end",
                                       .found = fmt::format("{} ({})", shortened(pattern), why),
                                       .advice = {}});
  }
};

Regex::Regex(std::string_view pattern, std::string file, std::string place)
    : compiled_(std::make_unique<Compiled>()) {
  compiled_->pattern = pattern;
  compiled_->file = std::move(file);
  compiled_->place = std::move(place);
  const auto refuse = [&](ErrorCode code, std::string message) {
    throw Error(code, {.message = std::move(message),
                       .file = compiled_->file,
                       .place = compiled_->place,
                       .expected = "a regular expression",
                       .found = shortened(pattern),
                       .advice = {}});
  };
  if (pattern.size() > kMaxPattern) {
    refuse(ErrorCode::Malformed, fmt::format("a regular expression of {} bytes", pattern.size()));
  }
  std::string translated;
  try {
    translated = translateOniguruma(pattern);
  } catch (const PatternSyntaxError& error) {
    refuse(ErrorCode::Malformed, fmt::format("a bad regular expression: {}", error.what()));
  } catch (const PatternError& error) {
    refuse(ErrorCode::Unsupported,
           fmt::format("cannot read the regular expression: {}", error.what()));
  }
  std::unique_ptr<pcre2_compile_context, CompileContextFree> context(
      pcre2_compile_context_create(nullptr));
  if (!context) throw std::bad_alloc();
  pcre2_set_newline(context.get(), PCRE2_NEWLINE_LF);
  int error = 0;
  PCRE2_SIZE at = 0;
  constexpr std::uint32_t kOptions =
      PCRE2_UTF | PCRE2_UCP | PCRE2_MULTILINE | PCRE2_NEVER_BACKSLASH_C | PCRE2_USE_OFFSET_LIMIT;
  compiled_->code.reset(pcre2_compile(reinterpret_cast<PCRE2_SPTR>(translated.data()),
                                      translated.size(), kOptions, &error, &at, context.get()));
  if (!compiled_->code) {
    refuse(ErrorCode::Malformed, fmt::format("a bad regular expression: {}", pcreMessage(error)));
  }
  // Where the machine or a hardened kernel allows no JIT, the interpreter does the same work.
  pcre2_jit_compile(compiled_->code.get(), PCRE2_JIT_COMPLETE);
}

Regex::~Regex() = default;
Regex::Regex(Regex&&) noexcept = default;
Regex& Regex::operator=(Regex&&) noexcept = default;

void Regex::forEachMatch(std::string_view subject, const MatchFn& match) const {
  Scratch& s = scratch();
  const Budget budget(subject.size());
  const auto* text = reinterpret_cast<PCRE2_SPTR>(subject.data());
  std::size_t from = 0;
  std::size_t lastEnd = SIZE_MAX;
  unsigned matches = 0;
  while (from <= subject.size()) {
    const std::size_t limit = std::min(subject.size(), from + kStartsPerGroup);
    pcre2_set_offset_limit(s.context, limit);
    pcre2_set_match_limit(s.context, budget.steps());
    int rc = pcre2_match(compiled_->code.get(), text, subject.size(), from, PCRE2_NO_UTF_CHECK,
                         s.data, s.context);
    if (rc == PCRE2_ERROR_JIT_STACKLIMIT) {
      rc = pcre2_match(compiled_->code.get(), text, subject.size(), from,
                       PCRE2_NO_UTF_CHECK | PCRE2_NO_JIT, s.data, s.context);
    }
    if (rc == PCRE2_ERROR_NOMATCH) {
      if (limit == subject.size()) return;
      if (budget.timeIsOver()) compiled_->refuseRunaway("time limit");
      from = limit + 1;
      while (from < subject.size() && (static_cast<unsigned char>(subject[from]) & 0xC0) == 0x80) {
        ++from;
      }
      continue;
    }
    if (rc < 0) compiled_->refuseRunaway(pcreMessage(rc));
    const PCRE2_SIZE* bounds = pcre2_get_ovector_pointer(s.data);
    const std::size_t begin = bounds[0], end = bounds[1];
    if (begin > end) compiled_->refuseRunaway("a match that ends before it begins");
    if (++matches % kMatchesPerGroup == 0 && budget.timeIsOver()) {
      compiled_->refuseRunaway("time limit");
    }
    if (begin == end && end == lastEnd) {
      from =
          end + (end < subject.size() ? utf8Length(static_cast<unsigned char>(subject[end])) : 1);
      continue;
    }
    from = lastEnd = end;
    match(begin, end);
  }
}

}  // namespace kvloupe
