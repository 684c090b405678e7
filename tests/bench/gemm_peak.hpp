// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>

namespace kvloupe {

/// What a measurement counts in: wall time, or the processor time of all threads of the process,
/// which on a busy machine tells more of one thread (several wait for each other by spinning).
class Stopwatch {
 public:
  explicit Stopwatch(bool processorTime = useProcessorTime)
      : processorTime_(processorTime), start_(now()) {}
  [[nodiscard]] double seconds() const { return now() - start_; }

  static inline bool useProcessorTime = false;

 private:
  [[nodiscard]] double now() const;
  bool processorTime_;
  double start_;
};

/// Floating-point operations a second of the float32 product [m, k] x [k, n], after warming up,
/// over about `seconds`: a mean, as a pass is timed, so that other work on the machine slows both
/// alike.
[[nodiscard]] double gemmRate(std::int64_t m, std::int64_t k, std::int64_t n, double seconds);

/// The fastest of a large square and of the model's own shapes at `tokens` rows.
[[nodiscard]] double gemmPeak(std::int64_t tokens, std::int64_t hidden, std::int64_t inner,
                              double secondsPerShape);

}  // namespace kvloupe
