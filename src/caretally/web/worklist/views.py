"""The worklist of today."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from caretally.practice.office import Office
from caretally.practice.roles import SEE_PATIENTS
from caretally.web.frame.asking import page


@page(permission=SEE_PATIENTS)
def worklist(request: HttpRequest, office: Office) -> HttpResponse:
    """Show whom to turn to today."""
    return redirect("patients", practice=office.practice)
