import { ArgumentError, ReconcileError } from "../client/index.js";
import { checkTransaction, firstRow, type Transaction } from "./database.js";

/** A batch of a shard. Numbers rise within the shard, and each batch names its predecessor. */
export interface NumberedBatch {
  readonly tenant: string;
  readonly shard: string;
  readonly batch: number;
  /** Absent for the first batch of a shard. */
  readonly previous?: number | undefined;
}

/** The table with number and digest of the last batch of each shard. */
export interface BatchTable {
  readonly name: string;
  /** The first part of the advisory lock's name. */
  readonly lock: readonly string[];
  /** A column for what the work has returned, which a repeated batch returns again. */
  readonly resultColumn?: string;
}

/** `repeated`: the database has the batch. `result` is what its work has returned then, or now. */
export interface AppliedOnce {
  readonly outcome: "applied" | "repeated";
  readonly result: string;
}

/**
 * Runs the work of a batch and stores its number, in the caller's transaction.
 *
 * @throws ReconcileError if the batch neither is the last one nor follows it
 * @throws ArgumentError for a pool
 */
export async function applyOnce(
  tx: Transaction,
  table: BatchTable,
  batch: NumberedBatch,
  digest: string,
  work: () => Promise<string>,
): Promise<AppliedOnce> {
  checkTransaction(tx);
  const last = await lastBatchOf(tx, table, batch);
  if (last?.batch === batch.batch) {
    if (last.digest === digest) return { outcome: "repeated", result: last.result };
    throw new ReconcileError("the last batch was repeated with different content");
  }
  if (batch.previous !== last?.batch || (last && batch.batch < last.batch)) {
    throw new ReconcileError("the batch does not follow the last batch in the database");
  }
  const result = await work();
  await storeBatch(tx, table, batch, digest, result);
  return { outcome: "applied", result };
}

/**
 * Accepts a batch as the next one, whatever the database has. A second call with it is `repeated`.
 *
 * @throws ArgumentError for a pool or another decision
 */
export async function acceptBatch<Decision extends string>(
  tx: Transaction,
  table: BatchTable,
  batch: NumberedBatch,
  digest: string,
  decision: Decision | "discard",
  applying: Decision,
  work: () => Promise<string>,
): Promise<"reconciled" | "repeated"> {
  checkTransaction(tx);
  if (decision !== applying && decision !== "discard") {
    throw new ArgumentError("decision", `${applying} or discard`);
  }
  const last = await lastBatchOf(tx, table, batch);
  if (last?.batch === batch.batch && last.digest === digest) return "repeated";
  await storeBatch(tx, table, batch, digest, decision === applying ? await work() : "");
  return "reconciled";
}

/**
 * Reads the last batch of the shard. The advisory lock orders transactions even before the first
 * row.
 */
async function lastBatchOf(
  tx: Transaction,
  { name, lock, resultColumn }: BatchTable,
  { tenant, shard }: NumberedBatch,
): Promise<{ readonly batch: number; readonly digest: unknown; readonly result: string } | undefined> {
  await tx.query("select pg_advisory_xact_lock(hashtextextended($1, 0))", [
    JSON.stringify([...lock, tenant, shard]),
  ]);
  const { rows } = await tx.query(
    `select batch::text, digest, ${resultColumn ?? "''"} as result from ${name} where tenant = $1 and shard = $2`,
    [tenant, shard],
  );
  const last = firstRow(rows);
  return last && { batch: Number(last["batch"]), digest: last["digest"], result: String(last["result"]) };
}

async function storeBatch(
  tx: Transaction,
  { name, resultColumn }: BatchTable,
  { tenant, shard, batch }: NumberedBatch,
  digest: string,
  result: string,
): Promise<void> {
  const columns = ["tenant", "shard", "batch", "digest", ...(resultColumn ? [resultColumn] : [])];
  const updated = columns.slice(2).map((column) => `${column} = excluded.${column}`);
  await tx.query(
    `insert into ${name} (${columns.join(", ")}) values (${columns.map((_, at) => `$${at + 1}`).join(", ")})
     on conflict (tenant, shard) do update set ${updated.join(", ")}`,
    [tenant, shard, batch, digest, ...(resultColumn ? [result] : [])],
  );
}
