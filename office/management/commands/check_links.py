from django.core.management.base import BaseCommand
from django.db.models import Q
from django.utils import timezone

from office import link_checks, links
from office.models import LinkCheck


class Command(BaseCommand):
    help = "Checks the links of all published texts; one that fails on three different days is called broken."

    def add_arguments(self, parser):
        parser.add_argument("--all", action="store_true", help="also those that were checked in the last 20 hours")
        parser.add_argument("--inside", action="store_true", help="only those that stay on this site: nothing outside is asked")

    def handle(self, *, all, inside, **options):
        number = link_checks.collect()
        due = Q() if all else Q(checked_at=None) | Q(checked_at__lt=timezone.now() - link_checks.AGAIN_AFTER)
        done = link_checks.check(LinkCheck.objects.filter(due), outside=not inside)
        self.stdout.write(f"{number} links, {done.checked} checked, {done.failed} failed, {links.broken().count()} broken.")
        if done.offline:
            self.stdout.write("No name outside can be looked up, so nothing outside was asked.")
        for row in links.broken():
            self.stdout.write(f"{row.address}: {row.get_problem_display()}{f' ({row.status})' if row.status else ''}, since {row.failed_on}")
            for place in row.places:
                self.stdout.write(f"    {link_checks.title_of(place)}: {place['model']} {place['pk']}, {place['field']}")
