// Keeps an open worklist up to date without moving what the person looks at or has in focus.
// An enhancement: without it the page is complete, and loading it again brings it up to date.
"use strict";

const EVERY_MS = 2500;
const MOST_MS = 30000;

function keepFresh(box) {
  let wait = EVERY_MS;
  let asked = false;
  let timer = 0;
  async function ask() {
    clearTimeout(timer);
    if (asked || document.visibilityState !== "visible") return;
    asked = true;
    let goes = true;
    try {
      const answer = await fetch(box.dataset.versionUrl, {
        headers: { "If-None-Match": `"${box.firstElementChild.dataset.stamp}"`, "X-Requested-With": "XMLHttpRequest" },
        cache: "no-store", redirect: "manual",
      });
      if (answer.status === 200) swap(box, await answer.text());
      goes = answer.type !== "opaqueredirect" && answer.status !== 403 && answer.status !== 404;
      wait = answer.status === 200 || answer.status === 304 ? EVERY_MS : Math.min(wait * 2, MOST_MS);
    } catch (error) {
      wait = Math.min(wait * 2, MOST_MS);
    } finally {
      asked = false;
    }
    if (goes) timer = setTimeout(ask, wait);
  }
  timer = setTimeout(ask, wait);
  document.addEventListener("visibilitychange", () => { wait = EVERY_MS; ask(); });
}

// The patient at the top of the window stays where it is; what was in focus is in focus again.
function swap(box, html) {
  const focused = box.contains(document.activeElement) ? document.activeElement.id : "";
  const anchor = [...box.querySelectorAll(".work-who a")].find((each) => each.getBoundingClientRect().bottom > 0);
  const before = anchor ? anchor.getBoundingClientRect().top : 0;
  box.innerHTML = html;
  const again = anchor && window.scrollY > 0 ? document.getElementById(anchor.id) : null;
  if (again) window.scrollBy(0, again.getBoundingClientRect().top - before);
  if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
  const said = document.getElementById("worklist-said");
  if (said) said.textContent = "The list has changed.";
}

const box = document.getElementById("worklist");
if (box) keepFresh(box);
