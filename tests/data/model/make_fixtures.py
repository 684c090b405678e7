#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes tiny random models with what Hugging Face transformers computes from them.

Each folder is a model (config.json, weights) and expected/model.safetensors: ids, logits and, for
every layer and tap, values [tokens, heads, dim], all float32, eager attention. bfloat16_noise.json
holds how far transformers' own run in bfloat16 is from that: root of mean (a - b)^2 over mean b^2, a
tensor. Made with transformers 5.17 to 5.23 and torch 2.11:
    python make_fixtures.py [NAME...]              models, expected values and their noise
    python make_fixtures.py --bfloat16 [NAME...]   the noise alone, of the models that are there
"""

import importlib
import json
import math
import pathlib
import shutil
import sys

import torch
import transformers
from safetensors.torch import load_file, save_file

HERE = pathlib.Path(__file__).parent
MLA_FAMILIES = ("deepseek_v2", "deepseek_v3", "minicpm3")
SMALL = dict(vocab_size=150, hidden_size=32, intermediate_size=48, num_hidden_layers=2,
             num_attention_heads=4, max_position_embeddings=160, bos_token_id=1, eos_token_id=2)
MLA = dict(kv_lora_rank=16, qk_nope_head_dim=8, qk_rope_head_dim=4, v_head_dim=6)
MOE = dict(first_k_dense_replace=1, n_routed_experts=8, n_shared_experts=2, num_experts_per_tok=3,
           moe_intermediate_size=12)
YARN = dict(rope_type="yarn", rope_theta=1000.0, factor=4.0, original_max_position_embeddings=8,
            beta_fast=4, beta_slow=1, mscale=0.707, mscale_all_dim=1.0)
LLAMA3 = dict(rope_type="llama3", rope_theta=500.0, factor=8.0, low_freq_factor=1.0,
              high_freq_factor=4.0, original_max_position_embeddings=32)

GPT2 = dict(vocab_size=150, n_embd=32, n_layer=2, n_head=4, n_positions=32, bos_token_id=1,
            eos_token_id=2)
LONG = dict(num_key_value_heads=2, pad_token_id=0, original_max_position_embeddings=20,
            rope_parameters=dict(rope_type="longrope", rope_theta=1000.0,
                                 partial_rotary_factor=0.75, short_factor=[1.0, 1.1, 1.4],
                                 long_factor=[1.2, 2.5, 8.0]))
GEMMA3_ROPE = dict(full_attention=dict(rope_type="linear", rope_theta=100000.0, factor=8.0),
                   sliding_attention=dict(rope_type="default", rope_theta=500.0))
QWEN_MOE = dict(num_key_value_heads=2, num_experts=6, num_experts_per_tok=3,
                moe_intermediate_size=12, shared_expert_intermediate_size=20)
LATENT = dict(MLA, num_key_value_heads=4)
V3_MOE = dict(MOE, n_group=4, topk_group=2, n_shared_experts=1)
GEMMA = dict(SMALL, num_key_value_heads=2, head_dim=12, num_hidden_layers=3)

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
    "gpt2": ("gpt2", GPT2, torch.float32, 4, False, 24),
    "gpt2_base": (  # saved without the head: no prefix, with buffers of masks
        "gpt2", {**GPT2, "n_inner": 40, "scale_attn_by_inverse_layer_idx": True}, torch.float16, 5,
        False, 32),
    "deepseek_v3_qlora": (
        "deepseek_v3", {**SMALL, **LATENT, **V3_MOE, "q_lora_rank": 12, "attention_bias": True,
                        "rope_parameters": YARN}, torch.bfloat16, 4, False, 24),
    "deepseek_v3_halves": (
        "deepseek_v3", {**SMALL, **LATENT, **V3_MOE, "q_lora_rank": None, "rope_interleave": False,
                        "norm_topk_prob": False, "routed_scaling_factor": 1.5}, torch.bfloat16, 5,
        False, 24),
    "gpt_neox": ("gpt_neox", SMALL, torch.float32, 4, False, 24),
    "gpt_neox_sequential": (
        "gpt_neox", {**SMALL, "use_parallel_residual": False, "attention_bias": False,
                     "rotary_pct": 0.5, "rotary_emb_base": 1000.0, "hidden_act": "gelu_new"},
        torch.float16, 5, False, 24),
    "phi3": ("phi3", {**SMALL, "num_key_value_heads": 2, "pad_token_id": 0, "sliding_window": 9},
             torch.bfloat16, 4, False, 24),
    "phi3_longrope_short": ("phi3", {**SMALL, **LONG}, torch.bfloat16, 4, False, 16),
    "phi3_longrope_long": ("phi3", {**SMALL, **LONG}, torch.bfloat16, 5, False, 24),
    "gemma2": ("gemma2", {**GEMMA, "sliding_window": 7, "query_pre_attn_scalar": 20,
                          "attn_logit_softcapping": 3.0, "final_logit_softcapping": 8.0},
               torch.bfloat16, 4, False, 24),
    "gemma3": ("gemma3_text", {**GEMMA, "sliding_window": 7, "sliding_window_pattern": 2,
                               "query_pre_attn_scalar": 3, "rope_parameters": GEMMA3_ROPE},
               torch.bfloat16, 5, False, 24),
    "gemma3_old_form": ("gemma3_text", {**GEMMA, "sliding_window": 5, "sliding_window_pattern": 3,
                                        "query_pre_attn_scalar": 4,
                                        "rope_parameters": GEMMA3_ROPE}, torch.float16, 4, False,
                        24),
    "mixtral": ("mixtral", {**SMALL, "num_key_value_heads": 2, "num_local_experts": 5,
                            "num_experts_per_tok": 2, "sliding_window": 9, "intermediate_size": 20},
                torch.bfloat16, 4, True, 24),
    "qwen2_moe": ("qwen2_moe", {**SMALL, **QWEN_MOE, "norm_topk_prob": True}, torch.bfloat16, 4,
                  False, 24),
    "qwen2_moe_mixed": (
        "qwen2_moe", {**SMALL, **QWEN_MOE, "decoder_sparse_step": 2, "qkv_bias": False,
                      "use_sliding_window": True, "sliding_window": 6, "max_window_layers": 1},
        torch.float16, 5, False, 24),
    "minicpm3": (
        "minicpm3", {**SMALL, **LATENT, "q_lora_rank": 12, "scale_emb": 3, "scale_depth": 0.9,
                     "dim_model_base": 20}, torch.bfloat16, 4, False, 24),
    "minicpm3_longrope": (
        "minicpm3", {**SMALL, **LATENT, "q_lora_rank": 12, "scale_emb": 2, "scale_depth": None,
                     "dim_model_base": None, "tie_word_embeddings": False,
                     "rope_parameters": dict(rope_type="longrope", rope_theta=1000.0,
                                             short_factor=[1.0, 1.3], long_factor=[1.5, 4.0],
                                             original_max_position_embeddings=20)},
        torch.bfloat16, 5, False, 24),
    "llama_dynamic": (  # more tokens than max_position_embeddings
        "llama", {**SMALL, "num_key_value_heads": 2, "max_position_embeddings": 16,
                  "hidden_act": "relu", "rope_parameters": dict(rope_type="dynamic",
                                                                rope_theta=1000.0, factor=3.0)},
        torch.float16, 4, False, 30),
}


def fill(model, generator):
    """Random weights that make attention uneven and leave no norm or bias without effect."""
    def normal(shape, scale):
        return torch.randn(shape, generator=generator) * scale

    unit_offset = "gemma" in model.config.model_type  # norms multiply by 1 + weight
    conv = model.config.model_type == "gpt2"  # projections stand as [in, out]
    parameters = dict(model.named_parameters())
    parameters.update((n, b) for n, b in model.named_buffers() if "correction_bias" in n)
    for name, parameter in parameters.items():
        shape = parameter.shape
        fan_in = shape[0] if conv and "c_" in name else shape[-1]
        if name.endswith("correction_bias"):
            value = normal(shape, 0.3)
        elif name.endswith("bias"):
            value = normal(shape, 0.5)
        elif "norm" in name or "ln_" in name:
            value = normal(shape, 0.3) + (0 if unit_offset else 1)
        elif any(part in name for part in ("embed_tokens", "wte", "wpe", "embed_in")):
            value = normal(shape, 1.0)
        elif any(part in name for part in ("q_proj", "q_b_proj", "k_proj", "kv_a_proj", "c_attn",
                                           "qkv_proj", "query_key_value")):
            value = normal(shape, 2.2 / math.sqrt(fan_in))
        elif name.endswith("gate.weight"):
            value = normal(shape, 1.5 / math.sqrt(fan_in))
        else:
            value = normal(shape, 1.2 / math.sqrt(fan_in))
        parameter.data.copy_(value)


def old_form(path):
    """Rewrites config.json as transformers 4 wrote it."""
    config = json.loads(path.read_text())
    config["torch_dtype"] = config.pop("dtype")
    config["transformers_version"] = "4.44.0"
    rope = config.pop("rope_parameters", None)
    if "full_attention" in (rope or {}):
        config["rope_local_base_freq"] = rope["sliding_attention"]["rope_theta"]
        config.pop("layer_types")
        config["sliding_window_pattern"] = config.pop("_sliding_window_pattern")
        rope = rope["full_attention"]
    if rope is not None:
        neox = config["model_type"] == "gpt_neox"
        config["rotary_emb_base" if neox else "rope_theta"] = rope.pop("rope_theta")
        if "partial_rotary_factor" in rope:
            config["rotary_pct" if neox else "partial_rotary_factor"] = rope.pop(
                "partial_rotary_factor")
        kind = rope.pop("rope_type")
        key = "rope_type" if "gemma3" in config["model_type"] else "type"
        config["rope_scaling"] = None if kind == "default" else {key: kind, **rope}
    path.write_text(json.dumps(config, indent=2, sort_keys=True) + "\n")


def plain_rope(config):
    """rope_parameters without the key that transformers 5 writes twice."""
    rope = getattr(config, "rope_parameters", None) or {}
    return {k: v for k, v in rope.items() if k != "type"}


def without_head(path):
    """Rewrites GPT-2's weights as its first checkpoint has them."""
    weights = load_file(path)
    bare = {name.removeprefix("transformer."): tensor for name, tensor in weights.items()}
    for layer in range(GPT2["n_layer"]):
        size = GPT2["n_positions"]
        bare[f"h.{layer}.attn.bias"] = torch.ones(size, size).tril()[None, None]
        bare[f"h.{layer}.attn.masked_bias"] = torch.tensor(-1e4)
    save_file(bare, path, metadata={"format": "pt"})


