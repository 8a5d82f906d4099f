"""Strings are collected from code and templates, translations are kept, and what lacks one is named."""

import gettext

import pytest

from core import translations

CODE = '''from django.utils.translation import gettext_lazy as _, ngettext, pgettext
TITLE = _("News")
def say(n):
    # Translators: on the seats page
    return ngettext("%(n)s seat", "%(n)s seats", n) + pgettext("a month", "May")
'''
PAGE = """{% load i18n %}<ul>
      <li title='{% translate "Close" %}'>it's "quoted</li>
    {% blocktranslate trimmed with name=person %}
        Hello,
        {{ name }}!
    {% endblocktranslate %}
  {% blocktranslate count n=n trimmed %}{{ n }} person{% plural %}{{ n }} people{% endblocktranslate %}
</ul>"""


@pytest.fixture
def project(tmp_path, settings):
    settings.BASE_DIR = tmp_path
    settings.LOCALE_PATHS = [tmp_path / "locale"]
    (tmp_path / "office").mkdir()
    (tmp_path / "office" / "news.py").write_text(CODE)
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "page.html").write_text(PAGE)
    return tmp_path


def translate(code, **strings):
    path = translations.file_of(code)
    text = path.read_text()
    for english, other in strings.items():
        text = text.replace(f'msgid "{english}"\nmsgstr ""', f'msgid "{english}"\nmsgstr "{other}"')
    path.write_text(text)


def test_strings_come_from_code_and_templates(project):
    assert {(message, context) for _file, message, context, _comments in translations.strings_in_use()} == {
        ("News", None),
        (("%(n)s seat", "%(n)s seats"), None),
        ("May", "a month"),
        ("Close", None),
        ("Hello, %(name)s!", None),
        (("%(n)s person", "%(n)s people"), None),
    }


def test_a_translation_survives_and_a_dropped_string_goes(project):
    assert translations.extract("mn") == (6, 0)
    translate("mn", News="Мэдээ", Close="Хаах")
    (project / "office" / "news.py").write_text(CODE.replace('_("News")', '_("News"), _("Contacts")'))
    (project / "templates" / "page.html").write_text(PAGE.replace('{% translate "Close" %}', ""))
    assert translations.extract("mn") == (1, 1)
    text = translations.file_of("mn").read_text()
    assert 'msgid "News"\nmsgstr "Мэдээ"' in text
    assert "Хаах" not in text
    assert '"Plural-Forms: nplurals=2; plural=(n != 1);\\n"' in text


def test_a_second_run_changes_nothing_and_no_line_number_is_kept(project):
    translations.extract("mn")
    before = translations.file_of("mn").read_text()
    (project / "office" / "news.py").write_text("\n\n\n" + CODE)
    assert translations.extract("mn") == (0, 0)
    assert translations.file_of("mn").read_text() == before
    assert str(project) not in before


def test_what_is_compiled_is_what_gettext_reads(project):
    translations.extract("mn")
    translate("mn", News="Мэдээ")
    assert not translations.is_compiled("mn")
    assert translations.compile("mn") == 1
    assert translations.is_compiled("mn")
    with translations.file_of("mn").with_suffix(".mo").open("rb") as file:
        words = gettext.GNUTranslations(file)
    assert (words.gettext("News"), words.gettext("Close")) == ("Мэдээ", "Close")


def test_each_lack_is_named_with_its_reason(project):
    translations.extract("mn")
    path = translations.file_of("mn")
    text = path.read_text()
    text = text.replace('msgid "News"\nmsgstr ""', '#, fuzzy\nmsgid "News"\nmsgstr "Мэдээ"')
    text = text.replace('msgid "Hello, %(name)s!"\nmsgstr ""', 'msgid "Hello, %(name)s!"\nmsgstr "Сайн уу!"')
    text = text.replace('msgid "May"\nmsgstr ""', 'msgid "May"\nmsgstr "тавдугаар сар"')
    text = text.replace('msgstr[0] ""\nmsgstr[1] ""', 'msgstr[0] "нэг"\nmsgstr[1] "%(n)s"')
    path.write_text(text)
    (project / "office" / "more.py").write_text('from x import _\n_("Later")\n')
    assert sorted(translations.missing("mn")) == [
        "not in the file: 'Later'",
        "not translated: 'Close'",
        "uncertain: 'News'",
        "without its %(name)s: 'Hello, %(name)s!'",
    ]
