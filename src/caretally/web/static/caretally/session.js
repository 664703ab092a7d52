// Signs of use reach the server while somebody types; a screen that nobody uses goes to the door.
const EVERY = 60000;
const seconds = Number(document.body.dataset.logOff || 0);
let used = false;
let idleSince = Date.now();
const tell = (address) => fetch(address, { redirect: "manual", credentials: "same-origin" });

function leave() {
  const here = encodeURIComponent(location.pathname + location.search);
  location.assign(`/accounts/login/?idle=1&next=${here}`);
}

async function look() {
  const address = used ? "/session/use" : "/session/beat";
  if (!used && Date.now() - idleSince < seconds * 1000) return;
  used = false;
  try {
    if ((await tell(address)).status !== 204) leave();
  } catch { /* The server is away; the next look will tell. */ }
}

if (seconds) {
  for (const sign of ["pointerdown", "keydown", "scroll", "touchstart"]) {
    document.addEventListener(sign, () => { used = true; idleSince = Date.now(); }, { passive: true });
  }
  setInterval(look, EVERY);
}
