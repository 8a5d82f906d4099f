"""Words that other packages show and that are missing, unfinished or wrong in their Mongolian.

Nothing here is called: the strings are marked, so that they are translated with the portal's own, which come before a
package's. `SCRIPTS` are those that the admin's scripts ask for.
"""

from typing import NamedTuple

from django.utils import translation
from django.utils.translation import gettext_noop as _
from django.utils.translation.trans_real import CONTEXT_SEPARATOR
from django.views.i18n import JavaScriptCatalog


class Counted(NamedTuple):
    singular: str
    plural: str


class InContext(NamedTuple):
    context: str
    text: str


# Under these names the strings are found by whoever collects them.
ngettext, pgettext = Counted, InContext


ADMIN = [
    _("%(class_name)s %(instance)s"),
    _("Action"),
    _("Add"),
    _("Add %(name)s"),
    _("Add %s"),
    _("Add another %(model)s"),
    _("Add another %(verbose_name)s"),
    _("Add link"),
    _("Added {name} “{object}”."),
    _("Addition"),
    _("After you’ve created a user, you’ll be able to edit more user options."),
    _("Are you sure you want to delete the %(object_name)s “%(escaped_object)s”? All of the following related items will be deleted:"),
    _("Are you sure you want to delete the selected %(objects_name)s? All of the following objects and their related items will be deleted:"),
    _("Breadcrumbs"),
    _("Cannot delete %(name)s"),
    _("Change %s"),
    _("Change history: %s"),
    _("Change or view list link"),
    _("Change selected %(model)s"),
    _("Changed {fields} for {name} “{object}”."),
    _("Changed {fields}."),
    _("Currently:"),
    _("Change:"),
    _("Delete selected %(model)s"),
    _("Delete selected %(verbose_name_plural)s"),
    _("Deleted {name} “{object}”."),
    _("Deleting the %(object_name)s “%(escaped_object)s” would require deleting the following protected related objects:"),
    _("Deleting the %(object_name)s “%(escaped_object)s” would result in deleting related objects, but your account doesn't have permission to delete the following types of objects:"),
    _("Deleting the selected %(objects_name)s would require deleting the following protected related objects:"),
    _("Deleting the selected %(objects_name)s would result in deleting related objects, but your account doesn't have permission to delete the following types of objects:"),
    _("Disable password-based authentication"),
    _("Enable password-based authentication"),
    _("Filter by %(field_name)s"),
    _("Forgotten your login credentials?"),
    _("In case you’ve forgotten, you are:"),
    _("Items must be selected in order to perform actions on them. No items have been changed."),
    _("Log out"),
    _("Logout"),
    _("Model name"),
    _("Pagination %(name)s"),
    _("Pagination %(name)s entries"),
    _("Run"),
    _("Save and add another"),
    _("Save and continue editing"),
    _("Save and view"),
    _("Search %(name)s"),
    _("Select %s"),
    _("Select %s to change"),
    _("Select %s to view"),
    _("Select all objects on this page for an action"),
    _("Select this object for an action - {}"),
    _("Successfully deleted %(count)d %(items)s."),
    _("The app \"%s\" could not be found."),
    _("The {name} “{obj}” was added successfully. You may add another {name} below."),
    _("The {name} “{obj}” was added successfully."),
    _("The {name} “{obj}” was changed successfully. You may add another {name} below."),
    _("The {name} “{obj}” was changed successfully. You may edit it again below."),
    _("The {name} “{obj}” was changed successfully."),
    _("This action will <strong>enable</strong> password-based authentication for this user."),
    _("This object doesn’t have a change history. It probably wasn’t added via this admin site."),
    _("Toggle navigation"),
    _("View"),
    _("View %s"),
    _("View on site"),
    _("View selected %(model)s"),
    _("View site"),
    _("Welcome,"),
    _("You may edit it again below."),
    _("You don’t have permission to view or edit anything."),
    _("0 of %(cnt)s selected"),
    _("Clear selection"),
    _("Select all %(total_count)s %(module_name)s"),
    _("Toggle theme (current theme: auto)"),
    _("Toggle theme (current theme: dark)"),
    _("Toggle theme (current theme: light)"),
    _("log entries"),
    _("log entry"),
    _("entries"),
    ngettext("%(count)s %(name)s was changed successfully.", "%(count)s %(name)s were changed successfully."),
    ngettext("%(counter)s result", "%(counter)s results"),
    ngettext("%(total_count)s selected", "All %(total_count)s selected"),
    _(" By %(filter_title)s "),
    ngettext("…and %(count)d more object.", "…and %(count)d more objects."),
]

