// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <map>
#include <string>

namespace kvloupe::test {

/// A config that is right, as lines that a test can change.
using Fields = std::map<std::string, std::string>;

inline Fields llama() {
  return {{"model_type", "\"llama\""}, {"vocab_size", "96"},       {"hidden_size", "32"},
          {"intermediate_size", "48"}, {"num_hidden_layers", "3"}, {"num_attention_heads", "4"}};
}

inline Fields qwen2() {
  Fields fields = llama();
  fields["model_type"] = "\"qwen2\"";
  fields.insert_or_assign("num_key_value_heads", std::string("2"));
  return fields;
}

inline Fields gemma2() {
  Fields fields = qwen2();
  fields["model_type"] = "\"gemma2\"";
  return fields;
}

inline Fields phi3(const std::string& scaling) {
  Fields fields = qwen2();
  fields["model_type"] = "\"phi3\"";
  fields["rope_scaling"] = scaling;
  return fields;
}

inline Fields gpt2() {
  return {{"model_type", "\"gpt2\""},
          {"vocab_size", "96"},
          {"n_embd", "32"},
          {"n_layer", "3"},
          {"n_head", "4"}};
}

inline Fields deepseek() {
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
inline std::string with(Fields fields, const Fields& changes) {
  for (const auto& [name, value] : changes) fields[name] = value;
  std::string json;
  for (const auto& [name, value] : fields) {
    if (value.empty()) continue;
    json += json.empty() ? "{\"" : ", \"";
    json.append(name).append("\": ").append(value);
  }
  json += '}';
  return json;
}

}  // namespace kvloupe::test
