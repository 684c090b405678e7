// SPDX-License-Identifier: GPL-3.0-or-later
// The chunked output head against libtorch's log_softmax over the whole vocabulary in float64.
#include "model/output_head.hpp"

#include <ATen/ATen.h>

#include <QtTest>

#include "common/error.hpp"
#include "common/progress.hpp"
#include "model/backend.hpp"

using namespace kvloupe;

namespace {

constexpr std::int64_t kRows = 37, kHidden = 24, kVocab = 2500;  // two whole chunks and a rest

struct Case {
  at::Tensor weight = at::randn({kVocab, kHidden});
  at::Tensor baseline = at::randn({kRows, kHidden});
  at::Tensor other = baseline + 0.05 * at::randn({kRows, kHidden});
  std::vector<std::int32_t> targets;
  OutputHead head{weight};

  Case() {
    for (std::int64_t i = 0; i < kRows; ++i)
      targets.push_back(static_cast<std::int32_t>(i * 997 % kVocab));
    targets[0] = 0;
    targets[1] = 1023;  // either side of the first edge between chunks
    targets[2] = 1024;
    targets[3] = kVocab - 1;
  }

  [[nodiscard]] at::Tensor logProbabilities(const at::Tensor& hidden) const {
    return at::log_softmax(at::mm(hidden.to(at::kDouble), weight.to(at::kDouble).t()), 1);
  }
};

}  // namespace

