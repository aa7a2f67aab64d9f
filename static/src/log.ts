// The log form of a phone: where, when, and which area that is. Without it the form is filled in by hand.
import { type Covering, coveringText, fixOf, fixText, refusalText } from "./log/fix.ts";
import { moment, typed } from "./time.ts";

// An officer stands at the place; a fix of half a minute ago is of the same place.
const FIX: PositionOptions = { enableHighAccuracy: true, maximumAge: 30_000, timeout: 15_000 };

function assist(form: HTMLFormElement): void {
  const field = (name: string) => form.elements.namedItem(name) as HTMLInputElement;
  const status = form.querySelector<HTMLElement>("[data-part=place]")!;
  const locate = form.querySelector<HTMLButtonElement>("button[data-act=locate]")!;
  const now = form.querySelector<HTMLButtonElement>("button[data-act=now]")!;

  const say = (sentence: string) => {
    status.textContent = sentence;
  };

  async function look(): Promise<void> {
    const [lon, lat, accuracy] = ["position.lon", "position.lat", "accuracy_m"].map((name) => field(name).value.trim());
    if (!lon || !lat) return;
    const query = new URLSearchParams({ lon, lat, ...(accuracy ? { accuracy_m: accuracy } : {}) });
    const at = moment(field("occurred_at").value);
    if (at) query.set("at", at.toISOString());
    const known = accuracy ? `${fixText({ lon: 0, lat: 0, accuracyM: Number(accuracy) })} ` : "";
    try {
      const reply = await fetch(`/api/v1/areas/covering?${query}`);
      if (!reply.ok) throw new Error(String(reply.status));
      say(known + coveringText((await reply.json()) as Covering[]));
    } catch {
      say(`${known}Which area this is can’t be told without a connection.`);
    }
  }

  function find(): void {
    say("Finding where you are…");
    navigator.geolocation.getCurrentPosition(
      (answer) => {
        const fix = fixOf(answer);
        field("position.lon").value = String(fix.lon);
        field("position.lat").value = String(fix.lat);
        field("accuracy_m").value = String(fix.accuracyM);
        void look();
      },
      ({ code }) => say(refusalText(code)),
      FIX,
    );
  }

  for (const element of form.querySelectorAll<HTMLElement>("[data-scripted]")) element.hidden = false;
  // The device fills these in, so they need no room; unless there is something to mend in them.
  for (const fold of form.querySelectorAll<HTMLDetailsElement>("details[data-fold]")) {
    fold.open = fold.querySelector(".govuk-error-message") !== null;
  }
  locate.addEventListener("click", find);
  now.addEventListener("click", () => {
    field("occurred_at").value = typed(new Date());
    void look();
  });
  for (const name of ["position.lon", "position.lat"]) {
    field(name).addEventListener("change", () => {
      // Typed by hand, so the device's accuracy no longer belongs to it.
      field("accuracy_m").value = "";
      void look();
    });
  }
  field("occurred_at").addEventListener("change", () => void look());

  if (field("position.lon").value) void look();
  else if (form.dataset["locate"] === "allowed") void alreadyAllowed().then((allowed) => allowed && find());
}

/** Tell whether the browser was asked before, so that a page never opens with a question. */
async function alreadyAllowed(): Promise<boolean> {
  try {
    return (await navigator.permissions.query({ name: "geolocation" })).state === "granted";
  } catch {
    return false;
  }
}

/** Ask for a drug only where drugs were seized, and so on; what is not asked is not sent. */
function narrow(form: HTMLFormElement): void {
  for (const part of form.querySelectorAll<HTMLElement>("[data-only-field]")) {
    const codes = new Set((part.dataset["onlyCodes"] ?? "").split(" "));
    const decide = () => {
      const chosen = new FormData(form).getAll(part.dataset["onlyField"] ?? "");
      part.hidden = !chosen.some((code) => codes.has(String(code)));
      for (const field of part.querySelectorAll<HTMLInputElement | HTMLSelectElement>("input, select")) {
        field.disabled = part.hidden;
      }
    };
    form.addEventListener("change", decide);
    decide();
  }
}

const form = document.querySelector<HTMLFormElement>("form[data-log-form]");
if (form) {
  assist(form);
  narrow(form);
}
