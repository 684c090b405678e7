// SPDX-License-Identifier: GPL-3.0-or-later
// What a person reads of the arguments: checks that refuse in words, and what --help adds.
#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>
#include <string>

namespace kvloupe::cli {

// Checks of a number, in words of their own: "found "x", expected a whole number from 1".
[[nodiscard]] CLI::Validator wholeNumber(std::int64_t least, std::int64_t most = INT64_MAX);
[[nodiscard]] CLI::Validator numberOver(double bound);
[[nodiscard]] CLI::Validator numberFrom(double least);

/// One line for what the parser refuses.
[[nodiscard]] std::string wordsOf(const CLI::ParseError& error);

/// Below the help of the program: how one gets from a model to a verdict, a plan and a table.
extern const char* const kFirstSteps;
/// Below the help of commands that take a SPEC: its grammar.
extern const char* const kSpecGrammar;

}  // namespace kvloupe::cli
