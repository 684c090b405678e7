#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes reference.json: what transformers says in float32 of the bundled models.

    make_reference.py [GQA_DIR MLA_DIR OUT]

Papers protocol at 512 tokens over resources/demo/evaluation.txt; sigma (unbiased, float64) of every
tap over the same windows; perplexity with low rank replacing the tap's values before attention
reads them, x^ = mu + (x - mu) U U^T, with U the first eigenvectors of the unbiased covariance per
KV head over the whole windows of resources/demo/calibration.txt, taken from the uncompressed model.
"""
import concurrent.futures
import json
import pathlib
import sys

import numpy as np
import torch
import transformers
from transformers import AutoModelForCausalLM, PreTrainedTokenizerFast
from transformers.models.deepseek_v2 import modeling_deepseek_v2
from transformers.models.qwen2 import modeling_qwen2

CONTEXT = 512
BATCH = 8
SIGMA_LAYERS = (0, 3)
DEMO = pathlib.Path(__file__).resolve().parents[3] / "resources" / "demo"


class Taps:
    """Shows every tap, as [batch, tokens, heads, dims], to `visit(layer, tap, values)`, and puts
    what it returns (None: nothing changes) in the place of the values."""

    def __init__(self, model, visit):
        self.visit = visit
        self.layer = 0
        config = model.config
        for index, block in enumerate(model.model.layers):
            attention = block.self_attn
            attention.register_forward_pre_hook(self.entering(index), with_kwargs=True)
            if config.model_type == "qwen2":
                heads = config.num_key_value_heads
                attention.k_proj.register_forward_hook(self.whole(index, "k", heads))
                attention.v_proj.register_forward_hook(self.whole(index, "v", heads))
            else:
                attention.kv_a_layernorm.register_forward_hook(self.whole(index, "latent", 1))
                attention.kv_b_proj.register_forward_hook(self.expanded(index, config))

    def seen(self, layer, tap, values):
        changed = self.visit(layer, tap, values)
        return values if changed is None else changed

    def entering(self, index):
        def hook(module, args, kwargs):
            self.layer = index
        return hook

    def whole(self, index, tap, heads):
        def hook(module, args, output):
            values = output.unflatten(-1, (heads, -1))
            return self.seen(index, tap, values).reshape(output.shape)
        return hook

    def expanded(self, index, config):
        def hook(module, args, output):
            batch, tokens = output.shape[0], output.shape[-2]
            values = output.reshape(batch, tokens, config.num_attention_heads, -1)
            k, v = values.split([config.qk_nope_head_dim, config.v_head_dim], dim=-1)
            joined = torch.cat([self.seen(index, "k", k), self.seen(index, "v", v)], dim=-1)
            return joined.reshape(output.shape)
        return hook

    def rotary(self, original):
        """Wraps a function (q, k, ...) -> (q, k) whose k is [batch, heads, tokens, dims]."""
        def rotate(q, k, *args, **kwargs):
            q, k = original(q, k, *args, **kwargs)
            return q, self.seen(self.layer, "k_rope", k.transpose(1, 2)).transpose(1, 2)
        return rotate


class Moments:
    """Count, sum and sum of products in float64 per layer, tap and head."""

    def __init__(self):
        self.sums = {}

    def __call__(self, layer, tap, values):
        for head in range(values.shape[2]):
            x = values[:, :, head].reshape(-1, values.shape[3]).double().numpy()
            old = self.sums.setdefault((layer, tap, head), [0, 0.0, 0.0])
            self.sums[layer, tap, head] = [old[0] + len(x), old[1] + x.sum(0), old[2] + x.T @ x]

    def mean_and_covariance(self, key):
        n, total, products = self.sums[key]
        mean = total / n
        return mean, (products - n * np.outer(mean, mean)) / (n - 1)


class LowRank:
    """Projects one tap of all layers on the first `rank` principal directions of each head."""

    def __init__(self, moments, tap, rank):
        self.tap = tap
        self.maps = {}
        for layer, name, head in moments.sums:
            if name == tap:
                mean, covariance = moments.mean_and_covariance((layer, name, head))
                basis = np.linalg.eigh(covariance)[1][:, ::-1][:, :rank]
                self.maps[layer, head] = (torch.tensor(mean), torch.tensor(basis @ basis.T))

    def __call__(self, layer, tap, values):
        if tap != self.tap:
            return None
        out = []
        for head in range(values.shape[2]):
            mean, projection = self.maps[layer, head]
            out.append(mean + (values[:, :, head].double() - mean) @ projection)
        return torch.stack(out, dim=2).float()


def losses(model, windows):
    out = []
    with torch.no_grad():
        for batch in windows.split(BATCH):
            logits = model(input_ids=batch, use_cache=False).logits[:, :-1]
            out.append(torch.nn.functional.cross_entropy(
                logits.double().transpose(1, 2), batch[:, 1:], reduction="none"))
    return torch.cat(out)


def perplexity(loss):
    return {"tokens_scored": loss.numel(), "nll_sum": float(loss.sum()),
            "ppl": float(loss.mean().exp())}


def reference(folder, plans):
    tokenizer = PreTrainedTokenizerFast.from_pretrained(folder)
    model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32,
                                                 attn_implementation="eager").eval()
    ids = {name: tokenizer((DEMO / f"{name}.txt").read_text())["input_ids"]
           for name in ("evaluation", "calibration")}
    windows = {name: torch.tensor(i[:len(i) // CONTEXT * CONTEXT]).view(-1, CONTEXT)
               for name, i in ids.items()}
    state = {"visit": None}
    taps = Taps(model, lambda *a: state["visit"] and state["visit"](*a))
    module, name = ((modeling_qwen2, "apply_rotary_pos_emb")
                    if model.config.model_type == "qwen2"
                    else (modeling_deepseek_v2, "apply_rotary_emb"))
    original = getattr(module, name)
    setattr(module, name, taps.rotary(original))

    evaluated, calibrated = Moments(), Moments()
    state["visit"] = evaluated
    baseline = perplexity(losses(model, windows["evaluation"]))
    state["visit"] = calibrated
    losses(model, windows["calibration"])
    compressed = {}
    for spec, tap, rank in plans:
        state["visit"] = LowRank(calibrated, tap, rank)
        compressed[spec] = perplexity(losses(model, windows["evaluation"]))
        compressed[spec]["delta_ppl_percent"] = 100 * (
            compressed[spec]["ppl"] / baseline["ppl"] - 1)
        print(folder.name, spec, compressed[spec], flush=True)
    setattr(module, name, original)

    sigma = {}
    for layer, tap, head in evaluated.sums:
        if layer in SIGMA_LAYERS:
            _, covariance = evaluated.mean_and_covariance((layer, tap, head))
            rows = sigma.setdefault(tap, {}).setdefault(str(layer), [])
            rows.append([round(float(s), 7) for s in np.sqrt(np.diag(covariance))])
    return {"first_ids": ids["evaluation"][:20], "eval_tokens": len(ids["evaluation"]),
            "calibration_tokens": len(ids["calibration"]), "perplexity": baseline,
            "compressed": compressed, "sigma": sigma}


def main():
    folders = [pathlib.Path(a) for a in sys.argv[1:3]] or [DEMO / "gqa", DEMO / "mla"]
    out = pathlib.Path(sys.argv[3]) if len(sys.argv) > 3 else pathlib.Path(__file__).with_name(
        "reference.json")
    with concurrent.futures.ProcessPoolExecutor(2, initializer=torch.set_num_threads,
                                                initargs=(1,)) as pool:
        gqa = pool.submit(reference, folders[0],
                          [("v:rank=32", "v", 32), ("k:rank=32", "k_rope", 32)])
        mla = pool.submit(reference, folders[1], [("latent:rank=64", "latent", 64)])
    result = {
        "reference": f"transformers {transformers.__version__}, float32",
        "window": CONTEXT,
        "note": "papers protocol; nothing added to the texts; sigma: tap -> layer -> head -> "
                "dimension; k_rope of mla is the shared rotary key, its pairs side by side as the "
                "checkpoint stores them",
        "gqa": gqa.result(), "mla": mla.result()}
    out.write_text(json.dumps(result, indent=1) + "\n")


if __name__ == "__main__":
    main()
