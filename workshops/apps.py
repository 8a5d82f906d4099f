from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class WorkshopsConfig(AppConfig):
    name = "workshops"
    verbose_name = _("Workshops")

    def ready(self):
        from office import links, versions
        from office.models import NewsItem
        from workshops import page_links, people_rules, person_sections  # noqa: F401  (registers the sections)
        from workshops.models import Workshop

        people_rules.register()
        links.ROWS.update(page_links.ROWS)
        # Which workshops an item tells about belongs to its text; the tie is kept on the workshop's side.
        versions.PARTS[NewsItem].append(Workshop.news.through)
