// views.ack 1.0.0. Generated from lua/views/ack.lua by moonpath-codegen. DO NOT EDIT.
import { type CallOptions, choiceType, readFields, type Script } from "moonpath/client";
import * as keys from "../keys.js";
import * as types from "../types.js";

/** Arguments of `views.ack`. */
export interface ViewsAckArgs {
  /** Part of the key. 1 to 256 bytes. */
  readonly shard: string;
  /** As taken. 0 to 9,007,199,254,740,991. */
  readonly batch: number;
}

/** Reply of `views.ack`: `outcome` says what happened. */
export type ViewsAckReply =
  | {
      /**
       * - `acked`
       * - `unknown`: above the latest number.
       */
      readonly outcome: "acked" | "unknown";
    };

/** The function of `views.ack`. A tenant's `views` has it. */
export interface ViewsAckOperation {
  /**
   * Tells that a batch of views is in the database, so that it is not given again.
   *
   * Outcomes:
   * - `acked`
   * - `unknown`: above the latest number.
   *
   * Cost: O(B), B the products of the batch.
   *
   * Retry: safe. A batch that was acknowledged before is "acked" again.
   *
   * Lua source: `lua/views/ack.lua`, version 1.0.0.
   *
   * @throws `ARGUMENT`: an argument is not of its type or outside its bounds. Nothing was written.
   * @throws `CORRUPT`: a stored value breaks its own rules. Nothing was written.
   * @throws `WRONG_TYPE`: a key holds another type of value. Nothing was written.
   * @throws `EVICTION`: the server's `maxmemory-policy` could evict what the script stores. Nothing
   *   was sent.
   * @throws `OUTCOME_UNKNOWN`: the call was sent and no answer came. The script may have run.
   * @throws `UNAVAILABLE`, `ABORTED`, `CLOSED` and the other errors that every call can end with.
   *
   * @example
   * ```ts
   * // A batch is in the database.
   * const reply = await acme.views.ack({ shard: "shard-1", batch: 7 });
   * // reply: { outcome: "acked" }
   * ```
   */
  ack(args: ViewsAckArgs, options?: CallOptions): Promise<ViewsAckReply>;
}

/** The script `views.ack`, as a client loads and calls it. */
export const viewsAck: Script<ViewsAckArgs, ViewsAckReply> = {
  name: "views.ack",
  version: "1.0.0",
  digest: "64ef95a8bdc48894b529b1cc9d72d40f41577895",
  writes: true,
  resend: "safe",
  requiresNoEviction: true,
  keyPatterns: [
    "<namespace>:{<tenant>:<shard>}:views-batch",
    "<namespace>:{<tenant>:<shard>}:views-sequence",
  ],
  encode(scope, args) {
    return {
      keys: [
        keys.viewsBatch(scope, args.shard),
        keys.viewsSequence(scope, args.shard),
      ],
      args: [argument.batch.encode("batch", args.batch)],
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
  batch: types.sequence,
};

/** How each field of the reply is decoded, with its bounds. */
const field = {
  outcome: choiceType(["acked", "unknown"]),
};

/** Source file -> line of the Lua text below -> line of that source file. */
const lines: Script<never, unknown>["lines"] = {
  "lua/lib/stop.lua": {
    6: 6, 9: 9, 10: 10, 11: 11,
  },
  "lua/lib/corrupt.lua": {
    15: 7, 16: 8, 17: 9,
  },
  "lua/lib/stored_integer.lua": {
    21: 4, 24: 13, 25: 14, 26: 15, 27: 16, 28: 17, 29: 18, 30: 19, 31: 20, 32: 21, 33: 22,
  },
  "lua/views/ack.lua": {
    37: 34, 38: 35, 40: 37, 41: 38, 42: 39, 43: 40, 44: 41, 45: 42, 46: 43, 47: 44, 48: 45,
  },
};

/** The exact text that Redis runs. */
const lua = `#!lua flags=allow-oom
-- views.ack 1.0.0. Generated from lua/views/ack.lua by moonpath-codegen. DO NOT EDIT.

-- From lua/lib/stop.lua:
--- Stops the script before it writes, with an error that names the script's own line.
local function stop(code, what, level)
  -- Redis adds the line on which error() stands, which is always this file's. The script's own line is what helps, and
  -- only error() with a level can tell it: one that is caught at once gives "user_script:<line>: ".
  local _, line = pcall(error, "", level + 2)
  error({ err = code .. " " .. what .. " at " .. string.gsub(line, ": $", "") })
end

-- From lua/lib/corrupt.lua:
--- Stops the script before it writes: what is stored is not what the keyspace says.
local function corrupt(what, level)
  stop("CORRUPT", what, (level or 1) + 1)
end

-- From lua/lib/stored_integer.lua:
-- 2^53 - 1: above it a number of Lua is no longer exact.
local MOST_EXACT = 9007199254740991

--- Reads an integer that a script stored earlier; anything else, or one out of bounds, stops the script.
local function stored_integer(value, what, least, greatest)
  if not value then
    return nil
  end
  local number = string.find(value, "^-?%d+$") and tonumber(value)
  if not number or number < (least or 0) or number > (greatest or MOST_EXACT) then
    corrupt(what, 2)
  end
  return number
end

-- From lua/views/ack.lua:
--- Tells that a batch of views is in the database, so that it is not given again.
local function ack(taken, latest, batch)
  local current = stored_integer(redis.call("GET", latest), "views-sequence") or 0
  -- Asked for its type alone: DEL would take any.
  redis.call("HLEN", taken)
  if batch < 1 or batch > current then
    return "unknown"
  end
  if batch == current then
    redis.call("DEL", taken)
  end
  return "acked"
end

-- Generated: reads KEYS and ARGV, calls the function and encodes its reply.
local function wrapper_refuse(argument, expected)
  error({ err = "ARGUMENT views.ack " .. argument .. ": expected " .. expected })
end

local function wrapper_read_integer(argument, text, min, max)
  local number = #text <= 17 and (text == "0" or string.find(text, "^-?[1-9]%d*$")) and tonumber(text)
  if not number or number < min or number > max then
    wrapper_refuse(argument, string.format("a whole number from %.0f to %.0f", min, max))
  end
  return number
end

if #KEYS ~= 2 or #ARGV ~= 1 then
  return redis.error_reply("ARGUMENT views.ack expected 2 keys and 1 argument")
end
local arg_batch = wrapper_read_integer("batch", ARGV[1], 0, 9007199254740991)
local reply_outcome = ack(KEYS[1], KEYS[2], arg_batch)
return { reply_outcome }
`;
