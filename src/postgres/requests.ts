import { ArgumentError, LostError, OutcomeUnknownError } from "../core/errors.js";
import { checkTransaction, type Database, firstRow, type Transaction } from "./database.js";

/** A running request. `idempotency.run` passes `request` and `fence` to its function. */
export interface RunningRequest {
  readonly tenant: string;
  /** The idempotency key. */
  readonly request: string;
  readonly fence: number;
}

/**
 * Runs an effect exactly once in your transaction. It first inserts the request's unique name. A
 * second call for the same request waits until the first transaction ends, and returns its stored
 * reply without running the effect. That happens if the first process died between its commit and
 * `complete`, or if its lease ended.
 *
 * ```ts
 * await acme.idempotency.run("order-17", order, ({ request, fence }) =>
 *   inTransaction(pool, (tx) =>
 *     recordOnce(tx, { tenant: "acme", request, fence }, () => placeOrder(tx, order)),
 *   ),
 * );
 * ```
 *
 * An error of the effect must roll the transaction back. If your code catches it and commits, the
 * outcome is unknown: later calls do not run the effect and throw `OutcomeUnknownError`.
 *
 * @param effect its result must be JSON, and is stored with the request
 * @throws ArgumentError for a pool
 * @throws OutcomeUnknownError the effect threw before, and its transaction was committed
 * @throws LostError another process deleted the request's row in each of three attempts
 */
export async function recordOnce<Reply>(
  tx: Transaction,
  { tenant, request, fence }: RunningRequest,
  effect: () => Promise<Reply>,
): Promise<Reply> {
  checkTransaction(tx);
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
    const inserted = await tx.query(
      `insert into moonpath_requests (tenant, request, fence) values ($1, $2, $3)
       on conflict (tenant, request) do nothing returning fence`,
      [tenant, request, fence],
    );
    if (firstRow(inserted.rows) !== undefined) {
      // Never null, because a null reply marks an effect that did not finish.
      const reply = JSON.stringify(await effect()) ?? "null";
      await tx.query("update moonpath_requests set reply = $3 where tenant = $1 and request = $2", [
        tenant,
        request,
        reply,
      ]);
      return JSON.parse(reply);
    }
    const { rows } = await tx.query(
      "select reply from moonpath_requests where tenant = $1 and request = $2",
      [tenant, request],
    );
    const stored = firstRow(rows);
    if (stored !== undefined) return parseReply(stored["reply"]);
  }
  throw new LostError("the row of the request was deleted between insert and select, in each attempt");
}

/** `forgetRequests` may delete a row between the insert and the select, but hardly three times. */
const MAX_ATTEMPTS = 3;

/** Parses the stored JSON, so later callers get the same reply as the first one. */
function parseReply<Reply>(text: unknown): Reply {
  if (typeof text === "string") return JSON.parse(text);
  throw new OutcomeUnknownError(
    "the effect did not finish, but its transaction was committed; check its writes, then store its reply or delete its row in moonpath_requests",
  );
}

/**
 * Deletes requests that are older than `olderThanMs` milliseconds, and returns their number. Keep
 * requests longer than `rememberMs` of Redis, and longer than any caller retries.
 *
 * @throws ArgumentError unless it is a whole number from 1
 */
export async function forgetRequests(
  db: Database,
  { olderThanMs }: { readonly olderThanMs: number },
): Promise<number> {
  if (!(Number.isSafeInteger(olderThanMs) && olderThanMs >= 1)) {
    throw new ArgumentError("olderThanMs", "a whole number from 1");
  }
  const { rows } = await db.query(
    `with deleted as (
       delete from moonpath_requests where recorded_at < now() - make_interval(secs => $1::float8 / 1000) returning 1
     ) select count(*)::int as count from deleted`,
    [olderThanMs],
  );
  const count = firstRow(rows)?.["count"];
  return typeof count === "number" ? count : 0;
}