class OutputHeadTest : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void initTestCase() { backend::useAllCores(); }
  void init() { at::manual_seed(5); }

  void scoresAgreeWithLogSoftmax() {
    const Case c;
    const TokenScores scores = c.head.score(c.baseline, c.targets, {});
    const at::Tensor logP = c.logProbabilities(c.baseline);
    const at::Tensor best = logP.argmax(1);
    for (std::int64_t i = 0; i < kRows; ++i) {
      const std::size_t at = static_cast<std::size_t>(i);
      const double wanted = -logP[i][c.targets[at]].item<double>();
      QVERIFY(std::abs(static_cast<double>(scores.nll[at]) - wanted) < 1e-5 * (1 + wanted));
      QCOMPARE(static_cast<std::int64_t>(scores.top1[at]), best[i].item<std::int64_t>());
    }
  }

  void divergenceAgreesWithItsDefinition() {
    const Case c;
    const TokenComparison comparison = c.head.compare(c.baseline, c.other, c.targets, {});
    const at::Tensor p = c.logProbabilities(c.baseline), q = c.logProbabilities(c.other);
    const at::Tensor kl = (p.exp() * (p - q)).sum(1);
    int changed = 0;
    for (std::int64_t i = 0; i < kRows; ++i) {
      const std::size_t at = static_cast<std::size_t>(i);
      const double wanted = kl[i].item<double>();
      QVERIFY(std::abs(static_cast<double>(comparison.kl[at]) - wanted) < 1e-5 * (1 + wanted));
      const double nll = -q[i][c.targets[at]].item<double>();
      QVERIFY(std::abs(static_cast<double>(comparison.nll[at]) - nll) < 1e-5 * (1 + nll));
      const bool same = p[i].argmax().item<std::int64_t>() == q[i].argmax().item<std::int64_t>();
      QCOMPARE(comparison.sameTop1[at] == 1, same);
      changed += same ? 0 : 1;
    }
    QVERIFY(changed > 0);  // or the case would not show that sameTop1 can be 0
  }

  void cappedLogits() {
    const Case c;
    const OutputHead capped(c.weight, 4.0);
    const at::Tensor plain = at::mm(c.baseline.to(at::kDouble), c.weight.to(at::kDouble).t());
    const at::Tensor wanted = 4 * at::tanh(plain / 4);
    const at::Tensor logits = capped.logits(c.baseline);
    QVERIFY((logits.to(at::kDouble) - wanted).abs().max().item<double>() < 1e-5);
    const at::Tensor logP = at::log_softmax(wanted, 1);
    const TokenScores scores = capped.score(c.baseline, c.targets, {});
    for (std::int64_t i = 0; i < kRows; ++i) {
      const std::size_t at = static_cast<std::size_t>(i);
      const double nll = -logP[i][c.targets[at]].item<double>();
      QVERIFY(std::abs(static_cast<double>(scores.nll[at]) - nll) < 1e-5 * (1 + nll));
    }
  }

  // What is compared with has its logits capped as well: its nll is that of a score alone.
  void bothSidesAreCapped() {
    const Case c;
    const OutputHead capped(c.weight, 2.0);
    const TokenComparison comparison = capped.compare(c.baseline, c.other, c.targets, {});
    QVERIFY(comparison.baselineNll == capped.score(c.baseline, c.targets, {}).nll);
    QVERIFY(comparison.nll == capped.score(c.other, c.targets, {}).nll);
  }

  void equalHiddenStatesAreExactlyEqual() {
    const Case c;
    const TokenComparison comparison =
        c.head.compare(c.baseline, c.baseline.clone(), c.targets, {});
    const TokenScores scores = c.head.score(c.baseline, c.targets, {});
    QVERIFY(comparison.nll == comparison.baselineNll);
    QVERIFY(comparison.baselineNll == scores.nll);
    QVERIFY(comparison.kl == std::vector<float>(kRows, 0.0f));
    QVERIFY(comparison.sameTop1 == std::vector<std::uint8_t>(kRows, 1));
  }

  void baselineDoesNotDependOnWhatItIsComparedWith() {
    const Case c;
    QVERIFY(c.head.compare(c.baseline, c.other, c.targets, {}).baselineNll ==
            c.head.score(c.baseline, c.targets, {}).nll);
  }

  // The baseline is computed once for all; what else it is compared with changes no bit.
  void severalAreComparedAsEachAlone() {
    const Case c;
    const std::vector<at::Tensor> others = {c.other, c.baseline.clone(), c.other * 3.0f};
    const OutputHead::Sequence sequence{
        .baseline = c.baseline, .others = others, .targets = c.targets};
    const auto together = c.head.compare(std::span(&sequence, 1), {});
    QCOMPARE(together.size(), others.size());
    for (std::size_t i = 0; i < others.size(); ++i) {
      const TokenComparison alone = c.head.compare(c.baseline, others[i], c.targets, {});
      QVERIFY(together[i].baselineNll == alone.baselineNll);
      QVERIFY(together[i].nll == alone.nll);
      QVERIFY(together[i].kl == alone.kl);
      QVERIFY(together[i].sameTop1 == alone.sameTop1);
    }
    QVERIFY(together[0].kl != together[2].kl);
  }

  void largeLogitsDoNotOverflow() {
    Case c;
    c.baseline *= 500;
    const TokenScores scores = c.head.score(c.baseline, c.targets, {});
    const at::Tensor logP = c.logProbabilities(c.baseline);
    for (std::int64_t i = 0; i < kRows; ++i) {
      const double wanted = -logP[i][c.targets[static_cast<std::size_t>(i)]].item<double>();
      const double found = static_cast<double>(scores.nll[static_cast<std::size_t>(i)]);
      QVERIFY(std::abs(found - wanted) < 1e-5 * (1 + wanted));
    }
  }

  void refusesTargetsOutsideTheVocabulary() {
    Case c;
    c.targets[4] = kVocab;
    QVERIFY_EXCEPTION_THROWN((void)c.head.score(c.baseline, c.targets, {}), Error);
    c.targets[4] = -1;
    QVERIFY_EXCEPTION_THROWN((void)c.head.score(c.baseline, c.targets, {}), Error);
    c.targets.resize(4);
    QVERIFY_EXCEPTION_THROWN((void)c.head.score(c.baseline, c.targets, {}), Error);
  }

  void stopsWhenAsked() {
    const Case c;
    std::stop_source stop;
    stop.request_stop();
    QVERIFY_EXCEPTION_THROWN((void)c.head.score(c.baseline, c.targets, stop.get_token()),
                             Cancelled);
    QVERIFY_EXCEPTION_THROWN((void)c.head.compare(c.baseline, c.other, c.targets, stop.get_token()),
                             Cancelled);
  }
};

QTEST_GUILESS_MAIN(OutputHeadTest)
#include "output_head_test.moc"
