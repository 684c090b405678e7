// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/plan_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string_view>

#include "common/error.hpp"
#include "common/hashing.hpp"
#include "compression/plan/resolve.hpp"
#include "compression/plan/spec.hpp"
#include "compression/plan/stored_format.hpp"
#include "engine/setting_json.hpp"
#include "io/atomic_file.hpp"
#include "io/json.hpp"
#include "io/model_folder.hpp"
#include "io/safetensors.hpp"
#include "io/safetensors_writer.hpp"

namespace kvloupe {
namespace {

constexpr const char* kFormat = "KV Loupe plan";
constexpr int kVersion = 1;
constexpr std::int64_t kMaxPlanBytes = 64 << 20;
constexpr std::array<std::string_view, 6> kPlanTensorNames = {"mean",     "encode", "decode",
                                                              "rotation", "scale",  "zero"};
constexpr const char* kNoRotation = "LLAMA_ATTN_ROT_DISABLE=1";
constexpr const char* kLlamaBuild =
    "any with these cache types; from commit 744c0c7 (1 April 2026, pull request 21038, release "
    "b9630 for one) with the environment variable";
constexpr const char* kLlamaNote =
    "Builds since April 2026 rotate quantized K and V by themselves; this plan does not, so the "
    "environment variable goes with the flags. Quantized V needs flash attention (-fa on). Values "
    "are rounded as gguf-py 0.19.0 rounds them.";

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
Json llamaJson(const Plan& plan, const ModelInfo& model) {
  if (model.attention == AttentionKind::Mla) return nullptr;  // K and V are not what it caches
  const auto k = llamaFormat(plan, model, Target::K), v = llamaFormat(plan, model, Target::V);
  if (!k || !v || (k->empty() && v->empty())) return nullptr;
  std::string flags;
  if (!k->empty()) flags += "-ctk " + *k;
  if (!v->empty()) flags += (flags.empty() ? "-ctv " : " -ctv ") + *v;
  return {
      {"flags", flags}, {"environment", kNoRotation}, {"build", kLlamaBuild}, {"note", kLlamaNote}};
}

/// The steps of every layer and target, in the order of the members.
Json chainsJson(const Plan& plan) {
  Json chains = Json::array();
  const auto name = [](const auto& names, auto value) { return names[std::size_t(value)]; };
  for (const auto& [where, chain] : plan.chains) {
    const bool scaled = storedFormat(chain.format).scaled;
    Json json = {{"layer", where.first},
                 {"target", targetName(where.second)},
                 {"tap", tapName(chain.tap)},
                 {"centre", chain.centre},
                 {"scope", name(kScopeNames, chain.scope)},
                 {"rank", orNull(chain.rank)},
                 {"basis", chain.rank ? Json(name(kBasisNames, chain.basis)) : Json(nullptr)},
                 {"rotate", name(kRotationNames, chain.rotation)},
                 {"format", name(kFormatNames, chain.format)},
                 {"scale", scaled ? Json(name(kScaleNames, chain.scale)) : Json(nullptr)},
                 {"group", chain.group},
                 {"residual", chain.residual},
                 {"sink", chain.sink},
                 {"seed", chain.seed}};
    chains.push_back(std::move(json));
  }
  return chains;
}

Json modelJson(const ModelInfo& model) {
  Json weights = Json::array();
  for (const WeightFile& file : model.weightFiles) {
    if (file.sha256.empty())
      throw Error(ErrorCode::Internal, {.message = "a plan of weights that are not hashed yet",
                                        .file = file.name,
                                        .place = "sha256",
                                        .expected = "64 hexadecimal digits",
                                        .found = "pending",
                                        .advice = {}});
    weights.push_back({{"name", file.name}, {"sha256", file.sha256}});
  }
  return {{"name", model.name}, {"model_type", model.family}, {"weights", weights}};
}

Json measuredJson(const Evaluation& plan) {
  const EvaluationFigures& figures = plan.figures;
  Json json = settingJson(plan);
  json.update({{"tokens_scored", figures.tokensScored},
               {"baseline_ppl", figures.baseline.ppl},
               {"ppl", figures.compressed.ppl},
               {"delta_ppl_percent", figures.deltaPplPercent},
               {"delta_ppl_ci95", intervalJson(figures.deltaInterval)},
               {"cache_ratio", plan.accounting.cacheRatio},
               {"bytes_per_token", plan.accounting.bytesPerToken}});
  return json;
}

/// A file that stands beside the plan at `path`.
std::filesystem::path besidePlan(const std::string& path, const char* extension) {
  std::filesystem::path file(path);
  if (file.extension() == ".json") file.replace_extension();
  return file += extension;
}

/// Where the tensors of the plan at `path` stand.
std::filesystem::path tensorPath(const std::string& path) {
  return besidePlan(path, ".safetensors");
}

bool interrupted(const JsonValue& plan) {
  const auto complete = plan.find("complete");
  return complete && !complete->asBool();
}

enum class Holds { SomethingElse, Plan, InterruptedPlan };

/// What `path` holds; a plan.json of whatever version.
Holds holds(const std::string& path) try {
  const std::string text = ReadableFile(path, path).readAll(kMaxPlanBytes);
  const JsonDocument document = JsonDocument::parse(text, path);
  if (document.root().requireString("format") != kFormat) return Holds::SomethingElse;
  return interrupted(document.root()) ? Holds::InterruptedPlan : Holds::Plan;
} catch (const Error&) {
  return Holds::SomethingElse;
}

/// Whether `path` holds a plan's tensors: a model's own have other names.
bool holdsPlanTensors(const std::string& path) try {
  const ReadableFile file(path, path);
  std::array<std::byte, sizeof(std::uint64_t)> start{};
  if (file.bytes() < std::int64_t(start.size())) return false;
  file.read(0, start);
  std::string header(std::size_t(safetensorsHeaderBytes(start, file.bytes(), path)), '\0');
  file.read(start.size(), std::as_writable_bytes(std::span(header)));
  return std::ranges::all_of(
      parseSafetensorsHeader(header, file.bytes(), path), [](const TensorEntry& tensor) {
        const std::string_view name = tensor.name;
        return name.starts_with("layers.") && std::ranges::count(name, '.') == 3 &&
               std::ranges::count(kPlanTensorNames, name.substr(name.rfind('.') + 1)) == 1;
      });
} catch (const Error&) {
  return false;
}

std::string fileText(const Json& document) {
  return document.dump(1, ' ', false, Json::error_handler_t::replace) + '\n';
}

void refuseToOverwrite(const std::string& path, const char* expected) {
  throw Error(ErrorCode::Malformed, {.message = "a file that is no plan would be overwritten",
                                     .file = path,
                                     .place = {},
                                     .expected = expected,
                                     .found = "another file",
                                     .advice = "Save elsewhere"});
}

/// The plan.json at `path`, of a version that is known, and whole.
JsonDocument parsedPlan(const std::string& path) {
  const std::string text = ReadableFile(path, path).readAll(kMaxPlanBytes);
  JsonDocument document = JsonDocument::parse(text, path);
  const JsonValue root = document.root();
  if (root.requireString("format") != kFormat)
    root.at("format").refuse("this is no plan", fmt::format("\"{}\"", kFormat));
  if (root.requireInt("version") != kVersion)
    root.at("version").refuse("a version that this program does not know",
                              fmt::format("{}", kVersion));
  if (interrupted(root))
    throw Error(ErrorCode::Unsupported,
                {.message = "this plan was interrupted before it was found",
                 .file = path,
                 .place = "complete",
                 .expected = "true",
                 .found = "false",
                 .advice = "Run the command that wrote it again with --resume"});
  return document;
}

}  // namespace

void checkPlanPath(const std::string& path) {
  const std::string tensors = tensorPath(path).string();
  for (const std::string& file : {path, tensors}) checkWritable(file, "the plan cannot be written");
  const auto isThere = [](const std::string& file) {
    std::error_code absent;
    const auto size = std::filesystem::file_size(file, absent);
    return !absent && size > 0;
  };
  if (isThere(path) && holds(path) == Holds::SomethingElse)
    refuseToOverwrite(path, "a plan.json, or none");
  if (isThere(tensors) && !holdsPlanTensors(tensors))
    refuseToOverwrite(tensors, "the tensors of a plan, or none");
}

void exportPlan(const FittedPlan& plan, const ModelInfo& model, const std::string& command,
                const std::string& path) {
  checkPlanPath(path);
  const Evaluation& measured = *plan.measured;
  const Plan resolved = resolvePlan(measured.specs, model);
  Json specs = Json::array();
  for (const CompressionSpec& spec : measured.specs) specs.push_back(specText(spec));
  const std::string bytes = safetensorsBytes(plan.tensors);
  const std::filesystem::path tensors = tensorPath(path);
  const Json document = {
      {"format", kFormat},
      {"version", kVersion},
      {"complete", true},
      {"model", modelJson(model)},
      {"specs", specs},
      {"chains", chainsJson(resolved)},
      {"tensors", {{"file", tensors.filename().string()}, {"sha256", sha256Hex(bytes)}}},
      {"measured", measuredJson(measured)},
      {"llama_cpp", llamaJson(resolved, model)},
      {"provenance", provenanceJson(model, command)}};
  const bool goesOn = holds(path) == Holds::InterruptedPlan;
  writeAtomically(tensors, bytes);
  writeAtomically(path, fileText(document));
  std::error_code ignored;
  if (goesOn) std::filesystem::remove(interruptedRunPath(path), ignored);
}

std::string interruptedRunPath(const std::string& path) {
  return besidePlan(path, ".partial.kvl.h5").string();
}

void exportInterruptedPlan(const ModelInfo& model, const std::string& command,
                           const std::string& path) {
  checkPlanPath(path);
  const std::filesystem::path measured = interruptedRunPath(path);
  writeAtomically(path, fileText({{"format", kFormat},
                                  {"version", kVersion},
                                  {"complete", false},
                                  {"measured_so_far", measured.filename().string()},
                                  {"model", modelJson(model)},
                                  {"specs", Json::array()},
                                  {"provenance", provenanceJson(model, command)}}));
}

std::vector<std::string> readPlanFile(const std::string& path) {
  const JsonDocument document = parsedPlan(path);
  const JsonValue root = document.root();
  std::vector<std::string> specs;
  for (const JsonValue spec : root.requireArray("specs")) specs.emplace_back(spec.asString());
  return specs;
}

ModelInfo planModel(const std::string& path) {
  const JsonDocument document = parsedPlan(path);
  const JsonValue described = document.root().at("model");
  ModelInfo model;
  model.name = described.requireString("name");
  for (const JsonValue file : described.requireArray("weights"))
    model.weightFiles.push_back({.name = std::string(file.requireString("name")),
                                 .sha256 = std::string(file.requireString("sha256"))});
  return model;
}

}  // namespace kvloupe
