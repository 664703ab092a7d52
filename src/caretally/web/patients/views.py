"""The list of patients and the page of one."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from caretally.practice.office import Office
from caretally.practice.patients import Search, find_patients
from caretally.practice.roles import SEE_PATIENTS
from caretally.web.frame.asking import page


@page(permission=SEE_PATIENTS)
def patients(request: HttpRequest, office: Office) -> HttpResponse:
    """Show the patients that fit a search."""
    number = request.GET.get("page", "1")
    search = Search(
        words=request.GET.get("q", ""),
        stage=request.GET.get("stage", ""),
        number=int(number) if number.isascii() and number.isdigit() else 1,
    )
    context = {"found": find_patients(office, search), "search": search}
    return render(request, "patients/list.html", context)


@page(permission=SEE_PATIENTS)
def patient(request: HttpRequest, office: Office, patient: str) -> HttpResponse:
    """Show one patient."""
    chart = office.open_chart(patient, purpose="patient page")
    return render(request, "patients/patient.html", {"chart": chart})
