// cart.begin 1.0.0. Generated from lua/cart/begin.lua by moonpath-codegen. DO NOT EDIT.
import { type CallOptions, choiceType, listType, newOperation, readFields, type Script } from "moonpath/client";
import * as keys from "../keys.js";
import * as types from "../types.js";

/** Arguments of `cart.begin`. */
export interface CartBeginArgs {
  /** Part of the key. 1 to 256 bytes. */
  readonly cart: string;
  /** Part of the key. The client makes one if it is absent. 1 to 128 bytes. */
  readonly operation?: string | undefined;
  /** The units of each product that were paid for, each product once. At most 100 elements. */
  readonly lines: readonly types.CartLine[];
  /** How long the attempt may stay undecided. Milliseconds, 1,000 to 600,000. */
  readonly prepareLimitMs: number;
  /**
   * How long the record is known after all lines have followed, at least 11 minutes. Milliseconds,
   * 1,000 to 31,622,400,000.
   */
  readonly rememberMs: number;
}

/** Reply of `cart.begin`: `outcome` says what happened. */
export type CartBeginReply =
  | {
      /** `begun`: prepare the lines now. */
      readonly outcome: "begun";
      /** Names the attempt. 1 to 9,007,199,254,740,991. */
      readonly fence: number;
    }
  | {
      /** `busy`: another attempt is undecided. */
      readonly outcome: "busy";
      /** Until that attempt is over. Milliseconds, 0 to 8,640,000,000,000,000. */
      readonly waitMs: number;
    }
  | {
      /**
       * - `already_committed`: an attempt was committed.
       * - `aborted`: the attempt of this operation is over.
       * - `mismatch`: the committed attempt, or the one that this operation has begun, has other
       *   lines.
       */
      readonly outcome: "already_committed" | "aborted" | "mismatch";
    };

/** The function of `cart.begin`. A tenant's `scripts.cart` has it. */
export interface CartBeginOperation {
  /**
   * Begins an attempt to commit a cart: makes the record that decides about all its lines.
   *
   * The record is in the slot of the cart, and is the only truth: all lines follow its decision. It
   * must exist before the first line is prepared. Each attempt has a fence, and a later attempt a
   * higher one. An attempt that is undecided after prepareLimitMs is over: a worker aborts it, or
   * the next attempt takes its place.
   *
   * The script writes the cart into the index of its slot, in the same step. The worker of
   * `moonpath/cart` finds it there, and finishes what a caller has left. It remembers every attempt
   * under its operation for 11 minutes, so a late copy of a call begins no attempt.
   *
   * Outcomes:
   * - `begun`: prepare the lines now.
   * - `busy`: another attempt is undecided.
   * - `already_committed`: an attempt was committed.
   * - `aborted`: the attempt of this operation is over.
   * - `mismatch`: the committed attempt, or the one that this operation has begun, has other lines.
   *
   * Units: `prepareLimitMs`, `rememberMs`, `waitMs` in milliseconds.
   *
   * Cost: O(L + log C), L the lines, C the open carts of the slot.
   *
   * Retry: safe. The operation makes a second run change nothing.
   *
   * Lua source: `lua/cart/begin.lua`, version 1.0.0.
   *
   * @throws `ARGUMENT`, `CORRUPT`, `WRONG_TYPE`, `OUT_OF_MEMORY`, `EVICTION`: nothing was written.
   * @throws `OUTCOME_UNKNOWN`: no answer came; it may have run.
   * @throws what every call can, such as `UNAVAILABLE` and `ABORTED`.
   *
   * @example
   * ```ts
   * // The first attempt.
   * const reply = await acme.scripts.cart.begin({
   *   cart: "cart-1",
   *   operation: "op-1",
   *   lines: [{ product: "lamp", units: 2 }, { product: "vase", units: 1 }],
   *   prepareLimitMs: 10_000,
   *   rememberMs: 3_600_000,
   * });
   * // reply: { outcome: "begun", fence: … }
   * ```
   */
  begin(args: CartBeginArgs, options?: CallOptions): Promise<CartBeginReply>;
}

