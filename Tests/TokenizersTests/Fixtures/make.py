#!/usr/bin/env python3
"""Makes the tokenizer fixtures from transformers' CLIPTokenizer and BertTokenizer.

usage: make.py [FOLDER_WITH_FULL_VOCABULARIES]

The folder holds bpe_simple_vocab_16e6.txt.gz and bert_base_uncased_vocab.txt; without it full.json is left as it is.
Writes small/{clip,bert,clip_json,bert_json} (small vocabularies trained here), expected.json (ids and texts for every
string), full.json (ids under the published vocabularies), classes.json (hashes over all characters) and manifest.json.
"""
import gzip
import hashlib
import json
import os
import random
import shutil
import sys
from collections import Counter

os.environ["TRANSFORMERS_VERBOSITY"] = "error"
import tokenizers
import transformers
from transformers import BertTokenizer, CLIPTokenizer

SEED = 20260
HERE = os.path.dirname(os.path.abspath(__file__))

CORPUS = """a photo of a red chair with four thin legs. a small wooden table and a tall blue lamp on the floor.
the cat's tail isn't long, they're happy and we've seen it; he'll go, she'd stay, i'm here.
a picture of a yellow mug next to a green bottle, a toy car, a house, a tree, a teapot and a spoon.
three-dimensional rendering, front view, side view, back view, overhead view, best quality, 8k, hdr, 100 % uhd"""

HAND = [
    "", " ", "\t\n ", "a", "A", "a photo of a cat", "A PHOTO OF A CAT", "  a   photo\tof\n\na cat  ",
    "the cat's tail isn't long; they're, we've, I'm, he'll, she'd", "O'Neill's 'quoted' ''s 's' don't've",
    "1234567890", "a1b2c3", "3.14159 and -2,718e10", "½ ² Ⅻ ٣ 一 ④", "hello, world!", "hello,world!?...", "$100 & 50% off @ #1",
    "<|startoftext|>a cat<|endoftext|>", "<|STARTOFTEXT|> <|EndOfText|>", "x<|endoftext|>y<|endoftext", "<| |>", "<|", "</w>", "a</w> b</w>",
    "[CLS] a [SEP] b [MASK] c [UNK] d [PAD]", "[cls] [Mask] [ UNK ]", "[CLS][SEP]", "[[CLS]]", "x[MASK]y", "##s ##ing un##able",
    "café naïve Ångström", "cafe\u0301 nai\u0308ve A\u030angstro\u0308m", "ÀÉÎÕÜ àéîõü ß ẞ ﬁ ﬂ", "İstanbul Iğdır ıI", "ΑΒΓ Σίσυφος ΣΑΣ ς",
    "Привет, мир! ЙйЁё", "שָׁלוֹם עולם", "السَّلَامُ عَلَيْكُمْ", "नमस्ते दुनिया", "สวัสดีชาวโลก", "日本語のテキスト", "中文字符测试", "한국어 텍스트", "漢字kanji混じり", "ｆｕｌｌｗｉｄｔｈ　ＴＥＸＴ１２３",
    "😀", "a 😀 b", "👩‍👩‍👧‍👦 family", "👍🏽👍🏿", "🇫🇷🇯🇵", "❤️ ❤", "☃☀☂", "🤷‍♂️!!", "emoji😀in😀word", "\U0001F9FF\U0001FAE0\U0001FAE8",
    "zero\u200bwidth\u200djoin\ufeff", "soft\u00adhyphen", "nbsp\u00a0here\u2003em\u2009thin\u3000ideo", "line\u2028sep\u2029para\u0085nel", "ctrl\x00\x01\x02\x07\x1b\x7f\x80x", "tab\tvt\x0bff\x0ccr\rlf\nend",
    "\ufffd replacement \ufffd", "private \ue000 use \U000f0000", "tags \U000e0061\U000e007f", "combining a\u0300\u0301\u0302\u0303", "\u0301leading mark", "Å Å Å K Ω \u212b \u212a \u2126",
    "“smart” ‘quotes’ — em–en dash… • bullet", "¿qué? ¡sí! «guillemets» 「かぎ」", "a_b-c.d/e\\f|g", "^~`+=<>", "€£¥₿", "math ∀x∈ℝ: ∑ √ ∞ ≠", "x²+y³=z⁴", "℃ ℉ № ™ © ®", "a\u20dd\u0488",
    "https://example.com/a?b=c&d=%20", "user@example.com", "C:\\path\\to\\file.txt", "{\"json\": [1, 2.5, null]}", "<html>&amp;&lt;</html>", "a" * 99, "a" * 100, "a" * 101, "é" * 100, "x" * 300, "ab " * 120,
    "!" * 50, "1" * 90, "'" * 10, "'s's's", "can't won't shan't y'all'd've", "i'M HE'S", "’s ’t curly", "rock 'n' roll", "don 't", "a ' s b", "yes , no . maybe ? ok !",
    "do not do nots", "a n't b 's c 're d 've e 'm", "three-dimensional", "state-of-the-art", "e.g. i.e. etc.", "Mr. Smith, Ph.D.", "U.S.A.", "10,000.50", "12:34:56", "2026-01-02", "+1 (555) 123-4567",
    "ǅ ǈ ǋ ŉ ǰ", "ᾳ ᾼ ͅ", "ﷺ ﷽", "Ⓐⓐ Ⅷⅷ", "𝐁𝐨𝐥𝐝 𝒮𝒸𝓇𝒾𝓅𝓉 𝟙𝟚𝟛", "𐐀𐐨 Deseret", "ᏣᎳᎩ ꮳꮃꭹ", "Ა ა Georgian", "\u1e9e \u0130 \u01c4", "\u0345\u0308", "가각힣 ᄀ\u1161\u11a8", "か\u3099 が", "\u0958 \u09dc", "\u1100\u1161",
    "𠀀𠀁 \u2b740 𫝀 \U0002b820 \U0002f800", "\uf900 \ufa6e \ufada", "\u3400\u4dbf\u4e00\u9fff", "〇々〆ヶ", "ヴヷ", "\ua64b \ua66f\ua67d", "\u180e \u2060 \u061c \u06dd", "\U0001e000\U0001e94b", "\u1734 \u1735",
]


