/** What an event of a sale says: its price and period, or that the sale is removed. */
export interface SaleEvent {
  readonly sale: string;
  readonly sequence: number;
  /** Absent: the sale is removed. */
  readonly set?: { readonly amountMinor: number; readonly startsAt: number; readonly endsAt: number };
}

interface StoredSale {
  readonly sequence: number;
  readonly endsAt: number;
  readonly set?: SaleEvent["set"];
  readonly refused?: boolean;
}

/** How long an ended sale is remembered, and how many sales may be open, and ended. */
const HORIZON_MS = 660_000;
const MAX_SALES = 50;

/** The end of a sale without one. */
export const NEVER_MS = 8_640_000_000_000_000;

/** The prices of a product in one currency, as the scripts' contracts describe them. */
export class PriceModel {
  base: { readonly amountMinor: number; readonly sequence: number } | undefined;
  readonly sales = new Map<string, StoredSale>();
  forgotten: number | undefined;

  set(amountMinor: number, sequence: number): { outcome: string } {
    if (this.base && sequence <= this.base.sequence) {
      return { outcome: sequence === this.base.sequence ? "repeated" : "stale" };
    }
    this.base = { amountMinor, sequence };
    return { outcome: "applied" };
  }

  apply({ sale, sequence, set }: SaleEvent, now: number): { outcome: string } {
    const known = this.sales.get(sale);
    if (known?.sequence === sequence) return { outcome: known.refused && set ? "full" : "repeated" };
    const last = known?.sequence ?? this.forgotten;
    if (last !== undefined && sequence < last + (known ? 0 : 1)) return { outcome: "stale" };
    this.sales.delete(sale);
    const full = set !== undefined && set.endsAt > now && this.openAt(now).length >= MAX_SALES;
    this.#forget(now);
    if (set && set.endsAt > now && !full) this.sales.set(sale, { sequence, endsAt: set.endsAt, set });
    else this.sales.set(sale, { sequence, endsAt: now, ...(full && { refused: true }) });
    return { outcome: full ? "full" : set ? "applied" : "removed" };
  }

  /** What `price.read` answers, found by trying every instant at which something changes. */
  read(now: number): object {
    if (!this.base) return { outcome: "unknown" };
    const shown = this.#shownAt(now);
    const instants = [...this.sales.values()].flatMap(({ set }) => (set ? [set.startsAt, set.endsAt] : []));
    const changesAtMs = instants
      .filter((instant) => instant > now && instant < NEVER_MS)
      .sort((one, other) => one - other)
      .find((instant) => JSON.stringify(this.#shownAt(instant)) !== JSON.stringify(shown));
    return {
      outcome: "priced",
      baseMinor: this.base.amountMinor,
      ...shown,
      ...(changesAtMs !== undefined && { changesAtMs }),
    };
  }

  /** The sales that can still be on. */
  openAt(now: number): [string, StoredSale][] {
    return [...this.sales].filter(([, { endsAt }]) => endsAt > now);
  }

  #shownAt(instant: number): object {
    const baseMinor = this.base?.amountMinor ?? 0;
    const [winner] = [...this.sales]
      .flatMap(([sale, { set }]) => (set ? [{ sale, ...set }] : []))
      .filter(({ startsAt, endsAt }) => startsAt <= instant && instant < endsAt)
      .sort(
        (one, other) =>
          one.amountMinor - other.amountMinor ||
          one.startsAt - other.startsAt ||
          (one.sale < other.sale ? -1 : 1),
      );
    return winner && winner.amountMinor < baseMinor
      ? { effectiveMinor: winner.amountMinor, onSale: true, sale: winner.sale }
      : { effectiveMinor: baseMinor, onSale: false };
  }

  #forget(now: number): void {
    const ended = [...this.sales].filter(([, { endsAt }]) => endsAt <= now);
    ended.sort(([, one], [, other]) => one.endsAt - other.endsAt);
    ended.forEach(([sale, { endsAt, sequence }], position) => {
      if (endsAt > now - HORIZON_MS && ended.length - position < MAX_SALES) return;
      this.sales.delete(sale);
      this.forgotten = Math.max(this.forgotten ?? 0, sequence);
    });
  }

  /** The fields of the hash without the calendar. */
  fields(): Record<string, string> {
    return Object.fromEntries([
      ...(this.base
        ? [
            ["base", String(this.base.amountMinor)],
            ["base_seq", String(this.base.sequence)],
          ]
        : []),
      ...(this.forgotten === undefined ? [] : [["forgotten_seq", String(this.forgotten)]]),
      ...[...this.sales].map(([sale, { sequence, endsAt, set, refused }]) => [
        `sale:${sale}`,
        set
          ? `${set.amountMinor} from ${set.startsAt} to ${set.endsAt} seq ${sequence}`
          : `${refused ? "refused" : "ended"} at ${endsAt} seq ${sequence}`,
      ]),
    ]);
  }
}
