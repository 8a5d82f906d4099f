from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OfficeConfig(AppConfig):
    name = "office"
    verbose_name = _("Country office")

    def ready(self):
        from django.db.models.signals import post_delete

        from office import files, links, picture_library  # noqa: F401  (links: finds links to pages)
        from office.models import OpportunityFile, Picture, ResourceFile

        # However a row goes, by itself or with its publication, its file goes with it.
        for model in (ResourceFile, OpportunityFile):
            post_delete.connect(lambda instance, **_more: files.throw_away(instance.file), sender=model, weak=False)
        post_delete.connect(lambda instance, **_more: picture_library.throw_away(instance), sender=Picture, weak=False)
