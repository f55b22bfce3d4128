"""Writes pictures and their edges by OpenCV's Canny. Run: python make.py (opencv, numpy, safetensors)."""
import hashlib, json, pathlib
import cv2, numpy
from safetensors.numpy import save_file

SEED = 11
HERE = pathlib.Path(__file__).parent
random = numpy.random.default_rng(SEED)


def scene(height, width, noise):
    """Overlapping shapes with soft and hard borders under noise: gradients of every direction and many ties."""
    picture = numpy.full((height, width, 3), 90, numpy.uint8)
    cv2.circle(picture, (width // 3, height // 2), height // 3, (200, 40, 120), -1)
    cv2.rectangle(picture, (width // 2, 3), (width - 6, height // 2), (30, 220, 60), -1)
    cv2.line(picture, (0, height - 1), (width - 1, 2), (250, 250, 10), 2)
    picture[:, : width // 2] = cv2.GaussianBlur(picture, (0, 0), 1.2)[:, : width // 2]
    return numpy.clip(picture + random.normal(0, noise, picture.shape), 0, 255).astype(numpy.uint8)


tensors = {}
for name, size, noise, low, high in [("plain", (31, 42), 0, 100, 200), ("noisy", (27, 33), 25, 60, 170),
                                     ("swapped", (16, 15), 8, 220, 90), ("row", (1, 23), 60, 50, 100),
                                     ("column", (23, 1), 60, 50, 100)]:
    picture = scene(*size, noise)
    tensors[name] = picture
    tensors[name + "_edges"] = cv2.Canny(picture, low, high)
    tensors[name + "_grey"] = cv2.Canny(numpy.ascontiguousarray(picture[:, :, 1]), low, high)
    tensors[name + "_thresholds"] = numpy.array([low, high], numpy.int32)
save_file(tensors, HERE / "case.safetensors")
digest = hashlib.sha256((HERE / "case.safetensors").read_bytes()).hexdigest()
json.dump(dict(seed=SEED, versions=dict(opencv=cv2.__version__, numpy=numpy.__version__),
               files={"case.safetensors": digest}), open(HERE / "manifest.json", "w"), indent=1)
