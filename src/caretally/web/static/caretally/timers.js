// The clock in the bar counts on between answers; the server keeps the time. A beat tells that the
// page is open, and whether somebody used it since the last beat, which only a visible page can be.
(() => {
  const EVERY = 30000;
  let isUsed = true;
  let shownAt = performance.now();
  const slot = () => document.getElementById("timer-slot");
  const use = () => {
    if (document.visibilityState === "visible") isUsed = true;
  };
  for (const name of ["pointerdown", "pointermove", "keydown", "scroll", "touchstart"]) {
    addEventListener(name, use, { passive: true, capture: true });
  }

  const draw = () => {
    const here = slot();
    const clock = here && here.querySelector("[data-clock]");
    if (!clock || here.dataset.seconds === undefined) return;
    const since = here.dataset.runs ? Math.floor((performance.now() - shownAt) / 1000) : 0;
    const seconds = Number(here.dataset.seconds) + since;
    clock.textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
  };

  const isBusy = (here) => here.querySelector("details[open]") || here.querySelector(".timer-panel");

  const take = (answer) => {
    const here = slot();
    if (!here) return;
    if (answer.html && !isBusy(here)) {
      const holder = document.createElement("template");
      holder.innerHTML = answer.html.trim();
      here.replaceWith(holder.content);
      if (window.htmx) window.htmx.process(slot());
    } else if (answer.seconds !== null) {
      here.dataset.seconds = answer.seconds;
      if (answer.runs) here.dataset.runs = "1";
      else delete here.dataset.runs;
    }
    shownAt = performance.now();
    draw();
  };

  const tellSignedOut = (here) => {
    delete here.dataset.seconds;
    delete here.dataset.runs;
    const clock = here.querySelector("[data-clock]");
    if (clock) clock.textContent = "signed out";
  };

  const beat = async () => {
    const here = slot();
    if (!here) return;
    const wanted = here.dataset.seconds !== undefined || document.querySelector("[data-keeps-session]");
    if (!wanted && document.visibilityState !== "visible") return;
    const token = JSON.parse(document.body.getAttribute("hx-headers") || "{}")["X-CSRFToken"] || "";
    const body = new URLSearchParams({ used: isUsed ? "1" : "0", key: here.dataset.key });
    isUsed = false;
    try {
      const answer = await fetch(here.dataset.beat, {
        method: "POST", body, headers: { "X-CSRFToken": token }, redirect: "manual",
      });
      if (answer.ok) take(await answer.json());
      else if (answer.type === "opaqueredirect") tellSignedOut(here);
    } catch {
      // No answer: the clock goes on here, and the server cuts off at the last beat it heard.
    }
  };

  document.addEventListener("htmx:afterSwap", () => {
    shownAt = performance.now();
    const says = document.querySelector(".timer-says");
    if (says) setTimeout(() => says.remove(), 9000);
  });
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") beat();
  });
  setInterval(draw, 1000);
  setInterval(() => {
    const here = slot();
    const wanted = here && (here.dataset.seconds !== undefined || document.querySelector("[data-keeps-session]"));
    if (wanted) beat();
  }, EVERY);
})();
