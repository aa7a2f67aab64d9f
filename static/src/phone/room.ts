// A phone may have no room left. Then it takes things away as before, but writes nothing, not even over what is there.

/** The phone has no room left; nothing was stored. */
export class Full extends Error {}

/** The phone could not store it, for another reason than room. */
export class Unsaved extends Error {}

export async function withRoom<T>(write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (error) {
    if (error instanceof DOMException && error.name === "QuotaExceededError") throw new Full();
    throw error;
  }
}
