// Keeps the figures of an open patient page fresh. All of it is an
// enhancement: without it the page is complete and is brought up to date by loading it again.
"use strict";

const EVERY_MS = 1500;
const MOST_MS = 30000;

function keepFresh(box) {
  let stamp = box.dataset.stamp;
  let wait = EVERY_MS;
  let asked = false;
  async function ask() {
    if (asked || document.visibilityState !== "visible") return;
    asked = true;
    try {
      const answer = await fetch(box.dataset.versionUrl, {
        headers: { "If-None-Match": `"${stamp}"`, "X-Requested-With": "XMLHttpRequest" },
        cache: "no-store", redirect: "manual",
      });
      if (answer.status === 200) {
        swap(box, await answer.text());
        stamp = box.firstElementChild.dataset.stamp;
      }
      wait = answer.status === 200 || answer.status === 304 ? EVERY_MS : Math.min(wait * 2, MOST_MS);
      if (answer.type === "opaqueredirect" || answer.status === 403 || answer.status === 404) return;
    } catch (error) {
      wait = Math.min(wait * 2, MOST_MS);
    } finally {
      asked = false;
    }
    setTimeout(ask, wait);
  }
  setTimeout(ask, wait);
  document.addEventListener("visibilitychange", () => { wait = EVERY_MS; ask(); });
}

function swap(box, html) {
  const open = [...box.querySelectorAll("details[open][id]")].map((each) => each.id);
  const focused = document.activeElement && box.contains(document.activeElement)
    ? document.activeElement.closest("details[id]") : null;
  box.innerHTML = html;
  for (const id of open) document.getElementById(id)?.setAttribute("open", "");
  if (focused) document.getElementById(focused.id)?.querySelector("summary")?.focus();
  box.classList.add("was-changed");
  setTimeout(() => box.classList.remove("was-changed"), 1600);
  const said = document.getElementById("figures-said");
  if (said) said.textContent = "The totals of this month have changed.";
}

document.addEventListener("DOMContentLoaded", () => {
  const box = document.getElementById("figures");
  if (box) keepFresh(box);
});

// What is folded on the screen is shown on paper.
window.addEventListener("beforeprint", () => {
  for (const each of document.querySelectorAll("details.code")) {
    if (!each.open) { each.dataset.folded = ""; each.open = true; }
  }
});
window.addEventListener("afterprint", () => {
  for (const each of document.querySelectorAll("details[data-folded]")) { each.open = false; delete each.dataset.folded; }
});
