// views.ack 1.0.0. Generated from lua/views/ack.lua by moonpath-codegen. DO NOT EDIT.
import { type CallOptions, choiceType, readFields, type Script } from "moonpath/client";
import * as keys from "../keys.js";
import * as types from "../types.js";

/** Arguments of `views.ack`. */
export interface ViewsAckArgs {
  /** Part of the key. 1 to 256 bytes. */
  readonly shard: string;
  /** As take returned it. 0 to 9,007,199,254,740,991. */
  readonly batch: number;
}

/** Reply of `views.ack`: `outcome` says what happened. */
export type ViewsAckReply =
  | {
      /**
       * - `acked`: the batch is acknowledged, now or by an earlier call.
       * - `unknown`: the number is above the latest batch.
       */
      readonly outcome: "acked" | "unknown";
    };

/** The function of `views.ack`. A tenant's `views` has it. */
export interface ViewsAckOperation {
  /**
   * Acknowledges a batch of views that is in the database: take no longer returns it.
   *
   * Outcomes:
   * - `acked`: the batch is acknowledged, now or by an earlier call.
   * - `unknown`: the number is above the latest batch.
   *
   * Cost: O(B), B the products of the batch.
   *
   * Retry: safe. For ever, because numbers rise: a batch that was acknowledged before is "acked"
   * again, and nothing changes.
   *
   * Lua source: `lua/views/ack.lua`, version 1.0.0.
   *
   * @throws `ARGUMENT`, `CORRUPT`, `WRONG_TYPE`, `EVICTION`: nothing was written.
   * @throws `OUTCOME_UNKNOWN`: no answer came; it may have run.
   * @throws what every call can, such as `UNAVAILABLE` and `ABORTED`.
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
  digest: "fcd021ec073fbc0e77997cd48c436d8b1ea9f7bb",
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

/** Source file -> lines of the Lua text below, and the line of that file where they begin. */
const lines: Script<never, unknown>["lines"] = {
  "lua/lib/stored_integer.lua": "7-18:9",
  "lua/views/ack.lua": "31:36 32-43:36",
};

/** The exact text that Redis runs. */
const lua = `#!lua flags=allow-oom
-- views.ack 1.0.0. Generated from lua/views/ack.lua by moonpath-codegen. DO NOT EDIT.

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
if #KEYS ~= 2 or #ARGV ~= 1 then
  return { err = "ARGUMENT views.ack expected 2 keys and 1 argument" }
end
local arg_batch = tonumber(ARGV[1])
if not arg_batch or arg_batch < 0 or arg_batch > 9007199254740991 or arg_batch % 1 ~= 0 then
  return { err = "ARGUMENT views.ack batch: expected a whole number from 0 to 9007199254740991" }
end

-- From lua/views/ack.lua:
--- Acknowledges a batch of views that is in the database: take no longer returns it.
do
  local views_batch, views_sequence, batch = KEYS[1], KEYS[2], arg_batch
  local last_batch = stored_integer(redis.call("GET", views_sequence), "views-sequence") or 0
  if batch < 1 or batch > last_batch then
    return "unknown"
  end
  if batch == last_batch then
    -- Type check only: WRONGTYPE must come before the first write, and DEL accepts every type.
    redis.call("HLEN", views_batch)
    redis.call("DEL", views_batch)
  end
  return "acked"
end
`;
