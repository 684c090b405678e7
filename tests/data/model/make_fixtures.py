#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes tiny random models with what Hugging Face transformers computes from them.

Each folder is a model (config.json, weights) and expected/model.safetensors: ids, logits and, for
every layer and tap, values [tokens, heads, dim], all float32, eager attention. Made with
transformers 5.17 and torch 2.11:  python make_fixtures.py
"""

import json
import math
import pathlib
import shutil

import torch
import transformers
from safetensors.torch import save_file
from transformers.models.deepseek_v2 import modeling_deepseek_v2
from transformers.models.llama import modeling_llama
from transformers.models.mistral import modeling_mistral
from transformers.models.qwen2 import modeling_qwen2
from transformers.models.qwen3 import modeling_qwen3

HERE = pathlib.Path(__file__).parent
MODELING = {"llama": modeling_llama, "mistral": modeling_mistral, "qwen2": modeling_qwen2,
            "qwen3": modeling_qwen3, "deepseek_v2": modeling_deepseek_v2}
SMALL = dict(vocab_size=150, hidden_size=32, intermediate_size=48, num_hidden_layers=2,
             num_attention_heads=4, max_position_embeddings=160, bos_token_id=1, eos_token_id=2)
MLA = dict(kv_lora_rank=16, qk_nope_head_dim=8, qk_rope_head_dim=4, v_head_dim=6)
MOE = dict(first_k_dense_replace=1, n_routed_experts=8, n_shared_experts=2, num_experts_per_tok=3,
           moe_intermediate_size=12)
YARN = dict(rope_type="yarn", rope_theta=1000.0, factor=4.0, original_max_position_embeddings=8,
            beta_fast=4, beta_slow=1, mscale=0.707, mscale_all_dim=1.0)
LLAMA3 = dict(rope_type="llama3", rope_theta=500.0, factor=8.0, low_freq_factor=1.0,
              high_freq_factor=4.0, original_max_position_embeddings=32)

# name: (family, config, stored dtype, form of config.json (4 or 5), sharded, tokens)
CASES = {
    "llama_mha": ("llama", {**SMALL, "rms_norm_eps": 1e-5}, torch.float32, 4, False, 24),
    "llama_gqa_bias_llama3": (
        "llama", {**SMALL, "num_hidden_layers": 3, "num_key_value_heads": 2, "head_dim": 12,
                  "attention_bias": True, "mlp_bias": True, "rope_parameters": LLAMA3},
        torch.float16, 5, False, 40),
    "llama_linear": (
        "llama", {**SMALL, "num_key_value_heads": 1, "tie_word_embeddings": True,
                  "rope_parameters": dict(rope_type="linear", rope_theta=10000.0, factor=4.0)},
        torch.float16, 4, False, 134),
    "qwen2_tied_sharded": (
        "qwen2", {**SMALL, "num_key_value_heads": 2, "tie_word_embeddings": True,
                  "num_hidden_layers": 3,
                  "rope_parameters": dict(rope_type="default", rope_theta=1000000.0)},
        torch.bfloat16, 5, True, 30),
    "deepseek_v2_dense": (
        "deepseek_v2", {**SMALL, **MLA, "q_lora_rank": None, "first_k_dense_replace": 2,
                        "rms_norm_eps": 1e-4, "attention_bias": True}, torch.float32, 4, False, 24),
    "deepseek_v2_qlora_moe": (
        "deepseek_v2", {**SMALL, **MLA, **MOE, "q_lora_rank": 12, "routed_scaling_factor": 1.5,
                        "topk_method": "greedy", "norm_topk_prob": True}, torch.bfloat16, 5, True,
        24),
    "deepseek_v2_group_yarn": (
        "deepseek_v2", {**SMALL, **MLA, **MOE, "q_lora_rank": None, "n_group": 4, "topk_group": 2,
                        "topk_method": "group_limited_greedy", "routed_scaling_factor": 2.5,
                        "first_k_dense_replace": 0, "num_experts_per_tok": 3,
                        "rope_parameters": YARN}, torch.float32, 4, False, 40),
    "mistral_sliding": (
        "mistral", {**SMALL, "num_key_value_heads": 2, "sliding_window": 7}, torch.bfloat16, 4,
        False, 24),
    "qwen2_sliding": (  # layers from max_window_layers on alone
        "qwen2", {**SMALL, "num_key_value_heads": 2, "use_sliding_window": True,
                  "sliding_window": 5, "max_window_layers": 1}, torch.float16, 4, False, 20),
    "qwen3_norms": (
        "qwen3", {**SMALL, "num_key_value_heads": 2, "head_dim": 12, "tie_word_embeddings": True},
        torch.bfloat16, 5, False, 24),
}


def fill(model, generator):
    """Random weights that make attention uneven and leave no norm or bias without effect."""
    def normal(shape, scale):
        return torch.randn(shape, generator=generator) * scale

    for name, parameter in model.named_parameters():
        shape = parameter.shape
        if "norm" in name:
            value = 1 + normal(shape, 0.3)
        elif name.endswith("bias"):
            value = normal(shape, 0.5)
        elif "embed_tokens" in name:
            value = normal(shape, 1.0)
        elif any(part in name for part in ("q_proj", "q_b_proj", "k_proj", "kv_a_proj")):
            value = normal(shape, 2.2 / math.sqrt(shape[-1]))
        elif name.endswith("gate.weight"):
            value = normal(shape, 1.5 / math.sqrt(shape[-1]))
        else:
            value = normal(shape, 1.2 / math.sqrt(shape[-1]))
        parameter.data.copy_(value)


def old_form(path):
    """Rewrites config.json as transformers 4 wrote it."""
    config = json.loads(path.read_text())
    config["torch_dtype"] = config.pop("dtype")
    rope = config.pop("rope_parameters")
    config["rope_theta"] = rope.pop("rope_theta")
    kind = rope.pop("rope_type")
    config["rope_scaling"] = None if kind == "default" else {"type": kind, **rope}
    config["transformers_version"] = "4.44.0"
    path.write_text(json.dumps(config, indent=2, sort_keys=True) + "\n")


def record(model, family, ids):
    """Runs the model on ids and returns logits and taps, each [tokens, heads, dim]."""
    modeling, taps, layer_of = MODELING[family], {}, {}
    config = model.config
    original = modeling.eager_attention_forward

    def heads(tensor, count):  # [1, tokens, heads * dim] -> [tokens, heads, dim]
        return tensor[0].reshape(tensor.shape[1], count, -1)

    def keep(layer, tap, tensor):
        taps[f"layers.{layer}.{tap}"] = tensor.detach().clone().contiguous()

    def attention(module, query, key, value, *args, **kwargs):
        layer = layer_of[module]
        query_, key_, value_ = (t[0].transpose(0, 1) for t in (query, key, value))
        if family == "deepseek_v2":
            nope = config.qk_nope_head_dim
            keep(layer, "q", query_[..., :nope])
            keep(layer, "q_rope", query_[..., nope:])
            keep(layer, "k", key_[..., :nope])
            keep(layer, "k_rope", key_[:, :1, nope:])
        else:
            keep(layer, "q_rope", query_)
            keep(layer, "k_rope", key_)
        keep(layer, "v", value_)
        return original(module, query, key, value, *args, **kwargs)

    hooks = []
    for index, block in enumerate(model.model.layers):
        module = block.self_attn
        layer_of[module] = index
        if family == "deepseek_v2":
            rank = config.kv_lora_rank
            hooks.append(module.kv_a_proj_with_mqa.register_forward_hook(
                lambda _, __, out, i=index: keep(i, "latent_raw", heads(out[..., :rank], 1))))
            hooks.append(module.kv_a_layernorm.register_forward_hook(
                lambda _, __, out, i=index: keep(i, "latent", heads(out, 1))))
            continue
        # where there are norms of q and k, the taps lie behind them
        queries_at = module.q_norm if hasattr(module, "q_norm") else module.q_proj
        keys_at = module.k_norm if hasattr(module, "k_norm") else module.k_proj
        hooks.append(queries_at.register_forward_hook(
            lambda _, __, out, i=index: keep(i, "q", heads(out, config.num_attention_heads))))
        hooks.append(keys_at.register_forward_hook(
            lambda _, __, out, i=index: keep(i, "k", heads(out, config.num_key_value_heads))))

        def prebias(linear, inputs, out, i=index):
            if linear.bias is not None:
                plain = torch.nn.functional.linear(inputs[0], linear.weight)
                keep(i, "k_prebias", heads(plain, config.num_key_value_heads))

        hooks.append(module.k_proj.register_forward_hook(prebias))

    modeling.eager_attention_forward = attention
    with torch.no_grad():
        logits = model(ids[None], use_cache=False).logits[0]
    modeling.eager_attention_forward = original
    for hook in hooks:
        hook.remove()
    return {"ids": ids.float(), "logits": logits.contiguous(), **taps}


def main():
    total = 0
    for seed, (name, (family, settings, dtype, form, sharded, tokens)) in enumerate(CASES.items()):
        folder = HERE / name
        shutil.rmtree(folder, ignore_errors=True)
        generator = torch.Generator().manual_seed(seed)
        config = transformers.AutoConfig.for_model(family, **settings)
        model = transformers.AutoModelForCausalLM.from_config(config, attn_implementation="eager")
        fill(model, generator)
        model.to(dtype).save_pretrained(folder, max_shard_size="20KB" if sharded else "1GB")
        (folder / "generation_config.json").unlink(missing_ok=True)
        model = transformers.AutoModelForCausalLM.from_pretrained(
            folder, dtype=torch.float32, attn_implementation="eager").eval()
        if form == 4:
            old_form(folder / "config.json")
        ids = torch.randint(0, config.vocab_size, (tokens,), generator=generator)
        (folder / "expected").mkdir()
        save_file(record(model, family, ids), folder / "expected" / "model.safetensors")
        size = sum(f.stat().st_size for f in folder.rglob("*") if f.is_file())
        total += size
        print(f"{name}: {size / 1024:.0f} KiB")
    print(f"all: {total / 1024:.0f} KiB")


main()
