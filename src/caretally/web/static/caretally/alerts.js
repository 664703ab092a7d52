// Lets open alerts follow by themselves, and their clocks run; the page is complete without it.
"use strict";

const ALERTS_EVERY_MS = 700;
const ALERTS_MOST_MS = 20000;

function spanWords(seconds) {
  const minutes = Math.floor(seconds / 60);
  if (minutes < 1) return "less than a minute";
  if (minutes < 120) return `${minutes} min`;
  return minutes < 48 * 60 ? `${Math.floor(minutes / 60)} h` : `${Math.floor(minutes / 1440)} days`;
}

// The clock of the server counts: a demonstration's stands in the past.
function runClocks() {
  for (const frame of document.querySelectorAll("[data-now]")) {
    if (frame.ahead === undefined) frame.ahead = Date.parse(frame.dataset.now) - Date.now();
  }
  for (const clock of document.querySelectorAll("[data-answer-by]")) {
    const frame = clock.closest("[data-now]");
    const left = (Date.parse(clock.dataset.answerBy) - Date.now() - frame.ahead) / 1000;
    const words = left < 0 ? `overdue for ${spanWords(-left)}` : `answer within ${spanWords(left)}`;
    if (clock.textContent !== words) clock.textContent = words;
    clock.classList.toggle("is-overdue", left < 0);
  }
}

function followAlerts(box) {
  let wait = ALERTS_EVERY_MS;
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
      if (answer.status === 200) swapAlerts(box, await answer.text());
      goes = answer.type !== "opaqueredirect" && answer.status !== 403 && answer.status !== 404;
      wait = answer.status === 200 || answer.status === 304 ? ALERTS_EVERY_MS : Math.min(wait * 2, ALERTS_MOST_MS);
    } catch (error) {
      wait = Math.min(wait * 2, ALERTS_MOST_MS);
    } finally {
      asked = false;
    }
    if (goes) timer = setTimeout(ask, wait);
  }
  timer = setTimeout(ask, wait);
  document.addEventListener("visibilitychange", () => { wait = ALERTS_EVERY_MS; ask(); });
}

// What is below stays where it is on the screen; what was in focus is in focus again.
function swapAlerts(box, html) {
  const focused = box.contains(document.activeElement) ? document.activeElement.id : "";
  const before = box.offsetHeight;
  const isAbove = box.getBoundingClientRect().bottom < 0;
  box.innerHTML = html;
  if (isAbove) window.scrollBy(0, box.offsetHeight - before);
  if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
  const said = document.getElementById("alerts-said");
  if (said) said.textContent = "The alerts have changed.";
  runClocks();
}

const alertsBox = document.getElementById("alerts");
if (alertsBox) followAlerts(alertsBox);
runClocks();
setInterval(runClocks, 1000);
