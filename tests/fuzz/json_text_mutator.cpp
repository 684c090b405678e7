// SPDX-License-Identifier: GPL-3.0-or-later
// How libFuzzer changes the inputs of targets that read a JSON text.
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "fuzz/json_mutator.hpp"

extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t most);

extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size,
                                               std::size_t most, unsigned seed) {
  std::mt19937 random(seed);
  if (random() % 2 == 0) return LLVMFuzzerMutate(data, size, most);
  std::string json(reinterpret_cast<const char*>(data), size);
  kvloupe::fuzz::mutateJson(json, random);
  if (json.size() > most) return LLVMFuzzerMutate(data, size, most);
  std::memcpy(data, json.data(), json.size());
  return json.size();
}
