import type { CartReadArgs } from "../../generated/ts/index.js";
import { type CallOptions, CallTime } from "../client/index.js";
import { readFrom } from "../core/read-from.js";
import { checkedCommit, checkedExtend, checkedRelease, checkedReserve } from "./arguments.js";
import { commitAll } from "./commit.js";
import type { CartScripts } from "./decision.js";
import { reserveAll } from "./reserve.js";
import type { Cart, CartReserveArgs, CartReserveReply, OlderCartReply } from "./types.js";

/** What the functions of a tenant's carts use. */
export interface CartParts {
  readonly scripts: CartScripts;
  /** The deadline of a call without one. */
  readonly deadlineMs: number;
}

/** The functions for whole carts of one tenant. */
export function createCart({ scripts, deadlineMs }: CartParts): Cart {
  const callOf = (options: CallOptions | undefined) => ({
    scripts,
    time: new CallTime(options, deadlineMs),
    afterwards: afterwardsOf(options),
  });
  function reserve(
    args: CartReserveArgs & { readonly replaces?: undefined },
    options?: CallOptions,
  ): Promise<CartReserveReply>;
  function reserve(args: CartReserveArgs, options?: CallOptions): Promise<CartReserveReply | OlderCartReply>;
  async function reserve(args: CartReserveArgs, options?: CallOptions) {
    return reserveAll(checkedReserve(args), callOf(options));
  }
  return {
    reserve,
    commit: async (args, options) => commitAll(checkedCommit(args), callOf(options)),
    async release(args, options) {
      const { cart: reservation, lines, rememberMs } = checkedRelease(args);
      const released = await Promise.all(
        lines.map(async (line) => {
          const { product } = line;
          const { outcome } = await scripts.stock.release({ product, reservation, rememberMs }, options);
          // A new operation has no remembered answer.
          return { ...line, outcome: outcome === "mismatch" ? ("unknown" as const) : outcome };
        }),
      );
      return { lines: released };
    },
    async extend(args, options) {
      const { cart: reservation, lines, leaseMs } = checkedExtend(args);
      const extended = await Promise.all(
        lines.map(async ({ product, units, leaseEndsMs }) => ({
          product,
          units,
          ...(await scripts.stock.extend({ product, reservation, leaseEndsMs, leaseMs }, options)),
        })),
      );
      return { lines: extended };
    },
    read: (args: CartReadArgs, options) => scripts.cart.read(args, options),
  };
}

/** The options of calls that must run although the deadline or the signal of the caller has ended. */
function afterwardsOf(options: CallOptions | undefined): CallOptions | undefined {
  if (options === undefined) return undefined;
  return readFrom("options", () => ({
    minReplicas: options.minReplicas,
    replicaWaitMs: options.replicaWaitMs,
  }));
}
