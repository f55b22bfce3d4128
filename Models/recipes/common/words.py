"""Vocabularies: WordPiece for the captioner, byte-pair merges for the text encoder, both from the captions' grammar."""

import collections
import re
import string

COLOURS = """red orange yellow green lime teal blue sky purple pink brown tan black grey gray white cream gold silver
navy maroon olive turquoise violet beige cyan magenta""".split()

# Everyday words that Toybox captions need not contain, so that a prompt about a photograph is not spelled out in letters.
COMMON = """a an the of on in at with and or is are to for from by near under over behind beside between into this that
two three four many some one pair picture photo photograph image drawing view front back side top bottom left right
small large big little tall short long round square flat thin thick old new shiny wooden metal plastic glass paper
stone striped spotted dotted plain bright dark light pale colourful cat dog bird horse cow sheep pig duck fish bear
rabbit mouse elephant lion tiger frog person man woman boy girl child face head body hand arm leg foot eye ear nose
mouth tail wing hair hat cap shirt trousers dress shoe boot coat scarf bag box basket cup mug glass plate bowl bottle
vase pot pan knife fork spoon chair table sofa bed lamp desk shelf door window wall floor roof house tower bridge
teapot castle church road street tree flower grass leaf plant cactus mushroom mountain sky cloud sun moon star sea water
beach boat ship sailboat car truck bus train bicycle motorcycle airplane rocket wheel cake bread donut hamburger pizza
apple banana lemon cherry carrot tomato ice cream cone egg cheese cookie fruit food drink coffee tea milk toy robot
doll teddy ball drum guitar piano camera phone clock book pen pencil umbrella key hammer saw ladder rope candle crown
lighthouse pumpkin penguin owl turtle giraffe helicopter tractor television ring barrel chest snowman statue sign traffic handle legs legged lid shade cushions icing flowers frosting stand base
sitting standing lying holding wearing flying""".split()


def split(texts):
    return [w for t in texts for w in re.findall(r"[a-z]+|[0-9]|[^\sa-z0-9]", t.lower().replace("_", " "))]


def vocabulary(captions):
    """WordPiece: the special tokens of BERT, single characters and their continuations, words by frequency,
    then BLIP's [DEC] and [ENC]."""
    special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    characters = list(string.ascii_lowercase + string.digits + ".,'-!?")
    continued = ["##" + c for c in string.ascii_lowercase + string.digits] + ["##s", "##es", "##ed", "##ing", "##er"]
    counted = [w for w, _ in collections.Counter(split(captions)).most_common()]
    return list(dict.fromkeys(special + characters + continued + counted + COMMON + ["[DEC]", "[ENC]"]))


def merges(captions, limit=1200):
    """Byte-pair merges of CLIP's kind ("w", "o</w>"), learnt on the words of the captions and the common words."""
    counts = collections.Counter(split(captions))
    weights = {w: 1 + n for w, n in counts.items()}
    for w in COMMON:
        weights.setdefault(w, 1)
    parts = {w: list(w[:-1]) + [w[-1] + "</w>"] for w in weights}
    rules = []
    while len(rules) < limit:
        pairs = collections.Counter()
        for w, p in parts.items():
            for pair in zip(p, p[1:]):
                pairs[pair] += weights[w]
        if not pairs:
            break
        best = max(pairs, key=lambda k: (pairs[k], k))
        rules.append(best)
        for w, p in parts.items():
            joined, i = [], 0
            while i < len(p):
                both = i + 1 < len(p) and (p[i], p[i + 1]) == best
                joined.append(p[i] + p[i + 1] if both else p[i])
                i += 2 if both else 1
            parts[w] = joined
    return rules
