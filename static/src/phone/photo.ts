// Makes of what a camera gives what is sent: turned, small, and without a word of where it was taken.

export interface Photo {
  bytes: ArrayBuffer;
  /** SHA-256 of what is sent, by which it can be known again. */
  sha256: string;
  /** To look at. */
  canvas: HTMLCanvasElement;
}

const LONGEST_SIDE = 1_600;
const QUALITY = 0.85;
// More than any phone's camera makes.
const MOST_BYTES = 60_000_000;

/** Why something can't be sent as a photo, in words. */
export class NoPhoto extends Error {}

/** Shrink and strip a photo; a quarter turn is a number of times 90 degrees to the right. */
export async function photoOf(file: Blob, quarterTurns = 0): Promise<Photo> {
  if (file.type.startsWith("video/")) throw new NoPhoto("This is a video. Only photos can be sent; keep it as your force keeps evidence.");
  if (file.size > MOST_BYTES) throw new NoPhoto("This is too large for a photo. Take it again with this phone’s camera.");
  const picture = await read(file);
  const scale = Math.min(1, LONGEST_SIDE / Math.max(picture.width, picture.height));
  const [width, height] = [Math.round(picture.width * scale), Math.round(picture.height * scale)];
  const isOnSide = quarterTurns % 2 === 1;
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = isOnSide ? [height, width] : [width, height];
  const pen = canvas.getContext("2d")!;
  pen.translate(canvas.width / 2, canvas.height / 2);
  pen.rotate((quarterTurns * Math.PI) / 2);
  pen.drawImage(picture, -width / 2, -height / 2, width, height);
  picture.close();
  const made = await new Promise<Blob | null>((done) => canvas.toBlob(done, "image/jpeg", QUALITY));
  if (!made) throw new NoPhoto("This phone could not make the photo smaller. Take it again.");
  const bytes = await made.arrayBuffer();
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return { bytes, canvas, sha256: [...hash].map((byte) => byte.toString(16).padStart(2, "0")).join("") };
}

async function read(file: Blob): Promise<ImageBitmap> {
  try {
    // As it was held, which the camera only notes beside the picture.
    return await createImageBitmap(file, { imageOrientation: "from-image" });
  } catch {
    throw new NoPhoto("This is no photo that this phone can read, whatever it is called. Take it with the camera, as JPEG.");
  }
}
