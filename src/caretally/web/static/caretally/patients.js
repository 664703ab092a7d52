// Keeps the figures of an open patient page fresh, and lets charts be zoomed. All of it is an
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

function zoomInto(button) {
  const numbers = JSON.parse(document.getElementById(button.dataset.numbers).textContent);
  const dialog = document.getElementById("zoom");
  const plot = document.getElementById("zoom-plot");
  const style = getComputedStyle(document.body);
  document.getElementById("zoom-h").textContent = numbers.title;
  plot.replaceChildren();
  dialog.showModal();
  const strokes = ["#0b8f87", "#b35c00", "#6a4fb3"];
  const axis = { stroke: style.color, grid: { stroke: style.getPropertyValue("--ct-line").trim() || "#ccc" } };
  const series = numbers.curves.map((curve, at) => ({
    label: curve.name, stroke: strokes[at], width: 2, spanGaps: true, points: { show: true, size: 6 },
  }));
  const values = numbers.curves.map((curve) => curve.values.map((each) => (each === null ? null : Number(each))));
  new uPlot(
    { width: plot.clientWidth, height: Math.min(420, window.innerHeight * 0.55), series: [{}, ...series], axes: [axis, axis],
      tzDate: (at) => uPlot.tzDate(new Date(at * 1000), numbers.zone) },
    [numbers.times, ...values], plot,
  );
}

document.addEventListener("DOMContentLoaded", () => {
  const box = document.getElementById("figures");
  if (box) keepFresh(box);
  if (typeof uPlot === "undefined") return;
  for (const button of document.querySelectorAll("button.zoom")) {
    button.hidden = false;
    button.addEventListener("click", () => zoomInto(button));
  }
  document.getElementById("zoom-close")?.addEventListener("click", () => document.getElementById("zoom").close());
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
