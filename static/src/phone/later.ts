// What no first view needs, in one script: each more that shared parts of another would part the page into smaller ones.
export { openForm } from "./form.ts";
export { mendView } from "./mend-view.ts";
export { saveFile } from "./taken-out.ts";
