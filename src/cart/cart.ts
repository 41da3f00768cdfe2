import { type CallOptions, CallTime } from "../client/index.js";
import { readFrom } from "../core/read-from.js";
import { commitAll } from "./commit.js";
import type { CartScripts } from "./decision.js";
import { cartDefaults } from "./defaults.js";
import { summedLines } from "./lines.js";
import { reserveAll } from "./reserve.js";
import type { Cart } from "./types.js";

/** What the functions of a tenant's carts use. */
export interface CartParts {
  readonly scripts: CartScripts;
  /** The deadline of a call without one. */
  readonly deadlineMs: number;
}

/** The functions for whole carts of one tenant. */
export function createCart({ scripts, deadlineMs }: CartParts): Cart {
  return {
    reserve: async (args, options) =>
      reserveAll(scripts, copyOf(args), new CallTime(options, deadlineMs), afterwardsOf(options)),
    commit: async (args, options) =>
      commitAll(scripts, copyOf(args), new CallTime(options, deadlineMs), afterwardsOf(options)),
    async release(args, options) {
      const { cart: reservation, lines, rememberMs = cartDefaults.rememberMs.value } = copyOf(args);
      const released = await Promise.all(
        summedLines(lines).map(async (line) => {
          const { product } = line;
          const { outcome } = await scripts.stock.release({ product, reservation, rememberMs }, options);
          // A new operation has no remembered answer.
          return { ...line, outcome: outcome === "mismatch" ? ("unknown" as const) : outcome };
        }),
      );
      return { lines: released };
    },
    async extend(args, options) {
      const { cart: reservation, lines, leaseMs } = copyOf(args);
      summedLines(lines);
      const extended = await Promise.all(
        lines.map(async ({ product, units, leaseEndsMs }) => ({
          product,
          units,
          ...(await scripts.stock.extend({ product, reservation, leaseEndsMs, leaseMs }, options)),
        })),
      );
      return { lines: extended };
    },
    read: (args, options) => scripts.cart.read(args, options),
  };
}

/** The caller's arguments, read once. */
function copyOf<Args extends object>(args: Args): Args {
  return readFrom("args", () => ({ ...args }));
}

/** The options of calls that must run although the deadline or the signal of the caller has ended. */
function afterwardsOf(options: CallOptions | undefined): CallOptions | undefined {
  if (options === undefined) return undefined;
  return readFrom("options", () => ({
    minReplicas: options.minReplicas,
    replicaWaitMs: options.replicaWaitMs,
  }));
}
