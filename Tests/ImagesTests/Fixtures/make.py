"""Makes the pictures that ImagesTests reads. Run: python make.py (Pillow, NumPy)."""

import hashlib
import json
import struct
import sys
import zlib
from pathlib import Path

import numpy as np
import PIL
from PIL import Image

SEED = 7
HERE = Path(__file__).parent
made = {}


def note(name, **facts):
    made[name] = facts


def save(picture, name, upright=None, **options):
    picture.save(HERE / name, **options)
    note(name, rgb_sha256=sha(upright if upright is not None else picture))


def sha(picture):
    mode = "RGBA" if picture.mode in ("LA", "RGBA") or "transparency" in picture.info else "RGB"
    return hashlib.sha256(picture.convert(mode).tobytes()).hexdigest()


def chunk(kind, body):
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png(name, width, height, depth, kind, rows, extra=b"", interlaced=False):
    """A PNG written by hand, for what Pillow does not write."""
    raw = b"".join(b"\0" + bytes(row) for row in rows)
    header = struct.pack(">IIBBBBB", width, height, depth, kind, 0, 0, int(interlaced))
    (HERE / name).write_bytes(
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + extra + chunk(b"IDAT", zlib.compress(raw, 9)) + chunk(b"IEND", b""))


def exif(orientation):
    data = Image.Exif()
    data[0x0112] = orientation
    return data


random = np.random.default_rng(SEED)
h, w = 31, 41
y, x = np.mgrid[0:h, 0:w].astype(np.float64)
smooth = np.stack([x / (w - 1), y / (h - 1), 0.5 + 0.5 * np.sin(x / 5) * np.cos(y / 4)], -1)
base = np.clip(smooth * 255 + random.normal(0, 12, (h, w, 3)), 0, 255).round().astype(np.uint8)
base[8:14, 10:20] = (250, 20, 30)
soft = np.clip(np.hypot(x - 20, y - 15) * -16 + 300, 0, 255).round().astype(np.uint8)
rgb = Image.fromarray(base)
grey = rgb.convert("L")
rgba = Image.fromarray(np.dstack([base, soft]))

save(rgb, "rgb.png", optimize=True)
save(grey, "grey.png", optimize=True)
save(rgba, "rgba.png", optimize=True)
save(Image.merge("LA", (grey, Image.fromarray(soft))), "grey_alpha.png", optimize=True)
save(rgb.convert("1"), "grey1.png", optimize=True)
for bits, colors in ((8, 200), (4, 16), (2, 4)):
    save(rgb.quantize(colors), f"palette{bits}.png", bits=bits)
clear = rgb.quantize(16)
clear.save(HERE / "palette_clear.png", transparency=bytes([0, 90, 180] + [255] * 13))
note("palette_clear.png", rgb_sha256=sha(Image.open(HERE / "palette_clear.png").convert("RGBA")))

wide = base.astype(np.uint16) * 257
png("rgb16.png", w, h, 16, 2, [row.astype(">u2").tobytes() for row in wide])
note("rgb16.png", rgb_sha256=sha(rgb))
png("grey16.png", w, h, 16, 0, [row.astype(">u2").tobytes() for row in np.asarray(grey).astype(np.uint16) * 257])
note("grey16.png", rgb_sha256=sha(grey))
# Values that 8 bits cannot hold: row r, column c is 256 r + c.
png("ramp16.png", 8, 8, 16, 0, [(np.arange(8) + 256 * r).astype(">u2").tobytes() for r in range(8)])
note("ramp16.png", about="grey 16-bit, sample = 256 * row + column")
png("color_key.png", w, h, 8, 2, [row.tobytes() for row in base], extra=chunk(b"tRNS", struct.pack(">HHH", 250, 20, 30)))
note("color_key.png", rgb_sha256=sha(rgb))
png("gamma.png", w, h, 8, 2, [row.tobytes() for row in base], extra=chunk(b"gAMA", struct.pack(">I", 100000)))
note("gamma.png", rgb_sha256=sha(rgb))
# Adam7: seven passes of (first column, first row, column step, row step).
passes = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]
png("interlaced.png", w, h, 8, 2, [r.tobytes() for a, b, c, d in passes for r in base[b::d, a::c]], interlaced=True)
note("interlaced.png", rgb_sha256=sha(rgb))

turns = {
    2: Image.Transpose.FLIP_LEFT_RIGHT, 3: Image.Transpose.ROTATE_180, 4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE, 6: Image.Transpose.ROTATE_90, 7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}
for orientation in range(1, 9):
    stored = rgb.transpose(turns[orientation]) if orientation in turns else rgb
    save(stored, f"turned{orientation}.png", upright=rgb, exif=exif(orientation))
stored = rgb.transpose(turns[6])
stored.save(HERE / "turned6.jpg", quality=97, subsampling=0, exif=exif(6))
note("turned6.jpg", psnr=34)
rgb.save(HERE / "baseline.jpg", quality=97, subsampling=0, icc_profile=b"profile " * 20)
note("baseline.jpg", psnr=34)
rgb.save(HERE / "progressive.jpg", quality=97, subsampling=0, progressive=True)
note("progressive.jpg", psnr=34)
rgb.save(HERE / "subsampled.jpg", quality=97, subsampling=2)
note("subsampled.jpg", psnr=20)
grey.save(HERE / "grey.jpg", quality=97)
note("grey.jpg", psnr=34)
ink = Image.fromarray(255 - np.dstack([base, np.full((h, w), 255, np.uint8)]), mode="CMYK")
ink.save(HERE / "ink.jpg", quality=97, subsampling=0)
note("ink.jpg", psnr=34)

filters = {
    "nearest": Image.Resampling.NEAREST, "box": Image.Resampling.BOX, "bilinear": Image.Resampling.BILINEAR,
    "bicubic": Image.Resampling.BICUBIC, "lanczos": Image.Resampling.LANCZOS,
}
for name, kind in filters.items():
    for size in ((20, 15), (63, 50), (7, 31), (41, 11), (1, 1)):
        save(rgb.resize(size, kind), f"resized_{name}_{size[0]}x{size[1]}.png", optimize=True)
save(rgba.resize((19, 23), Image.Resampling.BICUBIC), "resized_rgba_19x23.png", optimize=True)

for name in made:
    made[name]["sha256"] = hashlib.sha256((HERE / name).read_bytes()).hexdigest()
manifest = {
    "about": "rgb_sha256: upright 8-bit RGB (or RGBA) pixels; psnr: least PSNR to rgb.png, dB",
    "python": sys.version.split()[0], "numpy": np.__version__, "pillow": PIL.__version__, "seed": SEED, "files": made,
}
(HERE / "manifest.json").write_text(json.dumps(manifest, indent=1) + "\n")
