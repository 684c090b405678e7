// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtTest>
#include <algorithm>
#include <functional>
#include <utility>

#include "model/config/expected_tensors.hpp"
#include "model/config/model_config.hpp"
#include "support/caught_error.hpp"
#include "support/processor_timer.hpp"

using kvloupe::checkWeights;
using kvloupe::Dtype;
using kvloupe::ErrorCode;
using kvloupe::ExpectedTensor;
using kvloupe::ModelConfig;
using kvloupe::TensorEntry;
using kvloupe::test::caughtError;
using kvloupe::test::ProcessorTimer;
using kvloupe::test::qstring;

namespace {

/// Names and shapes without any bytes: all that the check looks at.
class Declared final : public kvloupe::WeightSource {
 public:
  explicit Declared(const ModelConfig& config) {
    for (const ExpectedTensor& tensor : expectedTensors(config)) add(tensor.name, tensor.shape);
  }

  void add(const std::string& name, std::vector<std::int64_t> shape, Dtype dtype = Dtype::BF16) {
    TensorEntry entry;
    entry.name = name;
    entry.dtype = dtype;
    entry.shape = std::move(shape);
    entries_.push_back(std::move(entry));
    std::sort(entries_.begin(), entries_.end(),
              [](const TensorEntry& a, const TensorEntry& b) { return a.name < b.name; });
  }

  void remove(const std::string& name) {
    std::erase_if(entries_, [&](const TensorEntry& entry) { return entry.name == name; });
  }

  /// Puts another prefix in the place of one.
  void rename(const std::string& from, const std::string& to) {
    const auto old = std::exchange(entries_, {});
    for (const TensorEntry& entry : old)
      add(entry.name.starts_with(from) ? to + entry.name.substr(from.size()) : entry.name,
          entry.shape, entry.dtype);
  }

  void replace(const std::string& name, std::vector<std::int64_t> shape,
               Dtype dtype = Dtype::BF16) {
    remove(name);
    add(name, std::move(shape), dtype);
  }

  [[nodiscard]] std::span<const TensorEntry> tensors() const override { return entries_; }
  [[nodiscard]] std::span<const File> files() const override { return files_; }
  void readBytes(const TensorEntry&, std::int64_t, std::span<std::byte>) const override {}

 private:
  std::vector<TensorEntry> entries_;
  std::vector<File> files_{{"model.safetensors", 0, "m/model.safetensors"}};
};

ModelConfig config(const std::string& more) {
  const std::string sizes =
      R"("vocab_size": 96, "hidden_size": 32, "intermediate_size": 48, "num_hidden_layers": 3,
         "num_attention_heads": 4)";
  return kvloupe::parseConfig("{" + sizes + ", " + more + "}", "config.json");
}

const std::string kMla =
    R"("kv_lora_rank": 12, "q_lora_rank": 14, "qk_nope_head_dim": 8, "qk_rope_head_dim": 4,
       "v_head_dim": 6, "first_k_dense_replace": 1, "n_routed_experts": 6,
       "num_experts_per_tok": 2, "moe_intermediate_size": 10, "n_group": 3, "topk_group": 1)";

ModelConfig llama() { return config(R"("model_type": "llama")"); }
ModelConfig tied() { return config(R"("model_type": "llama", "tie_word_embeddings": true)"); }
ModelConfig deepseekV2() { return config(kMla + R"(, "model_type": "deepseek_v2")"); }
ModelConfig mixtral() {
  return config(R"("model_type": "mixtral", "num_key_value_heads": 2, "num_local_experts": 3,
                   "num_experts_per_tok": 2)");
}
ModelConfig minicpm3() { return config(kMla + R"(, "model_type": "minicpm3")"); }
ModelConfig gptNeox() { return config(R"("model_type": "gpt_neox")"); }
ModelConfig phi3() { return config(R"("model_type": "phi3", "num_key_value_heads": 2)"); }
ModelConfig gemma3() {
  return config(R"("model_type": "gemma3", "num_key_value_heads": 2, "head_dim": 8)");
}
ModelConfig qwen2Moe() {
  return config(R"("model_type": "qwen2_moe", "num_key_value_heads": 2, "num_experts": 4,
                   "num_experts_per_tok": 2, "moe_intermediate_size": 10,
                   "shared_expert_intermediate_size": 14)");
}
ModelConfig gpt2() {
  return kvloupe::parseConfig(R"({"model_type": "gpt2", "vocab_size": 96, "n_embd": 32,
                                  "n_layer": 3, "n_head": 4, "n_positions": 64})",
                              "config.json");
}

