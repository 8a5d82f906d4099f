"""Who may sign in: a user by e-mail with one role."""

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.history import tracked


class Role(models.TextChoices):
    ADMINISTRATOR = "administrator", _("Administrator")
    ORGANISER = "organiser", _("Organiser")
    EDITOR = "editor", _("Editor and publisher")
    REVIEWER = "reviewer", _("Reviewer")
    WRITER = "writer", _("Writer")
    DESK = "desk", _("Check-in desk")


class UserManager(BaseUserManager):
    def get_by_natural_key(self, email):
        return self.get(email__iexact=email)

    def create_user(self, email, password=None, **details):
        user = self.model(email=self.normalize_email(email), **details)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email, password=None, **details):
        return self.create_user(email, password, role=Role.ADMINISTRATOR, **details)


@tracked(exclude=["password", "last_login"])
class User(AbstractBaseUser, PermissionsMixin):
    email = models.EmailField(
        _("e-mail"), max_length=254, unique=True,
        help_text=_("With this address one signs in; letters about the account go there."),
    )
    full_name = models.CharField(
        _("full name"), max_length=150, blank=True,
        help_text=_("As colleagues know the person; shown beside what they changed."),
    )
    role = models.CharField(
        _("role"),
        max_length=20,
        choices=Role,
        default=Role.DESK,
        help_text=_("Decides which pages and which records this user sees."),
    )
    preferred_language = models.CharField(
        _("preferred language"), max_length=2, choices=[("en", _("English")), ("mn", _("Mongolian"))], default="mn",
        help_text=_("In this language the portal writes to the person."),
    )
    is_active = models.BooleanField(
        _("active"), default=True, help_text=_("Untick instead of deleting: what the user did stays on record.")
    )
    is_demo = models.BooleanField(_("demo account"), default=False, editable=False)
    date_joined = models.DateTimeField(_("date joined"), default=timezone.now, editable=False)

    objects = UserManager()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = []

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")
        constraints = [
            models.UniqueConstraint(
                Lower("email"), name="user_email_once", violation_error_message=_("There is an account with this e-mail.")
            )
        ]

    def save(self, **options):
        """The role decides all; Django's own flag follows it and nothing else sets it."""
        self.is_superuser = self.role == Role.ADMINISTRATOR
        if options.get("update_fields") is not None and "role" in options["update_fields"]:
            options["update_fields"] = {*options["update_fields"], "is_superuser"}
        super().save(**options)

    def __str__(self):
        return self.full_name or self.email

    def get_short_name(self):
        return str(self)

    @property
    def is_staff(self):
        """Who may enter Django's admin; what they see there, their role's permissions say."""
        return self.runs_workshops or self.edits_content

    @property
    def runs_workshops(self):
        return self.is_active and self.role in {Role.ADMINISTRATOR, Role.ORGANISER}

    @property
    def edits_content(self):
        """Writes what the office publishes."""
        return self.reviews_content or self.is_active and self.role == Role.WRITER

    @property
    def reviews_content(self):
        """Reads what colleagues wrote, and approves it or sends it back."""
        return self.publishes_content or self.is_active and self.role == Role.REVIEWER

    @property
    def publishes_content(self):
        """Decides what the public reads, and from when."""
        return self.is_active and self.role in {Role.ADMINISTRATOR, Role.EDITOR}

    @property
    def works_at_the_desk(self):
        return self.is_active and self.role in {Role.ADMINISTRATOR, Role.ORGANISER, Role.DESK}
