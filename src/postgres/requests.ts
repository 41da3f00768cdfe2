import { LostError } from "../client/errors.js";
import { type Database, firstRow } from "./database.js";

/** A request that runs, as `idempotent` hands it to its function. */
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
 * await acme.idempotent("order-17", order, ({ request, fence }) =>
 *   inTransaction(pool, (tx) => recordOnce(tx, { tenant: "acme", request, fence }, () => placeOrder(tx, order))),
 * );
 * ```
 *
 * @param effect its result has to be JSON; it is stored with the request
 */
export async function recordOnce<Reply>(
  tx: Database,
  { tenant, request, fence }: RunningRequest,
  effect: () => Promise<Reply>,
): Promise<Reply> {
  for (let tries = 0; tries < MOST_TRIES; tries++) {
    const inserted = await tx.query(
      `insert into moonpath_requests (tenant, request, fence) values ($1, $2, $3)
       on conflict (tenant, request) do nothing returning fence`,
      [tenant, request, fence],
    );
    if (firstRow(inserted.rows) !== undefined) {
      const reply = JSON.stringify(await effect()) ?? null;
      await tx.query("update moonpath_requests set reply = $3 where tenant = $1 and request = $2", [
        tenant,
        request,
        reply,
      ]);
      return parsed(reply);
    }
    const { rows } = await tx.query(
      "select reply from moonpath_requests where tenant = $1 and request = $2",
      [tenant, request],
    );
    const known = firstRow(rows);
    if (known !== undefined) return parsed(known["reply"]);
  }
  throw new LostError("the request's row was removed again and again while it was asked for");
}

/** Between being refused and being read, a row may be forgotten; hardly so often. */
const MOST_TRIES = 3;

/** What JSON made of a reply, for the first caller as for all later ones. */
function parsed<Reply>(text: unknown): Reply {
  return typeof text === "string" ? JSON.parse(text) : JSON.parse("null");
}

/**
 * Removes requests that were recorded longer ago than that, so that the table does not grow for ever. Keep them longer than
 * Redis does (`rememberMs`), and longer than any caller tries. Returns how many went.
 */
export async function forgetRequests(
  db: Database,
  { olderThanMs }: { readonly olderThanMs: number },
): Promise<number> {
  const { rows } = await db.query(
    `with gone as (
       delete from moonpath_requests where recorded_at < now() - make_interval(secs => $1::float8 / 1000) returning 1
     ) select count(*)::int as gone from gone`,
    [olderThanMs],
  );
  const gone = firstRow(rows)?.["gone"];
  return typeof gone === "number" ? gone : 0;
}