def random_strings(count, rng):
    pools = [
        "abcdefghijklmnopqrstuvwxyz", "ABCDEFGHIJ", "0123456789", " \t\n  ", ".,;:!?'\"-()[]<>|/", "éèüñçßøÅÉ", "日本中文字漢한국",
        "😀👍❤🇫🏽\u200d\ufe0f", "\u0301\u0308\u030a\u0327", "αβγΣςДжيש", "½²Ⅻ٣", "\u00a0\u2003\u200b\u00ad\x00\x07",
    ]
    weights = [30, 6, 6, 14, 10, 5, 4, 4, 4, 4, 2, 2]
    words = CORPUS.split() + ["'s", "<|endoftext|>", "[MASK]", "[SEP]", "</w>", "##ing", "<|startoftext|>"]
    for _ in range(count):
        out = []
        for _ in range(rng.randint(1, 40)):
            if rng.random() < 0.25:
                out.append(rng.choice(words))
            else:
                out.append(rng.choice(rng.choices(pools, weights)[0]))
        yield "".join(out)


def byte_letters():
    printable = [*range(33, 127), *range(161, 173), *range(174, 256)]
    spare = [b for b in range(256) if b not in printable]
    letters = {b: chr(b) for b in printable} | {b: chr(256 + n) for n, b in enumerate(spare)}
    return letters, [letters[b] for b in printable + spare]


def train_merges(count):
    letters, _ = byte_letters()
    words = Counter()
    for word in CORPUS.lower().split():
        symbols = [letters[b] for b in word.encode()]
        symbols[-1] += "</w>"
        words[tuple(symbols)] += 1
    merges = []
    for _ in range(count):
        pairs = Counter()
        for word, n in words.items():
            for pair in zip(word, word[1:]):
                pairs[pair] += n
        best = max(sorted(pairs), key=lambda p: pairs[p])
        merges.append(best)
        merged = Counter()
        for word, n in words.items():
            out, i = [], 0
            while i < len(word):
                if word[i:i + 2] == best:
                    out.append(word[i] + word[i + 1])
                    i += 2
                else:
                    out.append(word[i])
                    i += 1
            merged[tuple(out)] += n
        words = merged
    return merges


def write_clip(folder, merges):
    _, order = byte_letters()
    tokens = order + [c + "</w>" for c in order] + [a + b for a, b in merges] + ["<|startoftext|>", "<|endoftext|>"]
    os.makedirs(folder, exist_ok=True)
    with open(f"{folder}/vocab.json", "w") as f:
        json.dump({t: i for i, t in enumerate(tokens)}, f, ensure_ascii=True)
    with open(f"{folder}/merges.txt", "w", encoding="utf-8") as f:
        f.write("#version: 0.2\n" + "".join(f"{a} {b}\n" for a, b in merges))


