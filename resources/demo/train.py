#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Trains a bundled model from scratch: texts, tokenizer, weights.

    train.py gqa|mla WORK_DIR [--threads N]   trains (and goes on where it stopped)
    train.py gqa|mla WORK_DIR --export DIR    writes the trained model as a folder
    train.py gqa|mla WORK_DIR --measure DIR   perplexities of a model folder

Both models see the same tokens in the same order under the same schedule. Recall is learnt from
lessons first (few words said again at once), because from the passages alone it is not learnt
within the tokens that a small machine can afford. WORK_DIR keeps the texts, the tokenizer, the
checkpoint and a log.
"""
import argparse
import json
import pathlib
import time
import typing

import numpy as np
import torch
from transformers import (DeepseekV2Config, DeepseekV2ForCausalLM, PreTrainedTokenizerFast,
                          Qwen2Config, Qwen2ForCausalLM)

import generate_text
from train_tokenizer import VOCABULARY, train_tokenizer

CONTEXT = 512
SEED = 7
PEAK_RATE = 1e-3
WARM_UP = 100
TOKENIZER_BYTES = 4_000_000
TEXT_BYTES = {"plain": TOKENIZER_BYTES, "lessons": 10_400_000, "train": 12_000_000}
VALIDATION_BYTES = 300_000
EVALUATION_BATCH = 4


class Stage(typing.NamedTuple):
    """`steps` steps of windows of `context` tokens, so many a step of each text, each text taken on
    from where the stage before left it."""
    steps: int
    context: int
    lessons: int
    train: int


STAGES = (Stage(1400, 48, 10, 0), Stage(1500, 96, 8, 0), Stage(1200, 256, 2, 6),
          Stage(400, 512, 0, 4))
STEPS = sum(stage.steps for stage in STAGES)
COOL_DOWN = STAGES[-1].steps


def build(kind):
    """The untrained model; kind is gqa or mla."""
    torch.manual_seed(SEED)
    common = dict(vocab_size=VOCABULARY, hidden_size=256, num_hidden_layers=6,
                  num_attention_heads=4, initializer_range=0.06, max_position_embeddings=CONTEXT, tie_word_embeddings=True, bos_token_id=None,
                  eos_token_id=0, pad_token_id=0, rms_norm_eps=1e-6,
                  rope_parameters={"rope_type": "default", "rope_theta": 10000.0})
    if kind == "gqa":
        return Qwen2ForCausalLM(Qwen2Config(
            num_key_value_heads=2, intermediate_size=704, **common))
    return DeepseekV2ForCausalLM(DeepseekV2Config(
        num_key_value_heads=4, intermediate_size=608, kv_lora_rank=128, q_lora_rank=None,
        qk_nope_head_dim=64, qk_rope_head_dim=32, v_head_dim=64, first_k_dense_replace=6,
        n_routed_experts=1, n_shared_experts=1, num_experts_per_tok=1, moe_intermediate_size=64,
        **common))


def prepare(work):
    """Texts, tokenizer and token ids under `work`; returns the tokenizer and the ids of each text."""
    work.mkdir(parents=True, exist_ok=True)
    sizes = TEXT_BYTES | {"validation": VALIDATION_BYTES}
    for split, size in sizes.items():
        if not (work / f"{split}.txt").exists():
            generate_text.write(split, size, work / f"{split}.txt")
    folder = work / "tokenizer"
    if not (folder / "tokenizer.json").exists():
        head = work / "tokenizer.txt"
        head.write_bytes((work / "plain.txt").read_bytes()[:TOKENIZER_BYTES])
        train_tokenizer(head, folder)
    tokenizer = PreTrainedTokenizerFast.from_pretrained(folder)
    streams = {}
    for split in ("lessons", "train"):
        ids = work / f"{split}.npy"
        if not ids.exists():
            np.save(ids, encode(tokenizer, (work / f"{split}.txt").read_text()).astype(np.uint16))
        streams[split] = np.load(ids)
    return tokenizer, streams


def batches(streams):
    """The batches of all stages in their order, each [windows, context]."""
    offsets = dict.fromkeys(streams, 0)
    for stage in STAGES:
        for _ in range(stage.steps):
            parts = []
            for split, windows in (("lessons", stage.lessons), ("train", stage.train)):
                begin, length = offsets[split], windows * stage.context
                part = streams[split][begin:begin + length]
                if len(part) < length:
                    raise SystemExit(f"{split}: {len(streams[split])} tokens, more are needed")
                offsets[split] += length
                parts.append(part.reshape(windows, stage.context))
            yield torch.tensor(np.concatenate(parts).astype(np.int64))


def encode(tokenizer, text):
    """Token ids of a long text, passage by passage group (a blank line never joins a token)."""
    parts = text.split("\n\n")
    groups = ["\n\n".join(parts[i:i + 256]) for i in range(0, len(parts), 256)]
    groups = [g + "\n\n" for g in groups[:-1]] + groups[-1:]
    return np.concatenate([tokenizer(g, add_special_tokens=False)["input_ids"] for g in groups])


def rate(step):
    """Learning rate: linear warm-up, level, linear cool-down over the last stage."""
    return PEAK_RATE * min(1.0, (step + 1) / WARM_UP, (STEPS - step) / COOL_DOWN)


def optimizer_of(model):
    matrices = [p for n, p in model.named_parameters() if p.dim() > 1]
    vectors = [p for n, p in model.named_parameters() if p.dim() == 1]
    return torch.optim.AdamW([{"params": matrices, "weight_decay": 0.1},
                              {"params": vectors, "weight_decay": 0.0}],
                             lr=PEAK_RATE, betas=(0.9, 0.98), eps=1e-8, fused=True)


def losses(model, ids):
    """Loss of every scored token of non-overlapping windows of CONTEXT: [windows, CONTEXT - 1]."""
    windows = torch.tensor(ids[:len(ids) // CONTEXT * CONTEXT].astype(np.int64)).view(-1, CONTEXT)
    out = []
    model.eval()
    with torch.no_grad():
        for batch in windows.split(EVALUATION_BATCH):
            logits = model(input_ids=batch, use_cache=False).logits[:, :-1].float()
            out.append(torch.nn.functional.cross_entropy(
                logits.transpose(1, 2), batch[:, 1:], reduction="none"))
    model.train()
    return torch.cat(out).double()


def recalled_tokens(tokenizer, path):
    """Token ids of a text, and for each whether it overlaps a recalled span of the sidecar."""
    text = path.read_text()
    coded = tokenizer(text, add_special_tokens=False, return_offsets_mapping=True)
    spans = json.loads(path.with_suffix(".recall.json").read_text())["spans"]
    inside = np.zeros(len(text) + 1, dtype=bool)
    for start, end in spans:
        inside[start:end] = True
    flags = np.array([inside[s:e].any() for s, e in coded["offset_mapping"]])
    return np.array(coded["input_ids"]), flags


def measure(model, tokenizer, path):
    """Perplexity under the papers protocol (first token of a window not scored), also apart for
    recalled tokens and the rest, and the unigram perplexity of the same scored tokens."""
    ids, flags = recalled_tokens(tokenizer, path)
    whole = len(ids) // CONTEXT * CONTEXT
    loss = losses(model, ids)
    scored = ids[:whole].reshape(-1, CONTEXT)[:, 1:]
    mark = torch.tensor(flags[:whole].reshape(-1, CONTEXT)[:, 1:])
    counts = np.bincount(scored.reshape(-1), minlength=VOCABULARY)
    shares = counts[counts > 0] / counts.sum()
    return {"tokens": len(ids), "tokens_scored": int(loss.numel()),
            "nll_sum": float(loss.sum()), "ppl": float(loss.mean().exp()),
            "ppl_recalled": float(loss[mark].mean().exp()), "recalled_scored": int(mark.sum()),
            "ppl_rest": float(loss[~mark].mean().exp()),
            "ppl_unigram": float(np.exp(-(shares * np.log(shares)).sum()))}


def train(kind, work):
    tokenizer, streams = prepare(work)
    model = build(kind)
    print(kind, sum(p.numel() for p in model.parameters()), "parameters", flush=True)
    optimizer = optimizer_of(model)
    checkpoint = work / f"{kind}.pt"
    first = 0
    if checkpoint.exists():
        state = torch.load(checkpoint)
        model.load_state_dict(state["model"])
        optimizer.load_state_dict(state["optimizer"])
        first = state["step"]
    model.train()
    began, tokens = time.time(), 0
    for step, batch in enumerate(batches(streams)):
        if step < first:
            continue
        for group in optimizer.param_groups:
            group["lr"] = rate(step)
        logits = model(input_ids=batch, use_cache=False).logits[:, :-1]
        loss = torch.nn.functional.cross_entropy(
            logits.reshape(-1, VOCABULARY), batch[:, 1:].reshape(-1))
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        done, tokens = step + 1, tokens + batch.numel()
        if done % 20 == 0:
            print(f"step {done} loss {loss.item():.4f} lr {rate(step):.2e} "
                  f"{tokens / (time.time() - began):.0f} tokens/s", flush=True)
        if done % 50 == 0 or done == STEPS:
            part = checkpoint.with_suffix(".part")
            torch.save({"model": model.state_dict(), "optimizer": optimizer.state_dict(),
                        "step": done}, part)
            part.rename(checkpoint)
        if done % 500 == 0 or done == STEPS:
            print(f"step {done} validation",
                  json.dumps(measure(model, tokenizer, work / "validation.txt")), flush=True)


def export(kind, work, out):
    """Writes the trained model in BF16 with save_pretrained, and the tokenizer."""
    state = torch.load(work / f"{kind}.pt")
    if state["step"] != STEPS:
        raise SystemExit(f"{work}: {kind} stands at step {state['step']} of {STEPS}")
    model = build(kind)
    model.load_state_dict(state["model"])
    model.to(torch.bfloat16).save_pretrained(out)
    PreTrainedTokenizerFast.from_pretrained(work / "tokenizer").save_pretrained(out)
    # transformers 5 names a class here that version 4 does not know, and notes on the local folder.
    settings = out / "tokenizer_config.json"
    kept = json.loads(settings.read_text())
    kept = {k: v for k, v in kept.items() if k not in ("backend", "is_local", "local_files_only")}
    kept["tokenizer_class"] = "PreTrainedTokenizerFast"
    settings.write_text(json.dumps(kept, indent=2) + "\n")
    print(f"{out}: step {STEPS}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("kind", choices=("gqa", "mla"))
    parser.add_argument("work", type=pathlib.Path)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--export", type=pathlib.Path)
    parser.add_argument("--measure", type=pathlib.Path)
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    if arguments.export:
        export(arguments.kind, arguments.work, arguments.export)
    elif arguments.measure:
        chosen = Qwen2ForCausalLM if arguments.kind == "gqa" else DeepseekV2ForCausalLM
        loaded = chosen.from_pretrained(arguments.measure, dtype=torch.float32)
        words = PreTrainedTokenizerFast.from_pretrained(arguments.measure)
        here = pathlib.Path(__file__).parent
        for text_path in (arguments.work / "validation.txt", here / "evaluation.txt"):
            print(text_path.name, json.dumps(measure(loaded, words, text_path)))
    else:
        train(arguments.kind, arguments.work)
