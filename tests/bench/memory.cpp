// SPDX-License-Identifier: GPL-3.0-or-later
// Anonymous memory of a model that is streamed from its file: the shape of Qwen2.5-0.5B in BF16,
// with every token's log probability; and the first layers of the shape of DeepSeek-V2-Lite, whose
// file of 31 GB is a hole but for what those layers read. Exit 1 where a limit is not kept.
#include <fmt/format.h>
#include <sys/stat.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <nlohmann/json.hpp>
#include <random>
#include <thread>

#include "bench/checkpoint.hpp"
#include "bench/figures_file.hpp"
#include "bench/gemm_peak.hpp"
#include "model/backend.hpp"
#include "model/causal_lm.hpp"

using namespace kvloupe;

namespace {

/// RssAnon of this process, bytes (proc(5)).
std::int64_t anonymousMemory() {
  std::ifstream status("/proc/self/status");
  std::string word;
  std::int64_t kilobytes = 0;
  while (status >> word)
    if (word == "RssAnon:" && status >> kilobytes) return kilobytes * 1024;
  throw std::runtime_error("/proc/self/status has no RssAnon");
}

/// The most anonymous memory while this is there, looked at every millisecond.
class PeakMemory {
 public:
  PeakMemory()
      : watcher_([this](std::stop_token stop) {
          while (!stop.stop_requested()) {
            look();
            std::this_thread::sleep_for(std::chrono::milliseconds(1));
          }
        }) {}
  [[nodiscard]] std::int64_t bytes() {
    look();
    return peak_;
  }

 private:
  void look() {
    const std::int64_t now = anonymousMemory();
    std::int64_t before = peak_;
    while (now > before && !peak_.compare_exchange_weak(before, now)) {
    }
  }
  std::atomic<std::int64_t> peak_ = 0;
  std::jthread watcher_;
};

std::vector<std::int32_t> randomIds(int count, int vocabSize) {
  std::mt19937 random(7);
  std::vector<std::int32_t> ids;
  for (int i = 0; i < count; ++i)
    ids.push_back(static_cast<std::int32_t>(random() % static_cast<unsigned>(vocabSize)));
  return ids;
}

double megabytes(std::int64_t bytes) { return static_cast<double>(bytes) / 1e6; }

nlohmann::json streamQwen(const std::filesystem::path& parent, int tokens) {
  const TemporaryFolder folder(parent);
  const std::int64_t bytes = writeCheckpoint(folder.path(), qwen25Config());
  const ModelConfig config = readConfig(folder.path());
  const auto ids = randomIds(tokens + 1, config.vocabSize);
  const std::int64_t before = anonymousMemory();
  PeakMemory peak;
  const Stopwatch stopwatch;
  const auto model = CausalLm::stream(config, openWeights(folder.path()));
  const std::span<const std::int32_t> all = ids;
  const at::Tensor hidden = model->forward(all.first(static_cast<std::size_t>(tokens)), {});
  const TokenScores scores = model->head().score(hidden, all.subspan(1), {});
  const double seconds = stopwatch.seconds();
  double nll = 0;
  for (const float one : scores.nll) nll += static_cast<double>(one);
  fmt::print("Qwen2.5-0.5B's shape, BF16, {:.2f} GB: {} tokens streamed in {:.1f} s\n",
             static_cast<double>(bytes) / 1e9, tokens, seconds);
  fmt::print("  anonymous memory: {:.0f} MB at most, {:.0f} MB before the model was opened\n",
             megabytes(peak.bytes()), megabytes(before));
  return {{"file_bytes", bytes},
          {"tokens", tokens},
          {"seconds", seconds},
          {"mean_nll", nll / tokens},
          {"anonymous_bytes_before", before},
          {"peak_anonymous_bytes", peak.bytes()}};
}

nlohmann::json streamDeepseek(const std::filesystem::path& parent, int layers, int tokens) {
  const TemporaryFolder folder(parent);
  writeSparseCheckpoint(folder.path(), deepseekV2LiteConfig());
  const std::filesystem::path file = folder.path() / "model.safetensors";
  const std::int64_t bytes = static_cast<std::int64_t>(std::filesystem::file_size(file));
  const std::int64_t before = anonymousMemory();
  PeakMemory peak;
  const Stopwatch opening;
  const ModelConfig config = readConfig(folder.path());
  const auto weights = std::make_shared<Materialised>(folder.path(), config);
  const auto model = CausalLm::stream(config, weights);
  const double openSeconds = opening.seconds();
  const Stopwatch running;
  const at::Tensor hidden = model->embed(randomIds(tokens, config.vocabSize));
  model->runLayers(hidden, 0, layers, {});
  const double seconds = running.seconds();
  double largest = 0;
  for (std::int64_t i = 0; i < hidden.numel(); ++i)
    largest = std::max(largest, static_cast<double>(std::abs(hidden.data_ptr<float>()[i])));
  const std::set<std::string> read = weights->read();
  const auto experts = std::ranges::count_if(read, [](const std::string& name) {
    return name.find(".experts.") != std::string::npos && name.ends_with("down_proj.weight");
  });
  int all = 0;
  for (int layer = 0; layer < layers; ++layer)
    if (isMoeLayer(config, layer)) all += config.moe->numRoutedExperts;
  struct stat status {};
  if (::stat(file.c_str(), &status) != 0) throw std::runtime_error(file.string());
  const std::int64_t allocated = std::int64_t{status.st_blocks} * 512;
  fmt::print("DeepSeek-V2-Lite's shape, BF16, {:.1f} GB, sparse: opened in {:.0f} ms\n",
             static_cast<double>(bytes) / 1e9, 1000 * openSeconds);
  fmt::print(
      "  first {} of {} layers on {} tokens: {:.1f} s, {} of their {} experts read, {:.2f} GB "
      "of the file written, largest value {:.3g}\n",
      layers, config.numLayers, tokens, seconds, experts, all, static_cast<double>(allocated) / 1e9,
      largest);
  fmt::print("  anonymous memory: {:.0f} MB at most\n", megabytes(peak.bytes()));
  return {{"file_bytes", bytes},
          {"file_bytes_written", allocated},
          {"open_seconds", openSeconds},
          {"layers", layers},
          {"tokens", tokens},
          {"seconds", seconds},
          {"experts_read", experts},
          {"experts", all},
          {"largest_value", largest},
          {"anonymous_bytes_before", before},
          {"peak_anonymous_bytes", peak.bytes()}};
}

}  // namespace

