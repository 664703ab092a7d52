// Forms in place: a refused form is shown again with what is wrong, and the focus goes to it.
document.addEventListener("htmx:beforeSwap", (event) => {
  if (event.detail.xhr.status === 422) {
    event.detail.shouldSwap = true;
    event.detail.isError = false;
  }
});
document.addEventListener("htmx:afterSwap", (event) => {
  const slot = event.detail.target;
  if (!slot.classList.contains("en-slot")) return;
  const place = slot.querySelector("[data-summary]") || slot.querySelector("[data-heading]");
  if (place) place.focus();
});
document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-close]");
  const slot = link && link.closest(".en-slot");
  if (!slot || slot.classList.contains("en-alone")) return;
  event.preventDefault();
  slot.replaceChildren();
});
