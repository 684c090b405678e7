// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>

namespace kvloupe {

/// A file of tests/data/analysis, written by make_fixtures.py there.
inline nlohmann::json readFixture(const std::string& name) {
  const std::string path = std::string(KVLOUPE_TEST_DATA) + "/analysis/" + name;
  std::ifstream file(path);
  if (!file) throw std::runtime_error("no fixture " + path);
  return nlohmann::json::parse(file);
}

inline bool close(double actual, double expected, double relative) {
  return std::abs(actual - expected) <= relative * std::max(std::abs(expected), 1e-300);
}

}  // namespace kvloupe