ModelConfig deepseekV3() { return config(kMla + R"(, "model_type": "deepseek_v3")"); }

}  // namespace

class WeightCheckTest : public QObject {
  Q_OBJECT

 private slots:
  void accepted() {
    for (const ModelConfig& model : {llama(), tied(), deepseekV2(), deepseekV3(), mixtral(),
                                     minicpm3(), gptNeox(), phi3(), gemma3(), qwen2Moe(), gpt2()})
      QVERIFY(checkWeights(model, Declared(model)).empty());
  }

  void toleratedExtras() {
    Declared source(tied());
    source.add("lm_head.weight", {96, 32});
    source.add("model.layers.0.self_attn.rotary_emb.inv_freq", {4}, Dtype::F32);
    QVERIFY(checkWeights(tied(), source).empty());

    Declared withPrediction(deepseekV3());
    withPrediction.add("model.layers.3.eh_proj.weight", {32, 64});
    QVERIFY(checkWeights(deepseekV3(), withPrediction).empty());

    Declared withMasks(gpt2());
    withMasks.add("transformer.h.2.attn.bias", {1, 1, 64, 64}, Dtype::F32);
    withMasks.add("transformer.h.2.attn.masked_bias", {}, Dtype::F32);
    QVERIFY(checkWeights(gpt2(), withMasks).empty());

    Declared pythia(gptNeox());
    pythia.add("gpt_neox.layers.1.attention.bias", {1, 1, 64, 64}, Dtype::U8);
    pythia.add("gpt_neox.layers.1.attention.masked_bias", {}, Dtype::F32);
    pythia.add("gpt_neox.layers.1.attention.rotary_emb.inv_freq", {1}, Dtype::F32);
    QVERIFY(checkWeights(gptNeox(), pythia).empty());

    Declared seeing(gemma3());
    seeing.rename("model.", "language_model.model.");
    seeing.add("vision_tower.vision_model.embeddings.patch_embedding.bias", {8});
    seeing.add("multi_modal_projector.mm_input_projection_weight", {8, 8});
    QVERIFY(checkWeights(gemma3(), seeing).empty());

    Declared newer(gemma3());  // as transformers 5 saves it
    newer.rename("model.", "model.language_model.");
    newer.add("model.vision_tower.vision_model.embeddings.patch_embedding.bias", {8});
    newer.add("model.multi_modal_projector.mm_input_projection_weight", {8, 8});
    QVERIFY(checkWeights(gemma3(), newer).empty());
  }

  void aModelSavedWithoutItsHead() {
    for (const ModelConfig& model : {gpt2(), tied()}) {
      Declared source(model);
      source.rename(model.modelType == "gpt2" ? "transformer." : "model.", "");
      QVERIFY(checkWeights(model, source).empty());
    }
  }

  void unusedTensorsAreNamed() {
    Declared source(llama());
    source.add("model.layers.1.self_attn.q_proj.bias", {32});
    const std::vector<std::string> unused = checkWeights(llama(), source);
    QCOMPARE(unused.size(), 1u);
    QCOMPARE(qstring(unused[0]), "model.layers.1.self_attn.q_proj.bias");
  }

