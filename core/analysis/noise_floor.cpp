// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/noise_floor.hpp"

#include <boost/math/special_functions/gamma.hpp>
#include <boost/math/tools/toms748_solve.hpp>
#include <cmath>
#include <limits>
#include <map>
#include <mutex>
#include <utility>
#include <vector>

namespace kvloupe {
namespace {

constexpr int kNodesPerOctave = 4;
constexpr int kLastOctave = 13;  // beyond, log r = (a + b / freedom) / sqrt(freedom) to 1e-8

// Without detours through long double, which cost a factor of five and buy nothing here.
using Plain = boost::math::policies::policy<boost::math::policies::promote_double<false>>;

// log of the ratio at the median and at the 97.5 % point.
struct LogRatio {
  double median = 0;
  double p97_5 = 0;
};

// The distribution of log(max sigma / min sigma), by the trapezoidal rule over t = log x, where x
// is the least sigma^2: the integrand falls off on both sides like a Gumbel density, so that the
// rule converges exponentially.
class RatioDistribution {
 public:
  RatioDistribution(int dims, double freedom) : others_(dims - 1), shape_(freedom / 2) {
    constexpr int kNodes = 96;
    constexpr double kTail = 1e-13;
    // From where F is so small that no least value lies below, to where so few lie above.
    const double mean = std::log(shape_), reach = 1 / std::sqrt(shape_);
    double from = mean - reach, to = mean + reach;
    while (below(std::exp(from)) * dims > kTail)
      from -= from > mean - 6 * reach ? reach : mean - from;
    while (others_ * std::log(above(std::exp(to))) > std::log(kTail)) to += reach;
    const double step = (to - from) / (kNodes - 1);
    double whole = 0;
    for (int i = 0; i < kNodes; ++i) {
      const double z = std::exp(from + i * step);
      const Node node{z, below(z), z * boost::math::gamma_p_derivative(shape_, z, Plain())};
      nodes_.push_back(node);
      whole += node.weight * std::exp(others_ * std::log1p(-node.below));
    }
    for (Node& node : nodes_) node.weight /= whole;
  }

  [[nodiscard]] double cdf(double logRatio) const {
    const double squared = std::exp(2 * logRatio);
    double sum = 0;
    for (const Node& node : nodes_) {
      const double outside = node.below + above(node.z * squared);
      if (outside < 1) sum += node.weight * std::exp(others_ * std::log1p(-outside));
    }
    return sum;
  }

  [[nodiscard]] double quantile(double p, double guess) const {
    std::uintmax_t iterations = 100;
    const auto [low, high] = boost::math::tools::bracket_and_solve_root(
        [&](double logRatio) { return cdf(logRatio) - p; }, guess, 1.5, true,
        boost::math::tools::eps_tolerance<double>(36), iterations);
    return (low + high) / 2;
  }

 private:
  struct Node {
    double z;       // x times the shape: the gamma distribution's own variable
    double below;   // F(x)
    double weight;  // f(x) x, normalised
  };
  [[nodiscard]] double below(double z) const { return boost::math::gamma_p(shape_, z, Plain()); }
  [[nodiscard]] double above(double z) const { return boost::math::gamma_q(shape_, z, Plain()); }

  double others_;
  double shape_;
  std::vector<Node> nodes_;
};

// Kept for every number of dimensions and quarter octave of freedom that was asked for.
LogRatio nodeAt(int dims, int node) {
  static std::mutex mutex;
  static std::map<std::pair<int, int>, LogRatio> known;
  const std::scoped_lock lock(mutex);
  const auto [entry, fresh] = known.try_emplace({dims, node});
  if (fresh) {
    const double freedom = std::exp2(static_cast<double>(node) / kNodesPerOctave);
    const RatioDistribution ratio(dims, freedom);
    const double guess = 2 * std::sqrt(std::log(2.0 * dims) / freedom);
    entry->second.median = ratio.quantile(0.5, guess);
    entry->second.p97_5 = ratio.quantile(0.975, 1.3 * entry->second.median);
  }
  return entry->second;
}

// log log r is smooth in log freedom: a cubic through the four nodes around.
LogRatio interpolated(int dims, double freedom) {
  const double at = std::log2(freedom) * kNodesPerOctave;
  const int first = static_cast<int>(std::floor(at)) - 1;
  LogRatio sum;
  for (int i = 0; i < 4; ++i) {
    double lagrange = 1;
    for (int j = 0; j < 4; ++j)
      if (j != i) lagrange *= (at - (first + j)) / (i - j);
    const LogRatio node = nodeAt(dims, first + i);
    sum.median += lagrange * std::log(node.median);
    sum.p97_5 += lagrange * std::log(node.p97_5);
  }
  return {.median = std::exp(sum.median), .p97_5 = std::exp(sum.p97_5)};
}

// a and b of (a + b / freedom) / sqrt(freedom) from the last two octaves.
LogRatio asymptotic(int dims, double freedom) {
  const double last = std::exp2(kLastOctave);
  const LogRatio far = nodeAt(dims, kLastOctave * kNodesPerOctave);
  const LogRatio near = nodeAt(dims, (kLastOctave - 1) * kNodesPerOctave);
  const auto at = [&](double farLog, double nearLog) {
    const double scaled = farLog * std::sqrt(last);
    const double drop = nearLog * std::sqrt(last / 2) - scaled;  // b / last
    return (scaled - drop + drop * last / freedom) / std::sqrt(freedom);
  };
  return {.median = at(far.median, near.median), .p97_5 = at(far.p97_5, near.p97_5)};
}

}  // namespace

NoiseFloor noiseFloor(int dims, double tokens) {
  if (dims <= 1) return {.tokens = tokens, .median = 1, .p97_5 = 1};
  if (!(tokens >= 2)) {
    constexpr double kInfinity = std::numeric_limits<double>::infinity();
    return {.tokens = tokens, .median = kInfinity, .p97_5 = kInfinity};
  }
  const double freedom = tokens - 1;
  const LogRatio ratio =
      freedom < std::exp2(kLastOctave) ? interpolated(dims, freedom) : asymptotic(dims, freedom);
  return {.tokens = tokens, .median = std::exp(ratio.median), .p97_5 = std::exp(ratio.p97_5)};
}

}  // namespace kvloupe
