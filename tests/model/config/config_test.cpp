// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtTest>
#include <fstream>
#include <map>
#include <sstream>

#include "io/json.hpp"
#include "model/config/expected_tensors.hpp"
#include "model/config/model_config.hpp"
#include "support/caught_error.hpp"

using kvloupe::ErrorCode;
using kvloupe::ExpectedTensor;
using kvloupe::expectedTensors;
using kvloupe::Family;
using kvloupe::JsonDocument;
using kvloupe::JsonValue;
using kvloupe::ModelConfig;
using kvloupe::parseConfig;
using kvloupe::RopeScaling;
using kvloupe::test::caughtError;
using kvloupe::test::qstring;

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

/// A config that is right, as lines that a test can change.
using Fields = std::map<std::string, std::string>;

Fields llama() {
  return {{"model_type", "\"llama\""}, {"vocab_size", "96"},        {"hidden_size", "32"},
          {"intermediate_size", "48"}, {"num_hidden_layers", "3"}, {"num_attention_heads", "4"}};
}

Fields qwen2() {
  Fields fields = llama();
  fields["model_type"] = "\"qwen2\"";
  fields["num_key_value_heads"] = "2";
  return fields;
}

Fields deepseek() {
  Fields fields = llama();
  fields.merge(Fields{{"kv_lora_rank", "12"},
                      {"q_lora_rank", "null"},
                      {"qk_nope_head_dim", "8"},
                      {"qk_rope_head_dim", "4"},
                      {"v_head_dim", "6"},
                      {"n_routed_experts", "6"},
                      {"num_experts_per_tok", "2"},
                      {"moe_intermediate_size", "10"}});
  fields["model_type"] = "\"deepseek_v2\"";
  return fields;
}

/// `changes` name fields and their JSON; an empty one takes the field away.
std::string with(Fields fields, const Fields& changes) {
  for (const auto& [name, value] : changes) fields[name] = value;
  std::string json;
  for (const auto& [name, value] : fields) {
    if (value.empty()) continue;
    json += json.empty() ? "{\"" : ", \"";
    json.append(name).append("\": ").append(value);
  }
  return json + '}';
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
};

QTEST_APPLESS_MAIN(ConfigTest)
#include "config_test.moc"
