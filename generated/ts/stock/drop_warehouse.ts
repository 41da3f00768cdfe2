// stock.drop_warehouse 1.0.0. Generated from lua/stock/drop_warehouse.lua by moonpath-codegen. DO NOT EDIT.
import { type CallOptions, choiceType, readFields, type Script } from "moonpath/client";
import * as keys from "../keys.js";
import * as types from "../types.js";

/** Arguments of `stock.drop_warehouse`. */
export interface StockDropWarehouseArgs {
  /** Part of the key. 1 to 256 bytes. */
  readonly product: string;
  /** The warehouse that no longer has the product. 1 to 256 bytes. */
  readonly warehouse: string;
  /** The warehouse's event number; higher is later. 0 to 9,007,199,254,740,991. */
  readonly sequence: number;
}

/** Reply of `stock.drop_warehouse`: `outcome` says what happened. */
export type StockDropWarehouseReply =
  | {
      /**
       * - `dropped`: the warehouse is removed.
       * - `not_empty`: its level is not 0.
       * - `repeated`: the sequence equals the latest one of the warehouse.
       * - `stale`: it is lower.
       * - `unknown`: the product has no level in this warehouse.
       */
      readonly outcome: "dropped" | "not_empty" | "repeated" | "stale" | "unknown";
    };

/** The function of `stock.drop_warehouse`. A tenant's `stock` has it. */
export interface StockDropWarehouseOperation {
  /**
   * Removes an empty warehouse from a product, so that another one can take its place.
   *
   * The call is an event of the warehouse, like set_level: its sequence must be above the latest
   * one, and counts even if the warehouse is not empty or not known. For 11 minutes, the script
   * remembers the sequence, so a late event does not bring the warehouse back. A "repeated" or
   * "stale" event begins the 11 minutes anew. An event with a higher sequence brings the warehouse
   * back. Without any warehouse, the product has no stock. A watched product stays watched.
   *
   * Outcomes:
   * - `dropped`: the warehouse is removed.
   * - `not_empty`: its level is not 0.
   * - `repeated`: the sequence equals the latest one of the warehouse.
   * - `stale`: it is lower.
   * - `unknown`: the product has no level in this warehouse.
   *
   * Cost: O(1).
   *
   * Retry: safe. The sequence makes a second run change nothing; after the warehouse was forgotten,
   * for 11 minutes.
   *
   * Lua source: `lua/stock/drop_warehouse.lua`, version 1.0.0.
   *
   * @throws `ARGUMENT`, `CORRUPT`, `WRONG_TYPE`, `EVICTION`: nothing was written.
   * @throws `OUTCOME_UNKNOWN`: no answer came; it may have run.
   * @throws what every call can, such as `UNAVAILABLE` and `ABORTED`.
   *
   * @example
   * ```ts
   * // An empty warehouse is removed.
   * const reply = await acme.stock.dropWarehouse({
   *   product: "product-1",
   *   warehouse: "paris",
   *   sequence: 5,
   * });
   * // reply: { outcome: "dropped" }
   * ```
   */
  dropWarehouse(args: StockDropWarehouseArgs, options?: CallOptions): Promise<StockDropWarehouseReply>;
}

