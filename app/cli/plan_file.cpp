// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/plan_file.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>

#include "cli/json_parts.hpp"
#include "common/error.hpp"
#include "compression/plan/resolve.hpp"
#include "compression/plan/spec.hpp"
#include "io/json.hpp"

namespace kvloupe::cli {
namespace {

constexpr const char* kFormat = "KV Loupe plan";
constexpr int kVersion = 1;
constexpr const char* kUnwritable = "the plan cannot be written";

[[noreturn]] void fail(const std::string& path, const char* what) {
  throw Error(errno == ENOENT ? ErrorCode::NotFound : ErrorCode::Io, {.message = what,
                                                                      .file = path,
                                                                      .place = {},
                                                                      .expected = {},
                                                                      .found = std::strerror(errno),
                                                                      .advice = {}});
}

/// The cache format of llama.cpp that a target has in all layers, and nothing else done to it: none
/// where it is untouched, absent where llama.cpp cannot do the same.
std::optional<std::string> llamaFormat(const Plan& plan, const ModelInfo& model, Target target) {
  const auto first = plan.chains.find({0, target});
  for (int layer = 0; layer < model.numLayers; ++layer) {
    const auto chain = plan.chains.find({layer, target});
    if ((chain == plan.chains.end()) != (first == plan.chains.end())) return std::nullopt;
    if (chain != plan.chains.end() && chain->second != first->second) return std::nullopt;
  }
  if (first == plan.chains.end()) return std::string();
  for (const Format format :
       {Format::Q8_0, Format::Q5_1, Format::Q5_0, Format::Q4_1, Format::Q4_0}) {
    Chain plain;
    plain.tap = defaultTap(model, target);
    plain.format = format;
    if (first->second == plain) return std::string(kFormatNames[std::size_t(format)]);
  }
  return std::nullopt;
}

/// Flags of llama.cpp that store K and V as the plan does, or null where it cannot.
Json llamaJson(const Evaluation& evaluation, const ModelInfo& model) {
  if (model.attention == AttentionKind::Mla) return nullptr;  // K and V are not what it caches
  const Plan plan = resolvePlan(evaluation.specs, model);
  const auto k = llamaFormat(plan, model, Target::K), v = llamaFormat(plan, model, Target::V);
  if (!k || !v || (k->empty() && v->empty())) return nullptr;
  std::string flags;
  if (!k->empty()) flags += "-ctk " + *k;
  if (!v->empty()) flags += (flags.empty() ? "-ctv " : " -ctv ") + *v;
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
  json["llama_cpp"] = llamaJson(plan, model);
  return json;
}

void checkPlanPath(const std::string& path) {
  const std::filesystem::path target(path);
  const std::filesystem::path folder = target.has_parent_path() ? target.parent_path() : ".";
  if (::access(folder.c_str(), W_OK | X_OK) != 0) fail(path, kUnwritable);
  if (!std::filesystem::is_directory(target)) return;
  errno = EISDIR;
  fail(path, kUnwritable);
}

void writePlanFile(const Json& document, const std::string& path) {
  const std::string fresh = path + ".part";
  {
    std::ofstream file(fresh, std::ios::binary | std::ios::trunc);
    file << document.dump(1, ' ', false, Json::error_handler_t::replace) << '\n';
    file.flush();
    if (!file) fail(path, kUnwritable);
  }
  if (std::rename(fresh.c_str(), path.c_str()) != 0) fail(path, kUnwritable);
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
