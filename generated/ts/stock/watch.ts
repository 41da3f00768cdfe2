// stock.watch 1.0.0. Generated from lua/stock/watch.lua by moonpath-codegen. DO NOT EDIT.
import { type CallOptions, choiceType, optional, readFields, type Script } from "moonpath/client";
import * as keys from "../keys.js";
import * as types from "../types.js";

/** Arguments of `stock.watch`. */
export interface StockWatchArgs {
  /** Part of the key. 1 to 256 bytes. */
  readonly product: string;
  /** The number of this event; higher is later. 0 to 9,007,199,254,740,991. */
  readonly sequence: number;
  /**
   * At this number of available units or below, the product counts as low; absent: the product is
   * no longer watched. Units, 0 to 1,000,000,000,000.
   */
  readonly low?: number | undefined;
}

/** Reply of `stock.watch`: `outcome` says what happened. */
export type StockWatchReply =
  | {
      /**
       * - `watched`: changes are published from now on.
       * - `unwatched`: no longer.
       * - `repeated`: the sequence equals the latest one.
       * - `stale`: it is lower.
       */
      readonly outcome: "watched" | "unwatched" | "repeated" | "stale";
      /** If the product is watched now. It may be absent. */
      readonly status: types.StockStatus | undefined;
      /**
       * If the product is watched now; the total minus held units. Units, -200,000,000,000,000 to
       * 100,000,000,000,000. It may be absent.
       */
      readonly available: number | undefined;
    };

/** The function of `stock.watch`. A tenant's `stock` has it. */
export interface StockWatchOperation {
  /**
   * Watches a product: every script that changes its status from then on publishes the change.
   *
   * The script stores `low` in the stock of the product, which needs no level yet. Each script that
   * changes the available units compares the status before and after, and returns both. The message
   * on the channel of the stock has the status before, the status after and the available units.
   * Redis stores no message: who listens later reads the stock first.
   *
   * Without `low`, the product is no longer watched. Then the script remembers the sequence for 10
   * minutes, and a later call that is "repeated" or "stale" begins them anew.
   *
   * Outcomes:
   * - `watched`: changes are published from now on.
   * - `unwatched`: no longer.
   * - `repeated`: the sequence equals the latest one.
   * - `stale`: it is lower.
   *
   * Units: `low`, `available` in units.
   *
   * Cost: O(1).
   *
   * Retry: safe. The sequence makes a second run change nothing; after the product was unwatched,
   * for 10 minutes.
   *
   * Lua source: `lua/stock/watch.lua`, version 1.0.0.
   *
   * @throws `ARGUMENT`, `CORRUPT`, `WRONG_TYPE`, `OUT_OF_MEMORY`, `EVICTION`: nothing was written.
   * @throws `OUTCOME_UNKNOWN`: no answer came; it may have run.
   * @throws what every call can, such as `UNAVAILABLE` and `ABORTED`.
   *
   * @example
   * ```ts
   * // A product is watched, and low from 3 available units down.
   * const reply = await acme.stock.watch({ product: "product-1", sequence: 17, low: 3 });
   * // reply: { outcome: "watched", status: "low_stock", available: 3 }
   * ```
   */
  watch(args: StockWatchArgs, options?: CallOptions): Promise<StockWatchReply>;
}

/** The script `stock.watch`, as a client loads and calls it. */
export const stockWatch: Script<StockWatchArgs, StockWatchReply> = {
  name: "stock.watch",
  version: "1.0.0",
  digest: "b386a4a8837b43e9191d843eead033bf1d4b2424",
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
        argument.sequence.encode("sequence", args.sequence),
        argument.low.encode("low", args.low),
      ],
    };
  },
  decode(reply) {
    const fields = readFields(reply, 3);
    const outcome = field.outcome.decode("outcome", fields[0]);
    return { outcome, status: field.status.decode("status", fields[1]), available: field.available.decode("available", fields[2]) };
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
  sequence: types.sequence,
  low: optional(types.units),
};

/** How each field of the reply is decoded, with its bounds. */
const field = {
  outcome: choiceType(["watched", "unwatched", "repeated", "stale"]),
  status: optional(types.stockStatus),
  available: optional(types.available),
};

