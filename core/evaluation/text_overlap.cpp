// SPDX-License-Identifier: GPL-3.0-or-later
#include "evaluation/text_overlap.hpp"

#include <cstdint>
#include <unordered_map>
#include <vector>

namespace kvloupe {
namespace {

// Every passage of kOverlapBytes holds a whole block that starts at a multiple of its size.
constexpr std::size_t kBlock = kOverlapBytes / 2;
constexpr std::uint64_t kBase = 0x9E3779B97F4A7C15;
constexpr std::size_t kPlacesKept = 8;  // of one repeated block

std::uint64_t byteAt(std::string_view text, std::size_t i) {
  return static_cast<unsigned char>(text[i]) + std::uint64_t{1};
}

std::uint64_t hashBlock(std::string_view text, std::size_t begin) {
  std::uint64_t hash = 0;
  for (std::size_t i = begin; i < begin + kBlock; ++i) hash = hash * kBase + byteAt(text, i);
  return hash;
}

TextOverlap grow(std::string_view first, std::string_view second, std::size_t a, std::size_t b) {
  std::size_t before = 0;
  while (before < a && before < b && first[a - before - 1] == second[b - before - 1]) ++before;
  std::size_t after = 0;
  while (a + after < first.size() && b + after < second.size() &&
         first[a + after] == second[b + after])
    ++after;
  return {a - before, b - before, before + after};
}

}  // namespace

std::optional<TextOverlap> findOverlap(std::string_view first, std::string_view second) {
  if (first.size() < kOverlapBytes || second.size() < kOverlapBytes) return std::nullopt;
  std::unordered_map<std::uint64_t, std::vector<std::size_t>> blocks;
  for (std::size_t begin = 0; begin + kBlock <= first.size(); begin += kBlock) {
    auto& places = blocks[hashBlock(first, begin)];
    if (places.size() < kPlacesKept) places.push_back(begin);
  }
  std::uint64_t leading = 1;
  for (std::size_t i = 1; i < kBlock; ++i) leading *= kBase;

  std::uint64_t hash = hashBlock(second, 0);
  for (std::size_t begin = 0;; ++begin) {
    if (const auto found = blocks.find(hash); found != blocks.end())
      for (const std::size_t place : found->second) {
        const TextOverlap overlap = grow(first, second, place, begin);
        if (overlap.length >= kOverlapBytes) return overlap;
      }
    if (begin + kBlock >= second.size()) return std::nullopt;
    hash = (hash - byteAt(second, begin) * leading) * kBase + byteAt(second, begin + kBlock);
  }
}

}  // namespace kvloupe
