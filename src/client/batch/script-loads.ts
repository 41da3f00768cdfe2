import type { Connection } from "../connection/connection.js";
import type { ScriptForm } from "../script/script.js";
import type { Shared } from "./shared.js";

/** Loads scripts that the server did not have. Nothing is sent meanwhile, so that the order stays. */
export class ScriptLoads {
  readonly #connection: Connection;
  readonly #shared: Shared;
  readonly #onEnd: () => void;
  #running = 0;

  /** @param onEnd called when the last load that runs has ended */
  constructor(connection: Connection, shared: Shared, onEnd: () => void) {
    this.#connection = connection;
    this.#shared = shared;
    this.#onEnd = onEnd;
  }

  get isLoading(): boolean {
    return this.#running > 0;
  }

  /** Loads a form after NOSCRIPT. `failed` hears why it could not be loaded. */
  load(form: ScriptForm, failed: (error: unknown) => void): void {
    const loaded = this.#connection.load(form).then((load) => {
      if (load === "again") this.#shared.observers.scriptReloaded(form);
    });
    this.hold(loaded, failed);
  }

  /** Runs until this load has ended, and that of the other scripts that were used. */
  hold(loaded: Promise<void>, failed: (error: unknown) => void): void {
    this.#running++;
    const others = this.#connection.reloadUsed();
    loaded
      .catch(failed)
      .then(() => others)
      .finally(() => {
        this.#running--;
        if (this.#running === 0) this.#onEnd();
      });
  }
}
