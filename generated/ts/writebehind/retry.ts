// writebehind.retry 1.0.0. Generated from lua/writebehind/retry.lua by moonpath-codegen. DO NOT EDIT.
import { type CallOptions, choiceType, readFields, type Script } from "moonpath/client";
import * as keys from "../keys.js";
import * as types from "../types.js";

/** Arguments of `writebehind.retry`. */
export interface WritebehindRetryArgs {
  /** Part of the key. 1 to 240 bytes. */
  readonly queue: string;
  /** Part of the key. 1 to 3 bytes. */
  readonly queueShard: string;
  /** As take returned it. 0 to 9,007,199,254,740,991. */
  readonly batch: number;
  /** As take returned them. Attempts, 0 to 9,007,199,254,740,991. */
  readonly attempts: number;
  /** Until the next attempt. Milliseconds, 0 to 8,640,000,000,000,000. */
  readonly delayMs: number;
  /**
   * A sentence for people, such as the reason of a failure. It must not contain secrets. 1 to 1,000
   * bytes.
   */
  readonly reason: string;
}

/** Reply of `writebehind.retry`: `outcome` says what happened. */
export type WritebehindRetryReply =
  | {
      /**
       * - `noted`
       * - `over`: the batch is acknowledged, or another worker has noted a failure since.
       */
      readonly outcome: "noted" | "over";
    };

/** The function of `writebehind.retry`. A tenant's `writebehind` has it. */
export interface WritebehindRetryOperation {
  /**
   * Notes that an attempt to bring a batch to the database has failed, and when the next one may
   * come.
   *
   * Outcomes:
   * - `noted`
   * - `over`: the batch is acknowledged, or another worker has noted a failure since.
   *
   * Units: `attempts` in attempts; `delayMs` in milliseconds.
   *
   * Cost: O(1).
   *
   * Retry: safe. A second run finds another number of attempts.
   *
   * Lua source: `lua/writebehind/retry.lua`, version 1.0.0.
   *
   * @throws `ARGUMENT`, `CORRUPT`, `WRONG_TYPE`, `EVICTION`: nothing was written.
   * @throws `OUTCOME_UNKNOWN`: no answer came; it may have run.
   * @throws what every call can, such as `UNAVAILABLE` and `ABORTED`.
   *
   * @example
   * ```ts
   * // An attempt has failed.
   * const reply = await acme.writebehind.retry({
   *   queue: "queue-1",
   *   queueShard: "0",
   *   batch: 9,
   *   attempts: 2,
   *   delayMs: 1000,
   *   reason: "the database is away",
   * });
   * // reply: { outcome: "noted" }
   * ```
   */
  retry(args: WritebehindRetryArgs, options?: CallOptions): Promise<WritebehindRetryReply>;
}

/** The script `writebehind.retry`, as a client loads and calls it. */
export const writebehindRetry: Script<WritebehindRetryArgs, WritebehindRetryReply> = {
  name: "writebehind.retry",
  version: "1.0.0",
  digest: "ba44a66f7e3d58884a5b2cdf001afca075ae81b6",
  writes: true,
  resend: "safe",
  requiresNoEviction: true,
  keyPatterns: [
    "<namespace>:{<tenant>:<queue>:<queue_shard>}:write-batch",
    "<namespace>:{<tenant>:<queue>:<queue_shard>}:write-state",
  ],
  encode(scope, args) {
    return {
      keys: [
        keys.writeBatch(scope, args.queue, args.queueShard),
        keys.writeState(scope, args.queue, args.queueShard),
      ],
      args: [
        argument.batch.encode("batch", args.batch),
        argument.attempts.encode("attempts", args.attempts),
        argument.delayMs.encode("delayMs", args.delayMs),
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
  batch: types.sequence,
  attempts: types.attemptCount,
  delayMs: types.waitMs,
  reason: types.note,
};

/** How each field of the reply is decoded, with its bounds. */
const field = {
  outcome: choiceType(["noted", "over"]),
};

/** Source file -> lines of the Lua text below, and the line of that file where they begin. */
const lines: Script<never, unknown>["lines"] = {
  "lua/lib/stored_integer.lua": "7-18:9",
  "lua/writebehind/retry.lua": "43:36 44:36 45-55:36 62-73:47",
  "lua/lib/now_ms.lua": "58-61:4",
};

/** The exact text that Redis runs. */
const lua = `#!lua flags=allow-oom
-- writebehind.retry 1.0.0. Generated from lua/writebehind/retry.lua by moonpath-codegen. DO NOT EDIT.

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
if #KEYS ~= 2 or #ARGV ~= 4 then
  return { err = "ARGUMENT writebehind.retry expected 2 keys and 4 arguments" }
end
local arg_batch = tonumber(ARGV[1])
if not arg_batch or arg_batch < 0 or arg_batch > 9007199254740991 or arg_batch % 1 ~= 0 then
  return { err = "ARGUMENT writebehind.retry batch: expected a whole number from 0 to 9007199254740991" }
end
local arg_attempts = tonumber(ARGV[2])
if not arg_attempts or arg_attempts < 0 or arg_attempts > 9007199254740991 or arg_attempts % 1 ~= 0 then
  return { err = "ARGUMENT writebehind.retry attempts: expected a whole number from 0 to 9007199254740991" }
end
local arg_delay_ms = tonumber(ARGV[3])
if not arg_delay_ms or arg_delay_ms < 0 or arg_delay_ms > 8640000000000000 or arg_delay_ms % 1 ~= 0 then
  return { err = "ARGUMENT writebehind.retry delay_ms: expected a whole number from 0 to 8640000000000000" }
end
local arg_reason = ARGV[4]
if arg_reason == "" or #arg_reason > 1000 then
  return { err = "ARGUMENT writebehind.retry reason: expected 1 to 1000 bytes" }
end

-- From lua/writebehind/retry.lua:
--- Notes that an attempt to bring a batch to the database has failed, and when the next one may come.
do
  local write_batch, write_state, batch, attempts, delay_ms, reason =
    KEYS[1], KEYS[2], arg_batch, arg_attempts, arg_delay_ms, arg_reason
  -- The upper bound of the type epoch_ms.
  local MAX_EPOCH_MS = 8640000000000000
  -- The upper bound of the type attempt_count.
  local MAX_ATTEMPTS = 9007199254740991
  local state = redis.call("HMGET", write_state, "batch", "attempts")
  local last_batch = stored_integer(state[1], "write-state")
  local made = stored_integer(state[2], "write-state", 0, MAX_ATTEMPTS - 1) or 0
  if redis.call("HLEN", write_batch) == 0 or batch ~= last_batch or attempts ~= made then
    return "over"
  end
  -- From lua/lib/now_ms.lua:
  --- Returns Redis's clock, in milliseconds since 1970-01-01 UTC.
  local function now_ms()
    local clock = redis.call("TIME")
    return tonumber(clock[1]) * 1000 + math.floor(tonumber(clock[2]) / 1000)
  end
  redis.call(
    "HSET",
    write_state,
    "attempts",
    string.format("%d", made + 1),
    "retry_at_ms",
    string.format("%d", math.min(now_ms() + delay_ms, MAX_EPOCH_MS)),
    "reason",
    reason
  )
  return "noted"
end
`;
