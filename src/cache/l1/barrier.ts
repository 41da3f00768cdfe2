import type { Circuit } from "../../core/circuit.js";

/**
 * Waits until L1 knows all changes from before a call. A server sends the messages about a change before
 * it answers a later PING on the same connection, so PINGs show that they have come. While some are on
 * their way, further calls wait for the next ones, which they share.
 */
export class L1Barrier {
  readonly #ask: () => Promise<void>;
  readonly #circuit: Circuit;
  #open: Group | undefined;
  #isAsking = false;

  /** @param ask asks all servers; see `Tracking.caughtUp` */
  constructor(ask: () => Promise<void>, circuit: Circuit) {
    this.#ask = ask;
    this.#circuit = circuit;
  }

  /** `false`: a server has not answered within the time. Never rejects. */
  passed(timeoutMs: number): Promise<boolean> {
    if (!this.#open) {
      this.#open = new Group(this.#circuit);
      // Calls of this turn of the event loop come along.
      if (!this.#isAsking) setImmediate(() => this.#send());
    }
    return this.#open.within(timeoutMs);
  }

  #send(): void {
    const group = this.#open;
    if (!group) return;
    this.#open = undefined;
    this.#isAsking = true;
    this.#ask()
      .then(group.answered, group.failed)
      .finally(() => {
        this.#isAsking = false;
        if (this.#open) setImmediate(() => this.#send());
      });
  }
}

/** The calls that share PINGs. */
class Group {
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
