"""Makes the fonts of the share pictures and the icons: `python -m deploy.web_files`, with Debian's fonts-dejavu-core.

resvg draws one weight a file and reads no woff2, so the font of the pages is set to the four weights that a picture
uses; the lists beside them say which characters a font holds. What it lacks (Arabic, further Latin letters, arrows)
comes from DejaVu Sans.
"""

import io
import sys
from pathlib import Path

import resvg_py
from fontTools import subset
from fontTools.ttLib import TTFont
from fontTools.varLib.instancer import instantiateVariableFont
from PIL import Image

WEB = Path(__file__).parents[1] / "services/gateway/web"
HERE = WEB / "fonts"
PAGES = WEB / "static/fonts/plus-jakarta-sans-latin.woff2"
DEJAVU = Path("/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf")
WEIGHTS = (400, 600, 700, 800)
MORE = (
    *range(0x100, 0x250),
    *range(0x370, 0x460),
    *range(0x600, 0x700),
    *range(0x750, 0x780),
    *range(0x1E00, 0x1F00),
    *range(0x2070, 0x20A0),
    *range(0x2190, 0x2266),
    *range(0xFB50, 0xFE00),
    *range(0xFE70, 0xFEFF),
)
"""Latin with marks, Greek and Cyrillic, Arabic with its forms, small digits, arrows and signs."""


ICON = WEB / "static/icon.svg"
FAVICON = (16, 32, 48)
ICONS = (192, 512)


def icon(size: int) -> Image.Image:
    """On white, with room around it: launchers cut icons to circles."""
    inside = round(size * 0.76)
    png = resvg_py.svg_to_bytes(svg_string=ICON.read_text(), width=inside, skip_system_fonts=True)
    mark = Image.open(io.BytesIO(png)).convert("RGBA")
    ground = Image.new("RGBA", (size, size), "white")
    ground.alpha_composite(mark, ((size - mark.width) // 2, (size - mark.height) // 2))
    return ground.convert("RGB")


def main() -> None:
    fonts()
    for size in ICONS:
        icon(size).quantize(16).save(WEB / f"static/icon-{size}.png", optimize=True)
    biggest, *smaller = [icon(size) for size in reversed(FAVICON)]
    biggest.save(WEB / "static/favicon.ico", sizes=[(s, s) for s in FAVICON], append_images=smaller)


def fonts() -> None:
    for weight in WEIGHTS:
        font = TTFont(PAGES, recalcTimestamp=False)
        font.flavor = None
        one = instantiateVariableFont(font, {"wght": weight})
        one["OS/2"].usWeightClass = weight
        one.save(HERE / f"plus-jakarta-sans-{weight}.ttf")
    options = subset.Options(layout_features=["*"], hinting=False, recalc_timestamp=False)
    further = subset.load_font(str(DEJAVU), options)
    wanted = subset.Subsetter(options)
    wanted.populate(unicodes=sorted(set(MORE) - set(TTFont(PAGES).getBestCmap())))
    wanted.subset(further)
    further.save(HERE / "dejavu-sans-further.ttf")
    for of, listed in ((TTFont(PAGES), "plus-jakarta-sans.txt"), (further, "dejavu-sans-further.txt")):
        (HERE / listed).write_text(" ".join(f"{code:x}" for code in sorted(of.getBestCmap())) + "\n")
    sys.stdout.write("".join(f"{path.name} {path.stat().st_size}\n" for path in sorted(HERE.glob("*.ttf"))))


if __name__ == "__main__":
    main()
