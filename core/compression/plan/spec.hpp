// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "types/plan.hpp"

namespace kvloupe {

/// Reads one SPEC, `TARGET:key=value[,key=value...][@LAYERS]` (product.md section 4), for example
/// `v:rank=32`, `k:bits=4,scale=channel,rotate=hadamard@4-23,26`, `kv:format=q8_0`. `bits=b` is
/// short for `format=int<b>`; `bits=16` says: as the cache has it.
/// Throws Error InvalidArgument that names the part that was not understood, or the two that
/// contradict each other.
[[nodiscard]] CompressionSpec parseSpec(std::string_view text);
/// Several, with blanks between them.
[[nodiscard]] std::vector<CompressionSpec> parseSpecs(std::string_view text);

/// The same back as text, such that parseSpec(specText(s)) == s.
[[nodiscard]] std::string specText(const CompressionSpec& spec);

/// All of them on one line, separated by blanks; "untouched" where there is none.
[[nodiscard]] std::string specText(std::span<const CompressionSpec> specs);

}  // namespace kvloupe
