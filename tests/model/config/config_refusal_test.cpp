// SPDX-License-Identifier: GPL-3.0-or-later
// What a config.json is refused for, and in which words.
#include <QtTest>

#include "model/config/config_text.hpp"
#include "model/config/model_config.hpp"
#include "support/caught_error.hpp"

using kvloupe::ErrorCode;
using kvloupe::ModelConfig;
using kvloupe::parseConfig;
using namespace kvloupe::test;

Q_DECLARE_METATYPE(kvloupe::ErrorCode)

class ConfigRefusalTest : public QObject {
  Q_OBJECT

 private slots:
  void refused_data() {
    QTest::addColumn<QByteArray>("json");
    QTest::addColumn<ErrorCode>("code");
    QTest::addColumn<QString>("place");
    QTest::addColumn<QString>("found");
    QTest::addColumn<QString>("expected");
    const auto row = [](const char* name, const std::string& json, const char* place,
                        const char* found, const char* expected,
                        ErrorCode code = ErrorCode::Malformed) {
      QTest::newRow(name) << QByteArray::fromStdString(json) << code << QString(place)
                          << QString(found) << QString(expected);
    };
    const char* const integer = "an integer from 1 to 1073741824";
    const char* const above0 = "a number above 0";
    row("not JSON", "{", "byte 1", "the end of the text", "JSON");
    row("an array", "[]", "", "an array of 0", "an object");
    row("a number", "7", "", "7", "an object");
    row("duplicate key", R"({"a": 1, "model_type": "llama", "\u0061": 2})", "a",
        "it at byte 4 and again at byte 40", "every key once");
    row("no model_type", with(llama(), {{"model_type", ""}}), "model_type", "no such key",
        "this field");
    row("model_type a number", with(llama(), {{"model_type", "3"}}), "model_type", "3", "a string");
    row("unknown model_type", with(llama(), {{"model_type", "\"mamba\""}}), "model_type",
        "\"mamba\"",
        "one of gpt2, llama, mistral, qwen2, qwen3, deepseek_v2, deepseek_v3, gpt_neox, phi3, "
        "gemma2, gemma3, mixtral, qwen2_moe, minicpm3",
        ErrorCode::Unsupported);
    for (const char* field : {"vocab_size", "hidden_size", "intermediate_size", "num_hidden_layers",
                              "num_attention_heads"})
      row(field, with(llama(), {{field, ""}}), field, "no such key", "this field");
    for (const char* field : {"kv_lora_rank", "qk_nope_head_dim", "qk_rope_head_dim", "v_head_dim",
                              "n_routed_experts", "num_experts_per_tok", "moe_intermediate_size"})
      row(field, with(deepseek(), {{field, ""}}), field, "no such key", "this field");
    row("null size", with(llama(), {{"hidden_size", "null"}}), "hidden_size", "null", "an integer");
    row("string for a size", with(llama(), {{"hidden_size", "\"32\""}}), "hidden_size",
        "the string \"32\"", "an integer");
    row("real for a size", with(llama(), {{"hidden_size", "32.5"}}), "hidden_size", "32.5",
        "an integer");
    row("bool for a size", with(llama(), {{"hidden_size", "true"}}), "hidden_size", "true",
        "an integer");
    row("zero size", with(llama(), {{"hidden_size", "0"}}), "hidden_size", "0", integer);
    row("negative size", with(llama(), {{"vocab_size", "-96"}}), "vocab_size", "-96", integer);
    row("size 2^64-1", with(llama(), {{"vocab_size", "18446744073709551615"}}), "vocab_size",
        "18446744073709551615", "an integer below 2^63");
    row("zero layers", with(llama(), {{"num_hidden_layers", "0"}}), "num_hidden_layers", "0",
        "an integer from 1 to 10000");
    row("too many layers", with(llama(), {{"num_hidden_layers", "1000000000"}}),
        "num_hidden_layers", "1000000000", "an integer from 1 to 10000");
    row("zero heads", with(llama(), {{"num_attention_heads", "0"}}), "num_attention_heads", "0",
        "an integer from 1 to 65536");
    row("zero kv heads", with(llama(), {{"num_key_value_heads", "0"}}), "num_key_value_heads", "0",
        "an integer from 1 to 2147483647");
    row("sizes beyond memory",
        with(llama(), {{"hidden_size", "1073741824"}, {"intermediate_size", "1073741824"}}),
        "hidden_size", "more", "at most 2^50 parameters");
    row("vocabulary beyond memory",
        with(llama(), {{"hidden_size", "1073741824"}, {"vocab_size", "1073741824"}}), "hidden_size",
        "more", "at most 2^50 parameters");
    row("hidden % heads", with(llama(), {{"num_attention_heads", "5"}}), "hidden_size", "32",
        "a multiple of the 5 heads, or head_dim beside it");
    row("heads % kv heads", with(llama(), {{"num_key_value_heads", "3"}}), "num_key_value_heads",
        "3", "a divisor of num_attention_heads, 4");
    row("more kv heads than heads", with(llama(), {{"num_key_value_heads", "8"}}),
        "num_key_value_heads", "8", "a divisor of num_attention_heads, 4");
    row("qwen2's default of kv heads", with(qwen2(), {{"num_key_value_heads", ""}}),
        "num_key_value_heads", "no such key", "a divisor of num_attention_heads, 4");
    row("odd head_dim", with(llama(), {{"head_dim", "7"}}), "head_dim", "7", "an even number");
    row("zero head_dim", with(llama(), {{"head_dim", "0"}}), "head_dim", "0",
        "an integer from 1 to 2147483647");
    row("zero eps", with(llama(), {{"rms_norm_eps", "0"}}), "rms_norm_eps", "0", above0);
    row("negative eps", with(llama(), {{"rms_norm_eps", "-1e-6"}}), "rms_norm_eps", "-1e-06",
        above0);
    row("infinite eps", with(llama(), {{"rms_norm_eps", "1e999"}}), "byte 138", "1e999",
        "a finite number");
    row("eps a string", with(llama(), {{"rms_norm_eps", "\"1e-6\""}}), "rms_norm_eps",
        "the string \"1e-6\"", "a number");
    row("eps NaN", with(llama(), {{"rms_norm_eps", "NaN"}}), "byte 134", "\"rms_norm_eps\": N",
        "JSON");
    row("infinite theta", with(llama(), {{"rope_theta", "1e400"}}), "byte 136", "1e400",
        "a finite number");
    row("zero theta", with(llama(), {{"rope_theta", "0.0"}}), "rope_theta", "0", above0);
    row("negative theta", with(llama(), {{"rope_parameters", R"({"rope_theta": -1.0})"}}),
        "rope_parameters.rope_theta", "-1", above0);
    row("tie a string", with(llama(), {{"tie_word_embeddings", "\"false\""}}),
        "tie_word_embeddings", "the string \"false\"", "true or false");
    row("act a number", with(llama(), {{"hidden_act", "1"}}), "hidden_act", "1", "a string");
    row("dtype a number", with(llama(), {{"torch_dtype", "16"}}), "torch_dtype", "16", "a string");
    row("zero positions", with(llama(), {{"max_position_embeddings", "0"}}),
        "max_position_embeddings", "0", "an integer from 1 to 2147483647");

    row("scaling no object", with(llama(), {{"rope_scaling", "2.0"}}), "rope_scaling", "2",
        "an object");
    row("unknown scaling", with(llama(), {{"rope_scaling", R"({"type": "ntk", "factor": 2})"}}),
        "rope_scaling.type", "\"ntk\"", "default, linear, dynamic, llama3, yarn or longrope",
        ErrorCode::Unsupported);
    row("no factor", with(llama(), {{"rope_scaling", R"({"rope_type": "linear"})"}}),
        "rope_scaling.factor", "no such key", "this field");
    row("zero factor", with(llama(), {{"rope_scaling", R"({"rope_type": "linear", "factor": 0})"}}),
        "rope_scaling.factor", "0", above0);
    row("llama3 without low_freq_factor",
        with(llama(),
             {{"rope_scaling", R"({"rope_type": "llama3", "factor": 8, "high_freq_factor": 4})"}}),
        "rope_scaling.low_freq_factor", "no such key", "this field");
    row("llama3 with equal factors",
        with(llama(), {{"rope_scaling", R"({"rope_type": "llama3", "factor": 8,
                                           "low_freq_factor": 4, "high_freq_factor": 4})"}}),
        "rope_scaling.high_freq_factor", "4", "more than low_freq_factor, 4");
    row("yarn without a factor", with(llama(), {{"rope_scaling", R"({"type": "yarn"})"}}),
        "rope_scaling.factor", "no such key", "this field");
    row("yarn with zero original length",
        with(llama(), {{"rope_scaling", R"({"type": "yarn", "factor": 4,
                                           "original_max_position_embeddings": 0})"}}),
        "rope_scaling.original_max_position_embeddings", "0", "an integer from 1 to 2147483647");
    row("yarn with betas swapped",
        with(llama(), {{"rope_scaling", R"({"type": "yarn", "factor": 4, "beta_fast": 1,
                                           "beta_slow": 32})"}}),
        "rope_scaling.beta_fast", "beta_fast 1, beta_slow 32", "beta_fast >= beta_slow > 0");
    row("longrope without factors", with(phi3(R"({"type": "longrope"})"), {}),
        "rope_scaling.short_factor", "no such key", "this field");
    row("longrope with too few factors",
        with(phi3(R"({"type": "su", "short_factor": [1, 2, 3], "long_factor": [1, 2, 3, 4]})"), {}),
        "rope_scaling.short_factor", "an array of 3", "one a rotated pair, 4");
    row("longrope with a factor of 0",
        with(phi3(R"({"type": "longrope", "short_factor": [1, 1, 1, 1],
                      "long_factor": [1, 2, 0, 4]})"),
             {}),
        "rope_scaling.long_factor[2]", "0", above0);
    row("positions a kind of layer",
        with(qwen2(), {{"rope_parameters", R"({"full_attention": {}, "sliding_attention": {}})"}}),
        "rope_parameters.full_attention", "an object of 0", "one object");
    row("partial rotation above 1", with(llama(), {{"partial_rotary_factor", "1.5"}}),
        "partial_rotary_factor", "1.5", "at most 1");

    row("partial rotation above 1 in its block",
        with(llama(), {{"rope_parameters", R"({"partial_rotary_factor": 2})"}}),
        "rope_parameters.partial_rotary_factor", "2", "at most 1");
    row("gpt_neox that rotates too much",
        with(llama(), {{"model_type", "\"gpt_neox\""}, {"rotary_pct", "1.5"}}), "rotary_pct", "1.5",
        "at most 1");
    row("gpt2 whose inner size would overflow",
        with(gpt2(), {{"n_embd", "1073741824"}, {"n_head", "1"}}), "hidden_size", "more",
        "at most 2^50 parameters");
    row("minicpm3 with more heads than dimensions",
        with(deepseek(),
             {{"model_type", "\"minicpm3\""}, {"num_attention_heads", "64"}, {"v_head_dim", ""}}),
        "v_head_dim", "no such key", "this field, or a hidden_size of num_attention_heads or more");
    row("partial rotation of an odd number", with(llama(), {{"partial_rotary_factor", "0.4"}}),
        "partial_rotary_factor", "3", "an even number");
    row("partial rotation of nothing", with(llama(), {{"partial_rotary_factor", "0.01"}}),
        "partial_rotary_factor", "0", "an even number");

    row("gpt2 that reads another sequence", with(gpt2(), {{"add_cross_attention", "true"}}),
        "add_cross_attention", "true", "false", ErrorCode::Unsupported);
    row("gemma that sees later tokens", with(gemma2(), {{"use_bidirectional_attention", "true"}}),
        "use_bidirectional_attention", "true", "false", ErrorCode::Unsupported);
    row("negative soft cap", with(gemma2(), {{"attn_logit_softcapping", "-50"}}),
        "attn_logit_softcapping", "-50", above0);
    row("zero query scalar", with(gemma2(), {{"query_pre_attn_scalar", "0"}}),
        "query_pre_attn_scalar", "0", above0);

    row("too few layer_types", with(qwen2(), {{"layer_types", R"(["full_attention"])"}}),
        "layer_types", "an array of 1", "num_hidden_layers, 3");
    row("unknown kind of layer",
        with(qwen2(), {{"layer_types", R"(["full_attention", "linear_attention", "mamba"])"}}),
        "layer_types", "\"linear_attention\"", "full_attention or sliding_attention",
        ErrorCode::Unsupported);
    row("sliding layers without a window",
        with(qwen2(),
             {{"layer_types", R"(["sliding_attention", "full_attention", "full_attention"])"}}),
        "sliding_window", "none",
        "a number of tokens, and use_sliding_window where the family has it");
    row("zero window",
        with(
            llama(),
            {{"model_type", "\"mistral\""}, {"sliding_window", "0"}, {"num_key_value_heads", "2"}}),
        "sliding_window", "0", "an integer from 1 to 2147483647");

    row("kv heads of latent attention", with(deepseek(), {{"num_key_value_heads", "2"}}),
        "num_key_value_heads", "2", "num_attention_heads, 4");
    row("zero q_lora_rank", with(deepseek(), {{"q_lora_rank", "0"}}), "q_lora_rank", "0",
        "an integer from 1 to 2147483647");
    row("odd rotary key", with(deepseek(), {{"qk_rope_head_dim", "5"}}), "qk_rope_head_dim", "5",
        "an even number");
    row("unknown routing", with(deepseek(), {{"topk_method", "\"noaux_tc\""}}), "topk_method",
        "\"noaux_tc\"", "greedy or group_limited_greedy", ErrorCode::Unsupported);
    row("unknown scores", with(deepseek(), {{"scoring_func", "\"sigmoid\""}}), "scoring_func",
        "\"sigmoid\"", "softmax", ErrorCode::Unsupported);
    row("experts in every other layer", with(deepseek(), {{"moe_layer_freq", "2"}}),
        "moe_layer_freq", "2", "1", ErrorCode::Unsupported);
    row("more experts per token than experts", with(deepseek(), {{"num_experts_per_tok", "7"}}),
        "num_experts_per_tok", "7", "at most the number of experts, 6");
    row("groups without their number",
        with(deepseek(), {{"topk_method", "\"group_limited_greedy\""}}), "n_group", "no such key",
        "this field");
    row("groups that experts do not divide into",
        with(deepseek(),
             {{"topk_method", "\"group_limited_greedy\""}, {"n_group", "4"}, {"topk_group", "2"}}),
        "n_group", "4", "a divisor of n_routed_experts, 6");
    row("more groups chosen than there are",
        with(deepseek(),
             {{"topk_method", "\"group_limited_greedy\""}, {"n_group", "3"}, {"topk_group", "4"}}),
        "topk_group", "4", "at most n_group, 3");
    row("more experts per token than in the groups chosen",
        with(deepseek(), {{"topk_method", "\"group_limited_greedy\""},
                          {"n_group", "3"},
                          {"topk_group", "1"},
                          {"num_experts_per_tok", "3"}}),
        "num_experts_per_tok", "3", "at most the experts of topk_group groups, 2");
    row("groups of one expert",
        with(deepseek(), {{"model_type", "\"deepseek_v3\""},
                          {"first_k_dense_replace", "0"},
                          {"n_group", "6"},
                          {"topk_group", "4"}}),
        "n_group", "6", "groups of 2 experts or more");
    row("negative shared experts", with(deepseek(), {{"n_shared_experts", "-1"}}),
        "n_shared_experts", "-1", "an integer from 0 to 2147483647");
    row("shared experts beyond memory", with(deepseek(), {{"n_shared_experts", "2147483647"}}),
        "n_shared_experts", "2147483647", "shared experts of at most 2^30 rows");
    row("quantization no object", with(llama(), {{"quantization_config", "\"gptq\""}}),
        "quantization_config", "the string \"gptq\"", "an object");
  }

  void refused() {
    QFETCH(QByteArray, json);
    QFETCH(ErrorCode, code);
    const auto error =
        caughtError([&] { static_cast<void>(parseConfig(json.toStdString(), "m/config.json")); });
    QVERIFY(error);
    QCOMPARE(error->code(), code);
    QCOMPARE(qstring(error->detail().file), "m/config.json");
    QTEST(qstring(error->detail().place), "place");
    QTEST(qstring(error->detail().found), "found");
    QTEST(qstring(error->detail().expected), "expected");
    QVERIFY(!error->detail().message.empty());
  }

  void describedButNotRun_data() {
    QTest::addColumn<QByteArray>("json");
    QTest::addColumn<QString>("place");
    QTest::addColumn<QString>("found");
    const auto row = [](const char* name, const std::string& json, const char* place,
                        const char* found) {
      QTest::newRow(name) << QByteArray::fromStdString(json) << QString(place) << QString(found);
    };
    row("quantized",
        with(llama(), {{"quantization_config", R"({"quant_method": "gptq", "bits": 4})"}}),
        "quantization_config", "gptq");
    row("quantized, no name", with(llama(), {{"quantization_config", "{}"}}), "quantization_config",
        "unnamed");
    row("quantized, an empty name",
        with(llama(), {{"quantization_config", R"({"quant_method": ""})"}}), "quantization_config",
        "unnamed");
    row("activation", with(llama(), {{"hidden_act", "\"mish\""}}), "hidden_act", "\"mish\"");
    row("activation of gemma", with(gemma2(), {{"hidden_activation", "\"laplace\""}}),
        "hidden_activation", "\"laplace\"");
    row("partial rotation", with(llama(), {{"partial_rotary_factor", "0.5"}}),
        "partial_rotary_factor", "0.5");
    row("partial rotation, as transformers 5 has it",
        with(llama(),
             {{"rope_parameters", R"({"partial_rotary_factor": 0.25, "rope_theta": 1e4})"}}),
        "rope_parameters.partial_rotary_factor", "0.25");
  }

  void describedButNotRun() {
    QFETCH(QByteArray, json);
    const ModelConfig config = parseConfig(json.toStdString(), "m/config.json");
    const auto error = caughtError([&] { requireRunnable(config); });
    QVERIFY(error);
    QCOMPARE(error->code(), ErrorCode::Unsupported);
    QCOMPARE(qstring(error->detail().file), "m/config.json");
    QTEST(qstring(error->detail().place), "place");
    QTEST(qstring(error->detail().found), "found");
  }

  void missingFolder() {
    const auto error =
        caughtError([] { static_cast<void>(kvloupe::readConfig("/nowhere/at/all")); });
    QVERIFY(error);
    QCOMPARE(error->code(), ErrorCode::NotFound);
    QCOMPARE(qstring(error->detail().file), "/nowhere/at/all");
  }

  void folderWithoutConfig() {
    const QTemporaryDir folder;
    const auto error =
        caughtError([&] { static_cast<void>(kvloupe::readConfig(folder.path().toStdString())); });
    QVERIFY(error);
    QCOMPARE(error->code(), ErrorCode::NotFound);
    QCOMPARE(qstring(error->detail().file), folder.path() + "/config.json");
  }
};

QTEST_APPLESS_MAIN(ConfigRefusalTest)
#include "config_refusal_test.moc"
