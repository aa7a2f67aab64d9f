// On every page: the behaviour of GOV.UK's components. Every form works without it.
import {
  Button,
  Checkboxes,
  createAll,
  ErrorSummary,
  NotificationBanner,
  PasswordInput,
  Radios,
  ServiceNavigation,
  SkipLink,
} from "govuk-frontend";
import { clear } from "./map/kept.ts";

for (const component of [
  Button,
  Checkboxes,
  ErrorSummary,
  NotificationBanner,
  PasswordInput,
  Radios,
  ServiceNavigation,
  SkipLink,
]) {
  createAll(component);
}

// What was done is said once: the address loses it, so that a reload or a bookmark does not say it again.
const address = new URL(location.href);
const done = address.searchParams.get("done");
if (done !== null) {
  address.searchParams.delete("done");
  history.replaceState(history.state, "", address);
}

// A drawing that was kept is for the person who drew it, until they sign out.
const person = document.querySelector<HTMLElement>("[data-person]")?.dataset["person"];
if (person) clear(person);
const signOut = document.querySelector<HTMLFormElement>("form[action='/sign-out']");
signOut?.addEventListener("submit", (event) => {
  clear();
  if (!openFor()) return;
  // First of all: the page after it may be another site's, or none.
  event.preventDefault();
  void lock().finally(() => signOut.submit());
});
// Nor does a phone stay open for whoever signed out, or made way for another.
const open = openFor();
if (open && (done === "signed-out" || (person && person !== open))) void lock();
// Whose it is may be another's in a moment; until the server says so, it stays open for who has no signal to sign in.
if (open && location.pathname.startsWith("/sign-in")) localStorage.setItem("ops-phone-doubted", open);

function openFor(): string | null {
  return localStorage.getItem("ops-phone");
}

async function lock(): Promise<void> {
  await (await import("./phone/vault.ts")).lock();
}
