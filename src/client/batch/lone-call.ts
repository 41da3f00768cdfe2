import type { Delivery } from "../call/call-state.js";
import type { ScriptForm } from "../script/script.js";

/** A call that is sent by itself, in its turn. When it has ended, nothing of it is kept. */
export class LoneCall {
  #waiting: LoneWaiting | undefined;

  /** The form that was loaded for it, if the server was not known to have it. */
  ensured: ScriptForm | undefined;

  constructor(
    readonly number: number,
    readonly form: ScriptForm,
    waiting: LoneWaiting,
  ) {
    this.#waiting = waiting;
    waiting.delivery.whenReleased(() => {
      this.#waiting = undefined;
    });
  }

  get isOver(): boolean {
    return this.#waiting === undefined;
  }

  set connectionError(error: Error | undefined) {
    if (this.#waiting !== undefined) this.#waiting.delivery.connectionError = error;
  }

  send(): void {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    const endedBy = waiting?.delivery.endedBy;
    if (endedBy === undefined) waiting?.send();
    else waiting?.reject(endedBy);
  }

  reject(error: unknown): void {
    this.#waiting?.reject(error);
    this.#waiting = undefined;
  }
}

interface LoneWaiting {
  readonly delivery: Delivery;
  send(): void;
  reject(error: unknown): void;
}
