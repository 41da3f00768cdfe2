/**
 * Stops calls to a server that does not answer. After some failures in a row, only one call at a time
 * asks it, and the others are answered at once. An answer in time starts all calls again.
 *
 * A failed call tells only that there is no answer within its own timeout. So it counts for calls with
 * the same timeout or a shorter one. Otherwise a caller whose timeout is shorter than the way to the
 * server would stop the calls of all others.
 */
export class Circuit {
  readonly #maxFailures: number;
  /** The longest timeouts of the failed calls, the longest first: at most `maxFailures`. */
  #failedMs: readonly number[] = [];
  /** The timeouts of the calls that ask although the circuit is open for them. */
  readonly #probesMs: number[] = [];

  constructor(maxFailures: number) {
    this.#maxFailures = maxFailures;
  }

  /**
   * The result of the call; undefined, without a call, while another one with as much time asks the
   * server.
   */
  async run<Result>(timeoutMs: number, call: () => Promise<Result>): Promise<Result | undefined> {
    const shortestMs = this.#failedMs[this.#maxFailures - 1];
    if (shortestMs === undefined || timeoutMs > shortestMs) return call();
    if (this.#probesMs.some((probeMs) => probeMs >= timeoutMs)) return undefined;
    this.#probesMs.push(timeoutMs);
    try {
      return await call();
    } finally {
      this.#probesMs.splice(this.#probesMs.indexOf(timeoutMs), 1);
    }
  }

  /** The server has answered after so many milliseconds, with a reply or with an error of its own. */
  noteAnswer(afterMs: number): void {
    if (this.#failedMs.length === 0) return;
    this.#failedMs = this.#failedMs.filter((failedMs) => failedMs < afterMs);
  }

  /** The server has not answered a call with this timeout. */
  noteFailure(timeoutMs: number): void {
    this.#failedMs = [...this.#failedMs, timeoutMs]
      .sort((one, other) => other - one)
      .slice(0, this.#maxFailures);
  }
}

/** The circuits of the nodes, at most `maxNodes`. Above that, the one that was made first starts anew. */
export class Circuits {
  readonly #maxNodes: number;
  readonly #maxFailures: number;
  readonly #byNode = new Map<string, Circuit>();

  constructor(maxNodes: number, maxFailures: number) {
    this.#maxNodes = maxNodes;
    this.#maxFailures = maxFailures;
  }

  of(node: string): Circuit {
    const known = this.#byNode.get(node);
    if (known) return known;
    const circuit = new Circuit(this.#maxFailures);
    this.#byNode.set(node, circuit);
    const [oldest] = this.#byNode.keys();
    if (this.#byNode.size > this.#maxNodes && oldest !== undefined) this.#byNode.delete(oldest);
    return circuit;
  }
}
