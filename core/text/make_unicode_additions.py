#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes unicode_additions.hpp: the characters that Unicode gained between the version PCRE2 10.42
knows (14, also Python 3.11's unicodedata) and the one in the `tokenizers` library's Oniguruma (16),
asked of that library itself. Needs Python 3.11 and `pip install tokenizers`."""
import unicodedata
from pathlib import Path

from tokenizers import Regex, pre_tokenizers

CATEGORIES = ("Lu Ll Lt Lm Lo Mn Mc Me Nd Nl No Pc Pd Ps Pe Pi Pf Po "
              "Sm Sc Sk So Zs Zl Zp Cc Cf Co").split()
assert unicodedata.unidata_version.startswith("14")

unassigned = [c for c in range(0x110000)
              if not 0xD800 <= c < 0xE000 and unicodedata.category(chr(c)) == "Cn"]
added = {}
for category in CATEGORIES:
    split = pre_tokenizers.Split(Regex(rf"\p{{{category}}}"), "removed")
    for c in unassigned:
        if c not in added and not split.pre_tokenize_str(chr(c)):
            added[c] = category

ranges = []
for c, category in sorted(added.items()):
    if ranges and ranges[-1][1] == c - 1 and ranges[-1][2] == category:
        ranges[-1][1] = c
    else:
        ranges.append([c, c, category])

lines = [f'    {{0x{first:X}, 0x{last:X}, "{category}"}},' for first, last, category in ranges]
Path(__file__).with_name("unicode_additions.hpp").write_text(f"""\
// SPDX-License-Identifier: GPL-3.0-or-later
// Written by make_unicode_additions.py.
#pragma once

#include <array>
#include <string_view>

namespace kvloupe {{

struct UnicodeAddition {{
  char32_t first;
  char32_t last;
  std::string_view category;
}};

/// Characters of Unicode 15 to 16, which tokenizers were made with and PCRE2 10.42 does not know.
inline constexpr std::array<UnicodeAddition, {len(ranges)}> kUnicodeAdditions{{{{
    // clang-format off
{chr(10).join(lines)}
    // clang-format on
}}}};

}}  // namespace kvloupe
""")
