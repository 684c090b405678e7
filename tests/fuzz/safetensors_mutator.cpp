// SPDX-License-Identifier: GPL-3.0-or-later
// How libFuzzer changes safetensors files: often the header alone, with its length set right.
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "fuzz/json_mutator.hpp"

extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t most);

extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size,
                                               std::size_t most, unsigned seed) {
  std::mt19937 random(seed);
  std::uint64_t length = 0;
  if (size >= sizeof length) std::memcpy(&length, data, sizeof length);
  const bool whole = size >= sizeof length && length <= size - sizeof length;
  if (!whole || random() % 2 == 0) return LLVMFuzzerMutate(data, size, most);

  std::string header(reinterpret_cast<const char*>(data) + sizeof length, length);
  const std::string rest(reinterpret_cast<const char*>(data) + sizeof length + length,
                         size - sizeof length - length);
  kvloupe::fuzz::mutateJson(header, random);
  length = header.size();
  const std::size_t changed = sizeof length + header.size() + rest.size();
  if (changed > most) return LLVMFuzzerMutate(data, size, most);
  std::memcpy(data, &length, sizeof length);
  std::memcpy(data + sizeof length, header.data(), header.size());
  if (!rest.empty()) std::memcpy(data + sizeof length + header.size(), rest.data(), rest.size());
  return changed;
}