ACCOUNTS = [
    _("Conflicting form data submitted. Please try again."),
    _("Designates that this user has all permissions without explicitly assigning them."),
    _("Disabled"),
    _("Enable password-based authentication for this user by setting a password."),
    _("Enabled"),
    _("Enter a valid username. This value may contain only unaccented lowercase a-z and uppercase A-Z letters, numbers, and @/./+/-/_ characters."),
    _("Enter the same password as before, for verification."),
    _("MFA"),
    _("Password confirmation"),
    _("Password-based authentication"),
    _("Password-based authentication was disabled."),
    _("Raw passwords are not stored, so there is no way to see the user’s password."),
    _("Reset password"),
    _("Set password"),
    _("Set password: %s"),
    _("The password is too similar to the %(verbose_name)s."),
    _("The two password fields didn’t match."),
    _("This account is currently inactive."),
    _("This password is entirely numeric."),
    _("This password is too common."),
    _("Whether the user will be able to authenticate using a password or not. If disabled, they may still be able to authenticate using other backends, such as Single Sign-On or LDAP."),
    _("You must type the same password each time."),
    _("Your password can’t be a commonly used password."),
    _("Your password can’t be entirely numeric."),
    _("Your password can’t be too similar to your other personal information."),
    ngettext(
        "This password is too short. It must contain at least %d character.",
        "This password is too short. It must contain at least %d characters.",
    ),
    ngettext(
        "Your password must contain at least %(min_length)d character.",
        "Your password must contain at least %(min_length)d characters.",
    ),
]

FORMS = [
    _("- Select an option -"),
    _("%(field_label)s must be unique for %(date_field_label)s %(lookup_type)s."),
    _("%(model)s instance with %(field)s %(value)r is not a valid choice."),
    _("%(model_name)s with this %(field_label)s already exists."),
    _("%(model_name)s with this %(field_labels)s already exists."),
    _("Enter a list of values."),
    _("Enter a number."),
    _("Enter a valid %(protocol)s address."),
    _("Enter a valid URL."),
    _("Enter a valid date."),
    _("Enter a valid date/time."),
    _("Enter a valid domain name."),
    _("Enter a valid email address."),
    _("Enter a valid time."),
    _("Enter a valid “slug” consisting of Unicode letters, numbers, underscores, or hyphens."),
    _("Enter a valid “slug” consisting of letters, numbers, underscores or hyphens."),
    _("Enter a whole number."),
    _("Ensure this value is a multiple of step size %(limit_value)s."),
    _("Ensure this value is greater than or equal to %(limit_value)s."),
    _("Ensure this value is less than or equal to %(limit_value)s."),
    _("No %s matches the given query."),
    _("No file was submitted. Check the encoding type on the form."),
    _("Please correct the duplicate values below."),
    _("Select a valid choice. %(value)s is not one of the available choices."),
    _("Select a valid choice. That choice is not one of the available choices."),
    _("The submitted file is empty."),
    _("This field cannot be blank."),
    _("This field cannot be null."),
    _("This field is required."),
    _("Value %(value)r is not a valid choice."),
    _("“%(value)s” is not a valid binary value."),
    ngettext(
        "Ensure this filename has at most %(max)d character (it has %(length)d).",
        "Ensure this filename has at most %(max)d characters (it has %(length)d).",
    ),
    ngettext(
        "Ensure this value has at least %(limit_value)d character (it has %(show_value)d).",
        "Ensure this value has at least %(limit_value)d characters (it has %(show_value)d).",
    ),
    ngettext(
        "Ensure this value has at most %(limit_value)d character (it has %(show_value)d).",
        "Ensure this value has at most %(limit_value)d characters (it has %(show_value)d).",
    ),
]

TASKS = [
    pgettext("Task", "Failed"),
    pgettext("Task", "Ready"),
    pgettext("Task", "Running"),
    pgettext("Task", "Successful"),
    _("Task Result"),
    _("Task Results"),
    _("args kwargs"),
    _("backend name"),
    _("enqueued at"),
    _("exception class path"),
    _("finished at"),
    _("priority"),
    _("queue name"),
    _("return value"),
    _("run after"),
    _("started at"),
    _("task path"),
    _("traceback"),
    _("worker id"),
]

