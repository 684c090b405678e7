// SPDX-License-Identifier: GPL-3.0-or-later
#include "bench/checkpoint.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <bit>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <vector>

namespace kvloupe {
namespace {

namespace fs = std::filesystem;

constexpr const char* kWeights = "model.safetensors";

[[noreturn]] void fail(const fs::path& path) {
  throw std::runtime_error(fmt::format("{}: {}", path.string(), std::strerror(errno)));
}

int openFile(const fs::path& path, int flags) {
  const int descriptor = ::open(path.c_str(), flags | O_CLOEXEC, 0644);
  if (descriptor < 0) fail(path);
  return descriptor;
}

void writeAt(int descriptor, std::span<const std::byte> bytes, std::int64_t offset) {
  while (!bytes.empty()) {
    const ssize_t written = ::pwrite(descriptor, bytes.data(), bytes.size(), offset);
    if (written <= 0) fail(kWeights);
    bytes = bytes.subspan(static_cast<std::size_t>(written));
    offset += written;
  }
}

/// Elements [first, first + count) of a tensor of RandomWeights as BF16, rounded toward zero.
std::vector<std::uint16_t> randomElements(const RandomWeights& random, const TensorEntry& entry,
                                          std::int64_t first, std::int64_t count) {
  std::vector<float> values(static_cast<std::size_t>(count));
  random.readBytes(random.at(entry.name), first * 4, std::as_writable_bytes(std::span(values)));
  std::vector<std::uint16_t> narrow;
  narrow.reserve(values.size());
  for (const float value : values)
    narrow.push_back(static_cast<std::uint16_t>(std::bit_cast<std::uint32_t>(value) >> 16));
  return narrow;
}

}  // namespace

TemporaryFolder::TemporaryFolder(const fs::path& parent) {
  std::string name =
      ((parent.empty() ? fs::temp_directory_path() : parent) / "kvloupe-bench-XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr) fail(name);
  path_ = name;
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

std::string qwen25Config(int layers) {
  return fmt::format(R"({{"model_type": "qwen2", "vocab_size": 151936,
      "hidden_size": 896, "intermediate_size": 4864, "num_hidden_layers": {},
      "num_attention_heads": 14, "num_key_value_heads": 2, "max_position_embeddings": 32768,
      "rms_norm_eps": 1e-6, "rope_theta": 1000000.0, "tie_word_embeddings": true,
      "hidden_act": "silu", "torch_dtype": "bfloat16"}})",
                     layers);
}

std::string deepseekV2LiteConfig() {
  return R"({"model_type": "deepseek_v2", "vocab_size": 102400, "hidden_size": 2048,
      "intermediate_size": 10944, "moe_intermediate_size": 1408, "num_hidden_layers": 27,
      "num_attention_heads": 16, "num_key_value_heads": 16, "n_shared_experts": 2,
      "n_routed_experts": 64, "num_experts_per_tok": 6, "first_k_dense_replace": 1,
      "moe_layer_freq": 1, "routed_scaling_factor": 1.0, "kv_lora_rank": 512, "q_lora_rank": null,
      "qk_rope_head_dim": 64, "qk_nope_head_dim": 128, "v_head_dim": 128,
      "topk_method": "greedy", "n_group": 1, "topk_group": 1, "norm_topk_prob": false,
      "scoring_func": "softmax", "hidden_act": "silu", "max_position_embeddings": 163840,
      "rms_norm_eps": 1e-6, "rope_theta": 10000, "attention_bias": false,
      "rope_scaling": {"beta_fast": 32, "beta_slow": 1, "factor": 40, "mscale": 0.707,
                       "mscale_all_dim": 0.707, "original_max_position_embeddings": 4096,
                       "type": "yarn"},
      "tie_word_embeddings": false, "torch_dtype": "bfloat16"})";
}

void writeSparseCheckpoint(const fs::path& folder, const std::string& configText) {
  std::ofstream(folder / "config.json") << configText;
  const ModelConfig config = parseConfig(configText, "config.json");
  nlohmann::json header;
  std::int64_t end = 0;
  for (const ExpectedTensor& tensor : expectedTensors(config)) {
    std::int64_t elements = 1;
    for (const std::int64_t size : tensor.shape) elements *= size;
    header[tensor.name] = {
        {"dtype", "BF16"}, {"shape", tensor.shape}, {"data_offsets", {end, end + 2 * elements}}};
    end += 2 * elements;
  }
  const std::string text = header.dump();
  const std::uint64_t length = text.size();
  const fs::path path = folder / kWeights;
  const int file = openFile(path, O_WRONLY | O_CREAT | O_TRUNC);
  writeAt(file, std::as_bytes(std::span(&length, 1)), 0);
  writeAt(file, std::as_bytes(std::span(text)), 8);
  if (::ftruncate(file, 8 + static_cast<std::int64_t>(length) + end) != 0) fail(path);
  ::close(file);
}

std::int64_t writeCheckpoint(const fs::path& folder, const std::string& configText) {
  constexpr std::int64_t kElements = 1 << 20;
  writeSparseCheckpoint(folder, configText);
  const RandomWeights random(parseConfig(configText, "config.json"));
  const auto weights = openWeights(folder);
  const int file = openFile(folder / kWeights, O_WRONLY);
  for (const TensorEntry& entry : weights->tensors())
    for (std::int64_t first = 0; first < entry.elements(); first += kElements) {
      const std::int64_t count = std::min(kElements, entry.elements() - first);
      const auto values = randomElements(random, entry, first, count);
      writeAt(file, std::as_bytes(std::span(values)), entry.begin + 2 * first);
    }
  if (::fsync(file) != 0) fail(folder / kWeights);
  ::close(file);
  return static_cast<std::int64_t>(fs::file_size(folder / kWeights));
}

Materialised::Materialised(const fs::path& folder, const ModelConfig& config)
    : random_(config),
      file_(openWeights(folder)),
      descriptor_(openFile(folder / kWeights, O_WRONLY)) {}

Materialised::~Materialised() { ::close(descriptor_); }

void Materialised::readBytes(const TensorEntry& entry, std::int64_t offset,
                             std::span<std::byte> out) const {
  const auto values =
      randomElements(random_, entry, offset / 2, static_cast<std::int64_t>(out.size()) / 2);
  writeAt(descriptor_, std::as_bytes(std::span(values)), entry.begin + offset);
  {
    const std::scoped_lock lock(mutex_);
    read_.insert(entry.name);
  }
  file_->readBytes(entry, offset, out);
}

std::set<std::string> Materialised::read() const {
  const std::scoped_lock lock(mutex_);
  return read_;
}

}  // namespace kvloupe
