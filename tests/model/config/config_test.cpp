// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtTest>
#include <cmath>
#include <fstream>
#include <map>
#include <sstream>

#include "io/json.hpp"
#include "model/config/config_text.hpp"
#include "model/config/expected_tensors.hpp"
#include "model/config/model_config.hpp"
#include "support/caught_error.hpp"

using kvloupe::ExpectedTensor;
using kvloupe::expectedTensors;
using kvloupe::Family;
using kvloupe::JsonDocument;
using kvloupe::JsonValue;
using kvloupe::ModelConfig;
using kvloupe::parseConfig;
using kvloupe::RopeScaling;
using namespace kvloupe::test;

namespace {

std::string readFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

const JsonDocument& cases() {
  static const JsonDocument document =
      JsonDocument::parse(readFile(KVLOUPE_TEST_DATA "/config/cases.json"), "cases.json");
  return document;
}

QString scalingName(RopeScaling scaling) {
  switch (scaling) {
    case RopeScaling::None:
      return "default";
    case RopeScaling::Linear:
      return "linear";
    case RopeScaling::Dynamic:
      return "dynamic";
    case RopeScaling::Llama3:
      return "llama3";
    case RopeScaling::Yarn:
      return "yarn";
    case RopeScaling::LongRope:
      return "longrope";
  }
  return {};
}

void compareRope(const kvloupe::RopeConfig& rope, const JsonValue& want) {
  QCOMPARE(rope.theta, want.requireDouble("rope_theta"));
  QCOMPARE(scalingName(rope.scaling), qstring(want.requireString("rope_type")));
  QCOMPARE(rope.factor, want.optionalDouble("factor").value_or(1.0));
  QCOMPARE(rope.partialFactor, want.optionalDouble("partial_rotary_factor").value_or(1.0));
  if (rope.scaling != RopeScaling::Dynamic)  // its is max_position_embeddings
    QCOMPARE(rope.originalMaxPositions,
             want.optionalInt("original_max_position_embeddings").value_or(0));
  QCOMPARE(rope.lowFreqFactor, want.optionalDouble("low_freq_factor").value_or(1.0));
  QCOMPARE(rope.highFreqFactor, want.optionalDouble("high_freq_factor").value_or(4.0));
  QCOMPARE(rope.betaFast, want.optionalDouble("beta_fast").value_or(32.0));
  QCOMPARE(rope.betaSlow, want.optionalDouble("beta_slow").value_or(1.0));
  QCOMPARE(rope.mscale.value_or(0.0), want.optionalDouble("mscale").value_or(0.0));
  QCOMPARE(rope.mscaleAllDim.value_or(0.0), want.optionalDouble("mscale_all_dim").value_or(0.0));
  QCOMPARE(rope.attentionFactor.value_or(0.0),
           want.optionalDouble("attention_factor").value_or(0.0));
  QCOMPARE(rope.truncate, want.optionalBool("truncate").value_or(true));
}

void compareFields(const ModelConfig& config, const JsonValue& want) {
  QCOMPARE(config.numLayers, want.requireInt("num_layers"));
  QCOMPARE(config.numKvHeads, want.requireInt("num_kv_heads"));
  QCOMPARE(config.headDim, want.requireInt("head_dim"));
  QCOMPARE(config.maxPositions, want.requireInt("max_positions"));
  QCOMPARE(config.normEps, want.requireDouble("eps"));
  QCOMPARE(qstring(config.activation), qstring(want.requireString("activation")));
  QCOMPARE(config.tieWordEmbeddings, want.requireBool("tied"));
  QCOMPARE(config.slidingWindow.value_or(0), want.optionalInt("window").value_or(0));
  std::vector<bool> sliding;
  for (const JsonValue layer : want.requireArray("sliding")) sliding.push_back(layer.asBool());
  QVERIFY(config.slidingLayers == sliding);
  if (want.at("rope").size() > 0) compareRope(config.rope, want.at("rope"));
}

}  // namespace

class ConfigTest : public QObject {
  Q_OBJECT

 private slots:
  /// Fields, parameters and tensors against transformers, from the config that was given to it and
  /// from the one that it saved.
  void againstTransformers_data() {
    QTest::addColumn<QString>("name");
    QTest::addColumn<QString>("form");
    for (const JsonValue entry : cases().root())
      for (const char* form : {"config", "saved"})
        QTest::addRow("%s, %s", std::string(entry.key()).c_str(), form)
            << qstring(entry.key()) << form;
  }

