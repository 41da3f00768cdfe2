// slot.set_aside 1.0.0. Generated from lua/slot/set_aside.lua by moonpath-codegen. DO NOT EDIT.
import { type CallOptions, choiceType, readFields, type Script } from "moonpath/client";
import * as keys from "../keys.js";
import * as types from "../types.js";

/** Arguments of `slot.set_aside`. */
export interface SlotSetAsideArgs {
  /** Part of the key. 1 to 256 bytes. */
  readonly product: string;
  /** Tenant and product, as in the index. 3 to 321 bytes. */
  readonly member: string;
  /**
   * The time in the index, as the worker read it. Milliseconds since 1970-01-01 UTC, 0 to
   * 8,640,000,000,000,000.
   */
  readonly dueMs: number;
  /**
   * A sentence for people, such as the reason of a failure. It must not contain secrets. 1 to 1,000
   * bytes.
   */
  readonly reason: string;
}

/** Reply of `slot.set_aside`: `outcome` says what happened. */
export type SlotSetAsideReply =
  | {
      /**
       * - `set_aside`
       * - `changed`: the index has no such entry with this time.
       */
      readonly outcome: "set_aside" | "changed";
    };

/** The function of `slot.set_aside`. A tenant's `slot` has it. */
export interface SlotSetAsideOperation {
  /**
   * Sets a product aside that a worker cannot sweep, because its keys are corrupt or of another
   * type.
   *
   * It leaves the index of due products, so that it holds up no other. After a repair, redrive
   * makes it due again.
   *
   * Outcomes:
   * - `set_aside`
   * - `changed`: the index has no such entry with this time.
   *
   * Units: `dueMs` in milliseconds since 1970-01-01 UTC.
   *
   * Cost: O(log P), P the products of the slot.
   *
   * Retry: safe. It names the time that it read, so a call that arrives after a redrive changes
   * nothing.
   *
   * Lua source: `lua/slot/set_aside.lua`, version 1.0.0.
   *
   * @throws `ARGUMENT`, `CORRUPT`, `WRONG_TYPE`, `EVICTION`: nothing was written.
   * @throws `OUTCOME_UNKNOWN`: no answer came; it may have run.
   * @throws what every call can, such as `UNAVAILABLE` and `ABORTED`.
   *
   * @example
   * ```ts
   * // A corrupt product is set aside.
   * const reply = await acme.slot.setAside({
   *   product: "product-1",
   *   member: "acme:lamp",
   *   dueMs: 1_700_000_000_000,
   *   reason: "CORRUPT held",
   * });
   * // reply: { outcome: "set_aside" }
   * ```
   */
  setAside(args: SlotSetAsideArgs, options?: CallOptions): Promise<SlotSetAsideReply>;
}

/** The script `slot.set_aside`, as a client loads and calls it. */
export const slotSetAside: Script<SlotSetAsideArgs, SlotSetAsideReply> = {
  name: "slot.set_aside",
  version: "1.0.0",
  digest: "d85af89b41c2274564eca45107b9777b00bdec94",
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
        argument.dueMs.encode("dueMs", args.dueMs),
        argument.reason.encode("reason", args.reason),
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
  dueMs: types.epochMs,
  reason: types.note,
};

/** How each field of the reply is decoded, with its bounds. */
const field = {
  outcome: choiceType(["set_aside", "changed"]),
};

/** Source file -> lines of the Lua text below, and the line of that file where they begin. */
const lines: Script<never, unknown>["lines"] = {
  "lua/lib/stored_integer.lua": "7-18:9",
  "lua/slot/set_aside.lua": "42:36 43-51:36 58-61:45",
  "lua/lib/now_ms.lua": "54-57:4",
};

/** The exact text that Redis runs. */
const lua = `#!lua flags=allow-oom
-- slot.set_aside 1.0.0. Generated from lua/slot/set_aside.lua by moonpath-codegen. DO NOT EDIT.

-- From lua/lib/stored_integer.lua:
--- Reads an integer that a script stored earlier. Any other value, or one out of bounds, ends the
--- script. \`tonumber\` also reads forms such as 1e3, which no script stores.
local function stored_integer(value, what, min, max)
  -- 2^53 - 1, the upper bound of the type sequence: above it, Lua's numbers are no longer exact.
  local MAX_EXACT = 9007199254740991
  if not value then
    return nil
  end
  local number = tonumber(value)
  if not number or number % 1 ~= 0 or number < (min or 0) or number > (max or MAX_EXACT) then
    error({ err = "CORRUPT " .. what })
  end
  return number
end

-- Generated: reads and checks KEYS and ARGV.
if #KEYS ~= 2 or #ARGV ~= 3 then
  return { err = "ARGUMENT slot.set_aside expected 2 keys and 3 arguments" }
end
local arg_member = ARGV[1]
if #arg_member < 3 or #arg_member > 321 then
  return { err = "ARGUMENT slot.set_aside member: expected 3 to 321 bytes" }
end
if string.find(arg_member, "[%c{}]") then
  return { err = "ARGUMENT slot.set_aside member: expected no control characters and no braces" }
end
local arg_due_ms = tonumber(ARGV[2])
if not arg_due_ms or arg_due_ms < 0 or arg_due_ms > 8640000000000000 or arg_due_ms % 1 ~= 0 then
  return { err = "ARGUMENT slot.set_aside due_ms: expected a whole number from 0 to 8640000000000000" }
end
local arg_reason = ARGV[3]
if arg_reason == "" or #arg_reason > 1000 then
  return { err = "ARGUMENT slot.set_aside reason: expected 1 to 1000 bytes" }
end

-- From lua/slot/set_aside.lua:
--- Sets a product aside that a worker cannot sweep, because its keys are corrupt or of another type.
do
  local slot_due, slot_dead, member, due_ms, reason = KEYS[1], KEYS[2], arg_member, arg_due_ms, arg_reason
  local stored = stored_integer(redis.call("ZSCORE", slot_due, member), "time in the index of the slot")
  local set_before = redis.call("HGET", slot_dead, member)
  if not stored then
    return set_before and "set_aside" or "changed"
  end
  if stored ~= due_ms then
    return "changed"
  end
  -- From lua/lib/now_ms.lua:
  --- Returns Redis's clock, in milliseconds since 1970-01-01 UTC.
  local function now_ms()
    local clock = redis.call("TIME")
    return tonumber(clock[1]) * 1000 + math.floor(tonumber(clock[2]) / 1000)
  end
  redis.call("HSET", slot_dead, member, string.format("%.0f", now_ms()) .. " " .. reason)
  redis.call("ZREM", slot_due, member)
  return "set_aside"
end
`;
