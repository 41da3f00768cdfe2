import { ArgumentError, LostError, OutcomeUnknownError } from "../core/errors.js";
import { checkTransaction, type Database, firstRow, type Transaction } from "./database.js";

/** A request that runs, as `idempotency.run` hands it to its function. */
export interface RunningRequest {
  readonly tenant: string;
  readonly request: string;
  readonly fence: number;
}

/**
 * Runs an effect exactly once, in the caller's own transaction: the request's name goes in first, and is unique. Whoever
 * comes second, because the first one died between its commit and `complete`, or was overtaken, waits until the first
 * transaction has ended and gets what it stored, without running the effect.
 *
 * ```ts
 * await acme.idempotency.run("order-17", order, ({ request, fence }) =>
 *   inTransaction(pool, (tx) => recordOnce(tx, { tenant: "acme", request, fence }, () => placeOrder(tx, order))),
 * );
 * ```
 *
 * An error of the effect has to roll the transaction back. Where it was caught and the transaction committed all the same, what
 * the effect did is not known: it does not run again, and whoever asks is told so.
 *
 * @param effect its result has to be JSON; it is stored with the request
 * @throws ArgumentError for a pool
 * @throws OutcomeUnknownError the request's effect threw before, and its transaction went on
 */
export async function recordOnce<Reply>(
  tx: Transaction,
  { tenant, request, fence }: RunningRequest,
  effect: () => Promise<Reply>,
): Promise<Reply> {
  checkTransaction(tx);
  for (let tries = 0; tries < MOST_TRIES; tries++) {
    const inserted = await tx.query(
      `insert into moonpath_requests (tenant, request, fence) values ($1, $2, $3)
       on conflict (tenant, request) do nothing returning fence`,
      [tenant, request, fence],
    );
    if (firstRow(inserted.rows) !== undefined) {
      // Always a text: a row without one is of an effect that has not ended.
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
    const known = firstRow(rows);
    if (known !== undefined) return replyOf(known["reply"]);
  }
  throw new LostError("the request's row was removed again and again while it was asked for");
}

/** Between being refused and being read, a row may be forgotten; hardly so often. */
const MOST_TRIES = 3;

/** What JSON made of a reply, for later callers as for the first one. */
function replyOf<Reply>(text: unknown): Reply {
  if (typeof text === "string") return JSON.parse(text);
  throw new OutcomeUnknownError(
    "the request's effect did not end, and its transaction went on; see what it did, then store its reply or delete its row in moonpath_requests",
  );
}

/**
 * Removes requests that were recorded longer ago than that, so that the table does not grow for ever. Keep them longer than
 * Redis does (`rememberMs`), and longer than any caller tries. Returns how many went.
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
    `with gone as (
       delete from moonpath_requests where recorded_at < now() - make_interval(secs => $1::float8 / 1000) returning 1
     ) select count(*)::int as gone from gone`,
    [olderThanMs],
  );
  const gone = firstRow(rows)?.["gone"];
  return typeof gone === "number" ? gone : 0;
}
