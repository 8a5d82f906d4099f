"""What is said about the rows of a list: errors that must be mended, and notes on what was done and what to look at."""

from django.utils import translation
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from core.spreadsheets import NOTES as FILE_NOTES

ERRORS = {
    "name_missing": _("There is no name here."),
    "name_digits": _("There are digits in the name."),
    "name_formula": _("A formula stands where the name should be."),
    "name_is_body": _("This reads like an institution or a job, not like a name."),
    "several_people": _("More than one person seems to stand in this cell. Keep one here and add the others by hand."),
    "shifted": _("The cells of this row seem to have slipped to another column. It was read accordingly: check it and save."),
    "replacement": _("Somebody takes another's place here. Say who comes: %(text)s"),
    "email": _("%(reason)s"),
    "institution_unclear": _("“%(text)s” may be several institutions. Choose one."),
    "institution_unknown": _("“%(text)s” is not a known institution. Choose one, or leave it empty."),
    "too_long": _("At most %(limit)s characters."),
}

# Code: (does somebody have to look?, sentence).
NOTES = {
    "letters": (False, _("Letters put right: %(changes)s")),
    "registration_number": (True, _("A registration number stood here. It was left out and is kept nowhere.")),
    "not_kept": (False, _("Not kept: %(columns)s")),
    "shared_mailbox": (False, _("%(address)s is shared: others in the list have it too.")),
    "office_mailbox": (False, _("%(address)s looks like an office's mailbox; it is kept as shared.")),
    "email_of_another": (True, _("%(address)s is known as the address of %(name)s; it will be kept as shared.")),
    "email_read": (False, _("E-mail: %(note)s")),
    "email_unread": (True, _("The e-mail was not read (%(reason)s) and nothing is changed.")),
    "phone_unread": (True, _("Part of the phone could not be read and went into the note: %(text)s")),
    "order_guessed": (True, _("Which name is whose was guessed.")),
    "capitals": (False, _("Written in capitals.")),
    "symbols": (True, _("Characters that belong to no name were left out: %(text)s")),
    "numbered": (False, _("A number before the name was left out.")),
    "clan": (False, _("Clan name: %(name)s")),
    "in_place_of": (True, _("Comes in place of %(name)s. If they are registered, replace them on the participants page.")),
    "in_brackets": (False, _("What stood in brackets went into the note: %(text)s")),
    "sex_unread": (True, _("The sex “%(text)s” is not clear and was left open.")),
    "sex_differs": (True, _("The directory says otherwise about the sex; it is not changed.")),
    "institution_heading": (False, _("Institution taken from the heading “%(text)s” above.")),
    "institution_default": (False, _("Institution taken from the form.")),
    "institution_chosen_invited": (True, _("“%(text)s” was read as %(name)s, which is invited; it could also be %(others)s.")),
    "institution_chosen_named": (True, _("“%(text)s” was read as %(name)s, which the list names in full; it could also be %(others)s.")),
    "institution_chosen_existing": (True, _("“%(text)s” was read as %(name)s, which exists at that time; it could also be %(others)s.")),
    "institution_read": (False, _("Institution recognised from “%(text)s”.")),
    "institution_ended": (True, _("%(name)s has ended. Its successor: %(others)s.")),
    "institution_not_invited": (False, _("%(name)s has no seats of its own in this workshop.")),
    "institution_missing": (True, _("No institution is named.")),
    "department_read": (False, _("Department read from the same cell: %(text)s")),
    "from_one_cell": (True, _("Read from one cell: look whether each part is in its place.")),
    "job_read_from_name": (False, _("Job title read from the same cell: %(text)s")),
    "extra_cells": (True, _("Cells outside the known columns went into the note: %(text)s")),
    "namesake": (True, _("The same name stands in row %(rows)s with other details: they are taken for two people.")),
    "repeated": (False, _("The same person as in row %(row)s.")),
    "repeated_elsewhere": (True, _("The same person as in row %(row)s, there for %(name)s.")),
    "registered": (False, _("Registered for this workshop already: %(state)s.")),
    "ended": (True, _("Was registered before: %(state)s. Left out unless you say otherwise.")),
    "completes": (False, _("Fills in at the directory: %(fields)s.")),
    "position_changed": (True, _("The directory says: %(position)s.")),
    "candidate_gone": (True, _("The person chosen before is no longer in the directory.")),
    "above_headings": (False, _("Above the headings.")),
    "headings": (False, _("Headings.")),
    "section": (False, _("Heading of a section.")),
    "section_institution": (False, _("Names the institution of the rows below: %(name)s")),
    "total": (False, _("A total.")),
    "signature": (False, _("Who made or signed the list.")),
    "nearly_empty": (False, _("Nearly empty.")),
    "text_only": (False, _("Text that names nobody.")),
    # On the whole list.
    "columns_left_out": (True, _("Not read: %(columns)s. Choose above what they hold, if anything.")),
    "second_table": (True, _("A second table stands beside the first, in columns %(columns)s. It was not read.")),
    "numbers_dropped": (True, _("Registration numbers were left out of %(count)s rows. They are kept nowhere.")),
    "forgotten_columns": (False, _("Not kept from this list: %(columns)s.")),
}


def remark(code, field="", /, **params):
    """What is stored: code, the field it is about, and the words that fill the sentence."""
    return {"code": code, "field": field, "params": params}


class Said:
    """A remark as a reader sees it."""

    def __init__(self, code, field, params, text, look):
        self.code, self.field, self.params, self.text, self.look = code, field, params, text, look

    def __str__(self):
        return self.text

    def __html__(self):
        return format_html("{}", self.text)


def both(value):
    """A name or word in both languages, so that whoever reads the remark later reads it in their own."""
    found = {}
    for language in ("en", "mn"):
        with translation.override(language):
            found[language] = str(value)
    return found


def _shown(value):
    if isinstance(value, dict):
        return value.get(translation.get_language()) or value.get("en", "")
    if isinstance(value, list | tuple):
        return ", ".join(str(_shown(each)) for each in value)
    return value


def _fill(sentence, params):
    shown = {key: _shown(value) for key, value in params.items()}
    try:
        return str(sentence) % shown
    except (KeyError, ValueError, TypeError):  # stored before the sentence was changed
        return str(sentence)


def say(stored):
    """The sentence of a stored remark in the reader's language."""
    code, params = stored.get("code", ""), stored.get("params") or {}
    if code in NOTES:
        look, sentence = NOTES[code]
    elif code in ERRORS:
        look, sentence = True, ERRORS[code]
    elif code.removeprefix("file:") in FILE_NOTES:
        look, sentence = False, FILE_NOTES[code.removeprefix("file:")]
    else:
        look, sentence = False, code
    if code == "email" and params.get("code"):
        params = {**params, "reason": _EMAIL.get(params["code"], params.get("reason", ""))}
    return Said(code, stored.get("field", ""), params, _fill(sentence, params), look)


# By the codes of core.emails, so that the reason is said in the reader's language whoever read the list in.
_EMAIL = {
    "several": _("More than one e-mail address; give one."),
    "at_sign": _("The address needs exactly one @."),
    "spaces": _("There is a space within the address."),
    "domain_missing": _("The part after the @ is not complete."),
    "domain_script": _("The part after the @ holds Cyrillic letters that look Latin."),
    "local_script": _("The part before the @ holds letters that are not Latin."),
    "invalid": _("This is not a complete e-mail address."),
}
