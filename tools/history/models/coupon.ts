import type { CouponReadArgs, CouponReadReply } from "../../../generated/ts/coupon/read.js";
import type { CouponRedeemArgs, CouponRedeemReply } from "../../../generated/ts/coupon/redeem.js";
import type { CouponReleaseArgs, CouponReleaseReply } from "../../../generated/ts/coupon/release.js";
import type { Call, Model, ModelOf } from "../call.js";
import { textOfMap } from "./text-of-map.js";

export type CouponOperation =
  | {
      readonly name: "redeem";
      readonly args: CouponRedeemArgs;
      readonly reply: CouponRedeemReply | undefined;
    }
  | {
      readonly name: "release";
      readonly args: CouponReleaseArgs;
      readonly reply: CouponReleaseReply | undefined;
    }
  | { readonly name: "read"; readonly args: CouponReadArgs; readonly reply: CouponReadReply | undefined };

type Ask<Name extends CouponOperation["name"]> = Extract<CouponOperation, { name: Name }>;

/** What a redemption was answered, and whether it was given back. `cancelled`: a release came first. */
interface Redemption {
  readonly state: "redeemed" | "exhausted" | "customer_exhausted" | "released" | "cancelled";
  readonly units: number;
  readonly customer: string;
  readonly remaining: number;
  readonly customerRemaining: number;
}

export interface CouponState {
  readonly redeemed: number;
  readonly customers: ReadonlyMap<string, number>;
  readonly redemptions: ReadonlyMap<string, Redemption>;
}

/** The rules of a coupon, which no call of a history changes. */
export interface CouponLimits {
  readonly limit: number;
  readonly customerLimit: number;
}

const customersText = textOfMap((name: string, units: number) => `${name} ${units}`);
// What remained is not in the text: a first reply that a copy repeats is proved, so it is the same in
// all states, and nobody sees another one.
const redemptionsText = textOfMap(
  (name: string, { state, units, customer }: Redemption) => `${name} ${state} ${units} of ${customer}`,
);

/**
 * One coupon without a window. The model is exact, except that nothing is forgotten. So a history must
 * be shorter than 10 minutes.
 */
export function couponModel(limits: CouponLimits): ModelOf<CouponState, CouponOperation> {
  return (history): Model<CouponState, CouponOperation> => {
    const proof = proofOf(history);
    return {
      isIdempotent: () => true,
      initial: { redeemed: 0, customers: new Map(), redemptions: new Map() },
      ignores: ({ attemptsOf }) => proof.settled.has(attemptsOf),
      next(state, { operation }) {
        if (operation.name === "read") return read(state, limits, operation) ? [state] : [];
        const { after, reply } =
          operation.name === "redeem" ? redeem(state, limits, operation) : release(state, operation);
        if (operation.reply !== undefined) return hasSame(reply, operation.reply) ? [after] : [];
        if (!proof.allows(operation, after)) return [];
        const isSeen = after.redeemed !== state.redeemed || proof.answered.has(operation.args.redemption);
        return after !== state && isSeen ? [after] : [];
      },
      mayComeFirst: (_, before, after) => before.customers === after.customers,
      distanceTo: (state, call) => distanceTo(state, limits, call),
      textOf: ({ redeemed, customers, redemptions }) =>
        `${redeemed} redeemed; customers: ${customersText(customers)}; redemptions: ${redemptionsText(redemptions)}`,
    };
  };
}

/** What the replies of a history prove. */
interface Proof {
  /** Redemptions of calls with a reply. Of others, only the units matter. */
  readonly answered: ReadonlySet<string>;
  /** Requests whose reply says that this very attempt took effect. Other copies did nothing. */
  readonly settled: ReadonlySet<number | undefined>;
  /** Whether no reply contradicts the first answer that a call without a reply would be given. */
  allows(operation: Ask<"redeem" | "release">, after: CouponState): boolean;
}

function proofOf(history: readonly Call<CouponOperation>[]): Proof {
  const answered = new Set<string>();
  const settled = new Set<number | undefined>();
  const firstAnswers = new Map<string, Redemption>();
  for (const { operation, attemptsOf } of history) {
    if (operation.name === "read" || operation.reply === undefined) continue;
    const { redemption } = operation.args;
    answered.add(redemption);
    if (operation.name !== "redeem" || !("repeated" in operation.reply)) continue;
    const { repeated, outcome, remaining, customerRemaining } = operation.reply;
    const { units, customer } = operation.args;
    firstAnswers.set(redemption, { state: outcome, units, customer, remaining, customerRemaining });
    if (!repeated && attemptsOf !== undefined) settled.add(attemptsOf);
  }
  return {
    answered,
    settled,
    allows({ name, args }, { redemptions }) {
      const answer = name === "redeem" ? firstAnswers.get(args.redemption) : undefined;
      const given = answer && redemptions.get(args.redemption);
      return answer === undefined || given === undefined || hasSame(answer, given);
    },
  };
}