int main(int argc, char** argv) {
  int tokens = 512, layers = 3, moeTokens = 4;
  double limit = 500;
  std::string folder, jsonPath;
  CLI::App app("Anonymous memory of models that are streamed from their files");
  app.add_option("--tokens", tokens, "of the smaller model's sequence")->capture_default_str();
  app.add_option("--layers", layers, "of the larger model that are run")
      ->check(CLI::Range(2, 27))
      ->capture_default_str();
  app.add_option("--moe-tokens", moeTokens, "of the larger model's sequence")
      ->capture_default_str();
  app.add_option("--limit", limit, "MB that the smaller model may take")->capture_default_str();
  app.add_option("--folder", folder, "where the models are written, for as long as this runs");
  app.add_option("--json", jsonPath, "write the figures to this file");
  CLI11_PARSE(app, argc, argv);
  std::setvbuf(stdout, nullptr, _IOLBF, 0);
  const int threads = backend::useAllCores();

  nlohmann::json figures = {{"threads", threads}, {"limit_bytes", limit * 1e6}};
  figures["qwen2.5-0.5b"] = streamQwen(folder, tokens);
  figures["deepseek-v2-lite"] = streamDeepseek(folder, layers, moeTokens);
  const bool kept = figures["qwen2.5-0.5b"]["peak_anonymous_bytes"].get<double>() < limit * 1e6;
  fmt::print("limit of {:.0f} MB for the smaller model: {}\n", limit, kept ? "kept" : "NOT KEPT");
  writeFigures(jsonPath, std::move(figures));
  return kept ? 0 : 1;
}
