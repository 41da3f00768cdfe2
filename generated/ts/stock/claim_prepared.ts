// stock.claim_prepared 1.0.0. Generated from lua/stock/claim_prepared.lua by moonpath-codegen. DO NOT EDIT.
import { type CallOptions, choiceType, readFields, type Script } from "moonpath/client";
import * as keys from "../keys.js";
import * as types from "../types.js";

/** Arguments of `stock.claim_prepared`. */
export interface StockClaimPreparedArgs {
  /** Part of the key. 1 to 256 bytes. */
  readonly product: string;
  /** The cart; its line of this product has the same name. 1 to 256 bytes. */
  readonly reservation: string;
  /**
   * The time in the index, as the worker read it. Milliseconds since 1970-01-01 UTC, 0 to
   * 8,640,000,000,000,000.
   */
  readonly dueMs: number;
  /** After which the line is due again. Milliseconds, 1 to 31,622,400,000. */
  readonly retryMs: number;
}

/** Reply of `stock.claim_prepared`: `outcome` says what happened. */
export type StockClaimPreparedReply =
  | {
      /** `prepared` */
      readonly outcome: "prepared";
      /** Of the attempt that prepared it. 1 to 9,007,199,254,740,991. */
      readonly fence: number;
    }
  | {
      /**
       * - `not_prepared`: the line has left the index.
       * - `changed`: the index has another time for it, because another worker has taken it, for
       *   example.
       */
      readonly outcome: "not_prepared" | "changed";
    };

/** The function of `stock.claim_prepared`. A tenant's `stock` has it. */
export interface StockClaimPreparedOperation {
  /**
   * Takes a prepared line from the index of its slot, for a worker that asks how its cart was
   * decided.
   *
   * The line stays in the index, and is due again after retryMs, so a worker that stops loses
   * nothing. If the line is no longer prepared, the script removes it from the index.
   *
   * Outcomes:
   * - `prepared`
   * - `not_prepared`: the line has left the index.
   * - `changed`: the index has another time for it, because another worker has taken it, for
   *   example.
   *
   * Units: `dueMs` in milliseconds since 1970-01-01 UTC; `retryMs` in milliseconds.
   *
   * Cost: O(log P), P the prepared lines of the slot.
   *
   * Retry: safe. It names the time that it read, so a second run changes nothing.
   *
   * Lua source: `lua/stock/claim_prepared.lua`, version 1.0.0.
   *
   * @throws `ARGUMENT`, `CORRUPT`, `WRONG_TYPE`, `EVICTION`: nothing was written.
   * @throws `OUTCOME_UNKNOWN`: no answer came; it may have run.
   * @throws what every call can, such as `UNAVAILABLE` and `ABORTED`.
   *
   * @example
   * ```ts
   * // A prepared line is due again later.
   * const reply = await acme.stock.claimPrepared({
   *   product: "product-1",
   *   reservation: "cart-1",
   *   dueMs: Date.now() - 1,
   *   retryMs: 5000,
   * });
   * // reply: { outcome: "prepared", fence: 7 }
   * ```
   */
  claimPrepared(args: StockClaimPreparedArgs, options?: CallOptions): Promise<StockClaimPreparedReply>;
}

