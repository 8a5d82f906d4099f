"""What a browser would send for a page of the admin that nobody has touched."""



def filled(page):
    """The form of a change page as it stands: fields, and the rows inside the record."""
    form = page.context["adminform"].form
    sent = _values(form)
    for inline in page.context["inline_admin_formsets"]:
        formset = inline.formset
        sent |= {f"{formset.prefix}-{name}": value for name, value in formset.management_form.initial.items()}
        for row in formset.initial_forms:
            sent |= _values(row)
            sent[f"{row.prefix}-id"] = row.instance.pk
            sent[f"{row.prefix}-{formset.fk.name}"] = formset.instance.pk
    return sent


def _values(form):
    sent = {}
    for bound in form:
        value = bound.value()
        if value is None or value is False or value == []:
            continue
        if hasattr(bound.field.widget, "widgets") and hasattr(bound.field.widget, "decompress"):
            for number, part in enumerate(bound.field.widget.decompress(value)):
                if part is not None:
                    sent[f"{bound.html_name}_{number}"] = part
        elif isinstance(value, (list, tuple)):
            sent[bound.html_name] = [getattr(each, "pk", each) for each in value]
        else:
            sent[bound.html_name] = value
    return sent


