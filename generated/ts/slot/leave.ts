// slot.leave 1.0.0. Generated from lua/slot/leave.lua by moonpath-codegen. DO NOT EDIT.
import { type CallOptions, choiceType, readFields, type Script } from "moonpath/client";
import * as keys from "../keys.js";
import * as types from "../types.js";

/** Arguments of `slot.leave`. */
export interface SlotLeaveArgs {
  /** Part of the key. 1 to 256 bytes. */
  readonly group: string;
  /** As given to join. 1 to 256 bytes. */
  readonly worker: string;
}

/** Reply of `slot.leave`: `outcome` says what happened. */
export type SlotLeaveReply =
  | {
      /** `left` */
      readonly outcome: "left";
    };

/** The function of `slot.leave`. A tenant's `slot` has it. */
export interface SlotLeaveOperation {
  /**
   * Ends a worker's membership in its group, so that the others serve its slots at once.
   *
   * A member that left has a negative number: minus the time until which it is remembered.
   *
   * Outcomes:
   * - `left`
   *
   * Cost: O(log W), W the members of the group.
   *
   * Retry: safe. A second run changes nothing, because the worker has left already.
   *
   * Lua source: `lua/slot/leave.lua`, version 1.0.0.
   *
   * @throws `ARGUMENT`, `CORRUPT`, `WRONG_TYPE`, `EVICTION`: nothing was written.
   * @throws `OUTCOME_UNKNOWN`: no answer came; it may have run.
   * @throws what every call can, such as `UNAVAILABLE` and `ABORTED`.
   *
   * @example
   * ```ts
   * // A worker leaves.
   * const reply = await acme.slot.leave({ group: "group-1", worker: "w1" });
   * // reply: { outcome: "left" }
   * ```
   */
  leave(args: SlotLeaveArgs, options?: CallOptions): Promise<SlotLeaveReply>;
}

/** The script `slot.leave`, as a client loads and calls it. */
export const slotLeave: Script<SlotLeaveArgs, SlotLeaveReply> = {
  name: "slot.leave",
  version: "1.0.0",
  digest: "0c0be6b8bd1c2bc39b731dc2447db54d6645f831",
  writes: true,
  resend: "safe",
  requiresNoEviction: true,
  keyPatterns: [
    "<namespace>:{<tenant>:<group>}:workers",
  ],
  encode(scope, args) {
    return {
      keys: [keys.workers(scope, args.group)],
      args: [argument.worker.encode("worker", args.worker)],
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
  worker: types.id,
};

/** How each field of the reply is decoded, with its bounds. */
const field = {
  outcome: choiceType(["left"]),
};

/** Source file -> lines of the Lua text below, and the line of that file where they begin. */
const lines: Script<never, unknown>["lines"] = {
  "lua/lib/stored_integer.lua": "7-18:9",
  "lua/slot/leave.lua": "23-24:6 39:36 40-44:36 51-55:41",
  "lua/lib/now_ms.lua": "47-50:4",
};

/** The exact text that Redis runs. */
const lua = `#!lua flags=allow-oom
-- slot.leave 1.0.0. Generated from lua/slot/leave.lua by moonpath-codegen. DO NOT EDIT.

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

-- From lua/slot/leave.lua:
-- For this time a worker that left is remembered. A late call of join does not bring it back then. It
-- is the horizon of late calls, 600,000 ms, and 60,000 ms for a failover to a faster clock.
local HORIZON_MS = 660000
local NEVER_MS = -8640000000000000

-- Generated: reads and checks KEYS and ARGV.
if #KEYS ~= 1 or #ARGV ~= 1 then
  return { err = "ARGUMENT slot.leave expected 1 key and 1 argument" }
end
local arg_worker = ARGV[1]
if arg_worker == "" or #arg_worker > 256 then
  return { err = "ARGUMENT slot.leave worker: expected 1 to 256 bytes" }
end
if string.find(arg_worker, "[%c{}]") then
  return { err = "ARGUMENT slot.leave worker: expected no control characters and no braces" }
end

--- Ends a worker's membership in its group, so that the others serve its slots at once.
do
  local workers, worker = KEYS[1], arg_worker
  local stored = stored_integer(redis.call("ZSCORE", workers, worker), "end of a worker's lease", NEVER_MS)
  if stored and stored < 0 then
    return "left"
  end
  -- From lua/lib/now_ms.lua:
  --- Returns Redis's clock, in milliseconds since 1970-01-01 UTC.
  local function now_ms()
    local clock = redis.call("TIME")
    return tonumber(clock[1]) * 1000 + math.floor(tonumber(clock[2]) / 1000)
  end
  redis.call("ZADD", workers, -(now_ms() + HORIZON_MS), worker)
  redis.call("PEXPIRE", workers, 2 * HORIZON_MS)
  redis.call("PUBLISH", workers, "left")
  return "left"
end
`;