/** The script `stock.drop_warehouse`, as a client loads and calls it. */
export const stockDropWarehouse: Script<StockDropWarehouseArgs, StockDropWarehouseReply> = {
  name: "stock.drop_warehouse",
  version: "1.0.0",
  digest: "43a30b95611536e7874370977fad044e1582b23d",
  writes: true,
  resend: "safe",
  requiresNoEviction: true,
  keyPatterns: [
    "<namespace>:{<tenant>:<product>}:stock",
    "<namespace>:{<tenant>:<product>}:past-sequences",
  ],
  encode(scope, args) {
    return {
      keys: [
        keys.stock(scope, args.product),
        keys.pastSequences(scope, args.product),
      ],
      args: [
        argument.warehouse.encode("warehouse", args.warehouse),
        argument.sequence.encode("sequence", args.sequence),
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
  warehouse: types.id,
  sequence: types.sequence,
};

/** How each field of the reply is decoded, with its bounds. */
const field = {
  outcome: choiceType(["dropped", "not_empty", "repeated", "stale", "unknown"]),
};

/** Source file -> lines of the Lua text below, and the line of that file where they begin. */
const lines: Script<never, unknown>["lines"] = {
  "lua/lib/stock/stock_counts.lua": "6-21:10",
  "lua/lib/stock/stored_event.lua": "26-40:7",
  "lua/lib/stored_integer.lua": "45-56:9",
  "lua/lib/stock/stored_level.lua": "60-71:5",
  "lua/stock/drop_warehouse.lua": "75:7 96:52 97:52 98-148:52",
};

/** The exact text that Redis runs. */
const lua = `#!lua flags=allow-oom
-- stock.drop_warehouse 1.0.0. Generated from lua/stock/drop_warehouse.lua by moonpath-codegen. DO NOT EDIT.

-- From lua/lib/stock/stock_counts.lua:
--- Checks the fields \`total\` and \`held\` of a stock.
local function stock_counts(stored_total, stored_held)
  -- The upper bound of the type total.
  local MAX_TOTAL = 100000000000000
  local total = nil
  if stored_total then
    total = tonumber(stored_total)
    if not total or total % 1 ~= 0 or total < -MAX_TOTAL or total > MAX_TOTAL then
      error({ err = "CORRUPT total" })
    end
  end
  local held = tonumber(stored_held or "0")
  if not held or held % 1 ~= 0 or held < 0 or held > MAX_TOTAL then
    error({ err = "CORRUPT held" })
  end
  return total, held
end

-- From lua/lib/stock/stored_event.lua:
--- Reads the latest event of a warehouse, such as \`17 10\`: its sequence, and its base. The level of
--- the warehouse minus the base is the running sum of what was sold and returned there.
local function stored_event(value)
  -- The upper bound of the type sequence.
  local MAX_SEQUENCE = 9007199254740991
  -- The upper bound of a base: of the type level and the type moved together.
  local BASE_LIMIT = 1001000000000000
  if not value then
    return -1, 0
  end
  local stored_sequence, stored_base = string.match(value, "^(%d+) (-?%d+)$")
  local sequence, base = tonumber(stored_sequence), tonumber(stored_base)
  if not sequence or sequence > MAX_SEQUENCE or base < -BASE_LIMIT or base > BASE_LIMIT then
    error({ err = "CORRUPT event of a warehouse" })
  end
  return sequence, base
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

-- From lua/lib/stock/stored_level.lua:
--- Reads the level of a warehouse.
local function stored_level(value)
  -- The upper bound of the type level, and the lower one without its sign.
  local MAX_STORED_LEVEL = 1000000000000
  if not value then
    return nil
  end
  local level = tonumber(value)
  if not level or level % 1 ~= 0 or level < -MAX_STORED_LEVEL or level > MAX_STORED_LEVEL then
    error({ err = "CORRUPT level of a warehouse" })
  end
  return level
end

-- From lua/stock/drop_warehouse.lua:
-- The horizon of late calls, 600,000 ms, and 60,000 ms for a failover to a server with a faster clock.
local HORIZON_MS = 660000

-- Generated: reads and checks KEYS and ARGV.
if #KEYS ~= 2 or #ARGV ~= 2 then
  return { err = "ARGUMENT stock.drop_warehouse expected 2 keys and 2 arguments" }
end
local arg_warehouse = ARGV[1]
if arg_warehouse == "" or #arg_warehouse > 256 then
  return { err = "ARGUMENT stock.drop_warehouse warehouse: expected 1 to 256 bytes" }
end
if string.find(arg_warehouse, "[%c{}]") then
  return { err = "ARGUMENT stock.drop_warehouse warehouse: expected no control characters and no braces" }
end
local arg_sequence_digits = ARGV[2]
local arg_sequence = (arg_sequence_digits == "0" or string.find(arg_sequence_digits, "^[1-9]%d*$"))
  and tonumber(arg_sequence_digits)
if not arg_sequence or arg_sequence > 9007199254740991 then
  return { err = "ARGUMENT stock.drop_warehouse sequence: expected a whole number from 0 to 9007199254740991" }
end

--- Removes an empty warehouse from a product, so that another one can take its place.
do
  local stock, past_sequences, warehouse, sequence, sequence_digits =
    KEYS[1], KEYS[2], arg_warehouse, arg_sequence, arg_sequence_digits
  local level_field, event_field = "level:" .. warehouse, "event:" .. warehouse
  local stored = redis.call("HMGET", stock, "total", "held", level_field, event_field, "prepared", "watch")
  local total, held = stock_counts(stored[1], stored[2])
  local level = stored_level(stored[3])
  local last_sequence, base = stored_event(stored[4])
  local past = redis.call("HGET", past_sequences, warehouse)
  if level and not total then
    error({ err = "CORRUPT total" })
  elseif not level then
    last_sequence = math.max(last_sequence, stored_integer(past, "past sequence") or -1)
  end
  if sequence <= last_sequence then
    if not level then
      -- A late copy of this call must meet the sequence too.
      redis.call("PEXPIRE", past_sequences, HORIZON_MS)
    end
    return sequence == last_sequence and "repeated" or "stale"
  elseif level and level ~= 0 then
    redis.call("HSET", stock, event_field, string.format("%d %d", sequence, base))
    return "not_empty"
  end

  -- The fields of all other warehouses: without total, held, prepared, watch, and the two of this one.
  local others = redis.call("HLEN", stock) - (stored[1] and 1 or 0) - (stored[2] and 1 or 0)
  others = others - (stored[3] and 1 or 0) - (stored[4] and 1 or 0)
  others = others - (stored[5] and 1 or 0) - (stored[6] and 1 or 0)
  if level and others == 0 and total ~= 0 then
    error({ err = "CORRUPT total" })
  end
  local prepared = stored_integer(stored[5], "prepared") or 0
  if level and others == 0 and prepared > 0 then
    -- The units of a cart that is being committed leave this warehouse.
    redis.call("HSET", stock, event_field, string.format("%d %d", sequence, base))
    return "not_empty"
  end
  redis.call("HSET", past_sequences, warehouse, sequence_digits)
  redis.call("PEXPIRE", past_sequences, HORIZON_MS)
  if not level then
    return "unknown"
  end
  -- The total goes with the last warehouse. Only held and watch may stay.
  if others > 0 then
    redis.call("HDEL", stock, level_field, event_field)
  elseif held > 0 or stored[6] then
    redis.call("HDEL", stock, level_field, event_field, "total", "prepared")
  else
    redis.call("UNLINK", stock)
  end
  return "dropped"
end
`;
