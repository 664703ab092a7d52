// Makes the contact form quick: the server's time at a button, the length of the call, a warning
// before what was typed is lost. Without it the form is typed and sent as it is.
(() => {
  for (const each of document.querySelectorAll(".needs-script")) each.hidden = false;

  for (const button of document.querySelectorAll("[data-copy]")) {
    button.addEventListener("click", async () => {
      const said = document.querySelector(button.dataset.copy).textContent;
      try {
        await navigator.clipboard.writeText(said);
        button.textContent = "Copied";
      } catch {
        getSelection().selectAllChildren(document.querySelector(button.dataset.copy));
        button.textContent = "Selected: press Ctrl C";
      }
    });
  }

  const form = document.getElementById("contact-form");
  if (!form) return;
  const field = (name) => form.elements.namedItem(name);

  const grow = (area) => {
    area.rows = 1;
    while (area.scrollHeight > area.clientHeight + 4 && area.rows < 12) area.rows += 1;
  };
  for (const area of form.querySelectorAll("textarea")) {
    area.addEventListener("input", () => grow(area));
    if (area.value) grow(area);
  }
  for (const area of form.querySelectorAll("textarea[data-topic]")) {
    area.addEventListener("input", () => {
      if (area.value.trim()) document.getElementById(`topic-${area.dataset.topic}`).checked = true;
    });
  }

  const seconds = (text) => {
    const [hours, minutes, rest] = text.split(":").map(Number);
    return hours * 3600 + minutes * 60 + (rest || 0);
  };
  const tellLength = () => {
    const [start, end] = [field("start").value, field("end").value];
    const lasted = start && end ? seconds(end) - seconds(start) : -1;
    const said = `Lasted ${Math.floor(lasted / 60)}:${String(lasted % 60).padStart(2, "0")}.`;
    document.getElementById("lasted").textContent = lasted >= 0 ? said : "";
  };
  const changed = () => form.dispatchEvent(new CustomEvent("now-set", { bubbles: true }));

  const setNow = async (name) => {
    const program = field("program").value;
    const answer = await fetch(`${form.dataset.now}?program=${encodeURIComponent(program)}`);
    if (!answer.ok) return;
    const now = await answer.json();
    field(name).value = now.time;
    if (name === "start") field("day").value = now.day;
    tellLength();
    form.dataset.dirty = "1";
    changed();
  };
  for (const button of form.querySelectorAll("[data-now-for]")) {
    button.addEventListener("click", () => setNow(button.dataset.nowFor));
  }
  for (const button of form.querySelectorAll("[data-set-start]")) {
    button.addEventListener("click", () => {
      field("start").value = button.dataset.setStart;
      tellLength();
      changed();
    });
  }
  form.addEventListener("input", tellLength);
  tellLength();

  // A person who says that nobody talked sends nothing of a conversation; it comes back on return.
  const conversation = document.getElementById("conversation");
  const follow = () => {
    conversation.disabled = !document.getElementById("outcome-talked").checked;
  };
  form.addEventListener("change", follow);
  if (!form.classList.contains("shows-all")) follow();

  form.addEventListener("input", () => { form.dataset.dirty = "1"; });
  form.addEventListener("submit", () => { delete form.dataset.dirty; });
  addEventListener("beforeunload", (event) => {
    if (form.dataset.dirty !== undefined) event.preventDefault();
  });
  addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key === "Enter") {
      event.preventDefault();
      form.requestSubmit();
    } else if (event.altKey && event.key.toLowerCase() === "b") {
      event.preventDefault();
      setNow("start");
    } else if (event.altKey && event.key.toLowerCase() === "e") {
      event.preventDefault();
      setNow("end");
    }
  });
  const problems = document.getElementById("problems");
  if (problems) problems.focus();
})();
