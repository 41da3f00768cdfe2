import type { StockPrepareReply } from "../../generated/ts/index.js";
import type { CallOptions, CallTime } from "../client/index.js";
import { ArgumentError } from "../core/errors.js";
import { type Attempt, type CartScripts, giveLinesBack, sellLines } from "./decision.js";
import { cartDefaults } from "./defaults.js";
import { type CartLine, summedLines } from "./lines.js";
import type { CartCommitArgs, CartCommitReply, Followed, UnsoldLine } from "./types.js";

/** The two phases of one commit. `afterwards` are the options of calls after the decision. */
export async function commitAll(
  scripts: CartScripts,
  args: CartCommitArgs,
  time: CallTime,
  afterwards: CallOptions | undefined,
): Promise<CartCommitReply> {
  const { cart } = args;
  const lines = summedLines(args.lines);
  const { rememberMs = cartDefaults.rememberMs.value } = args;
  const { prepareLimitMs = cartDefaults.prepareLimitMs.value } = args;
  const retake = isRetake(args.ifExpired);
  const begun = await scripts.cart.begin({ cart, lines, prepareLimitMs, rememberMs }, time.rest());
  switch (begun.outcome) {
    case "busy":
      return { outcome: "busy", waitMs: begun.waitMs };
    case "already_committed":
      return { outcome: "already_committed", followed: sellOpenLines(scripts, cart, rememberMs, afterwards) };
    case "aborted":
    case "mismatch":
      return { outcome: "aborted" };
    case "begun":
      break;
  }

  const attempt: Attempt = { cart, fence: begun.fence, lines, rememberMs };
  const prepareOne = ({ product, units }: CartLine) =>
    scripts.stock.prepare(
      { product, reservation: cart, units, fence: attempt.fence, retake, prepareLimitMs, rememberMs },
      time.rest(true),
    );
  const results = await Promise.allSettled(lines.map(prepareOne));
  const failed = results.find((result) => result.status === "rejected");
  const replies = results.flatMap((result) => (result.status === "fulfilled" ? [result.value] : []));
  const unsold = failed ? [] : unsoldLines(lines, replies);
  if (failed || unsold === "superseded" || unsold.length > 0) {
    const decision = await abort(scripts, attempt, afterwards);
    if (decision === "committed")
      return { outcome: "committed", followed: sell(scripts, attempt, afterwards) };
    if (failed) throw failed.reason;
    return unsold === "superseded" ? { outcome: "aborted" } : { outcome: "refused", lines: unsold };
  }

  const decided = await scripts.cart.decide({ cart, fence: attempt.fence }, time.rest(true));
  switch (decided.outcome) {
    case "committed":
      return { outcome: "committed", followed: sell(scripts, attempt, afterwards) };
    case "aborted":
    case "unknown":
      await settled(giveLinesBack(scripts, attempt, afterwards));
      return { outcome: "aborted" };
  }
}

function isRetake(ifExpired: CartCommitArgs["ifExpired"] = cartDefaults.ifExpired.value): boolean {
  if (ifExpired === "retake" || ifExpired === "refuse") return ifExpired === "retake";
  throw new ArgumentError("ifExpired", '"retake" or "refuse"');
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
  scripts: CartScripts,
  attempt: Attempt,
  options: CallOptions | undefined,
): Promise<"aborted" | "committed" | "unanswered"> {
  const { cart, fence } = attempt;
  const answer = await settled(scripts.cart.abort({ cart, fence }, options));
  if (answer === undefined) return "unanswered";
  if (answer.outcome === "committed") return "committed";
  await settled(giveLinesBack(scripts, attempt, options));
  return "aborted";
}

function sell(scripts: CartScripts, attempt: Attempt, options: CallOptions | undefined): Followed {
  return sellLines(scripts, attempt, options).catch(() => "left_to_worker" as const);
}

/** Sells what an earlier caller has left open. */
async function sellOpenLines(
  scripts: CartScripts,
  cart: string,
  rememberMs: number,
  options: CallOptions | undefined,
): Promise<"finished" | "left_to_worker"> {
  try {
    const record = await scripts.cart.read({ cart }, options);
    if (record.outcome !== "committed") return "left_to_worker";
    const lines = record.lines.filter(({ state }) => state === "open");
    if (lines.length === 0) return "finished";
    return await sellLines(scripts, { cart, fence: record.fence, lines, rememberMs }, options);
  } catch {
    return "left_to_worker";
  }
}

/** The value, or undefined if it was rejected: a worker finishes what remains. */
async function settled<Value>(promise: Promise<Value>): Promise<Value | undefined> {
  return promise.catch(() => undefined);
}
