import { createHash } from "node:crypto";
import { failureReasonOf } from "../core/notify.js";
import type { Transaction } from "./database.js";
import { acceptBatch, applyOnce, type BatchTable } from "./numbered-batches.js";

/** A write of a batch. */
export interface AppliedWrite {
  /** What is written, such as `product:lamp`. */
  readonly key: string;
  /** Its number in the shard. */
  readonly sequence: number;
  readonly operation: string;
  readonly value: Uint8Array;
}

/** A numbered batch of writes, as `createWriteBehind` passes it to `apply`. */
export interface AppliedWriteBatch<Write extends AppliedWrite = AppliedWrite> {
  readonly tenant: string;
  readonly queue: string;
  readonly shard: string;
  /** The number of the batch. Numbers rise within a shard. */
  readonly batch: number;
  /** The number of the previous batch; absent for the first batch of a shard. */
  readonly previous?: number | undefined;
  /** The batch has failed often: each write is made by itself, and one that fails is refused. */
  readonly isolates: boolean;
  /** In their order. */
  readonly writes: readonly Write[];
}

/** A write that the database has refused, with the reason. */
export interface RefusedWrite {
  readonly sequence: number;
  /** For people, without values: the error's name and code, and the constraint. */
  readonly reason: string;
}

/** What `applyWrites` has done. `repeated`: the database had the batch, and nothing was written. */
export interface AppliedWrites {
  readonly outcome: "applied" | "repeated";
  /** Writes of the batch that are not in the database, since it was applied. */
  readonly refused: readonly RefusedWrite[];
}

/**
 * Applies a batch of writes exactly once in your transaction. The database stores number and digest
 * of the last batch of each shard, and what it has refused. Each batch names its predecessor.
 *
 * If the batch has failed often, each write runs behind a savepoint of its own. A write that fails
 * then is refused, and the others are applied. An error of the connection or of the server, such as a
 * deadlock or a full disk, still fails the whole batch: no write is refused because of it.
 *
 * ```ts
 * const apply = (batch: WriteBatch) =>
 *   inTransaction(pool, (tx) => applyWrites(tx, batch, (writes) => upsert(tx, writes)));
 * ```
 *
 * @param write writes to the same transaction
 * @throws ReconcileError Redis and the database disagree; see `reconcileWrites`
 * @throws ArgumentError for a pool
 */
export async function applyWrites<Write extends AppliedWrite>(
  tx: Transaction,
  batch: AppliedWriteBatch<Write>,
  write: (writes: readonly Write[]) => Promise<unknown>,
): Promise<AppliedWrites> {
  const { outcome, result } = await applyOnce(tx, TABLE, placed(batch), digestOf(batch), () =>
    written(tx, batch, write),
  );
  return { outcome, refused: refusedIn(result) };
}

/**
 * Resolves a `ReconcileError` after an operator found its cause. It accepts the batch in Redis as
 * the next one. `apply` makes its writes. `discard` does not, because the database has them or newer
 * ones. The worker then acknowledges the batch. A second call returns `repeated` and writes nothing.
 *
 * @throws ArgumentError for a pool or another decision; nothing is written
 */
export async function reconcileWrites<Write extends AppliedWrite>(
  tx: Transaction,
  batch: AppliedWriteBatch<Write>,
  decision: "apply" | "discard",
  write: (writes: readonly Write[]) => Promise<unknown>,
): Promise<"reconciled" | "repeated"> {
  return acceptBatch(tx, TABLE, placed(batch), digestOf(batch), decision, "apply", () =>
    written(tx, batch, write),
  );
}

const TABLE: BatchTable = {
  name: "moonpath_write_batches",
  lock: ["moonpath", "writes"],
  resultColumn: "refused",
};

/** The number of a shard has no colon, so no two shards have one name. */
function placed<Batch extends AppliedWriteBatch>(batch: Batch): Batch {
  return { ...batch, shard: `${batch.queue}:${batch.shard}` };
}

/** Makes the writes. Returns what was refused, as the table has it. */
async function written<Write extends AppliedWrite>(
  tx: Transaction,
  { isolates, writes }: AppliedWriteBatch<Write>,
  write: (writes: readonly Write[]) => Promise<unknown>,
): Promise<string> {
  const refused: [number, string][] = [];
  if (!isolates) await write(writes);
  else {
    // A deferred constraint would fail at the commit, and with it all writes.
    await tx.query("set constraints all immediate");
    for (const one of writes) {
      await tx.query("savepoint moonpath_write");
      try {
        await write([one]);
      } catch (error) {
        if (isTransient(error)) throw error;
        await tx.query("rollback to savepoint moonpath_write");
        refused.push([one.sequence, reasonOf(error)]);
      }
      await tx.query("release savepoint moonpath_write");
    }
  }
  return JSON.stringify(refused);
}

/** SQLSTATE classes of the server and the connection: the same write may succeed later. */
const TRANSIENT = /^(08|40|53|57|58|XX|55P03|25P0)/;

function isTransient(error: unknown): boolean {
  const code = fieldOf(error, "code");
  return code !== undefined && code.length === 5 && TRANSIENT.test(code);
}

function reasonOf(error: unknown): string {
  const constraint = fieldOf(error, "constraint") ?? fieldOf(error, "column");
  const isName = constraint !== undefined && /^[\w.-]{1,63}$/.test(constraint);
  return `${failureReasonOf(error)}${isName ? ` ${constraint}` : ""}`;
}

function fieldOf(error: unknown, name: string): string | undefined {
  const value: unknown = error instanceof Error ? Reflect.get(error, name) : undefined;
  return typeof value === "string" ? value : undefined;
}

function refusedIn(result: string): readonly RefusedWrite[] {
  const list: unknown = result === "" ? [] : JSON.parse(result);
  if (!Array.isArray(list)) return [];
  return list.flatMap((one: unknown) => {
    if (!Array.isArray(one)) return [];
    const [sequence, reason]: unknown[] = one;
    return typeof sequence === "number" && typeof reason === "string" ? [{ sequence, reason }] : [];
  });
}

/** SHA-256 of number, predecessor and writes. */
function digestOf({ batch, previous, writes }: AppliedWriteBatch): string {
  const hash = createHash("sha256").update(JSON.stringify([batch, previous ?? null]));
  for (const { key, sequence, operation, value } of writes) {
    hash.update(JSON.stringify([sequence, key, operation, value.length])).update(value);
  }
  return hash.digest("hex");
}
