"""Signing in, the bar at the top, and what people see who may not see something."""

from __future__ import annotations

import pytest
from django.test import Client

from tests.integration.demonstrated import LAKESIDE, Demo, Enter


def test_a_stranger_is_led_to_the_door(demo: Demo) -> None:
    answer = Client().get(f"/p/{LAKESIDE}/patients/")
    assert answer.status_code == 302
    assert answer["Location"].startswith("/accounts/login/")


def test_nobody_signs_up(demo: Demo) -> None:
    answer = Client().get("/accounts/signup/")
    assert b"password1" not in answer.content


def test_a_nurse_sees_the_patients_of_her_practice_and_no_others(enter: Enter) -> None:
    page = enter("rosa").get(f"/p/{LAKESIDE}/patients/").content.decode()
    assert "Ada" in page
    assert enter("rosa").get("/p/prac_harbor/patients/").status_code == 404


def test_an_administrator_sees_no_chart(enter: Enter) -> None:
    assert enter("amir").get(f"/p/{LAKESIDE}/patients/").status_code == 403


def test_an_open_chart_is_told_in_the_access_chain(demo: Demo, enter: Enter) -> None:
    patient = demo.journal.db.rows("SELECT patient FROM store_patientcard ORDER BY patient")[0][0]
    sql = "SELECT count(*) FROM store_stream WHERE name = %s"
    assert demo.journal.db.rows(sql, f"access/{patient}") == [(0,)]
    assert enter("rosa").get(f"/p/{LAKESIDE}/patients/{patient}/").status_code == 200
    assert demo.journal.db.rows(sql, f"access/{patient}") == [(1,)]


@pytest.mark.parametrize("login", ["rosa", "lin", "bea", "cora", "otto"])
def test_everybody_with_a_role_comes_in(enter: Enter, login: str) -> None:
    answer = enter(login).get("/", follow=True)
    assert answer.status_code == 200
