// Passkeys need a script; everything else of the portal works without one.
"use strict";
document.addEventListener("DOMContentLoaded", () => {
  if (!window.PublicKeyCredential) return;
  for (const part of document.querySelectorAll(".portal-scripted")) part.hidden = false;
});
document.addEventListener("allauth.error", (event) => {
  event.preventDefault();
  const told = document.getElementById("passkey-error");
  if (told) told.hidden = false;
});
