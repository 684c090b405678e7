// SPDX-License-Identifier: GPL-3.0-or-later
// A tokenizer.json: read or refused; what is read makes ids of a text and text of ids.
#include <cstdint>
#include <string_view>

#include "fuzz/refusal.hpp"
#include "text/tokenizer_files.hpp"

namespace {

using namespace kvloupe;

constexpr std::string_view kText =
    "abc The 12 <s> word\xe2\x96\x81 e\xcc\x81\n\n  it's \xe8\x88\xb9 \xf0\x9f\x91\xa9\xff!";

void readAll(std::string_view json) {
  const auto tokenizer = parseTokenizerJson(json, "f");
  const std::int32_t size = tokenizer->vocabSize();
  fuzz::check(size >= 0, "an id is no negative number");
  if (const auto bos = tokenizer->bosId()) fuzz::check(*bos >= 0 && *bos < size, "BOS is a token");
  fuzz::check(!tokenizer->description().empty(), "a tokenizer has a description");
  fuzz::mayRefuse([&] {
    const auto ids = tokenizer->encode(kText);
    for (const std::int32_t id : ids) {
      fuzz::check(id >= 0 && id < size, "ids are below the size of the vocabulary");
      static_cast<void>(tokenizer->tokenText(id));
    }
    static_cast<void>(tokenizer->decode(ids));
  });
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::mayRefuse([&] { readAll({reinterpret_cast<const char*>(data), size}); });
  return 0;
}
