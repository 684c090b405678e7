// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// Debian builds for baseline x86-64; functions so marked are compiled again for wider vectors and
// chosen when the program starts: by what the processor can do, as arch=haswell would be Intel's
// alone. Sanitizers instrument the choice itself, which runs too early for them.
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && \
    !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#define KVLOUPE_VECTORISED \
  __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define KVLOUPE_VECTORISED
#endif
