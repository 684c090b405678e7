// SPDX-License-Identifier: GPL-3.0-or-later
#include "io/run_store/names.hpp"
#include "io/run_store/records.hpp"

namespace kvloupe::hdf5 {

void writeText(const GroupWriter& group, const TextInfo& text) {
  group.text("name", text.name);
  group.text("path", text.path);
  group.text("sha256", text.sha256);
  group.integer("tokens", text.tokens);
  group.integer("bytes", text.bytes);
}

TextInfo readText(const GroupReader& group) {
  return {.name = group.text("name"),
          .path = group.text("path"),
          .sha256 = group.text("sha256"),
          .tokens = group.count("tokens"),
          .bytes = group.count("bytes")};
}

void writeModel(const GroupWriter& group, const ModelInfo& model) {
  group.text("name", model.name);
  group.text("folder", model.folder);
  group.text("family", model.family);
  group.text("attention", model.attention == AttentionKind::Mla ? "mla" : "standard");
  group.integer("num_layers", model.numLayers);
  group.integer("num_heads", model.numHeads);
  group.integer("num_kv_heads", model.numKvHeads);
  group.integer("head_dim", model.headDim);
  group.integer("v_head_dim", model.vHeadDim);
  group.integer("kv_lora_rank", model.kvLoraRank);
  group.integer("qk_rope_head_dim", model.qkRopeHeadDim);
  group.integer("hidden_size", model.hiddenSize);
  group.integer("vocab_size", model.vocabSize);
  group.integer("max_positions", model.maxPositions);
  group.flag("qkv_bias", model.qkvBias);
  group.flag("rotary", model.rotary);
  group.integer("parameter_count", model.parameterCount);
  group.text("stored_dtype", model.storedDtype);
  group.text("compute_dtype", model.computeDtype);
  group.text("device", model.device);
  group.integer("kv_bytes_per_token", model.kvBytesPerToken);
  group.text("tokenizer", model.tokenizer);
  group.longText("config", model.configJson);

  group.texts("taps", namesOf(model.taps), "tap");
  group.texts("warnings", model.warnings, "warning");

  std::vector<std::string> names, hashes;
  std::vector<std::int64_t> sizes;
  for (const WeightFile& file : model.weightFiles) {
    names.push_back(file.name);
    hashes.push_back(file.sha256.empty() ? "pending" : file.sha256);
    sizes.push_back(file.bytes);
  }
  const GroupWriter files = group.group("weight_files");
  files.texts("name", names, "file");
  files.texts("sha256", hashes, "file");
  files.array<std::int64_t>("bytes", sizes, {sizes.size()}, {"bytes", {"file"}});
}

ModelInfo readModel(const GroupReader& group) {
  ModelInfo model;
  model.name = group.text("name");
  model.folder = group.text("folder");
  model.family = group.text("family");
  const std::string attention = group.text("attention");
  if (attention != "standard" && attention != "mla")
    group.refuse("attention", "unknown kind of attention", "standard or mla", attention);
  model.attention = attention == "mla" ? AttentionKind::Mla : AttentionKind::Standard;
  model.numLayers = group.intCount("num_layers");
  model.numHeads = group.intCount("num_heads");
  model.numKvHeads = group.intCount("num_kv_heads");
  model.headDim = group.intCount("head_dim");
  model.vHeadDim = group.intCount("v_head_dim");
  model.kvLoraRank = group.intCount("kv_lora_rank");
  model.qkRopeHeadDim = group.intCount("qk_rope_head_dim");
  model.hiddenSize = group.intCount("hidden_size");
  model.vocabSize = group.intCount("vocab_size");
  model.maxPositions = group.intCount("max_positions");
  model.qkvBias = group.flag("qkv_bias");
  model.rotary = group.maybeFlag("rotary").value_or(true);  // older files do not say
  model.parameterCount = group.count("parameter_count");
  model.storedDtype = group.text("stored_dtype");
  model.computeDtype = group.text("compute_dtype");
  model.device = group.text("device");
  model.kvBytesPerToken = group.count("kv_bytes_per_token");
  model.tokenizer = group.text("tokenizer");
  model.configJson = group.text("config");
  model.warnings = group.texts("warnings");

  model.taps = allNamed<Tap>(group, "taps", group.texts("taps"));

  const GroupReader files = group.group("weight_files");
  const std::vector<std::string> names = files.texts("name");
  const std::vector<std::string> hashes = files.texts("sha256");
  const auto sizes = files.array<std::int64_t>("bytes", {names.size()});
  if (hashes.size() != names.size())
    files.refuse("sha256", "wrong number of weight files", std::to_string(names.size()),
                 std::to_string(hashes.size()));
  for (std::size_t i = 0; i < names.size(); ++i)
    model.weightFiles.push_back({.name = names[i],
                                 .bytes = sizes.values[i],
                                 .sha256 = hashes[i] == "pending" ? "" : hashes[i]});
  return model;
}

}  // namespace kvloupe::hdf5
