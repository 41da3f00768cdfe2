import type { StockPrepareReply } from "../../generated/ts/index.js";
import type { Committing } from "./arguments.js";
import { type Attempt, type CartCall, giveLinesBack, sellLines } from "./decision.js";
import type { CartLine } from "./lines.js";
import type { CartCommitReply, Followed, UnsoldLine } from "./types.js";

/** The two phases of one commit. */
export async function commitAll(order: Committing, call: CartCall): Promise<CartCommitReply> {
  const { cart, lines, rememberMs, retake, prepareLimitMs } = order;
  const { scripts, time } = call;
  const begun = await scripts.cart.begin({ cart, lines, prepareLimitMs, rememberMs }, time.rest());
  switch (begun.outcome) {
    case "busy":
      return { outcome: "busy", waitMs: begun.waitMs };
    case "already_committed":
      return { outcome: "already_committed", followed: sellOpenLines(call, cart, rememberMs) };
    case "mismatch":
    case "aborted":
      return { outcome: begun.outcome };
    case "begun":
      break;
  }

  const attempt: Attempt = { cart, fence: begun.fence, lines, rememberMs };
  const { fence } = attempt;
  const results = await Promise.allSettled(
    lines.map(async ({ product, units }) =>
      scripts.stock.prepare(
        { product, reservation: cart, units, fence, retake, prepareLimitMs, rememberMs },
        time.rest(true),
      ),
    ),
  );
  const failed = results.find((result) => result.status === "rejected");
  const replies = results.flatMap((result) => (result.status === "fulfilled" ? [result.value] : []));
  const unsold = failed ? [] : unsoldLines(lines, replies);
  if (failed || unsold === "superseded" || unsold.length > 0) {
    const decision = await abort(call, attempt);
    if (decision === "committed") return { outcome: "committed", followed: sell(call, attempt) };
    if (failed) throw failed.reason;
    return unsold === "superseded" ? { outcome: "aborted" } : { outcome: "refused", lines: unsold };
  }
  return decide(call, attempt);
}

/** The second phase. The caller is told the decision, and the lines follow it. */
async function decide(call: CartCall, attempt: Attempt): Promise<CartCommitReply> {
  const { cart, fence } = attempt;
  const { scripts, time } = call;
  // `rest` throws if no time is left, and then the attempt is aborted too.
  const decided = await (async () => scripts.cart.decide({ cart, fence }, time.rest(true)))().catch(
    (error: unknown) => {
      // Only the record knows whether it is decided. So this aborts only what is not committed.
      void abort(call, attempt);
      throw error;
    },
  );
  switch (decided.outcome) {
    case "committed":
      return { outcome: "committed", followed: sell(call, attempt) };
    case "aborted":
    case "unknown":
      await settled(giveLinesBack(call.scripts, attempt, call.afterwards));
      return { outcome: "aborted" };
  }
}

/** The lines that cannot be sold. `superseded`: the attempt is over, and says nothing about them. */
function unsoldLines(
  lines: readonly CartLine[],
  replies: readonly StockPrepareReply[],
): readonly UnsoldLine[] | "superseded" {
  const unsold: UnsoldLine[] = [];
  let isSuperseded = false;
  for (const [index, reply] of replies.entries()) {
    const line = lines[index];
    if (line === undefined) continue;
    switch (reply.outcome) {
      case "prepared":
      case "already_committed":
        break;
      case "superseded":
        isSuperseded = true;
        break;
      case "shortfall":
      case "short":
        unsold.push({ ...line, outcome: reply.outcome, missing: reply.missing });
        break;
      case "mismatch":
      case "released":
      case "expired":
      case "unknown":
        unsold.push({ ...line, outcome: reply.outcome });
        break;
    }
  }
  return isSuperseded ? "superseded" : unsold;
}

/**
 * Aborts the attempt, and gives its lines back. Without an answer, it gives nothing back, because only
 * the record knows the decision. The worker does it then.
 */
async function abort(
  { scripts, afterwards }: CartCall,
  attempt: Attempt,
): Promise<"aborted" | "committed" | "unanswered"> {
  const { cart, fence } = attempt;
  const answer = await settled(scripts.cart.abort({ cart, fence }, afterwards));
  if (answer === undefined) return "unanswered";
  if (answer.outcome === "committed") return "committed";
  await settled(giveLinesBack(scripts, attempt, afterwards));
  return "aborted";
}

function sell({ scripts, afterwards }: CartCall, attempt: Attempt): Followed {
  return sellLines(scripts, attempt, afterwards).catch(() => "left_to_worker" as const);
}

/** Sells what an earlier caller has left open. A line that is set aside is left to a person. */
async function sellOpenLines(call: CartCall, cart: string, rememberMs: number): Followed {
  const record = await settled(call.scripts.cart.read({ cart }, call.afterwards));
  if (record?.outcome !== "committed") return "left_to_worker";
  const lines = record.lines.filter(({ state }) => state === "open");
  const sold = lines.length === 0 || (await sell(call, { cart, fence: record.fence, lines, rememberMs }));
  const isAside = record.lines.some(({ state }) => state === "set_aside");
  return sold === "left_to_worker" || isAside ? "left_to_worker" : "finished";
}

/** The value, or undefined if it was rejected: a worker finishes what remains. */
async function settled<Value>(promise: Promise<Value>): Promise<Value | undefined> {
  return promise.catch(() => undefined);
}
