// What is in view alone, fetched as the map moves: a margin with it, and no more than the last move's request.
import L from "leaflet";

// A margin round the view, so that a short way needs no other request.
const MARGIN = 0.2;

export abstract class InView extends L.LayerGroup {
  readonly #say: (sentence: string) => void;
  #asked: { bounds: L.LatLngBounds; zoom: number } | null = null;
  #request: AbortController | null = null;
  #loading: Promise<void> = Promise.resolve();
  #hasSaid = false;

  /** `say` shows a sentence, or none. */
  constructor(say: (sentence: string) => void) {
    super();
    this.#say = say;
  }

  /** What is said where a request fails. */
  protected abstract readonly sorry: string;

  /** Fetch and draw what lies in these bounds, and give what there is to say of it. */
  protected abstract load(bounds: L.LatLngBounds, zoom: number, signal: AbortSignal): Promise<string>;

  /** Wait until all that is in view is there. */
  get loaded(): Promise<void> {
    return this.#loading;
  }

  override onAdd(map: L.Map): this {
    super.onAdd(map);
    map.on("moveend", this.#look, this);
    this.#look();
    return this;
  }

  override onRemove(map: L.Map): this {
    map.off("moveend", this.#look, this);
    this.#request?.abort();
    this.#asked = null;
    this.#tell("");
    super.onRemove(map);
    this.clearLayers();
    return this;
  }

  #look(): void {
    const zoom = this._map.getZoom();
    const view = this._map.getBounds();
    if (this.#asked?.zoom === zoom && this.#asked.bounds.contains(view)) return;
    this.#asked = { bounds: view.pad(MARGIN), zoom };
    this.#request?.abort();
    this.#request = new AbortController();
    this.#loading = this.#fetch(this.#asked.bounds, zoom, this.#request.signal);
  }

  async #fetch(bounds: L.LatLngBounds, zoom: number, signal: AbortSignal): Promise<void> {
    try {
      const said = await this.load(bounds, zoom, signal);
      if (!signal.aborted) this.#tell(said);
    } catch {
      if (signal.aborted) return;
      this.#asked = null; // So that the next move tries again.
      this.#tell(this.sorry);
    }
  }

  /** Say something, or clear what this layer said: others speak there too. */
  #tell(sentence: string): void {
    if (sentence || this.#hasSaid) this.#say(sentence);
    this.#hasSaid = sentence !== "";
  }
}