interface Effect {
  readonly after: CouponState;
  readonly reply: object;
}

function redeem(state: CouponState, limits: CouponLimits, { args }: Ask<"redeem">): Effect {
  const { redemption, customer, units } = args;
  const known = state.redemptions.get(redemption);
  if (known) return { after: state, reply: earlier(known, args) };
  const own = state.customers.get(customer) ?? 0;
  const [inAll, forCustomer] = [limits.limit - state.redeemed, limits.customerLimit - own];
  const outcome = units > inAll ? "exhausted" : units > forCustomer ? "customer_exhausted" : "redeemed";
  const taken = outcome === "redeemed" ? units : 0;
  const answer = { remaining: inAll - taken, customerRemaining: forCustomer - taken };
  const redemptions = new Map(state.redemptions).set(redemption, {
    state: outcome,
    units,
    customer,
    ...answer,
  });
  const customers = taken > 0 ? new Map(state.customers).set(customer, own + taken) : state.customers;
  return {
    after: { redeemed: state.redeemed + taken, customers, redemptions },
    reply: { outcome, repeated: false, ...answer },
  };
}

/** The reply to a redemption that is known. */
function earlier(known: Redemption, { customer, units }: CouponRedeemArgs): object {
  if (known.state === "cancelled") return { outcome: "released" };
  if (known.customer !== customer || known.units !== units) return { outcome: "mismatch" };
  if (known.state === "released") return { outcome: "released" };
  const { state, remaining, customerRemaining } = known;
  return { outcome: state, repeated: true, remaining, customerRemaining };
}

function release(state: CouponState, { args: { redemption } }: Ask<"release">): Effect {
  const known = state.redemptions.get(redemption);
  if (known === undefined) {
    const tombstone = {
      state: "cancelled",
      units: 0,
      customer: "",
      remaining: 0,
      customerRemaining: 0,
    } as const;
    const redemptions = new Map(state.redemptions).set(redemption, tombstone);
    return { after: { ...state, redemptions }, reply: { outcome: "unknown" } };
  }
  const { units, customer } = known;
  switch (known.state) {
    case "cancelled":
      return { after: state, reply: { outcome: "unknown" } };
    case "released":
      return { after: state, reply: { outcome: "released", units } };
    case "exhausted":
    case "customer_exhausted":
      return { after: state, reply: { outcome: "not_redeemed" } };
    case "redeemed": {
      const customers = new Map(state.customers).set(customer, (state.customers.get(customer) ?? 0) - units);
      const redemptions = new Map(state.redemptions).set(redemption, { ...known, state: "released" });
      const after = { redeemed: state.redeemed - units, customers, redemptions };
      return { after, reply: { outcome: "released", units } };
    }
  }
}

function read(state: CouponState, { limit, customerLimit }: CouponLimits, { args, reply }: Ask<"read">) {
  const own = state.customers.get(args.customer ?? "") ?? 0;
  const remaining = limit - state.redeemed;
  const expected = {
    outcome: "found",
    redeemed: state.redeemed,
    remaining,
    ...(args.customer === undefined ? {} : { customerRedeemed: own, customerRemaining: customerLimit - own }),
  };
  return reply !== undefined && hasSame(expected, reply);
}

/** Whether a reply has all these fields with these values. */
function hasSame(expected: object, reply: object): boolean {
  const fields = new Map<string, unknown>(Object.entries(reply));
  return Object.entries(expected).every(([name, value]) => fields.get(name) === value);
}

/** The difference of the units that a first reply tells from those after the call. */
function distanceTo(
  { redeemed, customers }: CouponState,
  { limit, customerLimit }: CouponLimits,
  { operation }: Call<CouponOperation>,
): number {
  const { name, args, reply } = operation;
  if (name === "read") return reply?.outcome === "found" ? Math.abs(redeemed - reply.redeemed) : 0;
  if (name !== "redeem" || reply === undefined || !("repeated" in reply) || reply.repeated) return 0;
  const taken = reply.outcome === "redeemed" ? args.units : 0;
  const told = reply.remaining + taken + redeemed;
  const own = reply.customerRemaining + taken + (customers.get(args.customer) ?? 0);
  return Math.abs(told - limit) + Math.abs(own - customerLimit);
}
