// SPDX-License-Identifier: GPL-3.0-or-later
#include "evaluation/protocol.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "common/error.hpp"

namespace kvloupe {
namespace {

constexpr std::array<std::string_view, 3> kNames = {"papers", "strided", "llama.cpp"};

std::vector<ScoredWindow> stridedWindows(std::int64_t tokens, std::int64_t context,
                                         std::int64_t stride) {
  std::vector<ScoredWindow> windows;
  std::int64_t scoredTo = 1;  // the text's first token has nothing before it
  for (std::int64_t begin = 0; scoredTo < tokens; begin += stride) {
    const std::int64_t end = std::min(begin + context, tokens);
    windows.push_back({begin, end - begin, scoredTo - begin, false});
    scoredTo = end;
  }
  return windows;
}

/// Non-overlapping windows, tail dropped.
std::vector<ScoredWindow> adjacentWindows(Protocol protocol, std::int64_t tokens,
                                          std::int64_t context, bool addsBos) {
  const std::int64_t length = std::min(context, tokens);
  const bool llama = protocol == Protocol::LlamaCpp;
  std::vector<ScoredWindow> windows;
  for (std::int64_t begin = 0; begin + length <= tokens; begin += length)
    windows.push_back({begin, length, llama ? length / 2 + 1 : 1, llama && addsBos});
  return windows;
}

}  // namespace

std::string_view protocolName(Protocol protocol) {
  return kNames[static_cast<std::size_t>(protocol)];
}

Protocol protocolFromName(std::string_view name) {
  for (std::size_t i = 0; i < kNames.size(); ++i)
    if (kNames[i] == name) return static_cast<Protocol>(i);
  throw Error(ErrorCode::InvalidArgument, {.message = "unknown protocol",
                                           .file = {},
                                           .place = "--protocol",
                                           .expected = "papers, strided or llama.cpp",
                                           .found = fmt::format("\"{}\"", name),
                                           .advice = {}});
}

std::vector<ScoredWindow> protocolWindows(Protocol protocol, std::int64_t tokens,
                                          std::int64_t context, std::int64_t stride, bool addsBos) {
  // At a stride of the whole context nothing comes before a window's first token.
  if (protocol == Protocol::Strided && (stride < 1 || stride >= context))
    throw Error(ErrorCode::InvalidArgument,
                {.message = "the stride leaves tokens out",
                 .file = {},
                 .place = "--stride",
                 .expected = fmt::format("1 to {}, less than the context", context - 1),
                 .found = fmt::format("{}", stride),
                 .advice = {}});
  std::vector<ScoredWindow> windows = tokens < 2 ? std::vector<ScoredWindow>{}
                                      : protocol == Protocol::Strided
                                          ? stridedWindows(tokens, context, stride)
                                          : adjacentWindows(protocol, tokens, context, addsBos);
  if (windows.empty() || windows.front().scored() < 1)
    throw Error(ErrorCode::Unsupported,
                {.message = "too short to be measured",
                 .file = {},
                 .place = fmt::format("protocol {}", protocolName(protocol)),
                 .expected = protocol == Protocol::LlamaCpp ? "at least 3 tokens in a window"
                                                            : "at least 2 tokens in a window",
                 .found = fmt::format("{} token{} in windows of {}", tokens, tokens == 1 ? "" : "s",
                                      context),
                 .advice = {}});
  return windows;
}

}  // namespace kvloupe