/** The script `cart.begin`, as a client loads and calls it. */
export const cartBegin: Script<CartBeginArgs, CartBeginReply> = {
  name: "cart.begin",
  version: "1.0.0",
  digest: "0d8fec66641cebbf1484f4d179685007b6ed63f9",
  writes: true,
  resend: "safe",
  requiresNoEviction: true,
  keyPatterns: [
    "<namespace>:{<tenant>:<cart>}:cart",
    "<namespace>:{<slot of tenant, cart>}:slot-carts",
    "<namespace>:{<tenant>:<cart>}:cart-operation:<operation>",
  ],
  encode(scope, args) {
    const operation = args.operation ?? newOperation();
    return {
      keys: [
        keys.cartRecord(scope, args.cart),
        keys.slotCarts(scope, args.cart),
        keys.cartOperation(scope, args.cart, operation),
      ],
      args: [
        ...argument.lines.encode("lines", args.lines),
        argument.prepareLimitMs.encode("prepareLimitMs", args.prepareLimitMs),
        argument.rememberMs.encode("rememberMs", args.rememberMs),
      ],
    };
  },
  decode(reply) {
    const fields = readFields(reply, 3);
    const outcome = field.outcome.decode("outcome", fields[0]);
    switch (outcome) {
      case "begun":
        return {
          outcome,
          fence: field.fence.decode("fence", fields[1]),
        };
      case "busy":
        return {
          outcome,
          waitMs: field.waitMs.decode("waitMs", fields[2]),
        };
      case "already_committed":
      case "aborted":
      case "mismatch":
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
  lines: listType(types.cartLine, 100),
  prepareLimitMs: types.prepareLimitMs,
  rememberMs: types.rememberMs,
};

/** How each field of the reply is decoded, with its bounds. */
const field = {
  outcome: choiceType(["begun", "busy", "already_committed", "aborted", "mismatch"]),
  fence: types.fence,
  waitMs: types.waitMs,
};

/** Source file -> lines of the Lua text below, and the line of that file where they begin. */
const lines: Script<never, unknown>["lines"] = {
  "lua/lib/stored_integer.lua": "7-18:9",
  "lua/cart/begin.lua": "22-27:5 75:74 76:74 77-157:74 164-204:155",
  "lua/lib/slot_member.lua": "161-163:6",
};

/** The exact text that Redis runs. */
const lua = `#!lua
-- cart.begin 1.0.0. Generated from lua/cart/begin.lua by moonpath-codegen. DO NOT EDIT.

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

-- From lua/cart/begin.lua:
-- The horizon of late calls, 600,000 ms, and 60,000 ms for a failover to a server with a faster clock.
local HORIZON_MS = 660000
-- A cart has at most 100 lines. The other fields of its record are \`state\`, \`fence\`, \`deadline_ms\`,
-- \`lines\`, \`open\`, \`set_aside\` and \`remember_ms\`.
local MAX_FIELDS = 107
-- The upper bound of the type fence.
local MAX_FENCE = 9007199254740991

-- Generated: reads and checks KEYS and ARGV.
if #KEYS ~= 3 or #ARGV < 3 then
  return { err = "ARGUMENT cart.begin expected 3 keys and at least 3 arguments" }
end
local wrapper_position
local arg_lines = {}
do
  local wrapper_count = tonumber(ARGV[1])
  if not wrapper_count or wrapper_count < 0 or wrapper_count > 100 or wrapper_count % 1 ~= 0 then
    return { err = "ARGUMENT cart.begin lines: expected a whole number from 0 to 100" }
  end
  if #ARGV ~= 3 + 2 * wrapper_count then
    return { err = "ARGUMENT cart.begin expected as many arguments as its lists say" }
  end
  for index = 1, wrapper_count do
    local field_product = ARGV[2 * index]
    if field_product == "" or #field_product > 256 then
      return { err = "ARGUMENT cart.begin lines.product: expected 1 to 256 bytes" }
    end
    if string.find(field_product, "[%c{}]") then
      return { err = "ARGUMENT cart.begin lines.product: expected no control characters and no braces" }
    end
    local field_units = tonumber(ARGV[1 + 2 * index])
    if not field_units or field_units < 1 or field_units > 1000000000000 or field_units % 1 ~= 0 then
      return { err = "ARGUMENT cart.begin lines.units: expected a whole number from 1 to 1000000000000" }
    end
    arg_lines[index] = { product = field_product, units = field_units }
  end
  wrapper_position = 1 + 2 * wrapper_count
end
local arg_prepare_limit_ms = tonumber(ARGV[wrapper_position + 1])
if
  not arg_prepare_limit_ms
  or arg_prepare_limit_ms < 1000
  or arg_prepare_limit_ms > 600000
  or arg_prepare_limit_ms % 1 ~= 0
then
  return { err = "ARGUMENT cart.begin prepare_limit_ms: expected a whole number from 1000 to 600000" }
end
local arg_remember_ms_digits = ARGV[wrapper_position + 2]
local arg_remember_ms = string.find(arg_remember_ms_digits, "^[1-9]%d*$") and tonumber(arg_remember_ms_digits)
if not arg_remember_ms or arg_remember_ms < 1000 or arg_remember_ms > 31622400000 then
  return { err = "ARGUMENT cart.begin remember_ms: expected a whole number from 1000 to 31622400000" }
end

--- Begins an attempt to commit a cart: makes the record that decides about all its lines.
do
  local cart_record, slot_carts, cart_operation, lines, prepare_limit_ms, remember_ms, remember_ms_digits =
    KEYS[1], KEYS[2], KEYS[3], arg_lines, arg_prepare_limit_ms, arg_remember_ms, arg_remember_ms_digits
  local stored = redis.call("HMGET", cart_record, "state", "fence", "deadline_ms", "lines")
  local state = stored[1]
  local clock = redis.call("TIME")
  local clock_us = clock[1] * 1000000 + clock[2]
  local now = math.floor(clock_us / 1000)
  local fence = stored_integer(stored[2], "fence", 0, MAX_FENCE - 2) or 0
  local deadline = stored_integer(stored[3], "deadline_ms") or 0
  local remembered = redis.call("GET", cart_operation)
  if #lines < 1 then
    error({ err = "ARGUMENT cart.begin lines: a cart has at least one line" })
  end

  local fields, names, is_line = {}, {}, {}
  -- at most 100 lines
  for position = 1, #lines do
    local field = "line:" .. lines[position].product
    if is_line[field] then
      error({ err = "ARGUMENT cart.begin lines: each product is listed once" })
    end
    is_line[field] = true
    names[position] = field
    fields[2 * position - 1] = field
    fields[2 * position] = string.format("%d open", lines[position].units)
  end

  if state and state ~= "undecided" and state ~= "committed" and state ~= "aborted" then
    error({ err = "CORRUPT state" })
  elseif remembered == "busy" then
    return { "busy", false, math.max(deadline - now, 0) }
  elseif remembered == "already_committed" then
    return "already_committed"
  elseif remembered == "mismatch" then
    return "mismatch"
  end
  local begun = remembered
    and stored_integer(string.match(remembered, "^begun (%d+)$") or "", "cart-operation", 1)
  if begun and (not state or begun ~= fence or state == "aborted") then
    return "aborted"
  end
  local has_same_lines = stored[4] == string.format("%d", #lines)
  if has_same_lines and (begun or state == "committed") then
    -- at most 100 names
    local known = redis.call("HMGET", cart_record, unpack(names))
    -- at most 100 lines
    for position = 1, #lines do
      local units = string.match(known[position] or "", "^(%d+) [%l_]+$")
      if tonumber(units) ~= lines[position].units then
        has_same_lines = false
      end
    end
  end
  if begun and state == "undecided" and has_same_lines then
    return { "begun", begun }
  elseif begun or state == "committed" then
    local outcome = has_same_lines and "already_committed" or "mismatch"
    if not begun then
      -- The record may end before a late copy of this call comes.
      redis.call("SET", cart_operation, outcome, "PX", HORIZON_MS)
    end
    return outcome
  elseif state == "undecided" and now < deadline then
    redis.call("SET", cart_operation, "busy", "PX", HORIZON_MS)
    return { "busy", false, deadline - now }
  end

  local removed = {}
  if state then
    if redis.call("HLEN", cart_record) > MAX_FIELDS then
      error({ err = "CORRUPT cart of more than 100 lines" })
    end
    local known = redis.call("HKEYS", cart_record)
    -- at most 107 fields
    for position = 1, #known do
      local field = known[position]
      if string.find(field, "^line:") and not is_line[field] then
        removed[#removed + 1] = field
      end
    end
  end
  local new_fence = math.max(clock_us, fence + 1)
  -- From lua/lib/slot_member.lua:
  --- The name of a key's owner in the indexes of its slot: the text of the key's hash tag, such as
  --- \`acme:lamp\`.
  local function slot_member(key)
    return string.match(key, "{(.*)}") or ""
  end
  local deadline_text, member = string.format("%d", now + prepare_limit_ms), slot_member(cart_record)
  local count = string.format("%d", #lines)
  -- ZCARD proves the type before the first write.
  redis.call("ZCARD", slot_carts)
  redis.call(
    "HSET",
    cart_record,
    "state",
    "undecided",
    "fence",
    string.format("%d", new_fence),
    "deadline_ms",
    deadline_text,
    "lines",
    count,
    "open",
    count,
    "set_aside",
    "0",
    "remember_ms",
    remember_ms_digits,
    -- at most 200 values
    unpack(fields)
  )
  if state then
    -- The record of an aborted attempt has an end.
    redis.call("PERSIST", cart_record)
  end
  if #removed > 0 then
    -- at most 107 names
    redis.call("HDEL", cart_record, unpack(removed))
  end
  redis.call("SET", cart_operation, string.format("begun %d", new_fence), "PX", HORIZON_MS)
  redis.call("ZADD", slot_carts, deadline_text, member)
  -- A cart that is overdue may stay the first for long, so it does not hold back the message.
  local first = redis.call("ZRANGE", slot_carts, "0", "0", "WITHSCORES")
  if first[1] == member or (tonumber(first[2]) or now) <= now then
    redis.call("PUBLISH", slot_carts, deadline_text)
  end
  return { "begun", new_fence }
end
`;
