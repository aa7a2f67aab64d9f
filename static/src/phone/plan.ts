// The shift without a signal: its times, its deployments, the briefing.
import { button, h, link } from "./dom.ts";
import type { Item } from "./outbox.ts";
import type { Phone } from "./phone.ts";
import type { Briefing, Deployment, Operation } from "./shift.ts";

const TIMES = new Intl.DateTimeFormat("en-GB", { weekday: "short", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", timeZone: "Europe/London" });
const CLOCK = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", timeZone: "Europe/London" });

export const clock = (at: number | string) => CLOCK.format(new Date(at));
export const times = (from: string, to: string) => `${TIMES.format(new Date(from))} to ${clock(to)}`;

const HEADINGS: Record<string, string> = {
  information: "Information", intention: "Intention", method: "Method", administration: "Administration", risk_assessment: "Risk assessment",
  communications: "Communications", legal: "Legal",
};

const readPath = (operation: string, version: number) => `/api/v1/operations/${operation}/briefings/${version}/read`;

/** Tell whether it was said of a version that it was read, sent or not: by the operation, for others have that version too. */
export function isRead({ id }: Pick<Operation, "id">, { version, read_at }: Pick<Briefing, "version" | "read_at">, said: { path: string }[]): boolean {
  return !!read_at || said.some(({ path }) => path === readPath(id, version));
}

/** The briefing in force, readable without a signal; that it was read is kept to be sent. */
export function briefingView(phone: Phone, operation: Operation, briefing: Briefing): HTMLElement {
  const path = readPath(operation.id, briefing.version);
  const confirm = h("div", {});
  const act = async (refused?: Item) => {
    const isMended = refused && (await phone.mend(refused, {}));
    if (!isMended) await phone.save({ sort: "briefing_read", path, label: `Briefing read, version ${briefing.version}`, body: {} });
    show();
  };
  const show = () => {
    const refused = phone.items.find((each) => each.path === path && each.state === "refused");
    const isDone = isRead(operation, briefing, [...phone.items.filter((each) => each !== refused), ...phone.sent]);
    confirm.replaceChildren(isDone ? h("p", { class: "good", role: "status" }, "You have said that you read this version.")
      : h("div", {}, refused ? h("p", { class: "wrong" }, `What you said before was refused: ${refused.refusal?.sentence ?? ""}`) : null, button("I have read this", () => void act(refused), "primary")));
  };
  show();
  return h("div", {}, h("h1", { tabindex: "-1" }, `Briefing, version ${briefing.version}`), h("p", { class: "context" }, `${briefing.marking} · ${operation.name}`),
    ...Object.entries(briefing.sections).flatMap(([name, text]) => (text ? [h("h2", {}, HEADINGS[name] ?? name), h("p", { class: "text" }, text)] : [])),
    confirm, link("Back", "#", "button quiet"));
}

/** What is known of a deployment; it can be gone on to from here. */
export function deploymentView(phone: Phone, operation: Operation, deployment: Deployment): HTMLElement {
  const { name, starts_at, ends_at, place, teams, note, mine } = deployment;
  const labelOf = (list: string, code: string | null) => code && (phone.bundle!.code_lists[list]?.find((each) => each.code === code)?.label ?? code);
  const said = [
    ["Kind", labelOf("deployment_kind", deployment.kind)],
    ["When", times(starts_at, ends_at)],
    ["Where", place],
    ["Status", labelOf("deployment_status", phone.statusOf(deployment))],
    ["Teams", teams.join(", ")],
    ["Power", labelOf("deployment_power", deployment.power)],
    ["Note", note],
  ].filter((line): line is [string, string] => !!line[1]);
  const isOn = phone.on?.deployment?.id === deployment.id;
  return h("div", {}, h("h1", { tabindex: "-1" }, name), h("p", { class: "context" }, `${operation.name}${mine ? " · yours" : ""}`),
    h("dl", {}, ...said.flatMap(([term, text]) => [h("dt", {}, term), h("dd", { class: "text" }, text)])),
    isOn ? h("p", { class: "good" }, "This is what you are on.") : deployment.status === "cancelled" ? null : button("I am on this", () => void phone.choose(deployment.id).then(() => (location.hash = "")), "primary"),
    h("div", { class: "tools" }, link("Map", "#map", "button quiet"), link("Back", "#", "button quiet")));
}
