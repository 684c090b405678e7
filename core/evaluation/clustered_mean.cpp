// SPDX-License-Identifier: GPL-3.0-or-later
#include "evaluation/clustered_mean.hpp"

#include <boost/math/distributions/students_t.hpp>
#include <cmath>

namespace kvloupe {

ClusteredMean clusteredMean(std::span<const WindowSum> windows, double confidence) {
  double tokens = 0;
  double sum = 0;
  double count = 0;
  for (const WindowSum& window : windows) {
    if (window.tokens == 0) continue;
    ++count;
    tokens += double(window.tokens);
    sum += window.sum;
  }
  if (tokens == 0) return {};
  ClusteredMean result{.mean = sum / tokens, .halfWidth = {}};
  if (count < 3 || !std::isfinite(result.mean)) return result;
  double squares = 0;
  for (const WindowSum& window : windows) {
    const double residual = window.sum - double(window.tokens) * result.mean;
    squares += residual * residual;
  }
  const double standardError = std::sqrt(count / (count - 1) * squares) / tokens;
  const boost::math::students_t distribution(count - 1);
  result.halfWidth = boost::math::quantile(distribution, (1 + confidence) / 2) * standardError;
  return result;
}

}  // namespace kvloupe
