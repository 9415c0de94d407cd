"""Pictures that we write ourselves are read by others as they were meant."""

import io

import numpy as np
import pytest
from PIL import Image

from helpers.figures.png import encode_png


@pytest.fixture(scope="module")
def pixels():
    return np.random.default_rng(1).integers(0, 256, (7, 5, 3), dtype=np.uint8)


def test_pixels_come_back(pixels):
    with Image.open(io.BytesIO(encode_png(pixels, dpi=300, words={}))) as image:
        image.load()
        assert image.mode == "RGB"
        assert np.array_equal(np.asarray(image), pixels)


def test_resolution_and_words_come_back(pixels):
    words = {"Title": "Survival, \xe9", "Description": "SYNTHETIC DATA"}
    with Image.open(io.BytesIO(encode_png(pixels, dpi=300, words=words))) as image:
        image.load()
        assert image.info["dpi"] == pytest.approx((300, 300), abs=0.01)
        assert {key: image.info[key] for key in words} == words


def test_file_is_sound(pixels):
    with Image.open(io.BytesIO(encode_png(pixels, dpi=72, words={"Title": "x"}))) as image:
        image.verify()  # every checksum


def test_parts_of_a_picture_are_not_copied_wrongly(pixels):
    wide = np.dstack([pixels, np.full(pixels.shape[:2], 255, dtype=np.uint8)])
    assert encode_png(wide[:, :, :3], dpi=72, words={}) == encode_png(pixels, dpi=72, words={})
