// A map to read.
import { connect, layersOf, openMap } from "./map/ground.ts";
import { WholeMap } from "./map/whole.ts";

const root = document.querySelector<HTMLElement>("[data-module=map]");
if (root?.dataset["source"]) {
  const map = new WholeMap(root);
  await map.load();
  for (const button of document.querySelectorAll<HTMLButtonElement>("button[data-map-show]")) {
    button.hidden = false;
    button.addEventListener("click", () => {
      if (map.show(button.dataset["mapShow"] ?? "")) root.scrollIntoView({ block: "nearest" });
    });
  }
} else if (root) {
  const pages = layersOf(root);
  connect(root, openMap(root, pages), pages);
}
