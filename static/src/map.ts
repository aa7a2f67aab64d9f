// A map to read.
import { connect, layersOf, openMap } from "./map/ground.ts";

const root = document.querySelector<HTMLElement>("[data-module=map]");
if (root) {
  const pages = layersOf(root);
  connect(root, openMap(root, pages), pages);
}
