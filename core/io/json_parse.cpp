// SPDX-License-Identifier: GPL-3.0-or-later
#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <functional>
#include <nlohmann/json.hpp>
#include <utility>

#include "common/error.hpp"
#include "io/json.hpp"
#include "io/json_nodes.hpp"

namespace kvloupe {
namespace {

/// Offset of the first byte that is not well-formed UTF-8 (RFC 3629), or the size of the text.
std::size_t validUtf8Prefix(std::string_view text) {
  const auto byteAt = [text](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  std::size_t i = 0;
  while (i < text.size()) {
    const unsigned char lead = byteAt(i);
    if (lead < 0x80) {
      ++i;
      continue;
    }
    const std::size_t length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
    if (lead < 0xc2 || lead > 0xf4 || text.size() - i < length) return i;
    unsigned char least = 0x80;
    unsigned char most = 0xbf;
    if (lead == 0xe0) least = 0xa0;  // no overlong forms, no surrogates, nothing above U+10FFFF
    if (lead == 0xed) most = 0x9f;
    if (lead == 0xf0) least = 0x90;
    if (lead == 0xf4) most = 0x8f;
    for (std::size_t k = 1; k < length; ++k) {
      if (byteAt(i + k) < least || byteAt(i + k) > most) return i;
      least = 0x80;
      most = 0xbf;
    }
    i += length;
  }
  return i;
}

/// The end of what the lexer read last, which may be anything, fit for a message.
std::string printable(std::string_view token) {
  constexpr std::size_t kShown = 40;
  if (token.size() > kShown) token.remove_prefix(token.size() - kShown);
  while (!token.empty() && (static_cast<unsigned char>(token[0]) & 0xc0) == 0x80)
    token.remove_prefix(1);  // not from inside a character
  return std::string(token);
}

/// Walks the text and tells the handler how far the lexer has come.
class CountingIterator {
 public:
  using iterator_category = std::input_iterator_tag;
  using value_type = char;
  using difference_type = std::ptrdiff_t;
  using pointer = const char*;
  using reference = const char&;

  CountingIterator(const char* at, const char** reached) : at_(at), reached_(reached) {}
  reference operator*() const { return *at_; }
  CountingIterator& operator++() {
    *reached_ = ++at_;
    return *this;
  }
  CountingIterator operator++(int) {
    CountingIterator before = *this;
    ++*this;
    return before;
  }
  bool operator==(const CountingIterator& other) const { return at_ == other.at_; }
  bool operator!=(const CountingIterator& other) const { return at_ != other.at_; }

 private:
  const char* at_;
  const char** reached_;
};

/// Builds the nodes from nlohmann's events: its own tree would keep one of two equal keys and turn
/// an overflowing integer into a double.
class Builder {
 public:
  Builder(JsonNodes& data, std::string_view text, const JsonLimits& limits)
      : data_(data), text_(text), reached_(text.data()), limits_(limits) {}

  CountingIterator begin() { return {text_.data(), &reached_}; }
  CountingIterator end() { return {text_.data() + text_.size(), &reached_}; }

  bool null() { return add(JsonKind::Null, 0); }
  bool boolean(bool value) { return add(JsonKind::Bool, value ? 1 : 0); }
  bool number_integer(std::int64_t value) {
    return add(JsonKind::Integer, std::bit_cast<std::uint64_t>(value));
  }
  bool number_unsigned(std::uint64_t value) {
    const bool fits = value <= std::uint64_t{std::numeric_limits<std::int64_t>::max()};
    return add(fits ? JsonKind::Integer : JsonKind::Unsigned, value);
  }
  bool number_float(double value, const std::string& digits) {
    if (digits.find_first_of(".eE") != std::string::npos)
      return add(JsonKind::Real, std::bit_cast<std::uint64_t>(value));
    return addText(JsonKind::BigInteger, digits);
  }
  bool string(const std::string& value) { return addText(JsonKind::String, value); }
  bool binary(const std::vector<std::uint8_t>&) { return false; }  // JSON texts hold none

  bool key(const std::string& name) {
    key_ = store(name);
    keyOffset_ = offset();
    return true;
  }
  bool start_object(std::size_t) { return open(JsonKind::Object); }
  bool start_array(std::size_t) { return open(JsonKind::Array); }
  bool end_object() {
    refuseDuplicates(open_.back().node);
    open_.pop_back();
    return true;
  }
  bool end_array() {
    open_.pop_back();
    return true;
  }

  bool parse_error(std::size_t position, const std::string& lastToken,
                   const nlohmann::json::exception& error) {
    const bool overflow = error.id == 406;  // out_of_range.406: beyond the range of a double
    const std::size_t at = std::min(position == 0 ? 0 : position - 1, text_.size());
    throw Error(ErrorCode::Malformed,
                {.message = overflow ? "the number is too large" : "not valid JSON",
                 .file = data_.file,
                 .place = fmt::format("byte {}", at),
                 .expected = overflow ? "a finite number" : "JSON",
                 .found = at == text_.size() ? "the end of the text" : printable(lastToken)});
  }

 private:
  struct Open {
    std::uint32_t node;
    std::uint32_t lastChild;
  };

  [[nodiscard]] std::uint32_t offset() const {
    return static_cast<std::uint32_t>(reached_ - text_.data());
  }

  JsonText store(std::string_view text) {
    const auto begin = static_cast<std::uint32_t>(data_.pool.size());
    data_.pool += text;
    return {begin, static_cast<std::uint32_t>(text.size())};
  }

  bool add(JsonKind kind, std::uint64_t value) {
    if (data_.nodes.size() >= limits_.maxValues)
      throw Error(ErrorCode::Malformed, {.message = "too many values",
                                         .file = data_.file,
                                         .place = fmt::format("byte {}", offset()),
                                         .expected = fmt::format("at most {}", limits_.maxValues),
                                         .found = "more"});
    const auto index = static_cast<std::uint32_t>(data_.nodes.size());
    JsonNode node{.kind = kind, .offset = offset(), .value = value};
    if (!open_.empty()) {
      Open& parent = open_.back();
      node.parent = parent.node;
      if (data_.nodes[parent.node].kind == JsonKind::Object) {
        node.key = key_;
        node.offset = keyOffset_;
      }
      (parent.lastChild == kNoNode ? data_.nodes[parent.node].firstChild
                                   : data_.nodes[parent.lastChild].next) = index;
      parent.lastChild = index;
      ++data_.nodes[parent.node].count;
    }
    data_.nodes.push_back(node);
    return true;
  }

  bool addText(JsonKind kind, const std::string& value) {
    const JsonText text = store(value);
    add(kind, 0);
    data_.nodes.back().setText(text);
    return true;
  }

  bool open(JsonKind kind) {
    add(kind, 0);
    open_.push_back({static_cast<std::uint32_t>(data_.nodes.size() - 1), kNoNode});
    if (open_.size() > static_cast<std::size_t>(limits_.maxDepth))
      throw Error(ErrorCode::Malformed,
                  {.message = "nested too deeply",
                   .file = data_.file,
                   .place = fmt::format("byte {}", offset()),
                   .expected = fmt::format("at most {} levels", limits_.maxDepth),
                   .found = fmt::format("level {}", open_.size())});
    return true;
  }

  struct Member {
    std::size_t
        hash;  // sorting by it spares most comparisons of names; crafted clashes only slow it
    std::uint32_t node;
  };

  void refuseDuplicates(std::uint32_t object) {
    members_.clear();
    const auto keyOf = [this](const Member& m) { return data_.view(data_.nodes[m.node].key); };
    for (std::uint32_t i = data_.nodes[object].firstChild; i != kNoNode; i = data_.nodes[i].next)
      members_.push_back({std::hash<std::string_view>()(data_.view(data_.nodes[i].key)), i});
    std::sort(members_.begin(), members_.end(), [&](const Member& a, const Member& b) {
      if (a.hash != b.hash) return a.hash < b.hash;
      const int order = keyOf(a).compare(keyOf(b));
      return order != 0 ? order < 0 : a.node < b.node;
    });
    const auto same = [&](const Member& a, const Member& b) {
      return a.hash == b.hash && keyOf(a) == keyOf(b);
    };
    const auto found = std::adjacent_find(members_.begin(), members_.end(), same);
    if (found == members_.end()) return;
    const std::uint32_t first = found[0].node;
    const std::uint32_t second = found[1].node;
    throw Error(ErrorCode::Malformed,
                {.message = "the same key twice",
                 .file = data_.file,
                 .place = jsonPath(data_, second),
                 .expected = "every key once",
                 .found = fmt::format("it at byte {} and again at byte {}",
                                      data_.nodes[first].offset, data_.nodes[second].offset)});
  }

  JsonNodes& data_;
  std::string_view text_;
  const char* reached_;
  JsonLimits limits_;
  JsonText key_;
  std::uint32_t keyOffset_ = 0;
  std::vector<Open> open_;
  std::vector<Member> members_;
};

}  // namespace

JsonDocument::JsonDocument(std::unique_ptr<JsonNodes> data) : data_(std::move(data)) {}
JsonDocument::JsonDocument(JsonDocument&&) noexcept = default;
JsonDocument& JsonDocument::operator=(JsonDocument&&) noexcept = default;
JsonDocument::~JsonDocument() = default;

JsonValue JsonDocument::root() const { return {data_.get(), 0}; }
const std::string& JsonDocument::file() const { return data_->file; }

JsonDocument JsonDocument::parse(std::string_view text, std::string file,
                                 const JsonLimits& limits) {
  const auto refuse = [&file](std::string message, std::size_t at, std::string found,
                              std::string expected) {
    throw Error(ErrorCode::Malformed, {.message = std::move(message),
                                       .file = file,
                                       .place = fmt::format("byte {}", at),
                                       .expected = std::move(expected),
                                       .found = std::move(found)});
  };
  const std::size_t most =
      std::min(limits.maxBytes, std::size_t{std::numeric_limits<std::uint32_t>::max() - 1});
  if (text.size() > most)
    refuse("the text is too long", most, fmt::format("{} bytes", text.size()),
           fmt::format("at most {} bytes", most));
  if (const std::size_t bad = validUtf8Prefix(text); bad != text.size())
    refuse("not valid UTF-8", bad,
           fmt::format("the byte 0x{:02x}", static_cast<unsigned char>(text[bad])), "UTF-8");
  if (const std::size_t zero = text.find('\0'); zero != std::string_view::npos)
    refuse("not valid JSON", zero, "a zero byte", "JSON");  // nlohmann takes it for the end

  auto data = std::make_unique<JsonNodes>();
  data->file = std::move(file);
  Builder builder(*data, text, limits);
  nlohmann::json::sax_parse(builder.begin(), builder.end(), &builder);
  return JsonDocument(std::move(data));
}

}  // namespace kvloupe
