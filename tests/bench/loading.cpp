// SPDX-License-Identifier: GPL-3.0-or-later
// Time to the first token from a cold start, beside the time that reading the weight file takes: a
// fresh process, the file in no cache, the shape of Qwen2.5-0.5B in BF16, 16 tokens of prompt.
#include <fcntl.h>
#include <fmt/format.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <stdexcept>

#include "bench/checkpoint.hpp"
#include "bench/figures_file.hpp"
#include "bench/gemm_peak.hpp"
#include "model/causal_lm.hpp"

using namespace kvloupe;

namespace {

namespace fs = std::filesystem;

/// Takes the file's pages out of the page cache.
void forget(const fs::path& file) {
  const int descriptor = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
  const int failure =
      descriptor < 0 ? errno : ::posix_fadvise(descriptor, 0, 0, POSIX_FADV_DONTNEED);
  if (descriptor >= 0) ::close(descriptor);
  if (failure != 0) throw std::runtime_error(file.string() + ": stays in the page cache");
}

double readSeconds(const fs::path& file) {
  constexpr std::size_t kBlock = std::size_t{4} << 20;
  std::vector<char> block(kBlock);
  const Stopwatch stopwatch;
  const int descriptor = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
  while (::read(descriptor, block.data(), block.size()) > 0) {
  }
  ::close(descriptor);
  return stopwatch.seconds();
}

int firstToken(const std::string& folder, bool streamed) {
  const ModelConfig config = readConfig(folder);
  const std::shared_ptr<const WeightSource> weights = openWeights(folder);
  const auto model =
      streamed ? CausalLm::stream(config, weights) : CausalLm::load(config, *weights, {}, {});
  std::vector<std::int32_t> ids;
  for (std::int32_t i = 0; i < 16; ++i) ids.push_back(i * 997 % config.vocabSize);
  const at::Tensor last = model->forward(ids, {}).narrow(0, 15, 1);
  const std::int32_t next = model->head().score(last, std::span(ids).first(1), {}).top1.front();
  return next >= 0 && next < config.vocabSize ? 0 : 1;
}

/// Seconds from the start of a process to its end, which comes with the first token.
double firstTokenSeconds(const std::string& folder, const char* memory) {
  std::string program = fs::read_symlink("/proc/self/exe").string();
  std::string path = folder, flag = "--first-token", how = memory;
  char* arguments[] = {program.data(), flag.data(), path.data(), how.data(), nullptr};
  const Stopwatch stopwatch;
  pid_t child = 0;
  if (::posix_spawn(&child, program.c_str(), nullptr, nullptr, arguments, environ) != 0)
    throw std::runtime_error(program + ": cannot be started");
  int status = 0;
  ::waitpid(child, &status, 0);
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
    throw std::runtime_error("the model gave no token");
  return stopwatch.seconds();
}

}  // namespace

int main(int argc, char** argv) {
  if (argc == 4 && std::string_view(argv[1]) == "--first-token")
    return firstToken(argv[2], std::string_view(argv[3]) == "stream");
  int repeats = 3;
  std::string parent, jsonPath;
  CLI::App app("Time to the first token from a cold start, beside the file's read time");
  app.add_option("--repeats", repeats, "of everything, interleaved")->capture_default_str();
  app.add_option("--folder", parent, "where the model is written, for as long as this runs");
  app.add_option("--json", jsonPath, "write the figures to this file");
  CLI11_PARSE(app, argc, argv);
  std::setvbuf(stdout, nullptr, _IOLBF, 0);

  const TemporaryFolder folder(parent);
  const std::int64_t bytes = writeCheckpoint(folder.path(), qwen25Config());
  const fs::path file = folder.path() / "model.safetensors";
  std::vector<double> reads, resident, streamed;
  for (int i = 0; i < repeats; ++i) {
    forget(file);
    reads.push_back(readSeconds(file));
    forget(file);
    resident.push_back(firstTokenSeconds(folder.path(), "resident"));
    forget(file);
    streamed.push_back(firstTokenSeconds(folder.path(), "stream"));
    fmt::print("{:.2f} GB read in {:.2f} s; first token after {:.2f} s, streamed {:.2f} s\n",
               static_cast<double>(bytes) / 1e9, reads.back(), resident.back(), streamed.back());
  }
  const double read = median(reads);
  fmt::print("median: {:.2f} times the file's read time, streamed {:.2f} times\n",
             median(resident) / read, median(streamed) / read);
  writeFigures(jsonPath, {{"shape", "Qwen2.5-0.5B"},
                          {"file_bytes", bytes},
                          {"repeats", repeats},
                          {"read_seconds", read},
                          {"first_token_seconds", median(resident)},
                          {"first_token_streamed_seconds", median(streamed)},
                          {"ratio", median(resident) / read},
                          {"ratio_streamed", median(streamed) / read}});
  return 0;
}