  void refused_data() {
    QTest::addColumn<std::function<void()>>("check");
    QTest::addColumn<QString>("line");
    QTest::addColumn<bool>("unsupported");
    using Change = std::function<void(Declared&)>;
    const auto row = [](const char* name, const ModelConfig& model, const Change& change,
                        const char* line, bool unsupported = false) {
      const std::function<void()> check = [model, change] {
        Declared source(model);
        change(source);
        checkWeights(model, source);
      };
      QTest::newRow(name) << check << QString("m/model.safetensors: ") + line << unsupported;
    };
    row(
        "missing tensor", llama(),
        [](Declared& s) { s.remove("model.layers.2.mlp.up_proj.weight"); },
        "model.layers.2.mlp.up_proj.weight: the tensor is missing; found no such tensor, expected "
        "one of shape [48, 32]");
    row(
        "missing head", llama(), [](Declared& s) { s.remove("lm_head.weight"); },
        "lm_head.weight: the tensor is missing; found no such tensor, expected one of shape "
        "[96, 32]");
    row(
        "missing expert", deepseekV2(),
        [](Declared& s) { s.remove("model.layers.1.mlp.experts.5.down_proj.weight"); },
        "model.layers.1.mlp.experts.5.down_proj.weight: the tensor is missing; found no such "
        "tensor, expected one of shape [32, 10]");
    row(
        "transposed", llama(),
        [](Declared& s) {
          s.replace("model.layers.0.mlp.down_proj.weight", {48, 32});
        },
        "model.layers.0.mlp.down_proj.weight: the tensor's shape does not match config.json; found "
        "[48, 32], expected [32, 48]");
    row(
        "another rank", llama(),
        [](Declared& s) {
          s.replace("model.norm.weight", {1, 32});
        },
        "model.norm.weight: the tensor's shape does not match config.json; found [1, 32], expected "
        "[32]");
    row(
        "latent of another rank", deepseekV2(),
        [](Declared& s) {
          s.replace("model.layers.0.self_attn.kv_b_proj.weight", {56, 13});
        },
        "model.layers.0.self_attn.kv_b_proj.weight: the tensor's shape does not match config.json; "
        "found [56, 13], expected [56, 12]");
    row(
        "vocabulary", llama(),
        [](Declared& s) {
          s.replace("model.embed_tokens.weight", {100, 32});
        },
        "model.embed_tokens.weight: the embedding does not have vocab_size rows; found 100 rows, "
        "expected 96 rows");
    row(
        "one layer more", llama(),
        [](Declared& s) { s.add("model.layers.3.input_layernorm.weight", {32}); },
        "model.layers.3.input_layernorm.weight: the checkpoint has more layers than config.json "
        "says; found a layer 3, expected num_hidden_layers, 3");
    row(
        "gpt2 without learned positions", gpt2(),
        [](Declared& s) { s.remove("transformer.wpe.weight"); },
        "transformer.wpe.weight: the tensor is missing; found no such tensor, expected one of "
        "shape [64, 32]");
    row(
        "gpt2 without prefix, [out, in]", gpt2(),
        [](Declared& s) {
          s.rename("transformer.", "");
          s.replace("h.1.attn.c_attn.weight", {96, 32});
        },
        "h.1.attn.c_attn.weight: the tensor's shape does not match config.json; found [96, 32], "
        "expected [32, 96]");
    row(
        "gpt2, one layer more", gpt2(),
        [](Declared& s) {
          s.rename("transformer.", "");
          s.add("h.3.ln_1.weight", {32});
        },
        "h.3.ln_1.weight: the checkpoint has more layers than config.json says; found a layer 3, "
        "expected num_hidden_layers, 3");
    row(
        "gpt_neox without a norm's bias", gptNeox(),
        [](Declared& s) { s.remove("gpt_neox.layers.0.post_attention_layernorm.bias"); },
        "gpt_neox.layers.0.post_attention_layernorm.bias: the tensor is missing; found no such "
        "tensor, expected one of shape [32]");
    row(
        "gpt_neox, vocabulary", gptNeox(),
        [](Declared& s) {
          s.replace("gpt_neox.embed_in.weight", {128, 32});
        },
        "gpt_neox.embed_in.weight: the embedding does not have vocab_size rows; found 128 rows, "
        "expected 96 rows");
    row(
        "phi3 with queries alone", phi3(),
        [](Declared& s) {
          s.replace("model.layers.2.self_attn.qkv_proj.weight", {32, 32});
        },
        "model.layers.2.self_attn.qkv_proj.weight: the tensor's shape does not match config.json; "
        "found [32, 32], expected [64, 32]");
    row(
        "gemma3 without a norm of keys", gemma3(),
        [](Declared& s) { s.remove("model.layers.1.self_attn.k_norm.weight"); },
        "model.layers.1.self_attn.k_norm.weight: the tensor is missing; found no such tensor, "
        "expected one of shape [8]");
    row(
        "mixtral without an expert", mixtral(),
        [](Declared& s) { s.remove("model.layers.2.block_sparse_moe.experts.1.w3.weight"); },
        "model.layers.2.block_sparse_moe.experts.1.w3.weight: the tensor is missing; found no such "
        "tensor, expected one of shape [48, 32]");
    row(
        "qwen2_moe without the gate of the shared expert", qwen2Moe(),
        [](Declared& s) { s.remove("model.layers.0.mlp.shared_expert_gate.weight"); },
        "model.layers.0.mlp.shared_expert_gate.weight: the tensor is missing; found no such "
        "tensor, expected one of shape [1, 32]");
    row(
        "deepseek_v3 without a correction", deepseekV3(),
        [](Declared& s) { s.remove("model.layers.1.mlp.gate.e_score_correction_bias"); },
        "model.layers.1.mlp.gate.e_score_correction_bias: the tensor is missing; found no such "
        "tensor, expected one of shape [6]");
    row(
        "quantized type", llama(),
        [](Declared& s) {
          s.replace("model.layers.0.self_attn.k_proj.weight", {32, 32}, Dtype::F8E4M3);
        },
        "model.layers.0.self_attn.k_proj.weight: weights of this type cannot be computed with; "
        "found F8_E4M3, expected F32, F16 or BF16",
        true);
  }

