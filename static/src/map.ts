// A map to read.
import L from "leaflet";
import { sayer } from "./map/boundaries.ts";
import { connect, layersOf, openMap } from "./map/ground.ts";
import { WholeMap } from "./map/whole.ts";

// A file belongs where areas are drawn; dropped here, it must not take the place of the page.
window.addEventListener("dragover", (event) => event.preventDefault());
window.addEventListener("drop", (event) => {
  event.preventDefault();
  sayer()("Nothing was taken: this map is to read. Files and shapes are dropped where an area is drawn.");
});

const root = document.querySelector<HTMLElement>("[data-module=map]");
if (root?.dataset["source"]) {
  const map = new WholeMap(root);
  await map.load();
  for (const button of document.querySelectorAll<HTMLButtonElement>("button[data-map-show]")) {
    button.hidden = false;
    button.addEventListener("click", () => {
      const [lon, lat] = (button.dataset["mapAt"] ?? "").split(",").map(Number);
      const place = lat === undefined ? undefined : L.latLng(lat, lon!);
      if (map.show(button.dataset["mapShow"] ?? "", place)) root.scrollIntoView({ block: "nearest" });
    });
  }
} else if (root) {
  const pages = layersOf(root);
  connect(root, openMap(root, pages), pages);
}
