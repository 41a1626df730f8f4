"""Pages as pictures, compared with golden ones. ``WRITE_GOLDENS=1`` writes them anew: look at each before you keep it."""

from __future__ import annotations

import os
from pathlib import Path

import pypdfium2
from PIL import Image, ImageChops, ImageStat

GREYS = 8
MEAN_MAX = 2.5
CELL = 4
CELL_MAX = 60
BYTES_MAX = 60_000


def pages(pdf: bytes, scale: float = 1.0) -> list[Image.Image]:
    """Render the pages of a document in grey, ``scale`` pixels to a point."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        return [page.render(scale=scale, grayscale=True).to_pil().convert("L") for page in document]
    finally:
        document.close()


def difference(one: Image.Image, other: Image.Image) -> tuple[float, int]:
    """Return how much two pictures differ: on the whole, and at the worst place (mean grey of a cell, so that edges may blur)."""
    assert one.size == other.size
    apart = ImageChops.difference(one, other)
    cells_one, cells_other = (each.reduce(CELL) for each in (one, other))
    worst = max(ImageChops.difference(cells_one, cells_other).tobytes())
    return ImageStat.Stat(apart).mean[0], worst


def looks_alike(one: Image.Image, other: Image.Image) -> bool:
    """Say whether two pictures show the same, up to how a machine smooths its edges."""
    if one.size != other.size:
        return False
    mean, worst = difference(one, other)
    return mean <= MEAN_MAX and worst <= CELL_MAX


def assert_golden(picture: Image.Image, path: Path) -> None:
    """Compare a picture with the golden one at ``path``, or write that."""
    few = picture.quantize(GREYS).convert("L").quantize(GREYS)
    if os.environ.get("WRITE_GOLDENS"):
        path.parent.mkdir(exist_ok=True)
        few.save(path, optimize=True)
    assert path.stat().st_size <= BYTES_MAX, "a golden picture is small"
    with Image.open(path) as golden:
        mean, worst = difference(picture, golden.convert("L"))
    assert mean <= MEAN_MAX, f"{path.name} differs by {mean:.2f} grey on the whole"
    assert worst <= CELL_MAX, f"{path.name} differs by {worst} grey at a place"
