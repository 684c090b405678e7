// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// Debian builds for baseline x86-64; functions so marked are compiled again for wider vectors and
// chosen when the program starts. Sanitizers instrument the choice itself, which runs too early for
// them.
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && \
    !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#define KVLOUPE_VECTORISED \
  __attribute__((target_clones("arch=skylake-avx512", "arch=haswell", "default")))
#else
#define KVLOUPE_VECTORISED
#endif
