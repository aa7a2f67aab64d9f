// The list from which an officer says what they are on.
import { h } from "./dom.ts";
import type { Phone } from "./phone.ts";
import { times } from "./plan.ts";
import type { On } from "./shift.ts";

/** Ask what the officer is on; it stays so until they say otherwise or it is over. */
export function choice(phone: Phone, { operation, deployment }: On, chosen: () => void = () => {}): HTMLElement {
  const select = h("select", { id: "on", onchange: () => {
    void phone.choose(select.value);
    chosen();
  } }, ...phone.bundle!.operations.map((each) =>
    h("optgroup", { label: each.name },
      ...each.deployments.filter(({ id, status }) => status !== "cancelled" || id === deployment?.id).map((one) => h("option", { value: one.id, selected: one.id === deployment?.id }, `${one.name}, ${times(one.starts_at, one.ends_at)}${one.mine ? " (yours)" : ""}`)),
      h("option", { value: each.id, selected: !deployment && each.id === operation.id }, "No deployment"))));
  return h("div", { class: "field" }, h("label", { for: "on" }, "What you are on"), select);
}