/** Source file -> lines of the Lua text below, and the line of that file where they begin. */
const lines: Script<never, unknown>["lines"] = {
  "lua/lib/stock/stock_counts.lua": "6-21:10",
  "lua/lib/stock/stock_status.lua": "25-33:6",
  "lua/lib/stock/watched_low.lua": "38-52:7",
  "lua/stock/watch.lua": "56-58:7 78:61 79:61 80-86:61 102-121:68",
  "lua/lib/stored_integer.lua": "90-101:9",
};

/** The exact text that Redis runs. */
const lua = `#!lua
-- stock.watch 1.0.0. Generated from lua/stock/watch.lua by moonpath-codegen. DO NOT EDIT.

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

-- From lua/lib/stock/stock_status.lua:
--- Returns the status that a shop shows for a number of units.
local function stock_status(units, low)
  if units <= 0 then
    return "out_of_stock"
  end
  if units <= low then
    return "low_stock"
  end
  return "in_stock"
end

-- From lua/lib/stock/watched_low.lua:
--- Reads the field \`watch\` of a stock, such as \`17 3\`: the sequence of its event, and from which
--- number of available units down the product counts as low.
local function watched_low(value)
  -- The upper bound of the type units.
  local MAX_LOW = 1000000000000
  -- The upper bound of the type sequence.
  local MAX_WATCH_SEQUENCE = 9007199254740991
  if not value then
    return nil, -1
  end
  local stored_sequence, stored_low = string.match(value, "^(%d+) (%d+)$")
  local sequence, low = tonumber(stored_sequence), tonumber(stored_low)
  if not low or low > MAX_LOW or not sequence or sequence > MAX_WATCH_SEQUENCE then
    error({ err = "CORRUPT watch" })
  end
  return low, sequence
end

-- From lua/stock/watch.lua:
-- The field of past_sequences. No warehouse has this name, because no name has a tab.
local PAST_WATCH = "\\twatch"
-- The horizon of late calls, 600,000 ms, and 60,000 ms for a failover to a server with a faster clock.
local HORIZON_MS = 660000

-- Generated: reads and checks KEYS and ARGV.
if #KEYS ~= 2 or #ARGV ~= 2 then
  return { err = "ARGUMENT stock.watch expected 2 keys and 2 arguments" }
end
local arg_sequence_digits = ARGV[1]
local arg_sequence = (arg_sequence_digits == "0" or string.find(arg_sequence_digits, "^[1-9]%d*$"))
  and tonumber(arg_sequence_digits)
if not arg_sequence or arg_sequence > 9007199254740991 then
  return { err = "ARGUMENT stock.watch sequence: expected a whole number from 0 to 9007199254740991" }
end
local arg_low = tonumber(ARGV[2])
if ARGV[2] ~= "" then
  if not arg_low or arg_low < 0 or arg_low > 1000000000000 or arg_low % 1 ~= 0 then
    return { err = "ARGUMENT stock.watch low: expected a whole number from 0 to 1000000000000" }
  end
end

--- Watches a product: every script that changes its status from then on publishes the change.
do
  local stock, past_sequences, sequence, low, sequence_digits =
    KEYS[1], KEYS[2], arg_sequence, arg_low, arg_sequence_digits
  local stored = redis.call("HMGET", stock, "total", "held", "watch")
  local total, held = stock_counts(stored[1], stored[2])
  local available = (total or 0) - held
  local watched, last_sequence = watched_low(stored[3])
  local past = redis.call("HGET", past_sequences, PAST_WATCH)
  if not watched then
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
    last_sequence = stored_integer(past, "past sequence") or -1
  end

  if sequence <= last_sequence then
    local outcome = sequence == last_sequence and "repeated" or "stale"
    if watched then
      return { outcome, stock_status(available, watched) or false, available }
    end
    -- A late copy of this call must meet the sequence too.
    redis.call("PEXPIRE", past_sequences, HORIZON_MS)
    return outcome
  elseif low then
    redis.call("HSET", stock, "watch", string.format("%d %d", sequence, low))
    return { "watched", stock_status(available, low) or false, available }
  end
  redis.call("HSET", past_sequences, PAST_WATCH, sequence_digits)
  redis.call("PEXPIRE", past_sequences, HORIZON_MS)
  redis.call("HDEL", stock, "watch")
  return "unwatched"
end
`;
