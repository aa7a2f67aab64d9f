// Forms that are answered by a passkey: ask the server what to ask, ask the browser, and send its answer as any form.
import {
  browserSupportsWebAuthn,
  type PublicKeyCredentialCreationOptionsJSON,
  type PublicKeyCredentialRequestOptionsJSON,
  startAuthentication,
  startRegistration,
} from "@simplewebauthn/browser";

const NOT_GIVEN = "No passkey was used. Try again, or choose another way.";

/** What we ourselves have to say; what the browser says is for programmers. */
class Refusal extends Error {}

/** Fetch what the browser is to be asked; throw the server's sentence where it refuses. */
async function options(form: HTMLFormElement): Promise<unknown> {
  const token = form.querySelector<HTMLInputElement>("[name=csrf_token]")?.value ?? "";
  const reply = await fetch(form.dataset["options"] ?? "", {
    method: "POST",
    headers: { Accept: "application/json", "X-CSRF-Token": token },
  });
  if (!reply.ok) throw new Refusal("The page is out of date. Load it again.");
  return reply.json();
}

async function answer(form: HTMLFormElement): Promise<void> {
  const optionsJSON = await options(form);
  const given =
    form.dataset["passkey"] === "new"
      ? await startRegistration({ optionsJSON: optionsJSON as PublicKeyCredentialCreationOptionsJSON })
      : await startAuthentication({ optionsJSON: optionsJSON as PublicKeyCredentialRequestOptionsJSON });
  const field = form.querySelector<HTMLInputElement>("[name=passkey]");
  if (field) field.value = JSON.stringify(given);
  form.submit();
}

for (const form of document.querySelectorAll<HTMLFormElement>("form[data-passkey]")) {
  const fault = form.querySelector<HTMLElement>("[data-passkey-fault]");
  form.hidden = !browserSupportsWebAuthn();
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (fault) fault.textContent = "";
    answer(form).catch((error: Error) => {
      if (fault) fault.textContent = error instanceof Refusal ? error.message : NOT_GIVEN;
    });
  });
}
