// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>

#include "panels/plan_draft.hpp"
#include "panels/plan_words.hpp"

using namespace kvloupe;

namespace {

TargetSetting setting(Target target, int headDim, int heads, std::vector<Tap> taps) {
  return {.target = target,
          .headDim = headDim,
          .layerDim = headDim * heads,
          .numLayers = 6,
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
    TargetSetting keys = *withRank(gqa(), Target::K, 48).find(Target::K);
    keys.tap = Tap::K;
    const auto specs = specsOf(withSetting(gqa(), keys));
    QCOMPARE(specs.size(), std::size_t(1));
    QVERIFY(specs[0].targets == std::vector{Target::K});
    QCOMPARE(specs[0].rank, std::optional(48));
    QVERIFY(specs[0].tap == Tap::K);
    QVERIFY(!specsOf(withRank(gqa(), Target::K, 48))[0].tap);  // the default goes unsaid
    QCOMPARE(describe(gqa()), "untouched");
  }

  void methodsSayHowATargetIsCompressed() {
    const auto methodOfV = [](const PlanDraft& draft) { return methodOf(*draft.find(Target::V)); };
    PlanDraft draft = gqa();
    QCOMPARE(methodOfV(draft), Method::Untouched);
    draft = withMethod(draft, Target::V, Method::LowRankQuantize);
    QCOMPARE(methodOfV(draft), Method::LowRankQuantize);
    QCOMPARE(describe(draft), "V rank 32 int8, K untouched");
    QCOMPARE(specsOf(draft)[0].rank, std::optional(32));
    QCOMPARE(specsOf(draft)[0].format, std::optional(Format::Int8));
    draft = withMethod(draft, Target::V, Method::Quantize);
    QCOMPARE(describe(draft), "V int8, K untouched");
    QVERIFY(!specsOf(draft)[0].rank);
    QVERIFY(specsOf(draft)[0].basis == Basis::Pca && specsOf(draft)[0].scope == Scope::Head);
    draft = withMethod(draft, Target::V, Method::LowRank);
    QCOMPARE(describe(draft), "V rank 32, K untouched");
    QVERIFY(!specsOf(draft)[0].format);
    draft = withMethod(draft, Target::V, Method::Untouched);
    QVERIFY(specsOf(draft).empty());
  }

  void whatAFormatDoesNotHaveIsNotSaid() {
    TargetSetting v = *gqa().find(Target::V);
    v.scale = Scale::Channel;
    v.rotation = Rotation::Hadamard;
    v.format = Format::Uint4;
    CompressionSpec spec = specsOf(withSetting(gqa(), v))[0];
    QCOMPARE(spec.scale, std::optional(Scale::Channel));
    QCOMPARE(spec.rotation, Rotation::Hadamard);
    v.format = Format::Q8_0;
    spec = specsOf(withSetting(gqa(), v))[0];
    QVERIFY(!spec.scale);
    QCOMPARE(spec.rotation, Rotation::Hadamard);
    v.format = Format::Bits16;
    v.rank = 24;
    spec = specsOf(withSetting(gqa(), v))[0];
    QVERIFY(!spec.scale && !spec.format && spec.rotation == Rotation::None);
  }

  void layersAreSetApart() {
    PlanDraft draft = withRank(gqa(), Target::V, 24);
    draft = withLayer(draft, Target::V, 1, LayerOverride{48});
    draft = withLayer(draft, Target::V, 2, LayerOverride{48});
    draft = withLayer(draft, Target::V, 4, LayerOverride{48});
    draft = withLayer(draft, Target::V, 5, LayerOverride{64, Format::Bits16});
    auto specs = specsOf(draft);
    QCOMPARE(specs.size(), std::size_t(3));
    QVERIFY(specs[0].layers.empty());
    QCOMPARE(specs[1].rank, std::optional(48));
    QVERIFY((specs[1].layers == std::vector{std::pair(1, 2), std::pair(4, 4)}));
    QVERIFY(!specs[2].rank && specs[2].format == Format::Bits16);  // untouched
    QVERIFY((specs[2].layers == std::vector{std::pair(5, 5)}));
    QCOMPARE(describe(draft), "V rank 24, 4 layers apart, K untouched");
    QCOMPARE(changeWords(gqa(), withLayer(gqa(), Target::K, 3, LayerOverride{12})),
             "K layer 3 rank 12");
    // The slider comes to where they stand: nothing is apart there.
    draft = withRank(draft, Target::V, 48);
    QCOMPARE(draft.find(Target::V)->layers.size(), std::size_t(1));
    QCOMPARE(changeWords(draft, withLayer(draft, Target::V, 5, {})), "V layer 5 as the others");
    draft = withLayer(draft, Target::V, 5, {});
    QVERIFY(draft.find(Target::V)->layers.empty());
    QVERIFY(specsOf(withoutLayers(draft)) == specsOf(draft));
    // A format goes to the layers apart too, but not to one that is kept untouched.
    draft = withLayer(draft, Target::V, 0, LayerOverride{8});
    draft = withLayer(draft, Target::V, 1, LayerOverride{64, Format::Bits16});
    TargetSetting v = *draft.find(Target::V);
    v.format = Format::Int4;
    draft = withSetting(draft, v);
    QVERIFY((draft.find(Target::V)->at(0) == LayerKept{8, Format::Int4}));
    QVERIFY((draft.find(Target::V)->at(1) == LayerKept{64, Format::Bits16}));
    QVERIFY(!draft.find(Target::V)->untouched());
    QVERIFY(untouchedDraft(draft).find(Target::V)->untouched());
  }

  void changesHaveNames() {
    const PlanDraft v = withRank(gqa(), Target::V, 24);
    QCOMPARE(changeWords(gqa(), v), "V rank 24");
    TargetSetting setting = *v.find(Target::V);
    setting.format = Format::Int4;
    QCOMPARE(changeWords(v, withSetting(v, setting)), "V int4");
    setting = *v.find(Target::V);
    setting.basis = Basis::Output;
    QCOMPARE(changeWords(v, withSetting(v, setting)), "V basis output");
    QCOMPARE(changeWords(v, untouchedDraft(v, Target::V)), "V untouched");
    QCOMPARE(changeWords(v, withPreset(v, PlanPreset::KOnly)), "K rank 32, V untouched");
    PlanDraft linked = v;
    linked.linked = true;
    QCOMPARE(changeWords(v, linked), "link");
  }
};

QTEST_GUILESS_MAIN(PanelsPlanDraftTest)
#include "panels_plan_draft_test.moc"
