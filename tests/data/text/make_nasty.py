#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes nasty.json: 2,000 Unicode strings that tokenizers have been seen to trip over, and for each
tokenizer what the `tokenizers` (0.23.3) and `sentencepiece` (0.2.3) libraries make of them:

    {"strings": [string, ...], "ids": {NAME: base64 of a 16-bit check a string, ...}}

The check is the FNV-1a hash of the string's ids without special tokens, its four 16-bit parts put
together with exclusive or. NAME is that of a fixture beside this file or, with a slash in it, of a
file in the folder of real tokenizers that is the argument."""
import base64
import json
import random
import struct
import sys
from pathlib import Path

import sentencepiece
from tokenizers import Tokenizer

HERE = Path(__file__).parent
FIXTURES = ["clip", "deepseek", "gemma", "gpt2", "gpt4o", "llama2", "llama3", "metaspace_first",
            "metaspace_old", "qwen", "words", "sp_identity", "sp_no_prefix", "sp_rules"]
REAL = ["gpt2/tokenizer.json", "gpt2/tokenizer.new-merges-format.json", "llama-2/tokenizer.json",
        "llama-2/tokenizer.model", "mistral-7b-v0.1/tokenizer.json",
        "mistral-7b-v0.1/tokenizer.model", "qwen2.5/tokenizer.reconstructed.json"]

# First and last code point of what is drawn from.
RANGES = [(0x00, 0x7F), (0x80, 0x24F), (0x250, 0x36F), (0x370, 0x52F), (0x590, 0x6FF),
          (0x900, 0xDFF), (0xE00, 0xFFF), (0x1100, 0x11FF), (0x1680, 0x18AF), (0x1E00, 0x1FFF),
          (0x2000, 0x206F), (0x2070, 0x218F), (0x2190, 0x27BF), (0x2E80, 0x30FF), (0x3130, 0x33FF),
          (0x4E00, 0x4FFF), (0xA640, 0xABFF), (0xAC00, 0xD7A3), (0xE000, 0xE0FF), (0xF900, 0xFDFF),
          (0xFE00, 0xFFFF), (0x10000, 0x10FFF), (0x11000, 0x11FFF), (0x1D400, 0x1D7FF),
          (0x1E900, 0x1EEFF), (0x1F100, 0x1FAFF), (0x20000, 0x20FFF), (0x2F800, 0x2FA1F),
          (0xE0000, 0xE01EF), (0x10FF00, 0x10FFFF)]
SPACES = list(" \t\n\v\f\r\x1c\x1f\x85\u00a0\u1680\u2000\u2003\u200a\u2028\u2029\u202f\u205f\u3000") + [
    "\r\n", "\n\n", "  ", "   "]
MARKS = [chr(c) for c in (*range(0x300, 0x345), 0x5B0, 0x64B, 0x93C, 0x94D, 0xE31, 0x3099, 0x309A,
                          0x1AB0, 0x1DC0, 0x20D0, 0xFE0E, 0xFE0F, 0xFE20, 0x1D165, 0x1E130)]
INVISIBLE = list("\u00ad\u034f\u061c\u115f\u180e\u200b\u200c\u200d\u200e\u200f\u202a\u202e\u2060"
                 "\u2066\u2069\u3164\ufeff\ufff9\ufffd\ufffe\uffff\x00\x01\x08\x1b\x7f")
DIGITS = list("0123456789٠٣٩۴०९๐໙０９²³¹⁰₁½¾Ⅷⅻ①⑳㊿一七〇") + ["𝟎", "𝟿", "𑁦", "🄋"]
APOSTROPHES = list("'’ʼ＇‘`´")
ENDINGS = ["s", "S", "t", "T", "re", "RE", "ve", "Ve", "m", "ll", "LL", "Ll", "d", "ſ", "ß", "sS"]
WORDS = ["the", "The", "THE", "don", "naïve", "ﬁn", "ǅ", "ŉ", "ΐ", "ΣΑΣ", "İstanbul", "ıi", "ẞ",
         "Straße", "Ångström", "Å", "Ω", "ｆｕｌｌ", "ﬀﬂ", "ﷺ", "한글", "ㅎㅏㄴ", "カ\u3099", "ﾊﾟ",
         "हिन्दी", "ไทย", "العربية", "עברית", "Корабль", "船", "𠮷野", "e\u0301", "a\u0323\u0307",
         "q\u0307\u0323", "\u1112\u1161\u11ab", "word", "port", "harbour", "x", "_", "ab-c"]
EMOJI = ["👩\u200d👩\u200d👧", "🏳️\u200d🌈", "👍🏽", "🇩🇪🇫🇷🇯", "1️⃣", "☺︎", "🧑🏿\u200d🚀",
         "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f"]
MARKUP = ["<s>", "</s>", "<unk>", "<|endoftext|>", "<|im_start|>", "<|im_end|>", "<|eot_id|>",
          "<|endoftext|", "<mask>", "<left>", "<right>", "<both>", "<0x41>", "<0xFF>", "<0x0a>",
          "▁", "▁▁", "Ġ", "Ċ", "Ã©", "##", "</w>", "<｜begin▁of▁sentence｜>", "<start_of_turn>",
          "[INST]", "\\u0041", "&amp;", "%20"]
SIGNS = list("!\"#$%&()*+,-./:;<=>?@[\\]^_{|}~¡¿–—…·•«»„“”。、！？（）「」€£¥°§¶†‰") + ["...", "--", "'''"]


def character(r):
    first, last = r.choice(RANGES)
    return chr(r.randint(first, last))


def piece(r):
    kind = r.randrange(12)
    if kind == 0:
        return "".join(character(r) for _ in range(r.randint(1, 4)))
    if kind == 1:
        return character(r) + "".join(r.choice(MARKS) for _ in range(r.randint(1, 4)))
    if kind == 2:
        return r.choice(WORDS) + r.choice(APOSTROPHES) + r.choice(ENDINGS)
    if kind == 3:
        return "".join(r.choice(SPACES) for _ in range(r.randint(1, 4)))
    if kind == 4:
        return "".join(r.choice(DIGITS) for _ in range(r.randint(1, 6)))
    if kind == 5:
        return r.choice(INVISIBLE) + r.choice(WORDS) + r.choice(INVISIBLE)
    if kind == 6:
        return r.choice(EMOJI)
    if kind == 7:
        return r.choice(MARKUP)
    if kind == 8:
        return "".join(r.choice(SIGNS) for _ in range(r.randint(1, 4)))
    if kind == 9:
        return r.choice([str.upper, str.lower, str.title, str.swapcase])(r.choice(WORDS))
    if kind == 10:
        return r.choice((character(r), " ", "a", "\n", "0", "▁")) * r.randint(2, 12)
    return r.choice(WORDS)


def strings(count):
    r = random.Random(2000)
    found = {}
    while len(found) < count:
        between = r.choice(["", "", " ", r.choice(SPACES)])
        s = between.join(piece(r) for _ in range(r.randint(1, 5)))
        if len(s) <= 40 and not any("\ud800" <= c <= "\udfff" for c in s):
            found[s] = None
    return list(found)


def check(ids):
    fnv = 0xCBF29CE484222325
    for i in ids:
        fnv = (fnv ^ i) * 0x100000001B3 % 2**64
    return (fnv ^ fnv >> 16 ^ fnv >> 32 ^ fnv >> 48) & 0xFFFF


def encoder(path):
    if path.suffix == ".model":
        return sentencepiece.SentencePieceProcessor(model_file=str(path)).encode
    tokenizer = Tokenizer.from_file(str(path))
    return lambda s: tokenizer.encode(s, add_special_tokens=False).ids


def main():
    inputs = strings(2000)
    real = Path(sys.argv[1])
    paths = {n: HERE / (n + (".model" if n.startswith("sp_") else ".json")) for n in FIXTURES}
    paths.update({n: real / n for n in REAL})
    ids = {}
    for name, path in paths.items():
        encode = encoder(path)
        checks = struct.pack("<2000H", *(check(encode(s)) for s in inputs))
        ids[name] = base64.b64encode(checks).decode()
    (HERE / "nasty.json").write_text(
        json.dumps({"strings": inputs, "ids": ids}, ensure_ascii=False, indent=0) + "\n")


main()
