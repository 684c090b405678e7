#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Speed of a full pass with every token's output in transformers and in llama.cpp.

The shape of Qwen2.5-0.5B with random weights, the same passes as the bench `forward`; run them in
turn on a quiet machine. transformers' passes end with every token's log probability, llama.cpp's
with every token's logits. Medians in tokens/s; `--json FILE` writes them.
PyPI: torch, transformers; for llama.cpp gguf and llama-cpp-python (built on this machine).
    python beside_others.py [--threads 2] [--tokens 512] [--passes 7] [--json FILE] [WHAT...]
"""

import argparse
import json
import pathlib
import statistics
import tempfile
import time

VOCABULARY, HIDDEN, INNER, LAYERS, HEADS, KV_HEADS = 151936, 896, 4864, 24, 14, 2


def rate(run, tokens, passes):
    run()
    seconds = []
    for _ in range(passes):
        start = time.perf_counter()
        run()
        seconds.append(time.perf_counter() - start)
    return tokens / statistics.median(seconds)


def transformers_rate(dtype, options):
    import torch
    import transformers

    torch.set_num_threads(options.threads)
    config = transformers.AutoConfig.for_model(
        "qwen2", vocab_size=VOCABULARY, hidden_size=HIDDEN, intermediate_size=INNER,
        num_hidden_layers=LAYERS, num_attention_heads=HEADS, num_key_value_heads=KV_HEADS,
        max_position_embeddings=32768, tie_word_embeddings=True)
    model = transformers.AutoModelForCausalLM.from_config(config, dtype=getattr(torch, dtype))
    ids = torch.randint(0, VOCABULARY, (1, options.tokens))

    def run():
        with torch.inference_mode():
            logits = model(ids, use_cache=False).logits[0]
            logits.float().log_softmax(-1).gather(1, ids[0, :, None])

    return rate(run, options.tokens, options.passes)


def write_gguf(path, dtype):
    import gguf
    import numpy

    random = numpy.random.default_rng(1)
    writer = gguf.GGUFWriter(path, "qwen2")
    writer.add_context_length(32768)
    writer.add_embedding_length(HIDDEN)
    writer.add_feed_forward_length(INNER)
    writer.add_block_count(LAYERS)
    writer.add_head_count(HEADS)
    writer.add_head_count_kv(KV_HEADS)
    writer.add_rope_freq_base(1e6)
    writer.add_layer_norm_rms_eps(1e-6)
    writer.add_tokenizer_model("none")
    writer.add_vocab_size(VOCABULARY)

    def matrix(name, rows, columns):
        values = random.standard_normal((rows, columns), dtype=numpy.float32) * 0.02
        kind = gguf.GGMLQuantizationType[dtype]
        writer.add_tensor(name, gguf.quants.quantize(values, kind), raw_dtype=kind)

    def vector(name, size, value):
        writer.add_tensor(name, numpy.full(size, value, numpy.float32))

    matrix("token_embd.weight", VOCABULARY, HIDDEN)
    vector("output_norm.weight", HIDDEN, 1)
    keys = HIDDEN // HEADS * KV_HEADS
    for layer in range(LAYERS):
        at = f"blk.{layer}."
        for name, rows in (("q", HIDDEN), ("k", keys), ("v", keys)):
            matrix(f"{at}attn_{name}.weight", rows, HIDDEN)
            vector(f"{at}attn_{name}.bias", rows, 0)
        matrix(f"{at}attn_output.weight", HIDDEN, HIDDEN)
        matrix(f"{at}ffn_gate.weight", INNER, HIDDEN)
        matrix(f"{at}ffn_up.weight", INNER, HIDDEN)
        matrix(f"{at}ffn_down.weight", HIDDEN, INNER)
        vector(f"{at}attn_norm.weight", HIDDEN, 1)
        vector(f"{at}ffn_norm.weight", HIDDEN, 1)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def llama_rate(dtype, options):
    import llama_cpp
    import numpy

    with tempfile.TemporaryDirectory() as folder:
        path = str(pathlib.Path(folder) / "model.gguf")
        write_gguf(path, dtype)
        silent = llama_cpp.llama_log_callback(lambda *_: None)
        llama_cpp.llama_log_set(silent, None)
        model = llama_cpp.llama_model_load_from_file(
            path.encode(), llama_cpp.llama_model_default_params())
        settings = llama_cpp.llama_context_default_params()
        settings.n_ctx = settings.n_batch = settings.n_ubatch = options.tokens
        settings.n_threads = settings.n_threads_batch = options.threads
        context = llama_cpp.llama_init_from_model(model, settings)
        batch = llama_cpp.llama_batch_init(options.tokens, 0, 1)
        batch.n_tokens = options.tokens
        ids = numpy.random.default_rng(2).integers(0, VOCABULARY, options.tokens)
        for i, token in enumerate(ids):
            batch.token[i], batch.pos[i], batch.n_seq_id[i] = int(token), i, 1
            batch.seq_id[i][0], batch.logits[i] = 0, 1

        def run():
            llama_cpp.llama_memory_clear(llama_cpp.llama_get_memory(context), True)
            if llama_cpp.llama_decode(context, batch):
                raise RuntimeError("llama_decode failed")
            llama_cpp.llama_synchronize(context)

        return rate(run, options.tokens, options.passes)


RATES = {"transformers float32": lambda o: transformers_rate("float32", o),
         "transformers bfloat16": lambda o: transformers_rate("bfloat16", o),
         "llama.cpp float32": lambda o: llama_rate("F32", o),
         "llama.cpp bfloat16": lambda o: llama_rate("BF16", o)}


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--tokens", type=int, default=512)
    parser.add_argument("--passes", type=int, default=7)
    parser.add_argument("--json")
    parser.add_argument("what", nargs="*", metavar="WHAT", help=", ".join(RATES))
    options = parser.parse_args()
    figures = {}
    for what in options.what or RATES:
        figures[what] = RATES[what](options)
        print(f"{what}: {figures[what]:.0f} tokens/s on {options.threads} threads", flush=True)
    if options.json:
        pathlib.Path(options.json).write_text(json.dumps(figures, indent=2) + "\n")


main()
