import { OutcomeUnknownError, UnavailableError } from "../../core/errors.js";
import { readFrom } from "../../core/read-from.js";
import { type CallOptions, checkedOptions } from "./options.js";

/** The deadline of a call that sends several scripts, one after the other. */
export class CallTime {
  readonly #options: CallOptions | undefined;
  readonly #endsAt: number;

  /** @throws ArgumentError if the deadline or the signal is not valid */
  constructor(options: CallOptions | undefined, defaultMs: number) {
    this.#options = options;
    this.#endsAt = performance.now() + checkedOptions(options, defaultMs).deadlineMs;
  }

  /**
   * The options of the next script, with the rest of the deadline.
   *
   * @throws UnavailableError if no time is left, OutcomeUnknownError if scripts `hasWritten` before
   */
  rest(hasWritten = false): CallOptions {
    const deadlineMs = this.#endsAt - performance.now();
    if (deadlineMs > 0) return readFrom("options", () => ({ ...this.#options, deadlineMs }));
    if (hasWritten) throw new OutcomeUnknownError("the deadline passed before all scripts were sent");
    throw new UnavailableError("the deadline passed before the script was sent");
  }
}
