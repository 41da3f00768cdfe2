/** Something that is renewed while it lasts. */
interface Renewable {
  renew(): void;
}

/** Renews the leases of loads with one timer, because most loads end before their first renewal. */
export class Renewals {
  readonly #periodMs: number;
  readonly #members = new Set<Renewable>();
  #timer: NodeJS.Timeout | undefined;

  constructor(periodMs: number) {
    this.#periodMs = periodMs;
  }

  /** Renews it in each period from now on. The first time may come sooner. */
  add(member: Renewable): void {
    this.#members.add(member);
    this.#timer ??= setInterval(() => this.#renewAll(), this.#periodMs).unref();
  }

  delete(member: Renewable): void {
    this.#members.delete(member);
  }

  #renewAll(): void {
    for (const member of this.#members) member.renew();
    if (this.#members.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}
