// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <ATen/core/Tensor.h>
#include <ATen/ops/empty.h>

#include <cstdint>
#include <cstring>
#include <fstream>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>
#include <vector>

namespace kvloupe {

/// A file of tests/data/compression, written by make_fixtures.py there.
inline nlohmann::json readFixture(const std::string& name) {
  const std::string path = std::string(KVLOUPE_TEST_DATA) + "/compression/" + name;
  std::ifstream file(path);
  if (!file) throw std::runtime_error("no fixture " + path);
  return nlohmann::json::parse(file);
}

/// Bits of float32, as the fixtures hold them.
inline at::Tensor fromBits(const nlohmann::json& bits, const std::vector<std::int64_t>& shape) {
  const auto words = bits.get<std::vector<std::uint32_t>>();
  at::Tensor values = at::empty(shape, at::kFloat);
  if (values.numel() != static_cast<std::int64_t>(words.size()))
    throw std::runtime_error("a fixture of another shape");
  std::memcpy(values.data_ptr<float>(), words.data(), words.size() * sizeof(float));
  return values;
}

}  // namespace kvloupe
