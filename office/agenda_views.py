"""The 2030 Agenda: seventeen goals and twenty-three objectives with what of the office's work touches them."""

from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from core.pages import Head
from office.agenda import Work, public_workshops, together
from office.figures import figures
from office.models import CompactObjective, Goal, Indicator, NewsItem, Page, Resource
from office.views import standing

ROWS = 5
CHARTS = 2


def _with_touched(targets, work):
    for target in targets:
        target.touched = work.on_target(target)
        target.areas = work.names(target.touched.areas)
    return targets


@require_safe
def agenda_2030(request):
    """Goals, targets and objectives; every count comes from the rows."""
    page, head = standing(Page.Key.AGENDA)
    work = Work()
    goals = list(Goal.objects.prefetch_related("targets"))
    for goal in goals:
        targets = _with_touched(list(goal.targets.all()), work)
        goal.touched_targets = [target for target in targets if target.touched]
        goal.touched = together(target.touched for target in targets)
    objectives = list(CompactObjective.objects.all())
    for objective in objectives:
        objective.touched = work.on_objective(objective)
        objective.areas = work.names(objective.touched.areas)
    return render(
        request,
        "office/agenda_2030.html",
        {
            "page": page,
            "head": head,
            "goals": goals,
            "target_count": sum(len(goal.touched_targets) for goal in goals),
            "goal_count": sum(bool(goal.touched_targets) for goal in goals),
            "objectives": objectives,
            "objective_count": sum(bool(objective.touched) for objective in objectives),
        },
    )


@require_safe
def goal(request, number):
    """A goal with its targets and all that touches them; one that nothing touches yet says so."""
    row = get_object_or_404(Goal.objects.prefetch_related("targets"), number=number)
    work = Work()
    targets = _with_touched(list(row.targets.all()), work)
    touched = together(target.touched for target in targets)
    shown = figures(Indicator.objects.filter(pk__in=touched.figures))
    return render(
        request,
        "office/goal.html",
        {
            "goal": row,
            "targets": targets,
            "touched": touched,
            "areas": work.names(touched.areas),
            "news": NewsItem.objects.filter(pk__in=touched.news)[:ROWS],
            "workshops": public_workshops().filter(pk__in=touched.workshops)[:ROWS],
            "resources": Resource.objects.filter(pk__in=touched.resources).prefetch_related("files"),
            "figures": shown[:CHARTS],
            "more_figures": shown[CHARTS:],
            "before": row.number - 1 if row.number > 1 else None,
            "after": row.number + 1 if row.number < 17 else None,
            "head": Head(
                _("Goal %(number)d: %(name)s") % {"number": row.number, "name": row.name},
                _("What of the office’s work touches the targets of this goal of the 2030 Agenda."),
            ),
        },
    )
