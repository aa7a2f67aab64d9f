// A file with all that was not sent, for when the server can't take it: a last resort.
import { strToU8, zipSync, type Zippable } from "fflate";
import { h } from "./dom.ts";
import type { Item } from "./outbox.ts";
import type { Phone } from "./phone.ts";

interface TakenOut {
  marking: string;
  /** Whose it is. */
  person: string;
  at: Date;
}

/** Pack items and their photos, byte for byte as they would have been sent. */
export async function packed(items: Item[], photo: (id: string) => Promise<ArrayBuffer | null>, { marking, person, at }: TakenOut): Promise<Uint8Array> {
  const files: Zippable = {};
  const told = [];
  for (const { id, sort, label, savedAt, path, body, refusal } of items) {
    const bytes = sort === "photo" ? await photo(id) : null;
    const name = `photos/${id}.jpg`;
    if (bytes) files[name] = new Uint8Array(bytes);
    const picture = sort === "photo" ? { photo: bytes && name } : {};
    told.push({ label, saved_at: new Date(savedAt).toISOString(), path, body, refused: refusal?.sentence ?? null, ...picture });
  }
  files["not-sent.json"] = strToU8(JSON.stringify({ marking, person, made_at: at.toISOString(), items: told }, null, 2));
  files["READ ME.txt"] = strToU8(readMe({ marking, person, at }, items.length));
  return zipSync(files, { level: 0, mtime: at });
}

const readMe = ({ marking, person, at }: TakenOut, count: number) => `${marking}

What ${person || "an officer"} had logged on a phone and could not send by ${at.toISOString()}: ${count === 1 ? "one item" : `${count} items`}.

IT HOLDS CASE DATA, AND NOTHING IN IT IS ENCRYPTED: whoever has this file can read it.
Give it to the lead of the operation by a way that is good for its marking, then delete every copy of it.

not-sent.json  each item: what it is, when it was saved, where it was to be sent, what it says, and why it was refused.
               "photo" names its photo here, or is null where the phone has lost it.
photos/        the photos, as they would have been sent.

The same items may still be sent by the phone: look for their ids before they are logged from here.
`;

/** Save the file where the browser saves files; give its name. */
export async function saveFile(phone: Phone): Promise<string> {
  const { store, name: person } = phone;
  const marking = document.querySelector(".app-marking")!.textContent;
  const at = new Date();
  const content = await packed([...phone.items, ...phone.adrift], async (id) => (await store?.photo(id)) ?? null, { marking, person, at });
  const name = `${marking} not sent ${at.toISOString().slice(0, 10)}.zip`.replaceAll(" ", "-");
  const address = URL.createObjectURL(new Blob([content as Uint8Array<ArrayBuffer>], { type: "application/zip" }));
  h("a", { href: address, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
  return name;
}
