// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>

#include "panels/plan_draft.hpp"

using namespace kvloupe;

namespace {

TargetSetting setting(Target target, int headDim, int heads, std::vector<Tap> taps) {
  return {.target = target,
          .headDim = headDim,
          .layerDim = headDim * heads,
          .taps = taps,
          .rank = headDim,
          .tap = taps.front(),
          .scope = Scope::Head};
}

PlanDraft gqa() {
  return {.settings = {setting(Target::K, 64, 2, {Tap::KRope, Tap::K}),
                       setting(Target::V, 64, 2, {Tap::V})}};
}

PlanDraft mla() {
  return {.settings = {setting(Target::Latent, 128, 1, {Tap::Latent}),
                       setting(Target::RopeKey, 32, 1, {Tap::KRope}),
                       setting(Target::K, 64, 4, {Tap::K}), setting(Target::V, 64, 4, {Tap::V})}};
}

}  // namespace

class PanelsPlanDraftTest : public QObject {
  Q_OBJECT

 private slots:
  void presetsTouchWhatTheyName() {
    const PlanDraft v = withPreset(gqa(), PlanPreset::VOnly);
    QCOMPARE(v.find(Target::V)->rank, 32);
    QVERIFY(v.find(Target::K)->untouched());
    QCOMPARE(presetOf(v), std::optional(PlanPreset::VOnly));
    QCOMPARE(describe(v), "V rank 32, K untouched");

    const PlanDraft k = withPreset(withRank(v, Target::V, 20), PlanPreset::KOnly);
    QVERIFY(k.find(Target::V)->untouched());
    QCOMPARE(k.find(Target::K)->rank, 32);

    const PlanDraft both = withPreset(withRank(gqa(), Target::V, 20), PlanPreset::KAndV);
    QCOMPARE(both.find(Target::K)->rank, 20);
    QCOMPARE(both.find(Target::V)->rank, 20);
    QVERIFY(both.linked);
    QCOMPARE(presetOf(both), std::optional(PlanPreset::KAndV));
  }

  void aLatentIsAPresetOfMlaAlone() {
    QCOMPARE(withPreset(gqa(), PlanPreset::Latent), gqa());
    const PlanDraft latent = withPreset(mla(), PlanPreset::Latent);
    QCOMPARE(latent.find(Target::Latent)->rank, 64);
    QVERIFY(shownTargets(latent) == std::pair(Target::Latent, Target::RopeKey));
    const PlanDraft expanded = withPreset(latent, PlanPreset::VOnly);
    QVERIFY(shownTargets(expanded) == std::pair(Target::K, Target::V));
    QVERIFY(expanded.find(Target::Latent)->untouched());
    QCOMPARE(presetOf(expanded), std::optional(PlanPreset::VOnly));
  }

  void aHandMadePlanIsNoPreset() {
    PlanDraft draft = withRank(gqa(), Target::K, 48);
    draft = withRank(draft, Target::V, 24);
    QVERIFY(!presetOf(draft));
    QVERIFY(!presetOf(gqa()));
  }

  void ranksAreClamped() {
    QCOMPARE(withRank(gqa(), Target::V, 0).find(Target::V)->rank, 1);
    QCOMPARE(withRank(gqa(), Target::V, 99).find(Target::V)->rank, 64);
  }

  void linkedSlidersKeepTheSameFraction() {
    PlanDraft draft = withLink(withRank(mla(), Target::Latent, 64), true);
    QCOMPARE(draft.find(Target::RopeKey)->rank, 16);  // the more compressed one leads
    draft = withRank(draft, Target::RopeKey, 8);
    QCOMPARE(draft.find(Target::Latent)->rank, 32);
  }

  void anotherScopeKeepsTheFraction() {
    const PlanDraft draft = withScope(withRank(gqa(), Target::V, 16), Target::V, Scope::Layer);
    QCOMPARE(draft.find(Target::V)->rank, 32);
    QCOMPARE(draft.find(Target::V)->dim(), 128);
  }

  void specsNameTheCompressedTargets() {
    QVERIFY(specsOf(gqa()).empty());
    const auto specs = specsOf(withTap(withRank(gqa(), Target::K, 48), Target::K, Tap::K));
    QCOMPARE(specs.size(), std::size_t(1));
    QVERIFY(specs[0].targets == std::vector{Target::K});
    QCOMPARE(specs[0].rank, std::optional(48));
    QVERIFY(specs[0].tap == Tap::K);
    QVERIFY(!specsOf(withRank(gqa(), Target::K, 48))[0].tap);  // the default goes unsaid
    QCOMPARE(describe(gqa()), "untouched");
  }
};

QTEST_GUILESS_MAIN(PanelsPlanDraftTest)
#include "panels_plan_draft_test.moc"