# The editor's and the admin's scripts.
SCRIPTS = [
    # The editor of texts.
    _("Add column"),
    _("Add row"),
    _("Delete column"),
    _("Delete row"),
    _("Delete table"),
    _("Heading 2"),
    _("Heading 3"),
    _("Heading 4"),
    _("Insert table"),
    _("Merge cells"),
    _("Paragraph"),
    _("Split cell"),
    _("Toggle header cell"),
    _("blockquote"),
    _("bold"),
    _("heading 2"),
    _("heading 3"),
    _("heading 4"),
    _("insert link"),
    _("italic"),
    _("ordered list"),
    _("paragraph"),
    _("redo"),
    _("remove link"),
    _("undo"),
    _("unordered list"),
    _("Bullets"),
    _("Cancel"),
    _("Columns"),
    _("Decimal numbers"),
    _("Edit Link"),
    _("Include header row"),
    _("Insert"),
    _("Insert Table"),
    _("List properties"),
    _("List type"),
    _("Lowercase Roman numerals"),
    _("Lowercase letters"),
    _("Open in new window"),
    _("Rows"),
    _("Start at"),
    _("Table Properties"),
    _("Title"),
    _("Toggle fullscreen"),
    _("URL"),
    _("Update"),
    _("Uppercase Roman numerals"),
    _("Uppercase letters"),
    # The calendar, the clock and the boxes for choosing several.
    _("%(month)s %(day)s, %(year)s"),
    _("%s (current selection)"),
    _("%s (today)"),
    _("%s (today, current selection)"),
    _("(click to clear)"),
    _("Choose all %s"),
    _("Choose selected %s"),
    _("Friday"),
    _("Midnight"),
    _("Monday"),
    _("Next (%(month)s %(year)s)"),
    _("Previous (%(month)s %(year)s)"),
    _("Remove all %s"),
    _("Remove selected %s"),
    _("Saturday"),
    _("Sunday"),
    _("Thursday"),
    _("Today (%(date)s)"),
    _("Tomorrow (%(date)s)"),
    _("Tuesday"),
    _("Type into this box to filter down the list of available %s."),
    _("Type into this box to filter down the list of selected %s."),
    _("Wednesday"),
    _("Yesterday (%(date)s)"),
    _("server"),
    pgettext("abbrev. day Friday", "Fri"),
    pgettext("abbrev. day Monday", "Mon"),
    pgettext("abbrev. day Saturday", "Sat"),
    pgettext("abbrev. day Sunday", "Sun"),
    pgettext("abbrev. day Thursday", "Thur"),
    pgettext("abbrev. day Tuesday", "Tue"),
    pgettext("abbrev. day Wednesday", "Wed"),
    _('Choose %s by selecting them and then select the "Choose" arrow button.'),
    _('Remove %s by selecting them and then select the "Remove" arrow button.'),
    _(
        "You have selected an action, but you haven’t saved your changes to individual fields yet. Please click OK to save. "
        "You’ll need to re-run the action."
    ),
    _(
        "You have selected an action, and you haven’t made any changes on individual fields. You’re probably looking for "
        "the Run button rather than the Save button."
    ),
    ngettext("%(sel)s of %(cnt)s selected", "%(sel)s of %(cnt)s selected"),
    ngettext("%s selected option not visible", "%s selected options not visible"),
    ngettext(
        "Note: Enter times in the %(timezone)s timezone. (You are %(offset)s hour ahead.)",
        "Note: Enter times in the %(timezone)s timezone. (You are %(offset)s hours ahead.)",
    ),
    ngettext(
        "Note: Enter times in the %(timezone)s timezone. (You are %(offset)s hour behind.)",
        "Note: Enter times in the %(timezone)s timezone. (You are %(offset)s hours behind.)",
    ),
]


class AdminScriptWords(JavaScriptCatalog):
    """What the admin's scripts say: Django's own catalogue, completed with `SCRIPTS`."""

    packages = ["django.contrib.admin"]

    def get_catalog(self):
        catalogue = super().get_catalog()
        if translation.get_language() == "en":
            return catalogue
        for word in SCRIPTS:
            if isinstance(word, Counted):
                catalogue[word.singular] = [translation.ngettext(*word, 1), translation.ngettext(*word, 2)]
            elif isinstance(word, InContext):
                catalogue[f"{word.context}{CONTEXT_SEPARATOR}{word.text}"] = translation.pgettext(*word)
            else:
                catalogue[word] = translation.gettext(word)
        return catalogue
