// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/usage.hpp"

#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <functional>
#include <string_view>

namespace kvloupe::cli {
namespace {

template <typename T>
bool parsed(const std::string& text, T& value) {
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && stop == text.data() + text.size();
}

CLI::Validator checked(std::string expected, std::function<bool(const std::string&)> good) {
  return CLI::Validator(
      [expected = std::move(expected), good = std::move(good)](std::string& text) {
        return good(text) ? std::string()
                          : fmt::format("found \"{}\", expected {}", text, expected);
      },
      "");
}

}  // namespace

const char* const kFirstSteps = R"(From a model to a verdict, a plan and a table:
  kvloupe-cli verdict demo:gqa -o run.kvl.h5                 which half, how far, how sure
  kvloupe-cli export run.kvl.h5 --what sweep -o points.csv   every figure of it as CSV
  kvloupe-cli plan demo:gqa --budget 1 -o plan.json          spread over the layers
  kvloupe-cli perplexity demo:gqa --plan plan.json           run it again
With a model of your own, name two texts that share nothing: --file to measure on, --calibration to
fit on. Each takes minutes; --tokens N reads less of the text. kvloupe-cli COMMAND --help says more.
)";

const char* const kSpecGrammar = R"(SPEC is TARGET:key=value[,key=value...][@LAYERS]
  TARGET                 k, v, kv (both); in MLA also latent and rope_key
  rank=R or keep=P       low rank: R dimensions, or P % of them
    basis=               pca, query (k, latent), output (v, latent), random or axis
    scope=               head or layer: one basis a KV head, or one for all
  format=F or bits=B     int2..int8, uint2..uint8, fp8, nvfp4, q8_0, q5_1, q5_0, q4_1, q4_0
    scale=, group=N      token, channel (of N tokens) or tensor
    rotate=              hadamard or random: turns what is quantized
  tap=                   where K is compressed: k_rope, k (before RoPE) or k_prebias
  residual=N, sink=N     newest, first tokens that stay uncompressed
  centre=0|1, seed=N     subtract the calibration mean; of random bases and rotations
  LAYERS                 from 0, as in @4-23,26; all unless told
Later ones replace earlier ones of the same target and layers. Examples:
  v:rank=32   k:rank=48,tap=k,basis=query   kv:format=q8_0   v:bits=4,rotate=hadamard@0-3
)";

CLI::Validator wholeNumber(std::int64_t least, std::int64_t most) {
  const std::string expected = most == INT64_MAX
                                   ? fmt::format("a whole number from {}", least)
                                   : fmt::format("a whole number from {} to {}", least, most);
  return checked(expected, [=](const std::string& text) {
    std::int64_t value = 0;
    return parsed(text, value) && value >= least && value <= most;
  });
}

CLI::Validator numberOver(double bound) {
  return checked(fmt::format("a number over {:g}", bound), [=](const std::string& text) {
    double value = 0;
    return parsed(text, value) && value > bound && value < HUGE_VAL;
  });
}

CLI::Validator numberFrom(double least) {
  return checked(fmt::format("a number from {:g}", least), [=](const std::string& text) {
    double value = 0;
    return parsed(text, value) && value >= least && value < HUGE_VAL;
  });
}

std::string wordsOf(const CLI::ParseError& error) {
  std::string text = error.what();
  if (error.get_exit_code() == int(CLI::ExitCodes::ArgumentMismatch)) {
    const std::string option = text.substr(0, text.find(':'));
    if (text.find("At Most") != std::string::npos) text = option + ": given more than once";
    if (text.ends_with(" missing")) text = option + ": its value is missing";
  } else if (error.get_exit_code() == int(CLI::ExitCodes::ExtrasError)) {
    constexpr std::string_view kPlural = "The following arguments were not expected: ";
    constexpr std::string_view kSingular = "The following argument was not expected: ";
    for (const std::string_view start : {kPlural, kSingular})
      if (text.starts_with(start)) text = "not understood: " + text.substr(start.size());
  }
  for (char& c : text)
    if (static_cast<unsigned char>(c) < 0x20) c = ' ';
  return text;
}

}  // namespace kvloupe::cli
