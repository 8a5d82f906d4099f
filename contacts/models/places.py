"""Provinces of Mongolia, and the levels of posts, as reports break them down."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Province(models.TextChoices):
    """The capital and the 21 provinces, by their codes of ISO 3166-2 without the country."""

    ULAANBAATAR = "1", pgettext_lazy("province", "Ulaanbaatar")
    ARKHANGAI = "073", pgettext_lazy("province", "Arkhangai")
    BAYAN_OLGII = "071", pgettext_lazy("province", "Bayan-Ölgii")
    BAYANKHONGOR = "069", pgettext_lazy("province", "Bayankhongor")
    BULGAN = "067", pgettext_lazy("province", "Bulgan")
    DARKHAN_UUL = "037", pgettext_lazy("province", "Darkhan-Uul")
    DORNOD = "061", pgettext_lazy("province", "Dornod")
    DORNOGOVI = "063", pgettext_lazy("province", "Dornogovi")
    DUNDGOVI = "059", pgettext_lazy("province", "Dundgovi")
    GOVI_ALTAI = "065", pgettext_lazy("province", "Govi-Altai")
    GOVISUMBER = "064", pgettext_lazy("province", "Govisümber")
    KHENTII = "039", pgettext_lazy("province", "Khentii")
    KHOVD = "043", pgettext_lazy("province", "Khovd")
    KHOVSGOL = "041", pgettext_lazy("province", "Khövsgöl")
    OMNOGOVI = "053", pgettext_lazy("province", "Ömnögovi")
    ORKHON = "035", pgettext_lazy("province", "Orkhon")
    OVORKHANGAI = "055", pgettext_lazy("province", "Övörkhangai")
    SELENGE = "049", pgettext_lazy("province", "Selenge")
    SUKHBAATAR = "051", pgettext_lazy("province", "Sükhbaatar")
    TOV = "047", pgettext_lazy("province", "Töv")
    UVS = "046", pgettext_lazy("province", "Uvs")
    ZAVKHAN = "057", pgettext_lazy("province", "Zavkhan")


class Level(models.TextChoices):
    """How high a post stands; donors ask who was reached."""

    LEADERSHIP = "leadership", _("Leadership (minister, state secretary, head of an agency)")
    MANAGEMENT = "management", _("Head of a department or division")
    SPECIALIST = "specialist", _("Specialist or officer")
    SUPPORT = "support", _("Support staff")
