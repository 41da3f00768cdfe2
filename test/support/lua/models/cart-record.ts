/** How long a record is known after its lines have followed, in ticks. */
const rememberTicks = 8.5;

type LineState = "open" | "finished" | "set_aside" | "discarded";

/** The decision about one cart. Instants are in ticks. */
interface Stored {
  state: "undecided" | "committed" | "aborted";
  readonly fence: number;
  readonly deadline: number;
  readonly lines: Map<string, { readonly units: number; state: LineState }>;
  /** When it ends; undefined while a line is open or set aside. */
  ends: number | undefined;
}

/** What `cart.*` answers about one cart, and what it stores. */
export class RecordModel {
  record: Stored | undefined;
  /** Whether the cart is listed among those with a line that is set aside. */
  isListed = false;

  /** Ends what is over. */
  pass(now: number): void {
    if (this.record?.ends !== undefined && this.record.ends < now) this.record = undefined;
  }

  get open(): readonly string[] {
    return this.#inState("open");
  }

  #inState(wanted: string): readonly string[] {
    const lines = [...(this.record?.lines ?? [])];
    return lines
      .filter(([, { state }]) => state === wanted)
      .map(([product]) => product)
      .sort();
  }

  /** The fence is the one that the script has answered, if it has begun an attempt. */
  begin(
    now: number,
    lines: readonly { readonly product: string; readonly units: number }[],
    limit: number,
    fence: number,
  ): object {
    const { record } = this;
    if (record?.state === "committed") {
      const isSame = ({ product, units }: { readonly product: string; readonly units: number }) =>
        record.lines.get(product)?.units === units;
      const hasSameLines = record.lines.size === lines.length && lines.every(isSame);
      return { outcome: hasSameLines ? "already_committed" : "mismatch" };
    }
    if (record?.state === "undecided" && now < record.deadline) {
      return { outcome: "busy", waitMs: record.deadline - now };
    }
    this.record = {
      state: "undecided",
      fence,
      deadline: now + limit,
      lines: new Map(lines.map(({ product, units }) => [product, { units, state: "open" }])),
      ends: undefined,
    };
    return { outcome: "begun", fence };
  }

  decide(fence: number): object {
    const { record } = this;
    if (!record) return { outcome: "unknown" };
    if (record.fence !== fence || record.state === "aborted") return { outcome: "aborted" };
    record.state = "committed";
    return { outcome: "committed" };
  }

  abort(fence: number): object {
    const { record } = this;
    if (!record) return { outcome: "unknown" };
    if (record.fence !== fence) return { outcome: "aborted" };
    if (record.state === "undecided") record.state = "aborted";
    return { outcome: record.state };
  }

  settle(now: number): object {
    const { record } = this;
    if (!record) return { outcome: "unknown" };
    if (record.state === "undecided" && now < record.deadline) {
      return { outcome: "undecided", waitMs: record.deadline - now };
    }
    if (record.state === "undecided") record.state = "aborted";
    const openLines = this.open.map((product) => ({ product, units: record.lines.get(product)?.units }));
    return { outcome: record.state, fence: record.fence, openLines };
  }

  read(): object {
    const { record } = this;
    if (!record) return { outcome: "unknown" };
    const lines = [...record.lines].sort().map(([product, line]) => ({ product, ...line }));
    return { outcome: record.state, fence: record.fence, lines };
  }

  finish(now: number, fence: number, products: readonly string[]): object {
    const { record } = this;
    if (!record) return { outcome: "unknown" };
    if (record.fence !== fence) return { outcome: "superseded" };
    if (record.state === "undecided") return { outcome: "undecided" };
    const notFinished = [...this.open, ...this.#inState("set_aside")];
    const followed = products.filter((product) => notFinished.includes(product));
    const wasAside = this.#inState("set_aside").length > 0;
    for (const product of followed) this.#set(product, "finished");
    if (wasAside && this.#inState("set_aside").length === 0) this.isListed = false;
    if (this.open.length > 0) return { outcome: "open" };
    if (followed.length > 0 && this.#inState("set_aside").length === 0) record.ends = now + rememberTicks;
    return { outcome: "finished" };
  }

  claim(): object {
    return { outcome: this.open.length > 0 ? "claimed" : "changed" };
  }

  setAside(fence: number, product: string): object {
    const { record } = this;
    if (!record) return { outcome: "unknown" };
    if (record.fence !== fence || record.state === "undecided") return { outcome: "superseded" };
    if (!this.open.includes(product)) return { outcome: "not_open" };
    this.#set(product, "set_aside");
    this.isListed = true;
    return { outcome: "set_aside" };
  }

  redrive(): object {
    if (!this.isListed) return { outcome: "unknown" };
    for (const product of this.#inState("set_aside")) this.#set(product, "open");
    this.isListed = false;
    return { outcome: "redriven" };
  }

  discard(now: number): object {
    if (!this.isListed) return { outcome: "unknown" };
    for (const product of this.#inState("set_aside")) this.#set(product, "discarded");
    this.isListed = false;
    if (this.record && this.open.length === 0) this.record.ends = now + rememberTicks;
    return { outcome: "discarded" };
  }

  #set(product: string, state: LineState): void {
    const line = this.record?.lines.get(product);
    if (line) line.state = state;
  }
}
