#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes cases.json beside this file: config.json texts of every family, in the forms of
transformers 4 and 5, and what transformers makes of them: fields, and the tensors that save_pretrained
writes. Needs torch, transformers and safetensors (made with transformers 5)."""

import json
import math
import tempfile
from pathlib import Path

import torch
import transformers
from safetensors import safe_open
from transformers import AutoConfig, AutoModelForCausalLM

transformers.logging.set_verbosity_error()

SIZES = {"vocab_size": 96, "hidden_size": 32, "intermediate_size": 48, "num_hidden_layers": 3,
         "num_attention_heads": 4}
MLA = {"kv_lora_rank": 12, "qk_nope_head_dim": 8, "qk_rope_head_dim": 4, "v_head_dim": 6}
V2_MOE = {"n_routed_experts": 6, "num_experts_per_tok": 2, "moe_intermediate_size": 10,
          "first_k_dense_replace": 1}
GPT2 = {"vocab_size": 96, "n_embd": 32, "n_layer": 3, "n_head": 4}

CASES = {
    "llama: sizes alone": ("llama", SIZES),
    "llama: grouped, head_dim, biases, tied":
        ("llama", SIZES | {"num_key_value_heads": 2, "head_dim": 6, "attention_bias": True,
                           "mlp_bias": True, "tie_word_embeddings": True, "rms_norm_eps": 1e-5,
                           "max_position_embeddings": 512, "torch_dtype": "bfloat16"}),
    "llama: null fields":
        ("llama", SIZES | {"num_key_value_heads": None, "head_dim": None, "rope_scaling": None}),
    "llama: linear, old form":
        ("llama", SIZES | {"rope_theta": 5000, "rope_scaling": {"type": "linear", "factor": 2}}),
    "llama: linear, new form":
        ("llama", SIZES | {"rope_parameters": {"rope_type": "linear", "factor": 2.5,
                                               "rope_theta": 7000.0}, "dtype": "float16"}),
    "llama: both forms and theta thrice":
        ("llama", SIZES | {"rope_theta": 1.5e4, "rope_scaling": {"rope_type": "linear", "factor": 3,
                                                                "rope_theta": 2e4},
                           "rope_parameters": {"rope_type": "default", "rope_theta": 3e4}}),
    "llama: empty rope_scaling beside rope_parameters":
        ("llama", SIZES | {"rope_scaling": {}, "rope_parameters": {"rope_theta": 3e4}}),
    "llama: theta outside of rope_parameters":
        ("llama", SIZES | {"rope_theta": 1.5e4, "rope_parameters": {"rope_type": "default"}}),
    "llama: llama3":
        ("llama", SIZES | {"rope_theta": 500000.0, "max_position_embeddings": 131072,
                           "rope_scaling": {"factor": 8.0, "low_freq_factor": 1.0,
                                            "high_freq_factor": 4.0, "rope_type": "llama3",
                                            "original_max_position_embeddings": 8192}}),
    "llama: llama3 without the original length":
        ("llama", SIZES | {"max_position_embeddings": 4096,
                           "rope_scaling": {"factor": 8.0, "low_freq_factor": 1.0,
                                            "high_freq_factor": 4.0, "rope_type": "llama3"}}),
    "llama: dynamic":
        ("llama", SIZES | {"rope_scaling": {"type": "dynamic", "factor": 2.0}}),
    "mistral: sizes alone": ("mistral", SIZES | {"num_attention_heads": 8}),
    "mistral: no window": ("mistral", SIZES | {"num_key_value_heads": 2, "sliding_window": None}),
    "mistral: small window, head_dim":
        ("mistral", SIZES | {"num_key_value_heads": 2, "sliding_window": 7, "head_dim": 10}),
    "qwen2: window not used":
        ("qwen2", SIZES | {"num_key_value_heads": 2, "sliding_window": 128, "max_window_layers": 1,
                           "use_sliding_window": False, "tie_word_embeddings": True}),
    "qwen2: window in later layers":
        ("qwen2", SIZES | {"num_key_value_heads": 2, "sliding_window": 128, "max_window_layers": 1,
                           "use_sliding_window": True}),
    "qwen2: window past the last layer":
        ("qwen2", SIZES | {"num_key_value_heads": 2, "sliding_window": 128,
                           "use_sliding_window": True}),
    "qwen2: layer_types":
        ("qwen2", SIZES | {"num_key_value_heads": 2, "sliding_window": 9, "use_sliding_window": True,
                           "layer_types": ["sliding_attention", "full_attention",
                                           "sliding_attention"]}),
    "qwen2: head_dim, yarn":
        ("qwen2", SIZES | {"num_key_value_heads": 2, "head_dim": 6, "rope_theta": 1000000.0,
                           "rope_scaling": {"factor": 4.0, "type": "yarn",
                                            "original_max_position_embeddings": 32768}}),
    "qwen2: yarn with all of it":
        ("qwen2", SIZES | {"num_key_value_heads": 2,
                           "rope_parameters": {"rope_type": "yarn", "factor": 4.0, "beta_fast": 16,
                                               "beta_slow": 2, "attention_factor": 1.1,
                                               "truncate": False, "mscale": 0.5,
                                               "mscale_all_dim": 0.0, "rope_theta": 1e5}}),
    "qwen3: head_dim of the class": ("qwen3", SIZES | {"num_key_value_heads": 2}),
    "qwen3: biases": ("qwen3", SIZES | {"num_key_value_heads": 2, "head_dim": 16,
                                        "attention_bias": True, "tie_word_embeddings": True}),
    "deepseek_v2: dense": ("deepseek_v2", SIZES | MLA | {"q_lora_rank": None,
                                                         "first_k_dense_replace": 3}),
    "deepseek_v2: q_lora, biases":
        ("deepseek_v2", SIZES | MLA | {"q_lora_rank": 14, "first_k_dense_replace": 3,
                                       "attention_bias": True, "mlp_bias": True,
                                       "num_key_value_heads": 4}),
    "deepseek_v2: experts, greedy":
        ("deepseek_v2", SIZES | MLA | V2_MOE | {"q_lora_rank": None}),
    "deepseek_v2: experts, groups, yarn":
        ("deepseek_v2", SIZES | MLA | V2_MOE
         | {"q_lora_rank": 14, "topk_method": "group_limited_greedy", "n_group": 3, "topk_group": 2,
            "n_shared_experts": 1, "routed_scaling_factor": 16.0, "norm_topk_prob": True,
            "max_position_embeddings": 640, "rope_theta": 10000,
            "rope_scaling": {"beta_fast": 32, "beta_slow": 1, "factor": 40, "mscale": 0.707,
                             "mscale_all_dim": 0.707, "original_max_position_embeddings": 16,
                             "type": "yarn"}}),
    "deepseek_v3":
        ("deepseek_v3", SIZES | MLA | V2_MOE | {"q_lora_rank": 14, "n_group": 3, "topk_group": 2}),
    "gpt2": ("gpt2", GPT2),
    "gpt2: n_inner, n_positions": ("gpt2", GPT2 | {"n_inner": 40, "n_positions": 64}),
    "gpt_neox": ("gpt_neox", SIZES),
    "gpt_neox: rotary_pct": ("gpt_neox", SIZES | {"rotary_pct": 0.5, "rotary_emb_base": 20000,
                                                 "layer_norm_eps": 1e-6}),
    "phi3": ("phi3", SIZES | {"num_key_value_heads": 2, "pad_token_id": 0, "sliding_window": 11}),
    "gemma2": ("gemma2", SIZES | {"num_key_value_heads": 2, "head_dim": 16}),
    "gemma3": ("gemma3_text", SIZES | {"num_key_value_heads": 2, "head_dim": 16,
                                       "sliding_window_pattern": 2}),
    "mixtral": ("mixtral", SIZES | {"num_key_value_heads": 2, "num_local_experts": 3,
                                    "num_experts_per_tok": 2}),
    "qwen2_moe": ("qwen2_moe", SIZES | {"num_key_value_heads": 2, "num_experts": 5,
                                        "num_experts_per_tok": 2, "moe_intermediate_size": 10,
                                        "shared_expert_intermediate_size": 14,
                                        "decoder_sparse_step": 2}),
    "qwen2_moe: window": ("qwen2_moe", SIZES | {"num_key_value_heads": 2, "num_experts": 5,
                                                "num_experts_per_tok": 2,
                                                "moe_intermediate_size": 10, "qkv_bias": False,
                                                "shared_expert_intermediate_size": 14,
                                                "mlp_only_layers": [1], "sliding_window": 8,
                                                "use_sliding_window": True}),
    "minicpm3": ("minicpm3", SIZES | MLA | {"q_lora_rank": 14}),
}

def fields_of(config):
    def get(*names, otherwise=None):
        return next((getattr(config, n) for n in names if getattr(config, n, None) is not None),
                    otherwise)

    heads = config.num_attention_heads
    rope = dict(getattr(config, "rope_parameters", None) or {})
    rope = rope.get("full_attention", rope)
    types = getattr(config, "layer_types", None)
    window = getattr(config, "sliding_window", None) or None
    if types is None and config.model_type in ("mistral", "mixtral", "phi3") and window:
        types = ["sliding_attention"] * config.num_hidden_layers
    sliding = [t == "sliding_attention" for t in types or []]
    mla = hasattr(config, "kv_lora_rank")
    return {
        "num_layers": config.num_hidden_layers,
        "num_kv_heads": heads if mla else get("num_key_value_heads", otherwise=heads),
        "head_dim": config.qk_head_dim if mla else get("head_dim", otherwise=config.hidden_size // heads),
        "max_positions": config.max_position_embeddings,
        "eps": get("rms_norm_eps", "layer_norm_eps", "layer_norm_epsilon"),
        "activation": get("hidden_activation", "activation_function", "hidden_act"),
        "tied": config.tie_word_embeddings,
        "dtype": str(config.dtype).removeprefix("torch.") if config.dtype else "",
        "rope": {k: v for k, v in rope.items() if k != "type"},
        "sliding": sliding if any(sliding) else [],
        "window": window if any(sliding) else None,
    }


def case(model_type, given):
    text = json.dumps({"model_type": model_type} | given)
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "config.json").write_text(text)
        config = AutoConfig.from_pretrained(folder)
        fields = fields_of(config)
        config.dtype = None
        torch.manual_seed(0)
        model = AutoModelForCausalLM.from_config(config)
        model.save_pretrained(folder)
        with safe_open(Path(folder) / "model.safetensors", "pt") as file:
            tensors = {name: file.get_slice(name).get_shape() for name in file.keys()}
        parameters = sum(math.prod(shape) for shape in tensors.values())
        saved = json.dumps(json.loads((Path(folder) / "config.json").read_text()))  # the form of this transformers
    return {"config": text, "saved": saved, "fields": fields, "parameters": parameters,
            "tensors": tensors}


cases = {name: case(*given) for name, given in CASES.items()}
lines = ",\n".join(f"{json.dumps(n)}: {json.dumps(c)}" for n, c in cases.items())
(Path(__file__).parent / "cases.json").write_text("{\n" + lines + "\n}\n")
