// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>

#include "model/compute_type.hpp"

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

/// The fastest product of matrices that there is on this computer, in floating-point operations a
/// second: of a large square and of the model's own shapes at `tokens` rows, by libtorch and as the
/// model multiplies, in float32, or in bfloat16 with sums in float32. Each, after warming up, over
/// about `secondsPerShape`: a mean, as a pass is timed, so that other work on the machine slows
/// both alike.
[[nodiscard]] double gemmPeak(ComputeType type, std::int64_t tokens, std::int64_t hidden,
                              std::int64_t inner, double secondsPerShape);

}  // namespace kvloupe
