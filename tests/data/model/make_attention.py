#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes what Hugging Face transformers says of attention: NAME/attention/model.safetensors.

For each model beside this script, over the ids of its expected/model.safetensors, with eager
attention and output_attentions=True: layers.L.attention [heads, tokens, tokens], float32. Made with
transformers 5.17 and torch 2.11:  python make_attention.py
"""

import pathlib

import torch
import transformers
from safetensors.torch import load_file, save_file

HERE = pathlib.Path(__file__).parent
# grouped queries and biases, capped scores in a sliding window, a sliding window, latents with YaRN
NAMES = ("llama_gqa_bias_llama3", "gemma2", "mistral_sliding", "deepseek_v2_group_yarn")

for name in NAMES:
    folder = HERE / name
    model = transformers.AutoModelForCausalLM.from_pretrained(
        folder, dtype=torch.float32, attn_implementation="eager").eval()
    ids = load_file(folder / "expected" / "model.safetensors")["ids"].long()
    with torch.no_grad():
        layers = model(ids[None], use_cache=False, output_attentions=True).attentions
    (folder / "attention").mkdir(exist_ok=True)
    save_file({f"layers.{i}.attention": weights[0].contiguous() for i, weights in enumerate(layers)},
              folder / "attention" / "model.safetensors")
    print(name, [tuple(weights[0].shape) for weights in layers])