/** The script `stock.claim_prepared`, as a client loads and calls it. */
export const stockClaimPrepared: Script<StockClaimPreparedArgs, StockClaimPreparedReply> = {
  name: "stock.claim_prepared",
  version: "1.0.0",
  digest: "79ea2b0c579d54b3b46c0ca959ebc71096849179",
  writes: true,
  resend: "safe",
  requiresNoEviction: true,
  keyPatterns: [
    "<namespace>:{<tenant>:<product>}:reservations",
    "<namespace>:{<slot of tenant, product>}:slot-prepared",
  ],
  encode(scope, args) {
    return {
      keys: [
        keys.reservations(scope, args.product),
        keys.slotPrepared(scope, args.product),
      ],
      args: [
        argument.reservation.encode("reservation", args.reservation),
        argument.dueMs.encode("dueMs", args.dueMs),
        argument.retryMs.encode("retryMs", args.retryMs),
      ],
    };
  },
  decode(reply) {
    const fields = readFields(reply, 2);
    const outcome = field.outcome.decode("outcome", fields[0]);
    switch (outcome) {
      case "prepared":
        return {
          outcome,
          fence: field.fence.decode("fence", fields[1]),
        };
      case "not_prepared":
      case "changed":
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
  reservation: types.id,
  dueMs: types.epochMs,
  retryMs: types.ms,
};

/** How each field of the reply is decoded, with its bounds. */
const field = {
  outcome: choiceType(["prepared", "not_prepared", "changed"]),
  fence: types.fence,
};

/** Source file -> lines of the Lua text below, and the line of that file where they begin. */
const lines: Script<never, unknown>["lines"] = {
  "lua/lib/slot_member.lua": "7-9:6",
  "lua/lib/stored_integer.lua": "14-25:9",
  "lua/stock/claim_prepared.lua": "49:44 50:44 51-58:44 84-85:52 92-99:54",
  "lua/lib/stock/stored_reservation.lua": "61-83:10",
  "lua/lib/now_ms.lua": "88-91:4",
};

/** The exact text that Redis runs. */
const lua = `#!lua flags=allow-oom
-- stock.claim_prepared 1.0.0. Generated from lua/stock/claim_prepared.lua by moonpath-codegen. DO NOT EDIT.

-- From lua/lib/slot_member.lua:
--- The name of a key's owner in the indexes of its slot: the text of the key's hash tag, such as
--- \`acme:lamp\`.
local function slot_member(key)
  return string.match(key, "{(.*)}") or ""
end

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
  return { err = "ARGUMENT stock.claim_prepared expected 2 keys and 3 arguments" }
end
local arg_reservation = ARGV[1]
if arg_reservation == "" or #arg_reservation > 256 then
  return { err = "ARGUMENT stock.claim_prepared reservation: expected 1 to 256 bytes" }
end
if string.find(arg_reservation, "[%c{}]") then
  return { err = "ARGUMENT stock.claim_prepared reservation: expected no control characters and no braces" }
end
local arg_due_ms = tonumber(ARGV[2])
if not arg_due_ms or arg_due_ms < 0 or arg_due_ms > 8640000000000000 or arg_due_ms % 1 ~= 0 then
  return { err = "ARGUMENT stock.claim_prepared due_ms: expected a whole number from 0 to 8640000000000000" }
end
local arg_retry_ms = tonumber(ARGV[3])
if not arg_retry_ms or arg_retry_ms < 1 or arg_retry_ms > 31622400000 or arg_retry_ms % 1 ~= 0 then
  return { err = "ARGUMENT stock.claim_prepared retry_ms: expected a whole number from 1 to 31622400000" }
end

-- From lua/stock/claim_prepared.lua:
--- Takes a prepared line from the index of its slot, for a worker that asks how its cart was decided.
do
  local reservations, slot_prepared, reservation, due_ms, retry_ms =
    KEYS[1], KEYS[2], arg_reservation, arg_due_ms, arg_retry_ms
  local member = string.format("%s\\t%s", slot_member(reservations), reservation)
  local stored = stored_integer(redis.call("ZSCORE", slot_prepared, member), "time of a prepared line")
  if stored ~= due_ms then
    return "changed"
  end
  local known = redis.call("HGET", reservations, reservation)
  if known then
    -- From lua/lib/stock/stored_reservation.lua:
    --- Reads the stored text of one reservation, such as \`held 3 1767225600000\`.
    local function stored_reservation(value)
      -- The upper bound of the type quantity.
      local MAX_RESERVED = 1000000000000
      -- The upper bound of the type epoch_ms.
      local MAX_TIME = 8640000000000000
      -- The upper bound of the type fence.
      local MAX_FENCE = 9007199254740991
      local state, stored_units, stored_end, rest = string.match(value, "^(%l+) (%d+) (%d+)(.*)$")
      local units, ends_at = tonumber(stored_units), tonumber(stored_end)
      if not units or units < 1 or units > MAX_RESERVED or ends_at > MAX_TIME then
        error({ err = "CORRUPT reservation" })
      end
      local fence = rest == "" and 0 or tonumber(string.match(rest, "^ (%d+)$"))
      if not fence or fence > MAX_FENCE then
        error({ err = "CORRUPT reservation" })
      end
      if state == "held" or (state == "prepared" and fence > 0) then
        return state, units, ends_at, fence
      elseif state == "committed" or state == "released" or state == "expired" then
        return state, units, ends_at, fence
      end
      error({ err = "CORRUPT reservation" })
    end
    local state, _, _, fence = stored_reservation(known)
    if state == "prepared" then
      -- From lua/lib/now_ms.lua:
      --- Returns Redis's clock, in milliseconds since 1970-01-01 UTC.
      local function now_ms()
        local clock = redis.call("TIME")
        return tonumber(clock[1]) * 1000 + math.floor(tonumber(clock[2]) / 1000)
      end
      redis.call("ZADD", slot_prepared, now_ms() + retry_ms, member)
      -- moonpath-allow reply/mismatch: stored_reservation refuses a prepared line without a fence
      return { "prepared", fence }
    end
  end
  redis.call("ZREM", slot_prepared, member)
  return "not_prepared"
end
`;
