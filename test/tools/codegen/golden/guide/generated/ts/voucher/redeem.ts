// voucher.redeem 1.0.0. Generated from lua/voucher/redeem.lua by moonpath-codegen. DO NOT EDIT.
import { type CallOptions, choiceType, readFields, type Script } from "moonpath/client";
import * as keys from "../keys.js";
import * as types from "../types.js";

/** Arguments of `voucher.redeem`. */
export interface VoucherRedeemArgs {
  /** Part of the key. 1 to 256 bytes. */
  readonly voucher: string;
  /** Names one thing: a voucher, a customer. 1 to 256 bytes. */
  readonly customer: string;
  /** By all customers together. Uses, 0 to 1,000,000. */
  readonly limit: number;
}

/** Reply of `voucher.redeem`: `outcome` says what happened. */
export type VoucherRedeemReply =
  | {
      /**
       * - `redeemed`
       * - `repeated`
       */
      readonly outcome: "redeemed" | "repeated";
      /** For other customers. Uses, 0 to 1,000,000. */
      readonly left: number;
    }
  | {
      /** `spent`: no use is left. */
      readonly outcome: "spent";
    };

/** The function of `voucher.redeem`. A tenant's `voucher` has it. */
export interface VoucherRedeemOperation {
  /**
   * Redeems a voucher for a customer, once, as long as uses are left.
   *
   * A customer who redeems it again takes no further use.
   *
   * Outcomes:
   * - `redeemed`
   * - `repeated`
   * - `spent`: no use is left.
   *
   * Units: `limit`, `left` in uses.
   *
   * Cost: O(1).
   *
   * Retry: safe. A customer who has redeemed it is known.
   *
   * Lua source: `lua/voucher/redeem.lua`, version 1.0.0.
   *
   * @throws `ARGUMENT`, `WRONG_TYPE`, `OUT_OF_MEMORY`: nothing was written.
   * @throws `OUTCOME_UNKNOWN`: no answer came; it may have run.
   * @throws what every call can, such as `UNAVAILABLE` and `ABORTED`.
   *
   * @example
   * ```ts
   * // The first customer.
   * const reply = await acme.voucher.redeem({ voucher: "SUMMER", customer: "ada", limit: 100 });
   * // reply: { outcome: "redeemed", left: 99 }
   * ```
   */
  redeem(args: VoucherRedeemArgs, options?: CallOptions): Promise<VoucherRedeemReply>;
}

/** The script `voucher.redeem`, as a client loads and calls it. */
export const voucherRedeem: Script<VoucherRedeemArgs, VoucherRedeemReply> = {
  name: "voucher.redeem",
  version: "1.0.0",
  digest: "d4d9ed0fae3f10d9541033b3c2eaeeec5bf22baf",
  writes: true,
  resend: "safe",
  keyPatterns: [
    "<namespace>:{<tenant>:<voucher>}:voucher",
  ],
  encode(scope, args) {
    return {
      keys: [keys.voucher(scope, args.voucher)],
      args: [
        argument.customer.encode("customer", args.customer),
        argument.limit.encode("limit", args.limit),
      ],
    };
  },
  decode(reply) {
    const fields = readFields(reply, 2);
    const outcome = field.outcome.decode("outcome", fields[0]);
    switch (outcome) {
      case "redeemed":
      case "repeated":
        return {
          outcome,
          left: field.left.decode("left", fields[1]),
        };
      case "spent":
        return {
          outcome,
        };
    }
  },
  get lines() {
    return lines;
  },
  get lua() {
    return lua;
  },
};

/** How each argument is encoded, with its bounds. */
const argument = {
  customer: types.id,
  limit: types.uses,
};

/** How each field of the reply is decoded, with its bounds. */
const field = {
  outcome: choiceType(["redeemed", "repeated", "spent"]),
  left: types.uses,
};

/** Source file -> lines of the Lua text below, and the line of that file where they begin. */
const lines: Script<never, unknown>["lines"] = {
  "lua/voucher/redeem.lua": "22:27 23-33:27",
};

/** The exact text that Redis runs. */
const lua = `#!lua
-- voucher.redeem 1.0.0. Generated from lua/voucher/redeem.lua by moonpath-codegen. DO NOT EDIT.

-- Generated: reads and checks KEYS and ARGV.
if #KEYS ~= 1 or #ARGV ~= 2 then
  return { err = "ARGUMENT voucher.redeem expected 1 key and 2 arguments" }
end
local arg_customer = ARGV[1]
if arg_customer == "" or #arg_customer > 256 then
  return { err = "ARGUMENT voucher.redeem customer: expected 1 to 256 bytes" }
end
if string.find(arg_customer, "[%c{}]") then
  return { err = "ARGUMENT voucher.redeem customer: expected no control characters and no braces" }
end
local arg_limit = tonumber(ARGV[2])
if not arg_limit or arg_limit < 0 or arg_limit > 1000000 or arg_limit % 1 ~= 0 then
  return { err = "ARGUMENT voucher.redeem limit: expected a whole number from 0 to 1000000" }
end

-- From lua/voucher/redeem.lua:
--- Redeems a voucher for a customer, once, as long as uses are left.
do
  local voucher, customer, limit = KEYS[1], arg_customer, arg_limit
  local used = redis.call("SCARD", voucher)
  if redis.call("SISMEMBER", voucher, customer) == 1 then
    return { "repeated", math.max(limit - used, 0) }
  end
  if used >= limit then
    return "spent"
  end
  redis.call("SADD", voucher, customer)
  return { "redeemed", limit - used - 1 }
end
`;
