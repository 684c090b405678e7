// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/plan_file.hpp"

#include <fmt/format.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <iterator>

#include "cli/json_parts.hpp"
#include "common/error.hpp"
#include "compression/plan/spec.hpp"
#include "io/json.hpp"

namespace kvloupe::cli {
namespace {

constexpr const char* kFormat = "KV Loupe plan";
constexpr int kVersion = 1;

[[noreturn]] void fail(const std::string& path, const char* what) {
  throw Error(errno == ENOENT ? ErrorCode::NotFound : ErrorCode::Io, {.message = what,
                                                                      .file = path,
                                                                      .place = {},
                                                                      .expected = {},
                                                                      .found = std::strerror(errno),
                                                                      .advice = {}});
}

/// The format of a SPEC that says nothing but that, for all layers; else empty.
std::string plainFormat(const std::string& spec, const std::string& target) {
  for (const char* format : {"q8_0", "q5_1", "q5_0", "q4_1", "q4_0"})
    if (spec == fmt::format("{}:format={}", target, format) ||
        spec == fmt::format("kv:format={}", format))
      return format;
  return {};
}

/// Flags of llama.cpp that store K and V alike in all layers, or null where it cannot.
Json llamaJson(const Evaluation& plan) {
  std::array<std::string, 2> formats;
  for (const CompressionSpec& spec : plan.specs) {
    const std::string text = specText(spec);
    const std::string k = plainFormat(text, "k"), v = plainFormat(text, "v");
    if (k.empty() && v.empty()) return nullptr;
    if (!k.empty()) formats[0] = k;
    if (!v.empty()) formats[1] = v;
  }
  if (formats[0].empty() && formats[1].empty()) return nullptr;
  std::string flags;
  if (!formats[0].empty()) flags += "-ctk " + formats[0];
  if (!formats[1].empty()) flags += (flags.empty() ? "-ctv " : " -ctv ") + formats[1];
  return {{"flags", flags},
          {"environment", "LLAMA_ATTN_ROT_DISABLE=1"},
          {"note",
           "Builds since April 2026 rotate quantized K and V by themselves; this plan does not, so "
           "the environment variable goes with the flags. Quantized V needs flash attention "
           "(-fa on)."}};
}

}  // namespace

Json planJson(const Evaluation& plan, const ModelInfo& model) {
  Json specs = Json::array();
  for (const CompressionSpec& spec : plan.specs) specs.push_back(specText(spec));
  Json weights = Json::array();
  for (const WeightFile& file : model.weightFiles)
    weights.push_back({{"name", file.name}, {"sha256", file.sha256}});
  const EvaluationFigures& figures = plan.figures;
  Json json = {
      {"format", kFormat},
      {"version", kVersion},
      {"model", {{"name", model.name}, {"model_type", model.family}, {"weights", weights}}},
      {"specs", specs}};
  Json measured = settingJson(plan);
  measured.update({{"tokens_scored", figures.tokensScored},
                   {"baseline_ppl", figures.baseline.ppl},
                   {"ppl", figures.compressed.ppl},
                   {"delta_ppl_percent", figures.deltaPplPercent},
                   {"delta_ppl_ci95", intervalJson(figures.deltaInterval)},
                   {"cache_ratio", plan.accounting.cacheRatio},
                   {"bytes_per_token", plan.accounting.bytesPerToken}});
  json["measured"] = std::move(measured);
  json["llama_cpp"] = llamaJson(plan);
  return json;
}

void writePlanFile(const Json& document, const std::string& path) {
  const std::string fresh = path + ".part";
  {
    std::ofstream file(fresh, std::ios::binary | std::ios::trunc);
    file << document.dump(1, ' ', false, Json::error_handler_t::replace) << '\n';
    file.flush();
    if (!file) fail(path, "the plan cannot be written");
  }
  if (std::rename(fresh.c_str(), path.c_str()) != 0) fail(path, "the plan cannot be written");
}

std::vector<std::string> readPlanFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) fail(path, "the plan cannot be read");
  const std::string text(std::istreambuf_iterator<char>(file), {});
  const JsonDocument document = JsonDocument::parse(text, path);
  const JsonValue root = document.root();
  if (root.requireString("format") != kFormat)
    root.at("format").refuse("this is no plan", fmt::format("\"{}\"", kFormat));
  if (root.requireInt("version") != kVersion)
    root.at("version").refuse("a version that this program does not know",
                              fmt::format("{}", kVersion));
  std::vector<std::string> specs;
  for (const JsonValue spec : root.requireArray("specs")) specs.emplace_back(spec.asString());
  return specs;
}

}  // namespace kvloupe::cli
