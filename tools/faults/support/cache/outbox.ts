import type pg from "pg";
import type { Cache, Moonpath } from "../../../../src/index.js";

/** The rows of the run, and the keys whose order is checked. */
export const ROWS = 40;
export const ENTRY = "row:<row>";
/** Each version of a row is an entry of its own, so that the relay joins none of them. */
export const VERSION = "version:<row>:<version>";

/** The cache of the rows. */
export function versionsCache(
  moonpath: Moonpath,
  pool: pg.Pool,
  table: string,
): Cache<{ readonly row: string | number }, number> {
  return moonpath.cache({
    pattern: ENTRY,
    freshMs: 600_000,
    earlyRefresh: 0,
    cacheTimeoutMs: 10_000,
    loadMany: async (list) => {
      const versions = await versionsOf(pool, table);
      return list.map(({ row }) => versions.get(Number(row)));
    },
  });
}

export async function versionsOf(pool: pg.Pool, table: string): Promise<ReadonlyMap<number, number>> {
  const { rows } = await pool.query<{ row: number; version: number }>(`select row, version from ${table}`);
  return new Map(rows.map(({ row, version }) => [row, version]));
}

/** What the relays have delivered, by the names of entries in their order. */
export function checkDeliveries(names: readonly string[], versions: ReadonlyMap<number, number>) {
  const last = new Map<number, number>();
  let repeated = 0;
  let disordered = 0;
  for (const name of names) {
    const [, row, version] = name.split(":").map(Number);
    if (row === undefined || version === undefined) continue;
    const expected = (last.get(row) ?? 0) + 1;
    if (version === expected) last.set(row, version);
    else if (version < expected) repeated++;
    else disordered++;
  }
  let skipped = 0;
  for (const [row, version] of versions) skipped += version - (last.get(row) ?? 0);
  return { repeated, disordered, skipped };
}
