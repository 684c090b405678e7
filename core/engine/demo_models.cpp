// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/demo_models.hpp"

#include <fmt/format.h>

#include <cstdlib>
#include <system_error>
#include <vector>

#include "common/error.hpp"

namespace kvloupe {
namespace {

namespace fs = std::filesystem;

std::vector<fs::path> resourceFolders() {
  std::vector<fs::path> folders;
  if (const char* told = std::getenv("KVLOUPE_RESOURCES")) folders.emplace_back(told);
  std::error_code ignored;
  const fs::path program = fs::read_symlink("/proc/self/exe", ignored);
  folders.push_back(program.parent_path().parent_path() / "share/kvloupe");
  folders.emplace_back(KVLOUPE_SOURCE_RESOURCES);
  return folders;
}

}  // namespace

std::optional<DemoModel> findDemo(std::string_view name) {
  constexpr std::string_view kPrefix = "demo:";
  if (!name.starts_with(kPrefix)) return std::nullopt;
  const std::string model(name.substr(kPrefix.size()));
  if (model != "gqa" && model != "mla")
    throw Error(ErrorCode::NotFound, {.message = "no such demo",
                                      .file = {},
                                      .place = "MODEL",
                                      .expected = "demo:gqa or demo:mla",
                                      .found = fmt::format("\"{}\"", name),
                                      .advice = {}});
  std::string looked;
  for (const fs::path& resources : resourceFolders()) {
    const fs::path demo = resources / "demo";
    std::error_code ignored;
    if (fs::exists(demo / model / "config.json", ignored))
      return DemoModel{demo / model, demo / "calibration.txt", demo / "evaluation.txt"};
    looked += (looked.empty() ? "" : ", ") + demo.string();
  }
  throw Error(ErrorCode::NotFound, {.message = "the bundled models are not installed",
                                    .file = {},
                                    .place = std::string(name),
                                    .expected = fmt::format("a folder {} in {}", model, looked),
                                    .found = "none",
                                    .advice = {}});
}

}  // namespace kvloupe
