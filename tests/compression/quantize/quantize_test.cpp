// SPDX-License-Identifier: GPL-3.0-or-later
#include "compression/quantize/quantize.hpp"

#include <ATen/ATen.h>

#include <QtTest>

#include "common/error.hpp"
#include "compression/fixture.hpp"
#include "compression/plan/stored_format.hpp"

using namespace kvloupe;
using nlohmann::json;

namespace {

Format formatOf(const json& name) {
  for (std::size_t i = 0; i < kFormatNames.size(); ++i)
    if (kFormatNames[i] == name.get<std::string>()) return static_cast<Format>(i);
  qFatal("no such format");
}

Scale scaleOf(const json& name) {
  for (std::size_t i = 0; i < kScaleNames.size(); ++i)
    if (kScaleNames[i] == name.get<std::string>()) return static_cast<Scale>(i);
  qFatal("no such scale");
}

struct Case {
  Storage storage;
  at::Tensor values;    // [tokens, 2, 32]
  at::Tensor expected;  // what is read back
};

Case caseOf(const json& file, std::size_t index) {
  const json& entry = file["cases"][index];
  const auto expected = fromBits(entry["bits"], {std::int64_t(entry["bits"].size()) / 64, 2, 32});
  Case result{.storage = {.format = formatOf(entry["format"]),
                          .scale = scaleOf(entry["scale"]),
                          .group = entry["group"],
                          .sink = entry["sink"],
                          .ranges = {}},
              .values = fromBits(file["values"], file["shape"].get<std::vector<std::int64_t>>())
                            .narrow(0, 0, expected.size(0))
                            .clone(),
              .expected = expected};
  if (hasTensorScale(result.storage.format, result.storage.scale)) {
    const at::Tensor low = fromBits(file["low"], {2}), high = fromBits(file["high"], {2});
    for (int g = 0; g < 2; ++g)
      result.storage.ranges.push_back({low[g].item<float>(), high[g].item<float>()});
  }
  return result;
}

bool sameBits(const at::Tensor& a, const at::Tensor& b) {
  // A zero may have either sign: no reader tells them apart.
  return (a + 0.0f).equal(b + 0.0f);
}

}  // namespace

class QuantizeTest : public QObject {
  Q_OBJECT
 private slots:
  void agreesWithTheReference_data() {
    QTest::addColumn<int>("index");
    const json file = readFixture("quantize.json");
    for (std::size_t i = 0; i < file["cases"].size(); ++i) {
      const json& entry = file["cases"][i];
      QTest::addRow("%s by %s", entry["format"].get<std::string>().c_str(),
                    entry["scale"].get<std::string>().c_str())
          << int(i);
    }
  }
  void agreesWithTheReference() {
    QFETCH(int, index);
    static const json file = readFixture("quantize.json");
    const Case c = caseOf(file, std::size_t(index));
    at::Tensor values = c.values.clone();
    quantize(c.storage, values);
    QVERIFY(!sameBits(values, c.values));
    if (!sameBits(values, c.expected)) {
      const at::Tensor off = (values - c.expected).abs();
      QFAIL(qPrintable(QStringLiteral("%1 of %2 values differ, by up to %3")
                           .arg(off.count_nonzero().item<int>())
                           .arg(off.numel())
                           .arg(off.max().item<double>())));
    }
  }

  // Coefficients of a low rank come group by group.
  void stridesDoNotMatter() {
    static const json file = readFixture("quantize.json");
    for (std::size_t i = 0; i < file["cases"].size(); ++i) {
      const Case c = caseOf(file, i);
      const at::Tensor strided = c.values.transpose(0, 1).contiguous().transpose(0, 1);
      quantize(c.storage, strided);
      QVERIFY(sameBits(strided, c.expected));
    }
  }

  void blocksStandSideBySide() {
    static const json file = readFixture("quantize.json");
    for (std::size_t i = 0; i < file["cases"].size(); ++i) {
      Case c = caseOf(file, i);
      if (c.storage.format < Format::Nvfp4 || c.storage.format == Format::Nvfp4) continue;
      const at::Tensor wide = c.values.reshape({-1, 1, 64}).clone();
      quantize(c.storage, wide);
      QVERIFY(sameBits(wide.reshape(c.expected.sizes()), c.expected));
    }
  }

  void e4m3RoundsAsMlDtypes() {
    const json file = readFixture("quantize.json");
    const auto count = std::int64_t(file["e4m3"].size());
    const at::Tensor values = fromBits(file["e4m3_values"], {count});
    const at::Tensor expected = fromBits(file["e4m3"], {count});
    for (std::int64_t i = 0; i < count; ++i)
      QCOMPARE(rounding::e4m3(values[i].item<float>()), expected[i].item<float>());
  }

  void sixteenBitsAreLeftAlone() {
    const at::Tensor values = at::rand({3, 2, 5});
    const at::Tensor before = values.clone();
    quantize(Storage{}, values);
    QVERIFY(values.equal(before));
  }

  // More bits lose less; a scale of its own for every token loses less than one for all.
  void errorsShrinkWithBits() {
    at::manual_seed(3);
    const at::Tensor values = at::randn({64, 2, 32});
    const auto error = [&](Format format) {
      const at::Tensor copy = values.clone();
      quantize({.format = format, .ranges = {}}, copy);
      return (copy - values).square().mean().item<double>();
    };
    for (int f = int(Format::Int2); f < int(Format::Int8); ++f)
      QVERIFY(error(Format(f + 1)) < error(Format(f)) / 2);
    for (int f = int(Format::Uint2); f < int(Format::Uint8); ++f)
      QVERIFY(error(Format(f + 1)) < error(Format(f)) / 2);
    QVERIFY(error(Format::Q8_0) < error(Format::Q5_0));
    QVERIFY(error(Format::Q5_0) < error(Format::Q4_0));
  }

  void refusesWhatDoesNotFit() {
    QVERIFY_EXCEPTION_THROWN(
        quantize({.format = Format::Q8_0, .ranges = {}}, at::zeros({2, 1, 48})), Error);
    QVERIFY_EXCEPTION_THROWN(
        quantize({.format = Format::Nvfp4, .ranges = {}}, at::zeros({2, 1, 32})), Error);
    QVERIFY_EXCEPTION_THROWN(
        quantize({.format = Format::Int4, .scale = Scale::Tensor, .ranges = {{0, 1}}},
                 at::zeros({2, 2, 32})),
        Error);
  }
};

QTEST_APPLESS_MAIN(QuantizeTest)
#include "quantize_test.moc"
