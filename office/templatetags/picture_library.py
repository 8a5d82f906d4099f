"""Pictures of the library in pages: <picture> with three formats and several widths, its size set, its words with it."""

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import mark_safe

from office import picture_library, renditions

register = template.Library()


@register.simple_tag
def show_picture(picture, sizes="100vw", crop="whole", eager=False, decorative=False):
    """<picture>, or nothing where it may not be shown. `sizes` says how wide the page shows it, `eager` that it stands in the
    first view; `decorative`: its words stand beside it already, so that a screen reader passes it by."""
    if not picture or not picture.may_be_shown:
        return ""
    there = {
        format: [each for each in picture.renditions if each["crop"] == crop and each["format"] == format] for format in renditions.FORMATS
    }
    plain = picture.rendition(crop, picture_library.PLAIN, 640)
    if plain is None:
        return ""
    sources = format_html_join(
        "",
        '<source type="{}" srcset="{}" sizes="{}">',
        [
            (renditions.FORMATS[format][1], _srcset(picture, found), sizes)
            for format, found in there.items() if found and format != picture_library.PLAIN
        ],
    )  # fmt: skip
    return format_html(
        '<picture>{}<img src="{}" srcset="{}" sizes="{}" width="{}" height="{}" alt="{}"{}></picture>',
        sources,
        picture_library.address(picture, plain),
        _srcset(picture, there[picture_library.PLAIN]),
        sizes,
        str(plain["width"]),
        str(plain["height"]),
        "" if decorative else picture.alt,
        mark_safe(' fetchpriority="high"' if eager else ' loading="lazy" decoding="async"')  # noqa: S308,
    )


def _srcset(picture, found):
    return ", ".join(f"{picture_library.address(picture, each)} {each['width']}w" for each in found)
