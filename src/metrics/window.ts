/** Values of the last minutes. Each slice of time has its own, and the oldest slice is forgotten. */
export class SlidingWindow<Value> {
  readonly #sliceMs: number;
  readonly #slices: number;
  readonly #create: () => Value;
  readonly #now: () => number;
  readonly #values = new Map<number, Value>();
  #currentNumber = Number.NaN;
  #current: Value | undefined;

  constructor(
    windowMs: number,
    slices: number,
    create: () => Value,
    now: () => number = () => performance.now(),
  ) {
    this.#sliceMs = windowMs / slices;
    this.#slices = slices;
    this.#create = create;
    this.#now = now;
  }

  /** The value of this time. */
  get current(): Value {
    const number = Math.floor(this.#now() / this.#sliceMs);
    if (number === this.#currentNumber && this.#current !== undefined) return this.#current;
    this.#forget(number);
    const value = this.#create();
    this.#values.set(number, value);
    this.#currentNumber = number;
    this.#current = value;
    return value;
  }

  /** The values of all slices that count. */
  all(): readonly Value[] {
    this.#forget(Math.floor(this.#now() / this.#sliceMs));
    return [...this.#values.values()];
  }

  #forget(now: number): void {
    for (const number of this.#values.keys()) if (number <= now - this.#slices) this.#values.delete(number);
  }
}
