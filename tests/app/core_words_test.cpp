// SPDX-License-Identifier: GPL-3.0-or-later
// What the core says and the window shows is known to its translator: every verdict, warning and
// refusal that these cases bring about.
#include "words/core_words.hpp"

#include <QSet>
#include <QTest>
#include <QTranslator>

#include "app/support/fake_engine.hpp"
#include "compression/plan/choices.hpp"
#include "compression/plan/resolve.hpp"
#include "compression/plan/spec.hpp"
#include "evaluation/sweep_curves.hpp"
#include "evaluation/verdict.hpp"

using namespace kvloupe;

namespace {

/// Puts brackets round every sentence of the core that it is asked for.
class Brackets : public QTranslator {
 public:
  [[nodiscard]] bool isEmpty() const override { return false; }
  [[nodiscard]] QString translate(const char* context, const char* text, const char*,
                                  int) const override {
    if (QString::fromUtf8(context) != "kvloupe::CoreWords") return {};
    return QString::fromUtf8("⟦%1⟧").replace("%1", QString::fromUtf8(text));
  }
};

ModelInfo heads64(bool mla) {
  ModelInfo model = test::fakeModel(mla ? "demo:mla" : "demo:gqa");
  model.headDim = model.vHeadDim = 64;
  if (mla) model.kvLoraRank = 128;
  if (mla) model.qkRopeHeadDim = 32;
  return model;
}

}  // namespace

class CoreWordsTest : public QObject {
  Q_OBJECT

  Brackets brackets_;
  QSet<QString> seen_;

  /// The sentence is known, and its figures are where they were.
  void known(const std::string& sentence) {
    const QString words = coreWords(sentence);
    QVERIFY2(words.startsWith(QString::fromUtf8("⟦")) && words.endsWith(QString::fromUtf8("⟧")),
             sentence.c_str());
    QString bare = words;
    bare.remove(QString::fromUtf8("⟦")).remove(QString::fromUtf8("⟧"));
    QCOMPARE(bare, QString::fromStdString(sentence));
    seen_ << words;
  }
  void known(const std::optional<Refusal>& refusal) {
    if (!refusal) return;
    known(refusal->message);
    if (refusal->found.find(' ') != std::string::npos) known(refusal->found);  // else a SPEC's keys
    known(refusal->expected);
  }

 private slots:
  void initTestCase() { QVERIFY(QCoreApplication::installTranslator(&brackets_)); }
  void init() { seen_.clear(); }

  void verdictsAreKnown() {
    const auto safe = [](double budget, SafeRatio::State state, std::optional<double> fails) {
      SafeRatio result;
      result.budgetPercent = budget;
      result.state = state;
      if (state == SafeRatio::State::Found) {
        result.ratio = 1.44;
        result.rank = 24;
        result.interval = Interval{0.84, 1.02};
      }
      result.failsFrom = fails;
      return result;
    };
    const std::vector states = {SafeRatio::State::Found, SafeRatio::State::Fails,
                                SafeRatio::State::Undecided};
    const std::vector<std::optional<double>> ends = {std::nullopt, 1.07, 1.9};
    for (const bool mla : {false, true}) {
      const ModelInfo model = heads64(mla);
      for (const auto v : states)
        for (const auto k : states)
          for (const auto& vFails : ends)
            for (const auto& kFails : ends) {
              Sweep sweep;
              sweep.setting.text.name = "evaluation.txt";
              sweep.budgets = {1};
              sweep.curves = defaultCurves(model);
              for (SweepCurve& curve : sweep.curves) {
                const bool value = curve.name == "v" || curve.name == "latent";
                curve.safe = {safe(1, value ? v : k, value ? vFails : kFails)};
                curve.safe.front().passesAgain = v == k;
              }
              const Verdict verdict =
                  mla ? verdictOf(sweep, 0.02,
                                  Interval{v == k ? 0.01 : 0.001, kFails ? 0.03 : 0.002})
                      : verdictOf(sweep, {}, {});
              for (const std::string& sentence : verdict.sentences) known(sentence);
              for (const KeyRule& rule : verdict.rules) known(rule.reason);
              for (const SweepCurve& curve : sweep.curves) known(curve.label);
            }
    }
    QVERIFY2(seen_.size() > 60, qPrintable(QString::number(seen_.size())));
  }

  void warningsAreKnown() {
    const ModelInfo model = heads64(false);
    for (const std::string& warning : planWarnings(
             resolvePlan(std::vector{parseSpec("kv:bits=4,scale=channel,group=64")}, model)))
      known(warning);
    QCOMPARE(seen_.size(), 2);
    known("config.json names code of the model's author (auto_map); it is never run");
    known("the weights are quantized (gptq): they can be described, not run");
    known("3 of 290 tensors in the weights are not used, the first is model.inv_freq");
  }

  void refusalsAreKnown() {
    for (const bool mla : {false, true}) {
      const ModelInfo model = heads64(mla);
      for (const Target target : targetsOf(model))
        for (const char* spec :
             {"v:rank=24", "v:rank=20,bits=4", "v:rank=24,bits=4,scope=layer",
              "v:rank=20,scope=layer,format=nvfp4", "v:format=q8_0", "v:bits=4"}) {
          CompressionSpec asked = parseSpec(spec);
          asked.targets = {target};
          const Choices choices = choicesOf(asked, target, model);
          for (const auto& choice : choices.taps) known(choice.refusal);
          for (const auto& choice : choices.bases) known(choice.refusal);
          for (const auto& choice : choices.formats) known(choice.refusal);
          for (const auto& choice : choices.scales) known(choice.refusal);
          for (const auto& choice : choices.rotations) known(choice.refusal);
        }
    }
    QVERIFY2(seen_.size() > 12, qPrintable(QString::number(seen_.size())));
  }

  void otherTextStaysAsItIs() {
    QCOMPARE(coreWords("a file named so"), QString("a file named so"));
    QCOMPARE(coreWords(""), QString());
  }
};

QTEST_GUILESS_MAIN(CoreWordsTest)
#include "core_words_test.moc"
