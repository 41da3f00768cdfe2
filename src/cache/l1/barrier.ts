import type { Circuit } from "../../core/circuit.js";

/**
 * Waits until L1 knows all changes from before a call. A server sends the messages about a change before
 * it answers a later PING on the same connection, so PINGs show that they have come. Calls of one turn of
 * the event loop share them.
 */
export class L1Barrier {
  readonly #ask: () => Promise<void>;
  readonly #circuit: Circuit;
  #open: Turn | undefined;

  /** @param ask asks all servers; see `Tracking.caughtUp` */
  constructor(ask: () => Promise<void>, circuit: Circuit) {
    this.#ask = ask;
    this.#circuit = circuit;
  }

  /** `false`: a server has not answered within the time. Never rejects. */
  passed(timeoutMs: number): Promise<boolean> {
    if (!this.#open) {
      const turn = new Turn(this.#circuit);
      this.#open = turn;
      setImmediate(() => {
        this.#open = undefined;
        this.#ask().then(turn.answered, turn.failed);
      });
    }
    return this.#open.within(timeoutMs);
  }
}

/** The calls of one turn. */
class Turn {
  readonly #circuit: Circuit;
  readonly #answer: Promise<void>;
  /** Most calls have the same time. */
  readonly #byTimeout = new Map<number, Promise<boolean>>();
  answered: () => void = () => undefined;
  failed: (error: unknown) => void = () => undefined;

  constructor(circuit: Circuit) {
    this.#circuit = circuit;
    this.#answer = new Promise((resolve, reject) => {
      this.answered = resolve;
      this.failed = reject;
    });
    this.#answer.catch(() => undefined);
  }

  within(timeoutMs: number): Promise<boolean> {
    let known = this.#byTimeout.get(timeoutMs);
    if (!known) {
      known = this.#inTime(timeoutMs);
      this.#byTimeout.set(timeoutMs, known);
    }
    return known;
  }

  async #inTime(timeoutMs: number): Promise<boolean> {
    const sentAt = performance.now();
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<false>((resolve) => {
      timer = setTimeout(() => {
        this.#circuit.noteFailure(timeoutMs);
        resolve(false);
      }, timeoutMs);
    });
    const answer = () => this.#answer.then(isAnswered);
    try {
      const hasPassed = await Promise.race([this.#circuit.run(timeoutMs, answer), late]);
      if (hasPassed) this.#circuit.noteAnswer(performance.now() - sentAt);
      return hasPassed ?? false;
    } catch {
      return false;
    } finally {
      clearTimeout(timer);
    }
  }
}

const isAnswered = () => true;
