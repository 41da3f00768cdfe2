import { createHash } from "node:crypto";
import { ArgumentError, ReconcileError } from "../client/index.js";
import { checkTransaction, firstRow, type Transaction } from "./database.js";

/** A numbered batch of views, as the view sync of `moonpath/views` hands it over. */
export interface AppliedBatch {
  readonly tenant: string;
  readonly shard: string;
  readonly batch: number;
  /** The number of the batch before; absent for a shard's first one. */
  readonly previous?: number | undefined;
  readonly views: readonly { readonly product: string; readonly count: number }[];
}

/**
 * Applies a batch of views exactly once, in the caller's own transaction. The database remembers the last batch of each shard
 * by number and digest, and each batch names the one before it:
 *
 * - the one that follows the last is applied and remembered: `applied`;
 * - the last one again, with the same content, was applied before: `repeated`, and nothing is done;
 * - everything else means that Redis or the database came back older, or that a batch was lost: `ReconcileError`, and nothing
 *   is written. Nobody guesses; see `reconcileViews`.
 *
 * @param apply writes the counts, in the same transaction
 * @throws ReconcileError
 */
export async function applyViews(
  tx: Transaction,
  batch: AppliedBatch,
  apply: (views: AppliedBatch["views"]) => Promise<unknown>,
): Promise<"applied" | "repeated"> {
  checkTransaction(tx);
  const last = await lastOf(tx, batch);
  if (last?.batch === batch.batch) {
    if (last.digest === digestOf(batch)) return "repeated";
    throw new ReconcileError("the last batch has come again with another content");
  }
  if (batch.previous !== last?.batch || (last && batch.batch < last.batch)) {
    throw new ReconcileError("the batch does not follow the last one that the database has");
  }
  await apply(batch.views);
  await remember(tx, batch);
  return "applied";
}

/**
 * Ends a disagreement after a `ReconcileError`, when somebody has found out what happened: the batch in Redis is taken as the
 * one that follows. `count`: its views are applied. `discard`: they are not, because the database has them already. The next
 * round of the sync finds the batch applied and acknowledges it. Done twice, the second time does nothing: `repeated`.
 *
 * @throws ArgumentError for another decision; nothing is written
 *
 * ```ts
 * const taken = await acme.views.take({ shard, limit: 1_000 });
 * if (taken.outcome === "batch")
 *   await inTransaction(pool, (tx) => reconcileViews(tx, { tenant: "acme", shard, ...taken }, "count", write));
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
  const last = await lastOf(tx, batch);
  if (last?.batch === batch.batch && last.digest === digestOf(batch)) return "repeated";
  if (decision === "count") await apply(batch.views);
  await remember(tx, batch);
  return "reconciled";
}

/** The last batch that the database has of the shard. Whoever comes second waits here, also where there is no row yet. */
async function lastOf(
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

async function remember(tx: Transaction, batch: AppliedBatch): Promise<void> {
  await tx.query(
    `insert into moonpath_view_batches (tenant, shard, batch, digest) values ($1, $2, $3, $4)
     on conflict (tenant, shard) do update set batch = excluded.batch, digest = excluded.digest`,
    [batch.tenant, batch.shard, batch.batch, digestOf(batch)],
  );
}

/** SHA-256 over number, predecessor and counts, whatever their order. */
function digestOf({ batch, previous, views }: AppliedBatch): string {
  const counts = views.map(({ product, count }) => [product, count] as const);
  counts.sort(([one], [other]) => (one < other ? -1 : 1));
  return createHash("sha256")
    .update(JSON.stringify([batch, previous ?? null, counts]))
    .digest("hex");
}