  void againstTransformers() {
    QFETCH(QString, name);
    QFETCH(QString, form);
    const JsonValue entry = cases().root().at(name.toStdString());
    const ModelConfig config = parseConfig(entry.requireString(form.toStdString()), "config.json");
    compareFields(config, entry.at("fields"));
    if (form == "config")
      QCOMPARE(qstring(config.storedDtype), qstring(entry.at("fields").requireString("dtype")));
    QCOMPARE(parameterCount(config), entry.requireInt("parameters"));

    std::map<std::string, std::vector<std::int64_t>> expected;
    for (const ExpectedTensor& tensor : expectedTensors(config))
      QVERIFY2(expected.emplace(tensor.name, tensor.shape).second, tensor.name.c_str());
    std::map<std::string, std::vector<std::int64_t>> saved;
    for (const JsonValue tensor : entry.requireObject("tensors")) {
      std::vector<std::int64_t>& shape = saved[std::string(tensor.key())];
      for (const JsonValue dimension : tensor) shape.push_back(dimension.asInt());
    }
    for (const auto& [tensor, shape] : saved)
      QVERIFY2(expected.contains(tensor) && expected[tensor] == shape, tensor.c_str());
    QCOMPARE(expected.size(), saved.size());
  }

  /// config.json of real models; the counts are those of transformers' models on torch's meta
  /// device.
  void realConfigs_data() {
    QTest::addColumn<QString>("file");
    QTest::addColumn<qint64>("parameters");
    QTest::addColumn<qint64>("kvBytes");
    QTest::addColumn<QString>("quantization");
    QTest::addColumn<int>("warnings");
    const auto row = [](const char* file, qint64 parameters, qint64 kvBytes,
                        const char* quantization = "", int warnings = 0) {
      QTest::newRow(file) << QString(file) << parameters << kvBytes << QString(quantization)
                          << warnings;
    };
    row("qwen2.5-0.5b", 494032768, 24 * 2 * 2 * 64 * 2);
    row("qwen3-0.6b", 596049920, 28 * 2 * 8 * 128 * 2);
    row("llama-3.1-8b", 8030261248, 32 * 2 * 8 * 128 * 2);
    row("mistral-7b-v0.1", 7241732096, 32 * 2 * 8 * 128 * 2);
    row("deepseek-v2-lite", 15706484224, 27 * (512 + 64) * 2, "", 1);
    row("deepseek-v3", 671026419200, 61 * (512 + 64) * 2, "fp8", 1);
  }

  void realConfigs() {
    const QString folder = qEnvironmentVariable("KVLOUPE_SHARED_DATA");
    if (!QDir(folder + "/configs").exists()) QSKIP("the shared test data are not there");
    QFETCH(QString, file);
    const ModelConfig config =
        kvloupe::readConfig((folder + "/configs/" + file + ".json").toStdString());
    QTEST(static_cast<qint64>(parameterCount(config)), "parameters");
    QTEST(static_cast<qint64>(kvBytesPerToken(config)), "kvBytes");
    QTEST(qstring(config.quantization.value_or("")), "quantization");
    QTEST(static_cast<int>(config.warnings.size()), "warnings");
    QCOMPARE(qstring(config.storedDtype), "bfloat16");
    QVERIFY(config.json.starts_with("{"));
  }

  /// The shapes that DeepSeek-V2-Lite's shards hold, written with ranges: "layers.1-26.mlp...".
  void deepseekV2LiteShapes() {
    const QString folder = qEnvironmentVariable("KVLOUPE_SHARED_DATA") + "/configs/";
    if (!QDir(folder).exists()) QSKIP("the shared test data are not there");
    const std::string base = folder.toStdString() + "deepseek-v2-lite";
    std::map<std::string, std::vector<std::int64_t>> want;
    const std::string text = readFile(base + ".weight_shapes.json");
    const JsonDocument document = JsonDocument::parse(text, "weight_shapes.json");
    for (const JsonValue entry : document.root()) {
      std::vector<std::int64_t> shape;
      for (const JsonValue dimension : entry) shape.push_back(dimension.asInt());
      QStringList names{qstring(entry.key())};
      const QRegularExpression range("(?<=\\.)(\\d+)-(\\d+)(?=\\.)");
      for (auto match = range.match(names.front()); match.hasMatch();
           match = range.match(names.front())) {
        QStringList expanded;
        for (const QString& name : names)
          for (int i = match.captured(1).toInt(); i <= match.captured(2).toInt(); ++i)
            expanded << QString(name).replace(match.captured(0), QString::number(i));
        names = expanded;
      }
      for (const QString& name : names) want[name.toStdString()] = shape;
    }
    std::map<std::string, std::vector<std::int64_t>> have;
    for (const ExpectedTensor& tensor : expectedTensors(kvloupe::readConfig(base + ".json")))
      have[tensor.name] = tensor.shape;
    QCOMPARE(have.size(), want.size());
    QVERIFY(have == want);
  }

