"""The programme as paper, in both languages."""


def programme_pdf(workshop, content):
    raise NotImplementedError
