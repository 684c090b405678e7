// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/allocation_ways.hpp"

#include <QtTest>
#include <set>

#include "compression/plan/accounting.hpp"
#include "compression/plan/resolve.hpp"
#include "compression/plan/spec.hpp"
#include "support/caught_error.hpp"

using namespace kvloupe;

namespace {

constexpr int kWindow = 512;

ModelInfo model() {
  ModelInfo info;
  info.family = "qwen2";
  info.numLayers = 3;
  info.numHeads = 4;
  info.numKvHeads = 2;
  info.headDim = info.vHeadDim = 64;
  info.taps = {Tap::K, Tap::KRope, Tap::V};
  info.kvBytesPerToken = 3 * 2 * 2 * 64 * 2;
  return info;
}

AllocationRequest request(std::vector<std::string> formats) {
  AllocationRequest asked;
  asked.minRatio = 1;
  asked.formats = std::move(formats);
  return asked;
}

double ratioOf(const ChosenWays& ways) {
  return account(resolvePlan(specsOf(ways), model()), model(), kWindow).cacheRatio;
}

/// Every item costs nothing but what `cost(target, way)` says.
template <typename Cost>
std::vector<std::vector<double>> costsOf(std::span<const AllocationItem> items, Cost cost) {
  std::vector<std::vector<double>> costs;
  for (const AllocationItem& item : items) {
    std::vector<double>& list = costs.emplace_back();
    for (const Way& way : item.ways) list.push_back(cost(item.target, way));
  }
  return costs;
}

const Way& wayOf(std::span<const AllocationItem> items, Target target, const std::string& keys) {
  for (const AllocationItem& item : items)
    for (const Way& way : item.ways)
      if (item.target == target && way.keys == keys) return way;
  qFatal("no way %s", keys.c_str());
}

}  // namespace

class AllocationWaysTest : public QObject {
  Q_OBJECT

 private slots:
  void ranksAndFormatsAreOffered() {
    const auto items = allocationItems(model(), request({"int4"}));
    QCOMPARE(items.size(), std::size_t(2 * 3));
    QCOMPARE(items[0].ways.size(), std::size_t(7 + 1));
    QCOMPARE(items[0].ways.front().rank, 56);
    QCOMPARE(items[0].ways[6].rank, 8);
    QCOMPARE(items[0].ways.back().format, std::string("int4"));
    QCOMPARE(specOf(items[1], items[1].ways.back()), std::string("v:format=int4@0"));
  }

  void ranksSayTheFormatThatTheyAreStoredIn() {
    AllocationRequest asked = request({"int4"});
    asked.keys = "bits=8,rotate=random";
    const Way ranked = allocationItems(model(), asked)[0].ways.front();
    QCOMPARE(ranked.format, std::string("int8"));
    QCOMPARE(ranked.keys, std::string("rank=56,bits=8,rotate=random"));
    asked.keys = "basis=axis";
    QVERIFY(allocationItems(model(), asked)[0].ways.front().format.empty());
  }

  void targetsThatTheModelLacksAreRefused() {
    AllocationRequest asked = request({});
    for (const Target target : {Target::Latent, Target::RopeKey}) {
      asked.targets = {target};
      const auto error = test::caughtError([&] { (void)allocationItems(model(), asked); });
      QVERIFY(error && error->code() == ErrorCode::InvalidArgument);
      QCOMPARE(error->detail().place, std::string("--targets"));
    }
    asked.targets = {Target::V, Target::V};  // named twice is named
    QCOMPARE(allocationItems(model(), asked).size(), std::size_t(3));
  }

  void theUniformPlanCompressesWhatThePlanDoes() {
    const auto items = allocationItems(model(), request({"int8", "int4"}));
    const auto costs = costsOf(items, [](Target, const Way&) { return 0.01; });
    ChosenWays chosen;
    chosen[{1, Target::V}] = wayOf(items, Target::V, "format=int4");
    const ChosenWays alike = uniformWays(model(), items, costs, chosen, kWindow, ratioOf(chosen));
    QCOMPARE(alike.size(), std::size_t(3));  // V in every layer
    std::set<std::string> keys;
    for (const auto& [where, way] : alike) {
      QCOMPARE(int(where.second), int(Target::V));
      keys.insert(way.keys);
    }
    QCOMPARE(keys.size(), std::size_t(1));
    QVERIFY(uniformWays(model(), items, costs, {}, kWindow, 1).empty());
  }

  void itsRatioIsTheNearestThatIsNoSmaller() {
    const auto items = allocationItems(model(), request({"int8", "int4", "fp8"}));
    const auto costs = costsOf(items, [](Target, const Way& way) { return 64.0 - way.rank; });
    ChosenWays chosen;
    chosen[{0, Target::K}] = wayOf(items, Target::K, "rank=24");
    chosen[{1, Target::K}] = wayOf(items, Target::K, "format=int8");
    chosen[{2, Target::V}] = wayOf(items, Target::V, "format=int4");
    const double wanted = ratioOf(chosen);
    const double found = ratioOf(uniformWays(model(), items, costs, chosen, kWindow, wanted));
    QVERIFY(found >= wanted * (1 - 1e-12));
    // No other of them lies nearer, but for the 1 % within which they are alike.
    int others = 0;
    for (const Way& k : items[0].ways)
      for (const Way& v : items[1].ways) {
        ChosenWays ways;
        for (int layer = 0; layer < 3; ++layer) {
          ways[{layer, Target::K}] = k;
          ways[{layer, Target::V}] = v;
        }
        const double ratio = ratioOf(ways);
        if (ratio >= wanted) QVERIFY(ratio >= found / 1.01);
        ++others;
      }
    QCOMPARE(others, 10 * 10);
  }

  void ofTheSameRatioItIsTheOneThatCostsLess() {
    const auto items = allocationItems(model(), request({}));
    ChosenWays chosen;
    for (const Target target : {Target::K, Target::V})
      for (int layer = 0; layer < 3; ++layer)
        chosen[{layer, target}] = wayOf(items, target, "rank=32");
    const auto ranks = [&](Target dear) {
      const auto costs = costsOf(items, [&](Target target, const Way& way) {
        const double dropped = 64.0 - way.rank;
        return dropped * dropped * (target == dear ? 10 : 1);
      });
      const ChosenWays alike = uniformWays(model(), items, costs, chosen, kWindow, ratioOf(chosen));
      return std::pair{alike.at({0, Target::K}).rank, alike.at({0, Target::V}).rank};
    };
    QCOMPARE(ranks(Target::K), (std::pair{56, 8}));
    QCOMPARE(ranks(Target::V), (std::pair{8, 56}));
  }
};

QTEST_GUILESS_MAIN(AllocationWaysTest)
#include "allocation_ways_test.moc"
