// cart.settle 1.0.0. Generated from lua/cart/settle.lua by moonpath-codegen. DO NOT EDIT.
import { type CallOptions, choiceType, listType, readFields, type Script } from "moonpath/client";
import * as keys from "../keys.js";
import * as types from "../types.js";

/** Arguments of `cart.settle`. */
export interface CartSettleArgs {
  /** Part of the key. 1 to 256 bytes. */
  readonly cart: string;
}

/** Reply of `cart.settle`: `outcome` says what happened. */
export type CartSettleReply =
  | {
      /**
       * - `committed`: sell the open lines.
       * - `aborted`: give them back.
       */
      readonly outcome: "committed" | "aborted";
      /** Of the attempt. 1 to 9,007,199,254,740,991. */
      readonly fence: number;
      /** Those that have not followed yet. At most 1,000 elements. */
      readonly openLines: readonly types.CartLine[];
    }
  | {
      /** `undecided`: the attempt still has time. */
      readonly outcome: "undecided";
      /** Until the attempt is over. Milliseconds, 0 to 8,640,000,000,000,000. */
      readonly waitMs: number;
    }
  | {
      /** `unknown`: there is no record, so give lines back. */
      readonly outcome: "unknown";
    };

/** The function of `cart.settle`. A tenant's `scripts.cart` has it. */
export interface CartSettleOperation {
  /**
   * Says how a cart was decided, and aborts it if its attempt is undecided for too long.
   *
   * Reading and writing are one step: a record that says committed is never aborted. The caller
   * then sells or gives back the open lines, and reports them by finish.
   *
   * Outcomes:
   * - `committed`: sell the open lines.
   * - `aborted`: give them back.
   * - `undecided`: the attempt still has time.
   * - `unknown`: there is no record, so give lines back.
   *
   * Units: `waitMs` in milliseconds.
   *
   * Cost: O(L), L the lines, at most 100.
   *
   * Retry: safe. A decided cart stays decided.
   *
   * Lua source: `lua/cart/settle.lua`, version 1.0.0.
   *
   * @throws `ARGUMENT`, `CORRUPT`, `WRONG_TYPE`, `EVICTION`: nothing was written.
   * @throws `OUTCOME_UNKNOWN`: no answer came; it may have run.
   * @throws what every call can, such as `UNAVAILABLE` and `ABORTED`.
   *
   * @example
   * ```ts
   * // A committed cart with one line that has not followed.
   * const reply = await acme.scripts.cart.settle({ cart: "cart-1" });
   * // reply: { outcome: "committed", fence: 7, openLines: [{ product: "vase", units: 1 }] }
   * ```
   */
  settle(args: CartSettleArgs, options?: CallOptions): Promise<CartSettleReply>;
}

