import { checkedInteger } from "../core/checks.js";
import { checkTransaction, firstRow, type Transaction } from "./database.js";

/** A write of a resource with entity tags. */
export interface GuardedWrite {
  readonly tenant: string;
  /** The resource's name, as in its rule. */
  readonly resource: string;
  /** `expectedNumber` of the request's write; undefined: the write expects no version. */
  readonly expectedNumber?: number | undefined;
}

/** `changed`: the resource was written since its client has read it, so roll back and reply 412. */
export interface WrittenVersion {
  readonly outcome: "guarded" | "changed";
  /** The number of this write, or of the one that came before it. Pass it to `setNumber` in both cases. */
  readonly number: number;
}

const MAX_NUMBER = 9_000_000_000_000_000;

/**
 * Refuses a write whose client has not read the last one, in the write's own transaction. So no update is
 * lost, even if a process was paused for longer than its write may take, or Redis has lost the version. All
 * writes of the resource must call it, before they change its data. The row stays locked until the
 * transaction ends.
 *
 * ```ts
 * await inTransaction(pool, async (tx) => {
 *   const guarded = await guardVersion(tx, { tenant: "acme", resource: "product:lamp", expectedNumber: 7 });
 *   if (guarded.outcome === "guarded") await tx.query("update products set name = 'Lamp'");
 * });
 * ```
 *
 * @throws ArgumentError for a pool, or an `expectedNumber` that is no whole number from 0
 */
export async function guardVersion(
  tx: Transaction,
  { tenant, resource, expectedNumber }: GuardedWrite,
): Promise<WrittenVersion> {
  checkTransaction(tx);
  const expected =
    expectedNumber === undefined
      ? MAX_NUMBER
      : checkedInteger("expectedNumber", expectedNumber, 0, MAX_NUMBER);
  // The time in microseconds: numbers rise even after the row was deleted.
  const { rows } = await tx.query(
    `insert into moonpath_versions as known (tenant, resource, number)
       values ($1, $2, (extract(epoch from clock_timestamp()) * 1000000)::bigint)
     on conflict (tenant, resource) do update set number = greatest(known.number + 1, excluded.number)
       where known.number <= $3
     returning number`,
    [tenant, resource, expected],
  );
  const written = firstRow(rows);
  if (written !== undefined) return { outcome: "guarded", number: Number(written["number"]) };
  const { rows: others } = await tx.query(
    "select number from moonpath_versions where tenant = $1 and resource = $2",
    [tenant, resource],
  );
  return { outcome: "changed", number: Number(firstRow(others)?.["number"] ?? 0) };
}
