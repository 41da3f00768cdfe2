import { createHash } from "node:crypto";
import type { Transaction } from "./database.js";
import { acceptBatch, applyOnce, type BatchTable } from "./numbered-batches.js";

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
  const { outcome } = await applyOnce(tx, TABLE, batch, digestOf(batch), () => applied(batch, apply));
  return outcome;
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
  return acceptBatch(tx, TABLE, batch, digestOf(batch), decision, "count", () => applied(batch, apply));
}

const TABLE: BatchTable = { name: "moonpath_view_batches", lock: ["moonpath"] };

async function applied(
  { views }: AppliedBatch,
  apply: (views: AppliedBatch["views"]) => Promise<unknown>,
): Promise<string> {
  await apply(views);
  return "";
}

/** SHA-256 of number, predecessor and counts. The order of the counts does not matter. */
function digestOf({ batch, previous, views }: AppliedBatch): string {
  const counts = views.map(({ product, count }) => [product, count] as const);
  counts.sort(([one], [other]) => (one < other ? -1 : 1));
  return createHash("sha256")
    .update(JSON.stringify([batch, previous ?? null, counts]))
    .digest("hex");
}
