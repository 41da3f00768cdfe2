import type { Pool } from "pg";
import type { BookedEvent } from "../events.js";
import { inBooks } from "./errors.js";

/** An event with the results that the books record. */
export interface Entry {
  readonly event: BookedEvent;
  /** True for a sale of more units than available. */
  readonly refused: boolean;
  /** True if a script applied this delivery; false for a repeat. */
  readonly fresh: boolean;
}

/** The most events in one INSERT. It keeps the statement's parameters below a megabyte. */
const MAX_BATCH = 1_000;

interface Waiting {
  readonly entry: Entry;
  resolve(): void;
  reject(error: unknown): void;
}

/**
 * Writes events to the books, many in one INSERT (group commit).
 *
 * `record` resolves when its event is committed. While one INSERT runs, the next events form a
 * batch. So a single event does not wait, and a thousand concurrent events need one commit. If an
 * INSERT fails, each of its events fails with a `BooksError`.
 */
export class Recorder {
  readonly #pool: Pool;
  readonly #insert: { readonly name: string; readonly text: string };
  readonly #waiting: Waiting[] = [];
  #writing = false;

  constructor(pool: Pool, schema: string) {
    this.#pool = pool;
    this.#insert = { name: `record-${schema}`, text: insertInto(schema) };
  }

  record(entry: Entry): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ entry, resolve, reject });
      if (!this.#writing) {
        this.#writing = true;
        // Events of the same turn of the event loop are in the same batch.
        setImmediate(() => void this.#write());
      }
    });
  }

  async #write(): Promise<void> {
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.splice(0, MAX_BATCH);
      try {
        await inBooks(this.#pool.query({ ...this.#insert, values: columnsOf(batch) }));
        for (const { resolve } of batch) resolve();
      } catch (error) {
        for (const { reject } of batch) reject(error);
      }
    }
    this.#writing = false;
  }
}

interface Row {
  readonly entry: Entry;
  deliveries: number;
  applied: number;
}

/** The sender chooses the id, and it is unique for its kind and product. */
function keyOf({ kind, product, event }: BookedEvent): string {
  return JSON.stringify([kind, product, event]);
}

/** Makes one row for each event, because an INSERT must not have the same key twice. */
function columnsOf(batch: readonly Waiting[]): unknown[][] {
  const rows = new Map<string, Row>();
  for (const { entry } of batch) {
    const row = rows.get(keyOf(entry.event));
    if (row === undefined) {
      rows.set(keyOf(entry.event), { entry, deliveries: 1, applied: entry.fresh ? 1 : 0 });
    } else {
      row.deliveries += 1;
      row.applied += entry.fresh ? 1 : 0;
    }
  }
  const list = [...rows.values()];
  return [
    list.map(({ entry }) => entry.event.event),
    list.map(({ entry }) => entry.event.kind),
    list.map(({ entry }) => entry.event.product),
    list.map(({ entry }) => unitsOf(entry.event)),
    list.map(({ entry: { event } }) => (event.kind === "price" ? event.amountMinor : 0)),
    list.map(({ entry: { event } }) => ("sequence" in event ? event.sequence : 0)),
    list.map(({ entry }) => entry.refused),
    list.map(({ deliveries }) => deliveries),
    list.map(({ applied }) => applied),
  ];
}

function unitsOf(event: BookedEvent): number {
  switch (event.kind) {
    case "opening":
      return event.quantity;
    case "sale":
    case "return":
      return event.units;
    case "price":
      return 0;
  }
}

function insertInto(schema: string): string {
  return `
    insert into ${schema}.events as known
      (event, kind, product, units, amount_minor, sequence, refused, deliveries, applied)
    select * from unnest
      ($1::text[], $2::text[], $3::text[], $4::int[], $5::int[], $6::bigint[], $7::boolean[], $8::int[], $9::int[])
    on conflict (product, kind, event) do update set
      deliveries = known.deliveries + excluded.deliveries,
      applied = known.applied + excluded.applied`;
}