def write_bert(folder):
    words = sorted({w.strip(".,;%") for w in CORPUS.lower().replace("'", " ").replace("-", " ").split()} - {""})
    letters = sorted(set("abcdefghijklmnopqrstuvwxyz0123456789αβγσдж日本中文字漢字ß½²éخ") | {"\u1e00", "\u0301"})
    endings = ["##s", "##ing", "##ed", "##er", "##able", "##ly", "##tion", "##al"]
    signs = list("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~") + ["“", "”", "’", "—", "…", "。", "😀", "##😀", "n't"]
    tokens = ["[PAD]", "[unused0]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"] + signs
    for token in words + letters + ["##" + c for c in letters] + endings:
        if token not in tokens:
            tokens.append(token)
    os.makedirs(folder, exist_ok=True)
    with open(f"{folder}/vocab.txt", "w", encoding="utf-8") as f:
        f.write("".join(t + "\n" for t in tokens))


def fnv(text, state):
    for byte in text.encode():
        state = ((state ^ byte) * 0x100000001B3) & 0xFFFFFFFFFFFFFFFF
    return state


def class_hashes(tokenizer):
    """FNV-1a over the words of "a<c>b" for blocks of 1024 characters c, normalised and split by the reference."""
    backend = tokenizer.backend_tokenizer
    hashes = {}
    for start in [*range(0, 0x20000, 1024), 0x2F800, 0xE0000]:
        state = 0xCBF29CE484222325
        for code in range(start, start + 1024):
            # The reference's decomposition table is older than U+11938.
            if 0xD800 <= code < 0xE000 or code == 0x11938:
                continue
            words = backend.pre_tokenizer.pre_tokenize_str(backend.normalizer.normalize_str(f"a{chr(code)}b"))
            line = "|".join(w for w, _ in words) + "\n"
            state = fnv(line, state)
        hashes[f"{start:x}"] = f"{state:016x}"
    return hashes


def entries(clip, bert, strings):
    out = []
    for text in strings:
        c, b = clip(text)["input_ids"], bert(text)["input_ids"]
        out.append({
            "text": text, "clip": c, "bert": b,
            "clipText": clip.decode(c, skip_special_tokens=True), "bertText": bert.decode(b, skip_special_tokens=True),
            "bertClean": bert.decode(b, skip_special_tokens=True, clean_up_tokenization_spaces=True),
            "bertAll": bert.decode(b), "clipAll": clip.decode(c),
        })
    return out


def dump(name, value):
    with open(f"{HERE}/{name}", "w", encoding="utf-8") as f:
        json.dump(value, f, ensure_ascii=True, separators=(",", ":"))
        f.write("\n")


def main():
    rng = random.Random(SEED)
    strings = HAND + list(random_strings(140, rng))
    shutil.rmtree(f"{HERE}/small", ignore_errors=True)
    write_clip(f"{HERE}/small/clip", train_merges(180))
    write_bert(f"{HERE}/small/bert")
    clip = CLIPTokenizer.from_pretrained(f"{HERE}/small/clip")
    bert = BertTokenizer.from_pretrained(f"{HERE}/small/bert")
    clip.save_pretrained(f"{HERE}/small/clip_json")
    bert.save_pretrained(f"{HERE}/small/bert_json")
    dump("expected.json", entries(clip, bert, strings))
    # Byte-level pre-tokenisation is left out of the CLIP classes: it maps letters to bytes.
    clip.backend_tokenizer.pre_tokenizer = tokenizers.pre_tokenizers.Split(
        tokenizers.Regex(r"'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+"), behavior="removed", invert=True)
    dump("classes.json", {"clip": class_hashes(clip), "bert": class_hashes(bert)})
    if len(sys.argv) > 1:
        lines = gzip.open(f"{sys.argv[1]}/bpe_simple_vocab_16e6.txt.gz").read().decode().split("\n")
        work = "/tmp/tokenizer_fixtures"
        write_clip(f"{work}/clip", [tuple(l.split()) for l in lines[1:48895]])
        os.makedirs(f"{work}/bert", exist_ok=True)
        shutil.copy(f"{sys.argv[1]}/bert_base_uncased_vocab.txt", f"{work}/bert/vocab.txt")
        clip = CLIPTokenizer.from_pretrained(f"{work}/clip")
        bert = BertTokenizer.from_pretrained(f"{work}/bert")
        dump("full.json", [{"text": t, "clip": clip(t)["input_ids"], "bert": bert(t)["input_ids"]} for t in strings])
    files = {}
    for folder, _, names in sorted(os.walk(HERE)):
        for name in sorted(names):
            path = os.path.join(folder, name)
            if name not in ("manifest.json", "make.py"):
                files[os.path.relpath(path, HERE)] = hashlib.sha256(open(path, "rb").read()).hexdigest()
    with open(f"{HERE}/manifest.json", "w") as f:
        json.dump({"seed": SEED, "transformers": transformers.__version__, "tokenizers": tokenizers.__version__,
                   "strings": len(strings), "sha256": files}, f, indent=1)
        f.write("\n")


if __name__ == "__main__":
    main()