  void runnable() {
    for (const JsonValue entry : cases().root()) {
      requireRunnable(parseConfig(entry.requireString("config"), "f"));
    }
  }

  void scalesOfTheFamilies() {
    const ModelConfig gemma = parseConfig(with(gemma2(), {}), "f");
    QCOMPARE(gemma.scoreScale, 1.0 / 16);
    QCOMPARE(gemma.scoreSoftCap, 50.0);
    QCOMPARE(gemma.logitSoftCap, 30.0);
    QCOMPARE(gemma.embeddingScale, std::sqrt(32.0));
    const ModelConfig uncapped = parseConfig(with(gemma2(), {{"attn_logit_softcapping", "null"},
                                                             {"final_logit_softcapping", "null"},
                                                             {"query_pre_attn_scalar", "144"}}),
                                             "f");
    QCOMPARE(uncapped.scoreScale, 1.0 / 12);
    QCOMPARE(uncapped.scoreSoftCap, 0.0);
    QCOMPARE(uncapped.logitSoftCap, 0.0);

    Fields fields = deepseek();
    fields["model_type"] = "\"minicpm3\"";
    const ModelConfig minicpm = parseConfig(with(fields, {}), "f");
    QCOMPARE(minicpm.embeddingScale, 12.0);
    QCOMPARE(minicpm.branchScale, 1.4 / std::sqrt(3.0));
    QCOMPARE(minicpm.logitScale, 256.0 / 32);
    const ModelConfig plain = parseConfig(
        with(fields, {{"scale_emb", "1"}, {"scale_depth", "null"}, {"dim_model_base", "null"}}),
        "f");
    QCOMPARE(plain.embeddingScale, 1.0);
    QCOMPARE(plain.branchScale, 1.0);
    QCOMPARE(plain.logitScale, 1.0);
  }

  void expertsOfDeepseek() {
    const ModelConfig config =
        parseConfig(with(deepseek(), {{"first_k_dense_replace", "1"},
                                      {"topk_method", "\"group_limited_greedy\""},
                                      {"n_group", "3"},
                                      {"topk_group", "2"},
                                      {"routed_scaling_factor", "16.0"},
                                      {"n_shared_experts", "null"}}),
                    "f");
    QVERIFY(config.moe);
    QVERIFY(config.moe->routing == kvloupe::ExpertRouting::GroupLimitedGreedy);
    QCOMPARE(config.moe->numGroups, 3);
    QCOMPARE(config.moe->topkGroups, 2);
    QCOMPARE(config.moe->expertsPerToken, 2);
    QCOMPARE(config.moe->routedScalingFactor, 16.0);
    QCOMPARE(config.moe->sharedIntermediateSize, 0);
    QVERIFY(!isMoeLayer(config, 0) && isMoeLayer(config, 1) && isMoeLayer(config, 2));
    QVERIFY(!config.mla->qLoraRank);

    const ModelConfig dense = parseConfig(with(deepseek(), {{"n_routed_experts", "null"}}), "f");
    QVERIFY(!dense.moe);
  }

  void authorsCodeIsAWarning() {
    const ModelConfig config =
        parseConfig(with(llama(), {{"auto_map", R"({"AutoModel": "modeling_evil.Evil"})"}}), "f");
    QCOMPARE(config.warnings.size(), 1u);
    QVERIFY(qstring(config.warnings[0]).contains("auto_map"));
  }

  void gemma3WithAVisionTower() {
    const ModelConfig config = parseConfig(
        R"({"model_type": "gemma3", "torch_dtype": "bfloat16", "vision_config": {},
            "text_config": {"model_type": "gemma3_text", "hidden_size": 2560,
                            "intermediate_size": 10240, "num_hidden_layers": 34,
                            "rope_scaling": {"factor": 8.0, "rope_type": "linear"},
                            "sliding_window": 1024}})",
        "f");
    QCOMPARE(config.family, Family::Gemma3);
    QCOMPARE(config.numKvHeads, 4);
    QCOMPARE(config.headDim, 256);
    QCOMPARE(config.vocabSize, 262208);
    QCOMPARE(config.rope.factor, 8.0);
    QCOMPARE(config.rope.theta, 1e6);
    QCOMPARE(*config.slidingWindow, 1024);
    QVERIFY(isSlidingLayer(config, 4) && !isSlidingLayer(config, 5));
  }
};

QTEST_APPLESS_MAIN(ConfigTest)
#include "config_test.moc"