/** The script `cart.settle`, as a client loads and calls it. */
export const cartSettle: Script<CartSettleArgs, CartSettleReply> = {
  name: "cart.settle",
  version: "1.0.0",
  digest: "e0bc9aeed8725fa562668308b7b9d077683c729e",
  writes: true,
  resend: "safe",
  requiresNoEviction: true,
  keyPatterns: [
    "<namespace>:{<tenant>:<cart>}:cart",
  ],
  encode(scope, args) {
    return {
      keys: [keys.cartRecord(scope, args.cart)],
      args: [],
    };
  },
  decode(reply) {
    const fields = readFields(reply, 4);
    const outcome = field.outcome.decode("outcome", fields[0]);
    switch (outcome) {
      case "committed":
      case "aborted":
        return {
          outcome,
          fence: field.fence.decode("fence", fields[1]),
          openLines: field.openLines.decode("openLines", fields[2]),
        };
      case "undecided":
        return {
          outcome,
          waitMs: field.waitMs.decode("waitMs", fields[3]),
        };
      case "unknown":
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

/** How each field of the reply is decoded, with its bounds. */
const field = {
  outcome: choiceType(["committed", "aborted", "undecided", "unknown"]),
  fence: types.fence,
  openLines: listType(types.cartLine, 1000),
  waitMs: types.waitMs,
};

/** Source file -> lines of the Lua text below, and the line of that file where they begin. */
const lines: Script<never, unknown>["lines"] = {
  "lua/lib/cart/stored_line.lua": "6-17:6",
  "lua/cart/settle.lua":
    "22:7 30:50 31-52:50 68-70:72 77-86:75 87:84 88:84 89:84 90:84 91:84 92:84 93:84 94:84 95:84 96-97:84",
  "lua/lib/stored_integer.lua": "56-67:9",
  "lua/lib/now_ms.lua": "73-76:4",
};

/** The exact text that Redis runs. */
const lua = `#!lua flags=allow-oom
-- cart.settle 1.0.0. Generated from lua/cart/settle.lua by moonpath-codegen. DO NOT EDIT.

-- From lua/lib/cart/stored_line.lua:
--- Reads the stored text of a cart's line, such as \`2 open\`.
local function stored_line(value)
  -- The upper bound of the type quantity.
  local MAX_LINE_UNITS = 1000000000000
  local stored_units, state = string.match(value, "^(%d+) ([%l_]+)$")
  local units = tonumber(stored_units)
  if units and units >= 1 and units <= MAX_LINE_UNITS then
    if state == "open" or state == "finished" or state == "set_aside" or state == "discarded" then
      return units, state
    end
  end
  error({ err = "CORRUPT line of a cart" })
end

-- From lua/cart/settle.lua:
-- A cart has at most 100 lines. The other fields of its record are \`state\`, \`fence\`, \`deadline_ms\`,
-- \`lines\`, \`open\`, \`set_aside\` and \`remember_ms\`.
local MAX_FIELDS = 107

-- Generated: reads and checks KEYS and ARGV.
if #KEYS ~= 1 or #ARGV ~= 0 then
  return { err = "ARGUMENT cart.settle expected 1 key and 0 arguments" }
end

--- Says how a cart was decided, and aborts it if its attempt is undecided for too long.
do
  local cart_record = KEYS[1]
  if redis.call("HLEN", cart_record) > MAX_FIELDS then
    error({ err = "CORRUPT cart of more than 100 lines" })
  end
  local fields = redis.call("HGETALL", cart_record)
  local values, open_lines = {}, {}
  -- at most 107 fields
  for position = 1, #fields, 2 do
    local field, value = fields[position], fields[position + 1]
    values[field] = value
    local product = string.match(field, "^line:(.+)$")
    if product then
      local units, line_state = stored_line(value)
      if line_state == "open" then
        open_lines[#open_lines + 1] = { product = product, units = units }
      end
    end
  end
  local state = values.state
  if not state then
    return "unknown"
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
  local fence = stored_integer(values.fence or "", "fence", 1)
  local deadline = stored_integer(values.deadline_ms or "", "deadline_ms", 0, 8640000000000000)
  if state == "undecided" then
    -- From lua/lib/now_ms.lua:
    --- Returns Redis's clock, in milliseconds since 1970-01-01 UTC.
    local function now_ms()
      local clock = redis.call("TIME")
      return tonumber(clock[1]) * 1000 + math.floor(tonumber(clock[2]) / 1000)
    end
    local now = now_ms()
    if now < deadline then
      return { "undecided", false, false, deadline - now }
    end
    state = "aborted"
    redis.call("HSET", cart_record, "state", "aborted")
  elseif state ~= "committed" and state ~= "aborted" then
    error({ err = "CORRUPT state" })
  end
  local reply_outcome, reply_fence, reply_open_lines, reply_wait_ms = state, fence, open_lines
  local wrapper_reply_open_lines = false
  if reply_open_lines then
    wrapper_reply_open_lines = {}
    for index = 1, #reply_open_lines do
      local row = reply_open_lines[index]
      wrapper_reply_open_lines[2 * index - 1] = row.product
      wrapper_reply_open_lines[2 * index] = row.units
    end
  end
  return { reply_outcome, reply_fence or false, wrapper_reply_open_lines, reply_wait_ms or false }
end
`;
