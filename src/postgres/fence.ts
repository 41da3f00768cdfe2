import { ArgumentError, StaleFenceError } from "../client/index.js";
import { checkTransaction, firstRow, type Transaction } from "./database.js";

/** A write under a lock. */
export interface FencedWrite {
  readonly tenant: string;
  readonly lock: string;
  /** The lock's fencing token, as `locks.using` gave it. */
  readonly fence: number;
}

/**
 * Lets a transaction go on only if no later holder of the lock has written: remembers the highest fence, and refuses lower
 * ones. The row stays locked until the transaction ends, so that two holders write one after the other.
 *
 * Source of the method: Kleppmann, "How to do distributed locking" (2016).
 *
 * @throws StaleFenceError a later holder was here; roll back
 * @throws ArgumentError for a pool, or a fence that no lock gave
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
    throw new StaleFenceError("a later holder of the lock has written; this one's lease was over");
  }
}
