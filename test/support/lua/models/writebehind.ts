/** A write, as the model keeps it. */
interface Write {
  readonly name: string;
  readonly sequence: number;
  readonly operation: string;
  readonly key: string;
  readonly value: string;
}

interface Dead extends Write {
  readonly reason: string;
}

interface Refused {
  readonly sequence: number;
  readonly reason: string;
}

/** The bytes that Redis stores for a write. */
function bytesOf({ sequence, operation, key, value }: Write): number {
  return String(sequence).length + operation.length + key.length + value.length + 3;
}

function deadBytesOf(dead: Dead): number {
  return dead.reason.length + 1 + bytesOf(dead);
}

/** The model of one shard of a queue of writes. */
export class QueueModel {
  #queued: Write[] = [];
  #inFlight: Write[] = [];
  #dead: Dead[] = [];
  readonly operations = new Set<string>();
  sequence = 0;
  batch = 0;
  previous: number | undefined;
  attempts = 0;
  #isWaiting = false;
  #reason: string | undefined;

  /** @param sequence the latest change after the call, because numbers are Redis's choice */
  enqueue(
    step: {
      readonly key: string;
      readonly value: string;
      readonly mode: "coalesce" | "append";
      readonly operation: string;
      readonly maxWrites: number;
      readonly maxBytes: number;
    },
    sequence: number,
  ): object {
    const { key, value, mode, operation, maxWrites, maxBytes } = step;
    const appends = mode === "append";
    const old = appends ? undefined : this.#queued.find(({ name }) => name === key);
    const dead = appends ? undefined : this.#dead.find(({ name }) => name === key);
    // A number of Redis has 16 digits, also if the call stores nothing.
    const number = old?.sequence ?? sequence;
    const write: Write = { name: appends ? `\n${number}` : key, sequence: number, operation, key, value };
    const digits = old ? 0 : 16 - String(number).length;
    const before = this.#bytes();
    const total =
      before + bytesOf(write) + digits - (old ? bytesOf(old) : 0) - (dead ? deadBytesOf(dead) : 0);
    const count = this.#queued.length + this.#dead.length - (dead ? 1 : 0);
    const isFull = (!old && count >= maxWrites) || (total > maxBytes && total > before);
    if (this.operations.has(operation)) return { outcome: "repeated" };
    if (isFull) return { outcome: "full" };
    this.operations.add(operation);
    this.#change(sequence);
    this.#dead = this.#dead.filter((one) => one !== dead);
    if (old) this.#queued[this.#queued.indexOf(old)] = write;
    else this.#queued.push(write);
    return { outcome: old ? "replaced" : "queued" };
  }

  read(key: string): object {
    for (const [outcome, list] of [
      ["queued", this.#queued],
      ["in_flight", this.#inFlight],
    ] as const) {
      const found = list.find(({ name }) => name === key);
      if (found) return { outcome, value: found.value, operation: found.operation };
    }
    return { outcome: "none" };
  }

  take(
    {
      limit,
      maxBytes,
      skipDelay,
    }: { readonly limit: number; readonly maxBytes: number; readonly skipDelay: boolean },
    batch: number,
  ): object {
    if (this.#inFlight.length > 0) {
      if (this.#isWaiting && !skipDelay) return { outcome: "waiting" };
    } else {
      if (this.#queued.length === 0) return { outcome: "empty" };
      let bytes = 0;
      const size = this.#queued.slice(0, limit).findIndex((write, place) => {
        bytes += bytesOf(write);
        return place > 0 && bytes > maxBytes;
      });
      this.#inFlight = this.#queued.splice(0, size < 0 ? limit : size);
      this.previous = this.batch || undefined;
      if (batch <= this.batch) throw new Error("numbers of batches rise");
      this.batch = batch;
      this.attempts = 0;
    }
    return {
      outcome: "batch",
      batch: this.batch,
      writes: this.#inFlight.map(({ key, sequence, operation, value }) => ({
        key,
        sequence,
        operation,
        valueBytes: value.length,
      })),
      values: this.#inFlight.map(({ value }) => value).join(""),
      attempts: this.attempts,
      previous: this.previous,
    };
  }

  /** The writes in flight at these places, with a reason. */
  refusable(places: readonly number[]): Refused[] {
    return [...new Set(places)].flatMap((place) => {
      const write = this.#inFlight[place];
      return write ? [{ sequence: write.sequence, reason: "no such row" }] : [];
    });
  }

  ack(batch: number, refused: readonly Refused[], sequence: number): object {
    if (batch < 1 || batch > this.batch) return { outcome: "unknown" };
    if (batch < this.batch || this.#inFlight.length === 0) return { outcome: "acked" };
    const dead = this.#inFlight.flatMap((write): Dead[] => {
      const found = refused.find((one) => one.sequence === write.sequence);
      const isReplaced = this.#queued.some(({ name }) => name === write.name);
      return found && !isReplaced ? [{ ...write, reason: found.reason }] : [];
    });
    this.#dead.push(...dead);
    this.#inFlight = [];
    this.attempts = 0;
    this.#isWaiting = false;
    this.#reason = undefined;
    if (dead.length > 0) this.#change(sequence);
    return { outcome: "acked" };
  }

  retry(call: {
    readonly batch: number;
    readonly attempts: number;
    readonly delayMs: number;
    readonly reason: string;
  }): object {
    const isOver =
      this.#inFlight.length === 0 || call.batch !== this.batch || call.attempts !== this.attempts;
    if (isOver) return { outcome: "over" };
    this.attempts++;
    this.#isWaiting = call.delayMs > 0;
    this.#reason = call.reason;
    return { outcome: "noted" };
  }

  depth(): { readonly queued: number; readonly [name: string]: unknown } {
    return {
      queued: this.#queued.length,
      inFlight: this.#inFlight.length,
      dead: this.#dead.length,
      bytes: this.#bytes(),
      sequence: this.sequence,
      attempts: this.attempts,
      reason: this.#reason,
    };
  }

  listDead() {
    return this.#dead.map(({ key, sequence, operation, value, reason }) => ({
      key,
      sequence,
      operation,
      valueBytes: value.length,
      reason,
    }));
  }

  resolve(
    { key, sequence }: { readonly key: string; readonly sequence: number },
    decision: "redrive" | "discard",
    newSequence: number,
  ): object {
    const found = this.#dead.find((one) => one.key === key && one.sequence === sequence);
    if (!found) return { outcome: "unknown" };
    this.#dead = this.#dead.filter((one) => one !== found);
    if (decision === "discard") return { outcome: "discarded" };
    const name = found.name === key ? key : `\n${newSequence}`;
    this.#queued.push({ ...found, name, sequence: newSequence });
    this.#change(newSequence);
    return { outcome: "redriven" };
  }

  purge(sequence: number): object {
    if (sequence !== this.sequence) return { outcome: "changed" };
    const reply = { outcome: "purged", queued: this.#queued.length, dead: this.#dead.length };
    this.#queued = [];
    this.#dead = [];
    return reply;
  }

  #change(sequence: number): void {
    if (sequence <= this.sequence) throw new Error("numbers rise");
    this.sequence = sequence;
  }

  #bytes(): number {
    const sum = (list: readonly Write[]) => list.reduce((total, write) => total + bytesOf(write), 0);
    return (
      sum(this.#queued) + sum(this.#inFlight) + this.#dead.reduce((total, one) => total + deadBytesOf(one), 0)
    );
  }
}
