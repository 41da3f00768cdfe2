// slot.redrive 1.0.0. Generated from lua/slot/redrive.lua by moonpath-codegen. DO NOT EDIT.
import { type CallOptions, choiceType, readFields, type Script } from "moonpath/client";
import * as keys from "../keys.js";
import * as types from "../types.js";

/** Arguments of `slot.redrive`. */
export interface SlotRedriveArgs {
  /** Part of the key. 1 to 256 bytes. */
  readonly product: string;
  /** Tenant and product, as in the index. 3 to 321 bytes. */
  readonly member: string;
  /**
   * When it was set aside, as stored. Milliseconds since 1970-01-01 UTC, 0 to
   * 8,640,000,000,000,000.
   */
  readonly sinceMs: number;
}

/** Reply of `slot.redrive`: `outcome` says what happened. */
export type SlotRedriveReply =
  | {
      /**
       * - `redriven`
       * - `unknown`: it is not set aside since that time, because an earlier run of the call has
       *   made it due, for example.
       */
      readonly outcome: "redriven" | "unknown";
    };

/** The function of `slot.redrive`. A tenant's `slot` has it. */
export interface SlotRedriveOperation {
  /**
   * Makes a product due again that was set aside, after its keys were repaired.
   *
   * A message on the channel of the index wakes the worker.
   *
   * Outcomes:
   * - `redriven`
   * - `unknown`: it is not set aside since that time, because an earlier run of the call has made
   *   it due, for example.
   *
   * Units: `sinceMs` in milliseconds since 1970-01-01 UTC.
   *
   * Cost: O(log P), P the products of the slot.
   *
   * Retry: safe. It names the time at which the product was set aside, so a late call changes
   * nothing.
   *
   * Lua source: `lua/slot/redrive.lua`, version 1.0.0.
   *
   * @throws `ARGUMENT`, `CORRUPT`, `WRONG_TYPE`, `OUT_OF_MEMORY`, `EVICTION`: nothing was written.
   * @throws `OUTCOME_UNKNOWN`: no answer came; it may have run.
   * @throws what every call can, such as `UNAVAILABLE` and `ABORTED`.
   *
   * @example
   * ```ts
   * // A product is due again.
   * const reply = await acme.slot.redrive({
   *   product: "product-1",
   *   member: "acme:lamp",
   *   sinceMs: 1_700_000_000_000,
   * });
   * // reply: { outcome: "redriven" }
   * ```
   */
  redrive(args: SlotRedriveArgs, options?: CallOptions): Promise<SlotRedriveReply>;
}

/** The script `slot.redrive`, as a client loads and calls it. */
export const slotRedrive: Script<SlotRedriveArgs, SlotRedriveReply> = {
  name: "slot.redrive",
  version: "1.0.0",
  digest: "68c347afee5403177f149103e1b1c5934870cee9",
  writes: true,
  resend: "safe",
  requiresNoEviction: true,
  keyPatterns: [
    "<namespace>:{<slot of tenant, product>}:slot-due",
    "<namespace>:{<slot of tenant, product>}:slot-dead",
  ],
  encode(scope, args) {
    return {
      keys: [
        keys.slotDue(scope, args.product),
        keys.slotDead(scope, args.product),
      ],
      args: [
        argument.member.encode("member", args.member),
        argument.sinceMs.encode("sinceMs", args.sinceMs),
      ],
    };
  },
  decode(reply) {
    const fields = readFields(reply, 1);
    const outcome = field.outcome.decode("outcome", fields[0]);
    return { outcome };
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
  member: types.slotMember,
  sinceMs: types.epochMs,
};

/** How each field of the reply is decoded, with its bounds. */
const field = {
  outcome: choiceType(["redriven", "unknown"]),
};

/** Source file -> lines of the Lua text below, and the line of that file where they begin. */
const lines: Script<never, unknown>["lines"] = {
  "lua/slot/redrive.lua": "22:32 23-33:32 40-45:43",
  "lua/lib/now_ms.lua": "36-39:4",
};

/** The exact text that Redis runs. */
const lua = `#!lua
-- slot.redrive 1.0.0. Generated from lua/slot/redrive.lua by moonpath-codegen. DO NOT EDIT.

-- Generated: reads and checks KEYS and ARGV.
if #KEYS ~= 2 or #ARGV ~= 2 then
  return { err = "ARGUMENT slot.redrive expected 2 keys and 2 arguments" }
end
local arg_member = ARGV[1]
if #arg_member < 3 or #arg_member > 321 then
  return { err = "ARGUMENT slot.redrive member: expected 3 to 321 bytes" }
end
if string.find(arg_member, "[%c{}]") then
  return { err = "ARGUMENT slot.redrive member: expected no control characters and no braces" }
end
local arg_since_ms = tonumber(ARGV[2])
if not arg_since_ms or arg_since_ms < 0 or arg_since_ms > 8640000000000000 or arg_since_ms % 1 ~= 0 then
  return { err = "ARGUMENT slot.redrive since_ms: expected a whole number from 0 to 8640000000000000" }
end

-- From lua/slot/redrive.lua:
--- Makes a product due again that was set aside, after its keys were repaired.
do
  local slot_due, slot_dead, member, since_ms = KEYS[1], KEYS[2], arg_member, arg_since_ms
  local stored = redis.call("HGET", slot_dead, member)
  if not stored then
    return "unknown"
  end
  local stored_ms = tonumber(string.match(stored, "^(%d+) ") or "")
  if not stored_ms then
    error({ err = "CORRUPT dead" })
  elseif stored_ms ~= since_ms then
    return "unknown"
  end
  -- From lua/lib/now_ms.lua:
  --- Returns Redis's clock, in milliseconds since 1970-01-01 UTC.
  local function now_ms()
    local clock = redis.call("TIME")
    return tonumber(clock[1]) * 1000 + math.floor(tonumber(clock[2]) / 1000)
  end
  local now = now_ms()
  redis.call("ZADD", slot_due, "LT", now, member)
  redis.call("HDEL", slot_dead, member)
  redis.call("PUBLISH", slot_due, string.format("%.0f", now))
  return "redriven"
end
`;
