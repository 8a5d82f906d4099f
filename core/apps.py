from django.apps import AppConfig


class CoreConfig(AppConfig):
    name = "core"

    def ready(self):
        from django.urls import register_converter

        from core import checks  # noqa: F401  (registers the checks)
        from core.masking import TokenConverter

        register_converter(TokenConverter, "token")
