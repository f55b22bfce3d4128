"""Fills the holes that `lathe evaluate --inpainting … --export HOLES` writes, by OpenCV's two methods.

    pip install opencv-python-headless
    python opencv_inpainting.py HOLES OUT      writes OUT/telea and OUT/navier-stokes
"""

import pathlib
import sys

import cv2


def main(holes, out):
    methods = {"telea": cv2.INPAINT_TELEA, "navier-stokes": cv2.INPAINT_NS}
    for name, method in methods.items():
        folder = pathlib.Path(out) / name
        folder.mkdir(parents=True, exist_ok=True)
        for mask in sorted(pathlib.Path(holes).glob("*_mask.png")):
            picture = mask.with_name(mask.name.replace("_mask", ""))
            filled = cv2.inpaint(cv2.imread(str(picture)), cv2.imread(str(mask), 0), 5, method)
            cv2.imwrite(str(folder / picture.name), filled)


if __name__ == "__main__":
    main(*sys.argv[1:])
