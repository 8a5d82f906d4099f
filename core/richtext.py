"""Rich text: what an editor may write, and the cleaning that no way of storing it can skip."""

from django_prose_editor.fields import ProseEditorField, create_sanitizer

from core.pasted import tidied

EXTENSIONS = {
    "Bold": True,
    "Italic": True,
    "Heading": {"levels": [2, 3, 4]},
    "BulletList": True,
    "OrderedList": True,
    "ListItem": True,
    "Blockquote": True,
    "Link": {"enableTarget": False, "protocols": ["http", "https", "mailto", "tel"]},
    "Table": True,
    "TableRow": True,
    "TableHeader": True,
    "TableCell": True,
    "HardBreak": True,
    "SpecialCharacters": True,
}

# The last comes first: what word processors wrote is made plain, and of that only what is allowed is kept.
CLEANING = [create_sanitizer, tidied]


class RichTextField(ProseEditorField):
    """HTML that was made tidy and that nh3 has let through.

    The editor's field cleans in `full_clean()` only; here every value bound for the database is cleaned,
    so a command, `bulk_create()` or `update()` cannot store what the admin would refuse.
    """

    def __init__(self, *args, **kwargs):
        kwargs["extensions"] = EXTENSIONS
        kwargs["sanitize"] = CLEANING
        super().__init__(*args, **kwargs)

    def pre_save(self, instance, add):
        """The instance holds afterwards what the database holds."""
        value = self._cleaned(super().pre_save(instance, add))
        setattr(instance, self.attname, value)
        return value

    def get_prep_value(self, value):
        return self._cleaned(super().get_prep_value(value))

    def _cleaned(self, value):
        return self.sanitize(value) if isinstance(value, str) and value else value


def clean(html):
    """What would be stored of `html`."""
    return RichTextField().sanitize(html)
