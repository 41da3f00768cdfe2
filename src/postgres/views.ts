import { createHash } from "node:crypto";
import { ArgumentError, ReconcileError } from "../client/index.js";
import { checkTransaction, firstRow, type Transaction } from "./database.js";

/** A numbered batch of views, as `createViewSync` passes it to `apply`. */
export interface AppliedBatch {
  readonly tenant: string;
  readonly shard: string;
  /** The number of the batch. Numbers rise within a shard. */
  readonly batch: number;
  /** The number of the previous batch; absent for the first batch of a shard. */
  readonly previous?: number | undefined;
  readonly views: readonly { readonly product: string; readonly count: number }[];
}

/**
 * Applies a batch of views exactly once in your transaction. The database stores number and digest
 * of the last batch of each shard. Each batch names its predecessor.
 *
 * - `applied`: the batch follows the last one. The function applied and stored it.
 * - `repeated`: the batch is the last one, with the same content. The function wrote nothing.
 * - `ReconcileError`: any other batch. Redis or the database was restored from a backup, or a batch
 *   was lost. The function wrote nothing; see `reconcileViews`.
 *
 * @param apply writes the counts in the same transaction
 * @throws ReconcileError Redis and the database disagree
 * @throws ArgumentError for a pool
 */
export async function applyViews(
  tx: Transaction,
  batch: AppliedBatch,
  apply: (views: AppliedBatch["views"]) => Promise<unknown>,
): Promise<"applied" | "repeated"> {
  checkTransaction(tx);
  const last = await lastBatchOf(tx, batch);
  if (last?.batch === batch.batch) {
    if (last.digest === digestOf(batch)) return "repeated";
    throw new ReconcileError("the last batch was repeated with different content");
  }
  if (batch.previous !== last?.batch || (last && batch.batch < last.batch)) {
    throw new ReconcileError("the batch does not follow the last batch in the database");
  }
  await apply(batch.views);
  await storeBatch(tx, batch);
  return "applied";
}

/**
 * Resolves a `ReconcileError` after an operator found its cause. It accepts the batch in Redis as
 * the next one. `count` applies its views. `discard` does not, because the database has them. The
 * next run of the sync acknowledges the batch. A second call returns `repeated` and writes nothing.
 *
 * @throws ArgumentError for a pool or another decision; nothing is written
 *
 * ```ts
 * const taken = await acme.views.take({ shard, limit: 100 });
 * if (taken.outcome === "batch")
 *   await inTransaction(pool, (tx) =>
 *     reconcileViews(tx, { tenant: "acme", shard, ...taken }, "count", write),
 *   );
 * ```
 */
export async function reconcileViews(
  tx: Transaction,
  batch: AppliedBatch,
  decision: "count" | "discard",
  apply: (views: AppliedBatch["views"]) => Promise<unknown>,
): Promise<"reconciled" | "repeated"> {
  checkTransaction(tx);
  if (decision !== "count" && decision !== "discard") {
    throw new ArgumentError("decision", "count or discard");
  }
  const last = await lastBatchOf(tx, batch);
  if (last?.batch === batch.batch && last.digest === digestOf(batch)) return "repeated";
  if (decision === "count") await apply(batch.views);
  await storeBatch(tx, batch);
  return "reconciled";
}

/**
 * Reads the last batch of the shard. The advisory lock orders transactions even before the first
 * row.
 */
async function lastBatchOf(
  tx: Transaction,
  { tenant, shard }: AppliedBatch,
): Promise<{ readonly batch: number; readonly digest: unknown } | undefined> {
  await tx.query("select pg_advisory_xact_lock(hashtextextended($1, 0))", [
    JSON.stringify(["moonpath", tenant, shard]),
  ]);
  const { rows } = await tx.query(
    "select batch::text, digest from moonpath_view_batches where tenant = $1 and shard = $2",
    [tenant, shard],
  );
  const last = firstRow(rows);
  return last && { batch: Number(last["batch"]), digest: last["digest"] };
}

async function storeBatch(tx: Transaction, batch: AppliedBatch): Promise<void> {
  await tx.query(
    `insert into moonpath_view_batches (tenant, shard, batch, digest) values ($1, $2, $3, $4)
     on conflict (tenant, shard) do update set batch = excluded.batch, digest = excluded.digest`,
    [batch.tenant, batch.shard, batch.batch, digestOf(batch)],
  );
}

/** SHA-256 of number, predecessor and counts. The order of the counts does not matter. */
function digestOf({ batch, previous, views }: AppliedBatch): string {
  const counts = views.map(({ product, count }) => [product, count] as const);
  counts.sort(([one], [other]) => (one < other ? -1 : 1));
  return createHash("sha256")
    .update(JSON.stringify([batch, previous ?? null, counts]))
    .digest("hex");
}