def layers_of(model):
    base = model.base_model
    return base.h if hasattr(base, "h") else base.layers


def attention_of(block):
    return next(getattr(block, name) for name in ("self_attn", "attention", "attn")
                if hasattr(block, name))


def split_keys(config, family, fused):
    """Queries and keys [tokens, heads, dim] of a fused projection [1, tokens, rows]."""
    heads = config.num_attention_heads
    if family == "gpt_neox":
        each = fused[0].reshape(fused.shape[1], heads, -1)
        dim = each.shape[-1] // 3
        return each[..., :dim], each[..., dim:2 * dim]
    dim = config.hidden_size // heads
    key_heads = getattr(config, "num_key_value_heads", heads)
    rows = fused[0].reshape(fused.shape[1], -1, dim)
    return rows[:, :heads], rows[:, heads:heads + key_heads]


def record(model, family, ids):
    """Runs the model on ids and returns logits and taps, each [tokens, heads, dim]."""
    modeling = importlib.import_module(type(model).__module__)
    taps, layer_of, sharpest = {}, {}, []
    config = model.config
    original = modeling.eager_attention_forward

    def heads(tensor, count):  # [1, tokens, heads * dim] -> [tokens, heads, dim]
        return tensor[0].reshape(tensor.shape[1], count, -1)

    def keep(layer, tap, tensor):
        taps[f"layers.{layer}.{tap}"] = tensor.detach().clone().contiguous()

    def attention(module, query, key, value, *args, **kwargs):
        layer = layer_of[module]
        query_, key_, value_ = (t[0].transpose(0, 1) for t in (query, key, value))
        if family in MLA_FAMILIES:
            nope = config.qk_nope_head_dim
            keep(layer, "q", query_[..., :nope])
            keep(layer, "q_rope", query_[..., nope:])
            keep(layer, "k", key_[..., :nope])
            keep(layer, "k_rope", key_[:, :1, nope:])
        else:
            keep(layer, "q_rope", query_)
            keep(layer, "k_rope", key_)
        keep(layer, "v", value_)
        out, weights = original(module, query, key, value, *args, **kwargs)
        sharpest.append(weights[0, :, 4:].max(-1).values.mean())
        return out, weights

    hooks = []
    for index, block in enumerate(layers_of(model)):
        module = attention_of(block)
        layer_of[module] = index
        if family in MLA_FAMILIES:
            rank = config.kv_lora_rank
            hooks.append(module.kv_a_proj_with_mqa.register_forward_hook(
                lambda _, __, out, i=index: keep(i, "latent_raw", heads(out[..., :rank], 1))))
            hooks.append(module.kv_a_layernorm.register_forward_hook(
                lambda _, __, out, i=index: keep(i, "latent", heads(out, 1))))
            continue

        fused = next((getattr(module, name) for name in ("c_attn", "query_key_value", "qkv_proj")
                      if hasattr(module, name)), None)
        if fused is not None:
            def both(linear, _, out, i=index):
                queries, keys = split_keys(config, family, out)
                keep(i, "q", queries)
                keep(i, "k", keys)
                if linear.bias is not None:
                    keep(i, "k_prebias", split_keys(config, family, out - linear.bias)[1])

            hooks.append(fused.register_forward_hook(both))
            continue

        # where there are norms of q and k, the taps lie behind them
        queries_at = module.q_norm if hasattr(module, "q_norm") else module.q_proj
        keys_at = module.k_norm if hasattr(module, "k_norm") else module.k_proj

        def kept(tap, count, i=index):
            def hook(_, __, out):  # norms see [1, heads, tokens, dim]
                keep(i, tap, out[0].transpose(0, 1) if out.dim() == 4 and out.shape[1] == count
                     else heads(out, count))
            return hook

        hooks.append(queries_at.register_forward_hook(kept("q", config.num_attention_heads)))
        hooks.append(keys_at.register_forward_hook(kept("k", config.num_key_value_heads)))

        def prebias(linear, inputs, out, i=index):
            if linear.bias is not None:
                plain = torch.nn.functional.linear(inputs[0], linear.weight)
                keep(i, "k_prebias", heads(plain, config.num_key_value_heads))

        hooks.append(module.k_proj.register_forward_hook(prebias))

    modeling.eager_attention_forward = attention
    try:
        with torch.no_grad():
            logits = model(ids[None], use_cache=False).logits[0]
    finally:
        modeling.eager_attention_forward = original
        for hook in hooks:
            hook.remove()
    print(f"mean largest weight of attention {torch.stack(sharpest).mean():.2f}", end=", ")
    return {"ids": ids.float(), "logits": logits.contiguous(), **taps}


