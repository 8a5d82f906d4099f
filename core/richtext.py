"""Rich text: what an editor may write, and the cleaning that no way of storing it can skip."""

from django_prose_editor.fields import ProseEditorField

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
    "Typographic": True,
}


class RichTextField(ProseEditorField):
    """HTML that nh3 has let through.

    The editor's field cleans in `full_clean()` only; here every value bound for the database is cleaned,
    so a command, `bulk_create()` or `update()` cannot store what the admin would refuse.
    """

    def __init__(self, *args, **kwargs):
        kwargs["extensions"] = EXTENSIONS
        kwargs["sanitize"] = True
        super().__init__(*args, **kwargs)

    def get_prep_value(self, value):
        value = super().get_prep_value(value)
        return self.sanitize(value) if isinstance(value, str) and value else value
