// SPDX-License-Identifier: GPL-3.0-or-later
#include "compression/error_metric.hpp"

#include <algorithm>

namespace kvloupe {
namespace {

constexpr double kRidge = 1e-6;  // of the mean eigenvalue

using RowMajor = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

Eigen::MatrixXd matrix(const at::Tensor& values) {
  const at::Tensor own = values.to(at::kFloat).contiguous();
  return Eigen::Map<const RowMajor>(own.data_ptr<float>(), own.size(0), own.size(1)).cast<double>();
}

/// E[q^T q] of one query head.
Eigen::MatrixXd secondMoment(const CovarianceMoments& moments) {
  const double n = static_cast<double>(std::max<std::int64_t>(moments.count(), 1));
  return moments.covariance() * ((n - 1) / n) + moments.mean() * moments.mean().transpose();
}

/// A rotation as (x R)_j = x_j cosine_j + x_partner(j) sine_j, at every distance: dimensions that
/// do not turn have cosine 1 and sine 0.
struct Turns {
  Eigen::MatrixXd cosine, sine;         // [context, dim]; a sine has its sign
  std::vector<Eigen::Index> partner{};  // [dim]
};

Turns turnsOf(const RopeAngles& angles, Eigen::Index dim, Eigen::Index context) {
  Turns turns{.cosine = Eigen::MatrixXd::Ones(context, dim),
              .sine = Eigen::MatrixXd::Zero(context, dim),
              .partner = {}};
  turns.partner.resize(static_cast<std::size_t>(dim));
  for (Eigen::Index j = 0; j < dim; ++j) turns.partner[static_cast<std::size_t>(j)] = j;
  const Eigen::Index pairs = angles.cosine.size(1);
  const Eigen::MatrixXd cosine = matrix(angles.cosine), sine = matrix(angles.sine);
  for (Eigen::Index p = 0; p < pairs; ++p) {
    const Eigen::Index first = angles.interleaved ? 2 * p : p;
    const Eigen::Index second = angles.interleaved ? 2 * p + 1 : p + pairs;
    const double amplitude = cosine(0, p);  // of the query's rotation and of the key's
    turns.cosine.col(first) = turns.cosine.col(second) = amplitude * cosine.col(p);
    turns.sine.col(second) = amplitude * sine.col(p);
    turns.sine.col(first) = -turns.sine.col(second);
    turns.partner[static_cast<std::size_t>(first)] = second;
    turns.partner[static_cast<std::size_t>(second)] = first;
  }
  return turns;
}

/// W_UK,h above W_UV,h: rows of one head in kv_b_proj.
struct Expansion {
  Eigen::MatrixXd key, value;  // [nopeDim, latent], [vDim, latent]
};

Expansion expansionOf(const Eigen::MatrixXd& expand, Eigen::Index head, Eigen::Index nopeDim,
                      Eigen::Index vDim) {
  const Eigen::Index first = head * (nopeDim + vDim);
  return {.key = expand.middleRows(first, nopeDim),
          .value = expand.middleRows(first + nopeDim, vDim)};
}

}  // namespace

Eigen::MatrixXd regularised(Eigen::MatrixXd squared) {
  const double mean = squared.trace() / static_cast<double>(squared.rows());
  // Where nothing asks for these values every direction is worth the same.
  squared.diagonal().array() += mean > 0 ? kRidge * mean : 1.0;
  return squared;
}

std::vector<Eigen::MatrixXd> queryMetric(const Moments& queries, int numKvHeads) {
  const int shared = queries.heads() / numKvHeads;
  std::vector<Eigen::MatrixXd> metrics;
  for (int head = 0; head < numKvHeads; ++head) {
    Eigen::MatrixXd sum = Eigen::MatrixXd::Zero(queries.dim(), queries.dim());
    for (int i = 0; i < shared; ++i) sum += secondMoment(queries.head(head * shared + i));
    metrics.push_back(sum / shared);
  }
  return metrics;
}

Eigen::MatrixXd averagedOverDistances(const Eigen::MatrixXd& metric, const RopeAngles& angles) {
  const Eigen::Index dim = metric.rows(), context = angles.cosine.size(0);
  const Turns turns = turnsOf(angles, dim, context);
  Eigen::VectorXd weights(context);
  for (Eigen::Index delta = 0; delta < context; ++delta)
    weights(delta) = static_cast<double>(context - delta);
  weights /= weights.sum();
  const Eigen::MatrixXd weightedCosine = weights.asDiagonal() * turns.cosine;
  const Eigen::MatrixXd weightedSine = weights.asDiagonal() * turns.sine;
  const Eigen::MatrixXd cc = turns.cosine.transpose() * weightedCosine;
  const Eigen::MatrixXd cs = turns.cosine.transpose() * weightedSine;
  const Eigen::MatrixXd ss = turns.sine.transpose() * weightedSine;
  // Row j of R is cosine_j at j and sine_p at j's partner p, so that R^T M R has four terms.
  const Eigen::MatrixXd rows = metric(turns.partner, Eigen::all);
  const Eigen::MatrixXd both = rows(Eigen::all, turns.partner);
  const Eigen::MatrixXd columns = metric(Eigen::all, turns.partner);
  return metric.cwiseProduct(cc) + columns.cwiseProduct(cs) + rows.cwiseProduct(cs.transpose()) +
         both.cwiseProduct(ss);
}

std::vector<Eigen::MatrixXd> outputMetric(const at::Tensor& output, int heads, int numKvHeads) {
  const Eigen::MatrixXd weight = matrix(output);  // [hidden, heads * vDim]
  const Eigen::Index vDim = weight.cols() / heads;
  const int shared = heads / numKvHeads;
  std::vector<Eigen::MatrixXd> metrics;
  for (int head = 0; head < numKvHeads; ++head) {
    Eigen::MatrixXd sum = Eigen::MatrixXd::Zero(vDim, vDim);
    for (int i = 0; i < shared; ++i) {
      const auto own = weight.middleCols((head * shared + i) * vDim, vDim);
      sum += own.transpose() * own;
    }
    metrics.push_back(std::move(sum));
  }
  return metrics;
}

Eigen::MatrixXd latentQueryMetric(const Moments& queries, const at::Tensor& expand) {
  const Eigen::MatrixXd weight = matrix(expand);
  const Eigen::Index nopeDim = queries.dim();
  const Eigen::Index vDim = weight.rows() / queries.heads() - nopeDim;
  Eigen::MatrixXd sum = Eigen::MatrixXd::Zero(weight.cols(), weight.cols());
  for (int head = 0; head < queries.heads(); ++head) {
    const Eigen::MatrixXd key = expansionOf(weight, head, nopeDim, vDim).key;
    sum += key.transpose() * secondMoment(queries.head(head)) * key;
  }
  return sum / queries.heads();
}

Eigen::MatrixXd latentOutputMetric(const at::Tensor& output, const at::Tensor& expand, int heads) {
  const Eigen::MatrixXd down = matrix(output), weight = matrix(expand);
  const Eigen::Index vDim = down.cols() / heads;
  const Eigen::Index nopeDim = weight.rows() / heads - vDim;
  Eigen::MatrixXd sum = Eigen::MatrixXd::Zero(weight.cols(), weight.cols());
  for (int head = 0; head < heads; ++head) {
    const Eigen::MatrixXd value = expansionOf(weight, head, nopeDim, vDim).value;
    const auto own = down.middleCols(head * vDim, vDim);  // W_o,h^T: [hidden, vDim]
    sum += value.transpose() * (own.transpose() * own) * value;
  }
  return sum;
}

}  // namespace kvloupe
