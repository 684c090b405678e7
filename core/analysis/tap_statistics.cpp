// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/tap_statistics.hpp"

#include <limits>
#include <numeric>

#include "analysis/spectrum.hpp"
#include "analysis/spread.hpp"

namespace kvloupe {
namespace {

void addSpectrum(HeadStatistics& head, const CovarianceMoments& moments) {
  if (moments.count() < 2) return;
  head.eigenvalues = eigenvalues(moments.covariance());
  head.rank90 = rankForEnergy(head.eigenvalues, 0.90);
  head.rank95 = rankForEnergy(head.eigenvalues, 0.95);
  head.rank99 = rankForEnergy(head.eigenvalues, 0.99);
  head.participation = participationRatio(head.eigenvalues);
}

}  // namespace

TapStatistics summarise(const Moments& moments, int layer, Tap tap, Spectra spectra) {
  const DimensionMoments total = moments.total();
  const Eigen::ArrayXXd leftOut = leaveOneGroupOut(moments.groups());
  const auto spread = [&](Eigen::Index first, Eigen::Index size) {
    return spreadStatistics(total, leftOut, first, size, moments.tokens());
  };
  const std::vector<std::int64_t>& nonfinite = moments.nonfinite();

  TapStatistics result;
  result.layer = layer;
  result.tap = tap;
  result.tokens = moments.tokens();
  result.nonfinite = std::accumulate(nonfinite.begin(), nonfinite.end(), std::int64_t{0});
  result.joined = spread(0, total.count.rows());
  for (int h = 0; h < moments.heads(); ++h) {
    const Eigen::Index first = Eigen::Index{h} * moments.dim();
    HeadStatistics head;
    static_cast<SpreadStatistics&>(head) = spread(first, moments.dim());
    constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
    for (Eigen::Index d = first; d < first + moments.dim(); ++d) {
      const bool any = total.count(d, 0) > 0;
      head.mean.push_back(any ? total.mean(d, 0) : kNone);
      head.min.push_back(any ? static_cast<double>(moments.min()(d)) : kNone);
      head.max.push_back(any ? static_cast<double>(moments.max()(d)) : kNone);
    }
    head.nonfinite.assign(nonfinite.begin() + first, nonfinite.begin() + first + moments.dim());
    if (spectra == Spectra::Compute) addSpectrum(head, moments.head(h));
    result.heads.push_back(std::move(head));
  }
  return result;
}

}  // namespace kvloupe