def load(folder, dtype):
    # grouped products of experts ask for rows of a multiple of 16 bytes
    return transformers.AutoModelForCausalLM.from_pretrained(
        folder, dtype=dtype, attn_implementation="eager", experts_implementation="eager").eval()


def note_bfloat16_noise(names):
    path = HERE / "bfloat16_noise.json"
    noise = json.loads(path.read_text()) if path.exists() else {}
    for name in names:
        expected = load_file(HERE / name / "expected" / "model.safetensors")
        seen = record(load(HERE / name, torch.bfloat16), CASES[name][0], expected["ids"].long())
        noise[name] = {
            key: float(f"{((seen[key].float() - b).pow(2).mean() / b.pow(2).mean()).sqrt():.3g}")
            for key, b in sorted(expected.items()) if key != "ids"}
        print(f"{name}: logits off by {noise[name]['logits']}")
    path.write_text(json.dumps(noise, indent=1, sort_keys=True) + "\n")


def make_models(names):
    total = 0
    for seed, (name, (family, settings, dtype, form, sharded, tokens)) in enumerate(CASES.items()):
        if name not in names:
            continue
        folder = HERE / name
        shutil.rmtree(folder, ignore_errors=True)
        generator = torch.Generator().manual_seed(seed)
        config = transformers.AutoConfig.for_model(family, **settings)
        model = transformers.AutoModelForCausalLM.from_config(config, attn_implementation="eager")
        fill(model, generator)
        model.to(dtype).save_pretrained(folder, max_shard_size="20KB" if sharded else "1GB")
        (folder / "generation_config.json").unlink(missing_ok=True)
        if name == "gpt2_base":
            without_head(folder / "model.safetensors")
        model = load(folder, torch.float32)
        if form == 4:
            old_form(folder / "config.json")
            again = transformers.AutoConfig.from_pretrained(folder)
            assert plain_rope(again) == plain_rope(model.config), again
        ids = torch.randint(0, config.vocab_size, (tokens,), generator=generator)
        (folder / "expected").mkdir()
        save_file(record(model, family, ids), folder / "expected" / "model.safetensors")
        size = sum(f.stat().st_size for f in folder.rglob("*") if f.is_file())
        total += size
        print(f"{name}: {size / 1024:.0f} KiB")
    print(f"all: {total / 1024:.0f} KiB")


def main():
    only_noise = sys.argv[1:2] == ["--bfloat16"]
    names = sys.argv[2 if only_noise else 1:] or list(CASES)
    if not only_noise:
        make_models(names)
    note_bfloat16_noise(names)


main()
