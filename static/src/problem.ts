// What the server refused, and what to tell a person who can't reach it.

/** A sentence for each field that is wrong; "" is the whole form. */
export type Sentences = Map<string, string>;

interface Problem {
  detail?: string;
  errors?: unknown;
}

const WITHOUT_DETAIL: Record<number, string> = {
  401: "You are signed out. Sign in again in another tab, then save here.",
  429: "Too many tries. Wait a moment, then save again.",
};

/** Read the sentences of a refusal. */
export async function sentencesOf(reply: Response): Promise<Sentences> {
  const problem: Problem = await reply.json().catch(() => ({}));
  const found = reply.status === 401 ? new Map<string, string>() : flat(problem.errors);
  if (found.size > 0) return found;
  return new Map([
    ["", WITHOUT_DETAIL[reply.status] ?? problem.detail ?? "The server could not do this. Nothing was stored; try again."],
  ]);
}

/** Give one sentence a field from errors of any depth. */
export function flat(errors: unknown, name = ""): Sentences {
  if (Array.isArray(errors) && errors.every((part) => typeof part === "string")) {
    return new Map([[name, errors.join(" ")]]);
  }
  if (typeof errors === "string") return new Map([[name, errors]]);
  if (typeof errors !== "object" || errors === null) return new Map();
  return new Map(
    Object.entries(errors).flatMap(([key, part]) => {
      const inner = key === "_schema" ? name : name === "" ? key : `${name}.${key}`;
      return [...flat(part, inner)];
    }),
  );
}

/** Show what is wrong above a form, as GOV.UK's error summary does, and move there. */
export function showSummary(form: HTMLFormElement, sentences: Sentences): void {
  form.querySelector("[data-summary]")?.remove();
  const summary = document.createElement("div");
  summary.className = "govuk-error-summary";
  summary.dataset["summary"] = "";
  summary.tabIndex = -1;
  const alert = document.createElement("div");
  alert.setAttribute("role", "alert");
  const title = document.createElement("h2");
  title.className = "govuk-error-summary__title";
  title.textContent = "There is a problem";
  const body = document.createElement("div");
  body.className = "govuk-error-summary__body";
  const list = document.createElement("ul");
  list.className = "govuk-list govuk-error-summary__list";
  for (const [name, sentence] of sentences) {
    const line = document.createElement("li");
    const field = fieldOf(form, name);
    if (field) {
      const link = document.createElement("a");
      link.href = `#${field.id}`;
      link.textContent = sentence;
      link.addEventListener("click", (event) => {
        event.preventDefault();
        field.focus();
      });
      line.append(link);
    } else {
      line.textContent = sentence;
    }
    list.append(line);
  }
  body.append(list);
  alert.append(title, body);
  summary.append(alert);
  form.prepend(summary);
  summary.focus();
}

function fieldOf(form: HTMLFormElement, name: string): HTMLElement | null {
  const last = name.split(".").at(-1);
  return last ? form.querySelector<HTMLElement>(`[id][name="${CSS.escape(last)}"]`) : null;
}
