import { ArgumentError, StaleFenceError } from "../client/index.js";
import { checkTransaction, firstRow, type Transaction } from "./database.js";

/** The lock that protects a write. */
export interface FencedWrite {
  readonly tenant: string;
  /** The lock's name. */
  readonly lock: string;
  /** The fence that `lock.using` passed to its function. */
  readonly fence: number;
}

/**
 * Rejects a transaction if a later holder of the lock has written. It stores the highest fence and
 * throws for a lower one. The row stays locked until the transaction ends, so a second holder
 * waits.
 *
 * Source: Kleppmann, "How to do distributed locking" (2016).
 *
 * @throws StaleFenceError a later holder has written; roll back
 * @throws ArgumentError for a pool, or a fence that is no whole number from 1
 */
export async function guardFence(tx: Transaction, { tenant, lock, fence }: FencedWrite): Promise<void> {
  checkTransaction(tx);
  if (!(Number.isSafeInteger(fence) && fence >= 1)) throw new ArgumentError("fence", "a whole number from 1");
  const { rows } = await tx.query(
    `insert into moonpath_fences as known (tenant, lock, fence) values ($1, $2, $3)
     on conflict (tenant, lock) do update set fence = excluded.fence where known.fence <= excluded.fence
     returning fence`,
    [tenant, lock, fence],
  );
  if (firstRow(rows) === undefined) {
    throw new StaleFenceError("a later holder of the lock has written; the lease of this holder had ended");
  }
}
