/** A call that was answered: its arguments and its reply, as one object. */
export class Answered {
  constructor(
    readonly script: string,
    private readonly fields: Readonly<Record<string, unknown>>,
  ) {}

  has(field: string): boolean {
    return this.fields[field] !== undefined;
  }

  text(field: string): string {
    return String(this.fields[field] ?? "none");
  }

  number(field: string): number {
    return Number(this.fields[field] ?? 1);
  }

  /** The elements of a list in the reply, such as claimed items. */
  records(field: string): readonly Answered[] {
    const found = this.fields[field];
    if (!Array.isArray(found)) return [];
    return found.map((one: unknown) => new Answered(this.script, { ...Object(one) }));
  }
}

/** What the callers of a history know: the time, the names that they made, the replies so far. */
export class Past {
  readonly #names = new Map<string, string[]>();
  readonly #madeAtMs = new Map<string, number>();
  readonly #answered: Answered[] = [];
  #nowMs: number;

  constructor(nowMs: number) {
    this.#nowMs = nowMs;
  }

  /** Redis's clock, as the scripts read it, in milliseconds. */
  get nowMs(): number {
    return this.#nowMs;
  }

  pass(ms: number): void {
    this.#nowMs += ms;
  }

  /** A name such as `owner-3`. `back` 0 makes a new one, 1 is the latest, 2 the one before. */
  name(kind: string, back: number): string {
    const made = this.#names.get(kind) ?? [];
    this.#names.set(kind, made);
    const known = back > 0 ? made.at(-back) : undefined;
    if (known !== undefined) return known;
    const name = `${kind}-${made.length + 1}`;
    made.push(name);
    this.#madeAtMs.set(name, this.#nowMs);
    return name;
  }

  /**
   * As `name()`, but a name that was made longer ago than `withinMs` is not used again. For names
   * whose contract asks for a new one each time, such as those of claims.
   */
  freshName(kind: string, back: number, withinMs: number): string {
    const known = this.name(kind, back);
    const madeAtMs = this.#madeAtMs.get(known) ?? 0;
    return this.#nowMs - madeAtMs < withinMs ? known : this.name(kind, 0);
  }

  answer(script: string, args: object, reply: object): void {
    this.#answered.unshift(new Answered(script, { ...args, ...reply }));
  }

  /** The answered calls of a script, the latest first. */
  of(script: string): readonly Answered[] {
    return this.#answered.filter((one) => one.script === script);
  }

  /** A call with this field among its arguments or in its reply. `back` 0 is the latest. */
  having(field: string, back = 0): Answered {
    const found = this.#answered.filter((one) => one.has(field));
    return found[back] ?? found.at(-1) ?? new Answered("", {});
  }
}
