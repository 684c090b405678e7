// SPDX-License-Identifier: GPL-3.0-or-later
#include "bench/figures_file.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <ctime>
#include <fstream>
#include <stdexcept>

namespace kvloupe {

double median(std::vector<double> values) {
  std::ranges::sort(values);
  const std::size_t middle = values.size() / 2;
  return values.size() % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}

std::string processorName() {
  std::ifstream cpus("/proc/cpuinfo");
  for (std::string line; std::getline(cpus, line);)
    if (line.starts_with("model name"))
      return line.substr(std::min(line.size(), line.find(':') + 2));
  return "unknown";
}

void writeFigures(const std::string& path, nlohmann::json figures) {
  if (path.empty()) return;
  figures["processor"] = processorName();
  figures["date"] = fmt::format("{:%Y-%m-%d}", fmt::gmtime(std::time(nullptr)));
  if (!(std::ofstream(path) << figures.dump(2) << "\n"))
    throw std::runtime_error(path + ": cannot be written");
}

}  // namespace kvloupe
