"""The portal's addresses: the language comes first, the admin and machines' addresses stand outside it."""

from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.contrib.sitemaps.views import sitemap
from django.urls import include, path

from iom_mongolia import health, views
from iom_mongolia.sitemaps import SITEMAPS
from iom_mongolia.styleguide import styleguide
from office import picture_views

urlpatterns = [
    path("", views.choose_language, name="choose_language"),
    path("robots.txt", views.robots, name="robots"),
    path("sitemap.xml", sitemap, {"sitemaps": SITEMAPS}, name="sitemap"),
    path("fonts/mongolian-script", views.mongolian_script, name="mongolian_script"),
    path("pictures/<int:pk>/<str:name>", picture_views.picture, name="picture"),
    path("healthz", health.alive, name="healthz"),
    path("readyz", health.ready, name="readyz"),
]

urlpatterns += i18n_patterns(
    path("", views.home, name="home"),
    path("search/", views.search, name="search"),
    path("api/v1/", include("iom_mongolia.api_urls")),
    path("news/", include("office.news_urls")),
    path("preview/", include("office.preview_urls")),
    path("workshops/", include("workshops.urls")),
    path("", include("workshops.nominate_urls")),
    path("", include("workshops.link_urls")),
    path("", include("workshops.answer_urls")),
    path("staff/styleguide/", styleguide, name="styleguide"),
    path("staff/", include("workshops.staff_urls")),
    path("badge/", include("workshops.badge_urls")),
    path("accounts/", include("accounts.urls")),
    path("admin/", admin.site.urls),
    path("", include("office.urls")),
)

handler400 = "iom_mongolia.views.bad_request"
handler403 = "iom_mongolia.views.forbidden"
handler404 = "iom_mongolia.views.not_found"
handler500 = "iom_mongolia.views.server_error"
