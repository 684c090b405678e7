#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Trains small tokenizers of every kind that models come with and writes what the `tokenizers`
(0.23.3) and `sentencepiece` (0.2.3) libraries make of a few hundred nasty strings:

    NAME.json, NAME.model    the tokenizers, each trained on the text below
    strings.json             the strings
    ids.json                 {NAME: {"plain": [[ids]...], "special": [ids], "decoded": {...}}}

`long` is about all strings at once, three times over: the number of ids and their FNV-1a hash.
`plain` is without special tokens. Where the tokenizer adds some, `special` holds them: the first
stands before every text, the others behind it. `decoded` holds what the plain ids decode to, by the
number of the string, where that is not the string itself.
"""
import json
import random
import tempfile
from pathlib import Path

import sentencepiece
from tokenizers import (AddedToken, Regex, Tokenizer, decoders, models, normalizers,
                        pre_tokenizers, processors, trainers)

HERE = Path(__file__).parent

TEXT = """\
The harbour master wrote 12 letters, 345 numbers and 6,789 words before the storm of 1987.
"Where is the key?" she asked. "It's under the blue lamp," he said; they'd looked there already.
We're sure you'll find what I've lost: don't worry, it isn't far. THE END. Über naïve façades, déjà vu!
def add(a, b):\n    return a + b  # sum of a and b\n\nfor (int i = 0; i < 10; ++i) { total += x[i]; }
Die Möwe flog über das Meer, während der Wind die Wellen größer machte. Où est passé l'été ?
Корабль вышел в море рано утром, и капитан увидел маяк. Το πλοίο έφυγε από το λιμάνι.
船は朝早く港を出て、船長は灯台を見た。数字は一二三。 한국어 문장도 있습니다. السفينة غادرت الميناء
https://example.org/a/b?c=d&e=1.5e-3 user_name@mail.test 3.14159 2024-01-31 10:20:30 50% $9.99
""" * 4

BYTES = [f"<0x{b:02X}>" for b in range(256)]
QWEN = (r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*"
        r"|\s*[\r\n]+|\s+(?!\S)|\s+")
LLAMA3 = QWEN.replace(r"\p{N}|", r"\p{N}{1,3}|")
GPT4O = (r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+"
         r"(?i:'s|'t|'re|'ve|'m|'ll|'d)?|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+"
         r"[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?|\p{N}{1,3}"
         r"| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+")


def train(tokenizer, size, special=(), alphabet=(), **options):
    trainer = trainers.BpeTrainer(vocab_size=size, special_tokens=list(special),
                                  initial_alphabet=list(alphabet), show_progress=False, **options)
    tokenizer.train_from_iterator(TEXT.splitlines(keepends=True), trainer)
    return tokenizer


def byte_level(pre_tokenizer, normalizer=None, size=420, **model):
    t = Tokenizer(models.BPE(**model))
    if normalizer:
        t.normalizer = normalizer
    t.pre_tokenizer = pre_tokenizer
    t.decoder = decoders.ByteLevel()
    return train(t, size, alphabet=pre_tokenizers.ByteLevel.alphabet())


def split(pattern, behavior="isolated", invert=False):
    return pre_tokenizers.Split(pattern, behavior, invert)


def raw_bytes():
    return pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)


def qwen():
    t = byte_level(pre_tokenizers.Sequence([split(Regex(QWEN)), raw_bytes()]), normalizers.NFC())
    t.add_special_tokens(["<|endoftext|>", "<|im_start|>", "<|im_end|>"])
    t.post_processor = processors.ByteLevel(trim_offsets=False)
    return t


def llama3():
    t = byte_level(pre_tokenizers.Sequence([split(Regex(LLAMA3)), raw_bytes()]))
    t.add_special_tokens(["<|begin_of_text|>", "<|eot_id|>"])
    bos = t.token_to_id("<|begin_of_text|>")
    t.post_processor = processors.Sequence([
        processors.ByteLevel(trim_offsets=False),
        processors.TemplateProcessing(single="<|begin_of_text|> $A",
                                      pair="<|begin_of_text|> $A <|begin_of_text|>:1 $B:1",
                                      special_tokens=[("<|begin_of_text|>", bos)])])
    state = json.loads(t.to_str())
    state["model"]["ignore_merges"] = True
    return Tokenizer.from_str(json.dumps(state))


def gpt4o():
    t = byte_level(pre_tokenizers.Sequence([split(Regex(GPT4O)), raw_bytes()]))
    t.add_special_tokens(["<s>", "</s>"])
    t.post_processor = processors.RobertaProcessing(("</s>", t.token_to_id("</s>")),
                                                    ("<s>", t.token_to_id("<s>")))
    return t


def gpt2():
    """A prefix space, and added tokens with every flag."""
    t = byte_level(pre_tokenizers.ByteLevel(add_prefix_space=True), normalizers.Lowercase())
    t.add_tokens([AddedToken("<left>", lstrip=True), AddedToken("<right>", rstrip=True),
                  AddedToken("<both>", lstrip=True, rstrip=True, normalized=False),
                  AddedToken("word", single_word=True), AddedToken("PORT", normalized=True),
                  AddedToken("Raw", normalized=False), AddedToken("<lef"), AddedToken("   ")])
    t.add_special_tokens(["<|endoftext|>", AddedToken("<mask>", lstrip=True, special=True)])
    return t


def deepseek():
    t = byte_level(pre_tokenizers.Sequence([
        split(Regex("[\r\n]")), split(Regex(r"\s?\p{L}+")), split(Regex(r"\s?\p{P}+")),
        split(Regex(r"[一-龥぀-ゟ゠-ヿ]+")), pre_tokenizers.Digits(individual_digits=True),
        raw_bytes()]))
    t.add_special_tokens(["<｜begin▁of▁sentence｜>", "<｜end▁of▁sentence｜>"])
    bos = "<｜begin▁of▁sentence｜>"
    t.post_processor = processors.TemplateProcessing(
        single=[bos, "$A"], pair=[bos, "$A", bos, "$B:1"],
        special_tokens=[(bos, t.token_to_id(bos))])
    return t


def sentencepiece_like(normalizer, pre_tokenizer, decoder, size=560, fuse=True, byte_tokens=True,
                       **options):
    t = Tokenizer(models.BPE(unk_token="<unk>", fuse_unk=fuse, byte_fallback=byte_tokens))
    if normalizer:
        t.normalizer = normalizer
    if pre_tokenizer:
        t.pre_tokenizer = pre_tokenizer
    t.decoder = decoder
    special = ["<unk>", "<s>", "</s>"] + (BYTES if byte_tokens else [])
    train(t, size, special=special, **options)
    if byte_tokens:  # bytes are ordinary tokens, not special ones
        state = json.loads(t.to_str())
        state["added_tokens"] = [a for a in state["added_tokens"] if not a["content"] in BYTES]
        t = Tokenizer.from_str(json.dumps(state))
    t.post_processor = processors.TemplateProcessing(
        single="<s> $A", pair="<s> $A <s>:1 $B:1", special_tokens=[("<s>", 1)])
    return t


def llama_decoder():
    return decoders.Sequence([decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse(),
                              decoders.Strip(content=" ", left=1)])


def llama2():
    # Trained word by word, used without a pre-tokenizer.
    t = sentencepiece_like(
        normalizers.Sequence([normalizers.Prepend("▁"), normalizers.Replace(" ", "▁")]),
        split("▁", "merged_with_next"), llama_decoder(), limit_alphabet=60)
    state = json.loads(t.to_str())
    state["pre_tokenizer"] = None
    return Tokenizer.from_str(json.dumps(state))


def metaspace_first():
    t = sentencepiece_like(None, pre_tokenizers.Metaspace(prepend_scheme="always", split=True),
                           llama_decoder(), limit_alphabet=60)
    state = json.loads(t.to_str())
    state["pre_tokenizer"] = {"type": "Metaspace", "replacement": "▁", "prepend_scheme": "first",
                              "split": False}
    return Tokenizer.from_str(json.dumps(state))


def metaspace_old():
    """The fields of files before prepend_scheme; unknown characters, not fused."""
    t = sentencepiece_like(
        normalizers.Sequence([normalizers.Strip(), normalizers.NFKC(), normalizers.StripAccents(),
                              normalizers.Replace(Regex(" {2,}"), " ")]),
        pre_tokenizers.Metaspace(), decoders.Metaspace(), size=300, fuse=False, byte_tokens=False,
        limit_alphabet=50)
    return t, {"type": "Metaspace", "replacement": "▁", "add_prefix_space": True, "str_rep": "▁"}


def gemma():
    t = sentencepiece_like(normalizers.Replace(" ", "▁"), split(" ", "merged_with_previous"),
                           decoders.Sequence([decoders.Replace("▁", " "), decoders.ByteFallback(),
                                              decoders.Fuse()]), limit_alphabet=60)
    t.add_tokens(["\n\n", "\n\n\n", "▁▁", "<start_of_turn>"])
    return t


def clip():
    """Word suffixes, and pieces that are removed."""
    t = Tokenizer(models.BPE(unk_token="<unk>", end_of_word_suffix="</w>", fuse_unk=True))
    t.normalizer = normalizers.Sequence([normalizers.NFD(), normalizers.Lowercase()])
    t.pre_tokenizer = pre_tokenizers.Sequence([
        split(Regex(r"'s|'t|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+"), "removed", True),
        split("-", "contiguous"), pre_tokenizers.Punctuation("merged_with_previous")])
    t.decoder = decoders.Fuse()
    return train(t, 300, special=["<unk>"], end_of_word_suffix="</w>", limit_alphabet=60)


def words():
    """Subword prefixes, white space and punctuation."""
    t = Tokenizer(models.BPE(unk_token="<unk>", continuing_subword_prefix="##"))
    t.normalizer = normalizers.NFKD()
    t.pre_tokenizer = pre_tokenizers.Sequence([
        pre_tokenizers.WhitespaceSplit(), pre_tokenizers.Whitespace(),
        pre_tokenizers.Digits(individual_digits=False), pre_tokenizers.Punctuation()])
    t.decoder = decoders.Fuse()
    return train(t, 300, special=["<unk>"], continuing_subword_prefix="##", limit_alphabet=60)


def sentencepiece_model(name, **options):
    with tempfile.TemporaryDirectory() as folder:
        text = Path(folder) / "text"
        text.write_text(TEXT)
        if options.pop("own_rules", False):  # a small character map; that of nmt_nfkc has 230 KB
            rules = {"A": "a", "T": "t", "ﬁ": "fi", "e\u0301": "é", "\u3000": " ", "\t": " ",
                     "㎏": "kg", "...": "…"}
            tsv = Path(folder) / "rules.tsv"
            tsv.write_text("".join(
                " ".join(f"{ord(c):X}" for c in a) + "\t" + " ".join(f"{ord(c):X}" for c in b) + "\n"
                for a, b in rules.items()))
            options["normalization_rule_tsv"] = str(tsv)
        sentencepiece.SentencePieceTrainer.train(
            input=str(text), model_prefix=f"{folder}/m", vocab_size=480, model_type="bpe",
            minloglevel=2, max_sentence_length=10000, **options)
        (HERE / f"{name}.model").write_bytes((Path(folder) / "m.model").read_bytes())
    return sentencepiece.SentencePieceProcessor(model_file=str(HERE / f"{name}.model"))


POOL = [
    "'s", "'S", " 're", "'LL", "don't", "'ſ", "K", "İ", "ß", "ﬁ", "👩‍👩‍👧", "🏳️‍🌈", "👍🏽", "🇩🇪", "e\u0301",
    "a\u0308\u0323", "क्षि", "한국", "ㄱㄴ", "船は", "漢字", "𠮷", "العر", "עִבְ", "Ελλ", "Корабль", "\u200b",
    "\u200d", "\ufeff", "\u00ad", "\u202e", "\u0000", "\u0001", "\x1b[0m", "\x7f", "\u0085", "\u00a0",
    "\u1680", "\u180e", "\u2003", "\u2028", "\u3000", "\t", "\n", "\r", "\r\n", "\n\n", "\n\n\n", "\v",
    "  ", "   ", "       ", " \n", "\n ", "0", "12", "345", "1234567", "3.14", "½", "²", "Ⅷ", "٣٤",
    "①", "0x1F", "<s>", "</s>", "<unk>", "<|endoftext|>", "<|im_start|>", "<|eot_id|>",
    " <|begin_of_text|> ", "<0x41>", "<mask>", " <left> ", "<right> ", " <both> ", "word", "sword",
    "WORD", "port", "Raw", "raw", "<start_of_turn>", "▁", "▁▁", "Ġ", "Ċ", "!", "...", "…", "--", "- -", "“a”",
    "(){}[]", "#@$%", "\\", "__init__", "a-b_c", "</div>", "https://a.b/c?d=e", "a", "Z", "the",
    " The", "harbour", " storm", "camelCase", "façade", "Å", "ﷺ", "㎏", "ｆｕｌｌ", "\ufffd", "\ue000",
    "\U0010ffff", "\U00031350", "\U00010d40", "\u0897", "x" * 50, "ab" * 30, " " * 40, "9" * 25]


def strings(count):
    r = random.Random(20)
    found = ["", " ", "a", "▁"] + POOL
    while len(found) < count:
        kind = r.randrange(6)
        if kind < 3:
            s = "".join(r.choice(POOL) for _ in range(r.randrange(2, 6)))
        elif kind == 3:
            s = " ".join(r.choice(POOL) for _ in range(r.randrange(2, 5)))
        elif kind == 4:
            s = r.choice(TEXT.splitlines())[r.randrange(20):][:r.randrange(5, 40)]
        else:
            s = "".join(chr(r.choice([r.randrange(0x80), r.randrange(0x3000), r.randrange(0xD800),
                                      r.randrange(0xE000, 0x110000)])) for _ in range(4))
        if len(s) < 60:
            found.append(s)
    return found


def record(inputs, encode, decode):
    plain = [encode(s, False) for s in inputs]
    special = [encode(s, True) for s in inputs]
    result = {"plain": plain}
    if special != plain:
        result["special"] = special[0]
        for got, own in zip(special, plain):
            assert got == special[0][:1] + own + special[0][1:]
    result["decoded"] = {str(i): decode(ids) for i, (s, ids) in enumerate(zip(inputs, plain))
                         if decode(ids) != s}
    whole = encode("\n\n".join(inputs * 3), False)
    fnv = 0xCBF29CE484222325
    for i in whole:
        fnv = (fnv ^ i) * 0x100000001B3 % 2**64
    result["long"] = {"count": len(whole), "fnv": f"{fnv:016x}"}
    return result


def main():
    inputs = strings(230)
    results = {}
    for make in (qwen, llama3, gpt4o, gpt2, deepseek, llama2, metaspace_first, metaspace_old, gemma,
                 clip, words):
        made = make()
        old = None
        if isinstance(made, tuple):
            made, old = made
        state = json.loads(made.to_str())
        if old:
            state["pre_tokenizer"] = old
        # Both forms of merges are in use.
        if make in (gpt2, llama2, metaspace_old):
            state["model"]["merges"] = [" ".join(m) for m in state["model"]["merges"]]
        text = json.dumps(state, ensure_ascii=False, separators=(",", ":"))
        (HERE / f"{make.__name__}.json").write_text(text)
        t = Tokenizer.from_str(text)
        results[make.__name__] = record(
            inputs, lambda s, special: t.encode(s, add_special_tokens=special).ids,
            lambda ids: t.decode(ids, skip_special_tokens=False))
    for name, options in {
            "sp_identity": dict(byte_fallback=True, normalization_rule_name="identity",
                                remove_extra_whitespaces=False, character_coverage=0.99),
            "sp_no_prefix": dict(byte_fallback=True, normalization_rule_name="identity",
                                 remove_extra_whitespaces=False, add_dummy_prefix=False,
                                 user_defined_symbols=["<left>", "▁▁"]),
            "sp_rules": dict(own_rules=True, character_coverage=0.98)}.items():
        sp = sentencepiece_model(name, **options)
        results[name] = record(
            inputs, lambda s, special: ([sp.bos_id()] if special else []) + sp.encode(s),
            sp.decode)
    (HERE / "strings.json").write_text(json.dumps(inputs, separators=(",", ":")))
    (HERE / "ids.json").write_text(
        json.dumps(results, ensure_ascii=False, separators=(",", ":")).replace('},"', '},\n"'))


main()
