// Lets the chart of vital signs be zoomed. Without it the drawing and its tables are complete.
"use strict";

{
const HUES = ["#0b8f87", "#b35c00", "#6a4fb3"];
const LANE_HUES = { alert: "#a3261b", contact: "#0b6fb8", attempt: "#7b8b89", medication: "#6a4fb3" };

function startChart(box) {
  const numbers = JSON.parse(document.getElementById("axis-numbers").textContent);
  if (!numbers.panels.length || typeof uPlot === "undefined") return;
  const tools = box.querySelector(".axis-tools");
  const state = { box, numbers, plots: [], from: numbers.begins, to: numbers.ends };
  tools.hidden = false;
  const acts = {
    zoom: (button) => toggle(state, button),
    in: () => show(state, ...scaled(state, 0.5, 0)),
    earlier: () => show(state, ...scaled(state, 1, -0.5)),
    later: () => show(state, ...scaled(state, 1, 0.5)),
    all: () => show(state, numbers.begins, numbers.ends),
  };
  for (const button of tools.querySelectorAll("button[data-do]")) {
    button.addEventListener("click", () => acts[button.dataset.do](button));
  }
  addEventListener("resize", () => { for (const plot of state.plots) plot.setSize({ width: widthOf(state), height: plot.height }); });
}

function scaled(state, share, shift) {
  const { begins, ends } = state.numbers;
  const span = Math.min(ends - begins, Math.max(6 * 3600, (state.to - state.from) * share));
  const middle = (state.from + state.to) / 2 + (state.to - state.from) * shift;
  const from = Math.min(Math.max(begins, middle - span / 2), ends - span);
  return [from, from + span];
}

function show(state, from, to) {
  state.from = from;
  state.to = to;
  for (const plot of state.plots) plot.setScale("x", { min: from, max: to });
}

function toggle(state, button) {
  const isOpen = button.getAttribute("aria-expanded") === "true";
  button.setAttribute("aria-expanded", String(!isOpen));
  button.textContent = isOpen ? "Zoom" : "Back to the drawing";
  state.box.querySelector(".axis-keys").hidden = isOpen;
  state.box.querySelector(".axis-drawn").hidden = !isOpen;
  const plots = state.box.querySelector(".axis-plots");
  plots.hidden = isOpen;
  if (!isOpen && !state.plots.length) {
    state.plots = state.numbers.panels.map((panel) => plotOf(state, panel, plots));
    show(state, state.numbers.begins, state.numbers.ends);
  }
}

function widthOf(state) { return state.box.clientWidth; }

// One list of instants for all curves of a panel; a curve is empty where it was not measured, and
// null, which breaks the line, in days without any reading.
function aligned(panel) {
  const breaks = [];
  for (const curve of panel.curves) {
    curve.times.forEach((at, n) => { if (n && at - curve.times[n - 1] > 2 * 86400) breaks.push(curve.times[n - 1] + 86400); });
  }
  const times = [...new Set([...panel.curves.flatMap((curve) => curve.times), ...breaks])].sort((a, b) => a - b);
  const gaps = new Set(breaks);
  const held = [];
  const values = panel.curves.map((curve) => {
    const found = new Map();
    curve.times.forEach((at, n) => {
      if (curve.kinds[n] === "held") held.push([at, Number(curve.values[n])]);
      else found.set(at, Number(curve.values[n]));
    });
    return times.map((at) => (found.has(at) ? found.get(at) : gaps.has(at) ? null : undefined));
  });
  return { values: [times, ...values], held };
}

function plotOf(state, panel, into) {
  const style = getComputedStyle(document.body);
  const { values, held } = aligned(panel);
  const title = document.createElement("p");
  title.className = "axis-plot-title";
  title.textContent = panel.title;
  const holder = document.createElement("div");
  into.append(title, holder);
  const axis = { stroke: style.color, grid: { stroke: style.getPropertyValue("--ct-line").trim() || "#ccc" } };
  const series = panel.curves.map((curve, n) => ({ label: curve.name, stroke: HUES[n], width: 2, points: { show: true, size: 6 } }));
  const range = (plot, low, high) => {
    const all = [low, high, ...panel.bounds.map((each) => Number(each[2])), ...held.map((each) => each[1])].filter((each) => each !== null);
    const pad = Math.max(1, (Math.max(...all) - Math.min(...all)) * 0.06);
    return [Math.min(...all) - pad, Math.max(...all) + pad];
  };
  return new uPlot({
    width: widthOf(state), height: 230, series: [{ value: (plot, at) => (at === null ? "–" : localWords(at, state.numbers.zone)) }, ...series],
    axes: [axis, axis], scales: { x: { time: true }, y: { range } },
    tzDate: (at) => uPlot.tzDate(new Date(at * 1000), state.numbers.zone),
    cursor: { sync: { key: "axis", setSeries: false }, drag: { x: true, y: false } },
    hooks: {
      draw: [(plot) => overlay(plot, state.numbers, panel, held)],
      setScale: [(plot, key) => { if (key === "x") follow(state, plot); }],
    },
  }, values, holder);
}

function localWords(at, zone) {
  return new Date(at * 1000).toLocaleString("en-US", { timeZone: zone, month: "short", day: "numeric", hour: "2-digit", minute: "2-digit" });
}

// A double click shows all that was measured; the chart's own stretch is what is meant by all.
function follow(state, plot) {
  const { min, max } = plot.scales.x;
  if (min == null || (min === state.from && max === state.to)) { tell(state, plot); return; }
  state.from = min;
  state.to = max;
  for (const other of state.plots) if (other !== plot) other.setScale("x", { min, max });
  tell(state, plot);
}

function tell(state, plot) {
  state.box.dataset.from = String(Math.round(state.from));
  state.box.dataset.to = String(Math.round(state.to));
  const said = document.getElementById("axis-said");
  said.textContent = `Shown: ${localWords(state.from, state.numbers.zone)} to ${localWords(state.to, state.numbers.zone)}`;
}

function overlay(plot, numbers, panel, held) {
  const { ctx } = plot;
  const { left, top, width, height } = plot.bbox;
  ctx.save();
  ctx.beginPath();
  ctx.rect(left, top, width, height);
  ctx.clip();
  ctx.lineWidth = devicePixelRatio * 1.4;
  ctx.setLineDash([6 * devicePixelRatio, 4 * devicePixelRatio]);
  ctx.strokeStyle = "#c0392b";
  for (const [from, to, value] of panel.bounds) {
    const y = plot.valToPos(Number(value), "y", true);
    line(ctx, plot.valToPos(from, "x", true), y, plot.valToPos(to, "x", true), y);
  }
  ctx.setLineDash([]);
  for (const [lane, from, to] of numbers.marks) {
    const x = plot.valToPos(from, "x", true);
    ctx.strokeStyle = LANE_HUES[lane];
    ctx.fillStyle = LANE_HUES[lane];
    if (lane === "medication") line(ctx, x, top, x, top + height);
    const until = lane === "alert" ? plot.valToPos(to, "x", true) : x;
    ctx.fillRect(x - 2 * devicePixelRatio, top + height - 6 * devicePixelRatio, Math.max(4 * devicePixelRatio, until - x), 6 * devicePixelRatio);
  }
  ctx.strokeStyle = "#c0392b";
  ctx.lineWidth = devicePixelRatio * 2;
  const arm = 4 * devicePixelRatio;
  for (const [at, value] of held) {
    const x = plot.valToPos(at, "x", true);
    const y = plot.valToPos(value, "y", true);
    line(ctx, x - arm, y - arm, x + arm, y + arm);
    line(ctx, x - arm, y + arm, x + arm, y - arm);
  }
  ctx.restore();
}

function line(ctx, fromX, fromY, toX, toY) {
  ctx.beginPath();
  ctx.moveTo(fromX, fromY);
  ctx.lineTo(toX, toY);
  ctx.stroke();
}

document.addEventListener("DOMContentLoaded", () => {
  const box = document.getElementById("axis");
  if (box) startChart(box);
});
}