  void refused() {
    QFETCH(std::function<void()>, check);
    QFETCH(bool, unsupported);
    const auto error = caughtError(check);
    QVERIFY(error);
    QCOMPARE(error->code(), unsupported ? ErrorCode::Unsupported : ErrorCode::Mismatch);
    QTEST(QString(error->what()), "line");
  }

  /// Two thousand million tensors by config.json: the first that is missing is named, none listed.
  void declaredBeyondMemory() {
    const ModelConfig huge = kvloupe::parseConfig(
        R"({"model_type": "mixtral", "vocab_size": 96, "hidden_size": 32, "intermediate_size": 48,
            "num_hidden_layers": 10000, "num_attention_heads": 4, "num_key_value_heads": 2,
            "num_local_experts": 65536, "num_experts_per_tok": 2})",
        "config.json");
    Declared source(mixtral());
    source.replace("model.layers.0.block_sparse_moe.gate.weight", {65536, 32});
    const ProcessorTimer timer;
    const auto error = caughtError([&] { checkWeights(huge, source); });
    QVERIFY(timer.elapsed() < 250);
    QVERIFY(error);
    QCOMPARE(qstring(error->detail().place), "model.layers.0.block_sparse_moe.experts.3.w1.weight");
  }

  void stories260k() {
    const QString folder = qEnvironmentVariable("KVLOUPE_SHARED_DATA") + "/models/stories260k";
    if (!QDir(folder).exists()) QSKIP("the shared test data are not there");
    const ModelConfig model = kvloupe::readConfig(folder.toStdString());
    requireRunnable(model);
    const auto source = kvloupe::openWeights(folder.toStdString());
    QVERIFY(checkWeights(model, *source).empty());
  }
};

QTEST_APPLESS_MAIN(WeightCheckTest)
#include "weight_check_test.moc"
