// SPDX-License-Identifier: GPL-3.0-or-later
// Seconds that a tokenizer takes for 1 MB of text, opened before.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <filesystem>

#include "bench/figures_file.hpp"
#include "bench/gemm_peak.hpp"
#include "text/corpus.hpp"
#include "text/tokenizer.hpp"

using namespace kvloupe;

int main(int argc, char** argv) {
  std::vector<std::string> folders;
  std::string file, jsonPath;
  int repeats = 5;
  CLI::App app("Seconds for 1 MB of text, which is to be under 1");
  app.add_option("FOLDER", folders, "folders with a tokenizer")->required();
  app.add_option("--file", file, "the text; repeated or cut to 1,000,000 bytes")->required();
  app.add_option("--repeats", repeats)->capture_default_str();
  app.add_option("--json", jsonPath, "write the figures to this file");
  app.add_flag("--processor-time", Stopwatch::useProcessorTime,
               "measure processor time: on a busy machine");
  CLI11_PARSE(app, argc, argv);
  std::setvbuf(stdout, nullptr, _IOLBF, 0);

  constexpr std::size_t kBytes = 1'000'000;
  std::string text = readText(file).utf8;
  const std::size_t distinct = std::min(kBytes, text.size());
  while (text.size() < kBytes) text += text;
  std::size_t end = kBytes;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80)
    --end;  // in a character
  text.resize(end);
  nlohmann::json figures = {{"bytes", text.size()},
                            {"distinct_bytes", distinct},
                            {"text", std::filesystem::path(file).filename().string()},
                            {"clock", Stopwatch::useProcessorTime ? "processor" : "wall"},
                            {"tokenizers", nlohmann::json::array()}};
  bool kept = true;
  for (const std::string& folder : folders) {
    const Stopwatch opening;
    const auto tokenizer = openTokenizer(folder);
    const double open = opening.seconds();
    std::vector<double> seconds;
    std::size_t tokens = 0;
    for (int i = 0; i < repeats; ++i) {
      const Stopwatch stopwatch;
      tokens = tokenizer->encode(text).size();
      seconds.push_back(stopwatch.seconds());
    }
    // The first time it knows no word yet.
    fmt::print("{}: {:.3f} s the first time, {:.3f} s after, {} tokens; opened in {:.2f} s\n",
               tokenizer->description(), seconds.front(), median(seconds), tokens, open);
    kept = kept && seconds.front() < 1;
    figures["tokenizers"].push_back({{"tokenizer", tokenizer->description()},
                                     {"open_seconds", open},
                                     {"first_seconds", seconds.front()},
                                     {"median_seconds", median(seconds)},
                                     {"tokens", tokens}});
  }
  fmt::print("1 MB in under a second: {}\n", kept ? "kept" : "NOT KEPT");
  writeFigures(jsonPath, std::move(figures));
  return kept ? 0 : 1;
}
