"""Addresses of the portal."""

from __future__ import annotations

from django.urls import include, path

from caretally.web.portal import account, choices, pages, signing_in

urlpatterns = [
    path("", pages.home, name="portal-home"),
    path("sign-in", signing_in.sign_in, name="portal-sign-in"),
    path("code", signing_in.code, name="portal-code"),
    path("choose", signing_in.choose, name="portal-choose"),
    path("i/<str:practice>/<str:secret>", signing_in.invitation, name="portal-invitation"),
    path("join", signing_in.join, name="portal-join"),
    path("sign-out", signing_in.sign_out, name="portal-sign-out"),
    path("language", signing_in.language, name="portal-language"),
    path("readings", pages.readings, name="portal-readings"),
    path("choices", choices.consents, name="portal-consents"),
    path("billed", pages.billed, name="portal-billed"),
    path("account", account.account, name="portal-account"),
    path("passkey/add", account.add_passkey, name="portal-passkey-add"),
    path("passkey/<int:number>/remove", account.remove_passkey, name="portal-passkey-remove"),
    path("passkey", account.passkey, name="portal-passkey"),
    path("messages/", include("caretally.web.chat.portal_urls")),
]
