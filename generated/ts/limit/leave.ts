// limit.leave 1.0.0. Generated from lua/limit/leave.lua by moonpath-codegen. DO NOT EDIT.
import { type CallOptions, choiceType, optional, readFields, type Script } from "moonpath/client";
import * as keys from "../keys.js";
import * as types from "../types.js";

/** Arguments of `limit.leave`. */
export interface LimitLeaveArgs {
  /** Part of the key. 1 to 256 bytes. */
  readonly name: string;
  /** Part of the key. 1 to 256 bytes. */
  readonly owner: string;
  /**
   * As enter returned it; absent if no answer of enter gave a permit. 1 to 9,007,199,254,740,991.
   */
  readonly fence?: number | undefined;
}

/** Reply of `limit.leave`: `outcome` says what happened. */
export type LimitLeaveReply =
  | {
      /**
       * - `left`: the permit is free.
       * - `lost`: the owner had no permit under this fence.
       */
      readonly outcome: "left" | "lost";
    };

/** The function of `limit.leave`. A tenant's `scripts.limit` has it. */
export interface LimitLeaveOperation {
  /**
   * Gives a permit back if the caller still has it.
   *
   * Afterwards the owner cannot enter any more, unless it has a permit under another fence. So the
   * call also ends an attempt of which the caller got no answer, or which it gives up: then it has
   * no fence.
   *
   * Outcomes:
   * - `left`: the permit is free.
   * - `lost`: the owner had no permit under this fence.
   *
   * Cost: O(log N), N the permits.
   *
   * Retry: safe. A second run finds that the owner has left, and changes nothing.
   *
   * Lua source: `lua/limit/leave.lua`, version 1.0.0.
   *
   * @throws `ARGUMENT`, `CORRUPT`, `WRONG_TYPE`, `EVICTION`: nothing was written.
   * @throws `OUTCOME_UNKNOWN`: no answer came; it may have run.
   * @throws what every call can, such as `UNAVAILABLE` and `ABORTED`.
   *
   * @example
   * ```ts
   * // The holder leaves.
   * const reply = await acme.scripts.limit.leave({ name: "name-1", owner: "alice", fence: 7 });
   * // reply: { outcome: "left" }
   * ```
   */
  leave(args: LimitLeaveArgs, options?: CallOptions): Promise<LimitLeaveReply>;
}

/** The script `limit.leave`, as a client loads and calls it. */
export const limitLeave: Script<LimitLeaveArgs, LimitLeaveReply> = {
  name: "limit.leave",
  version: "1.0.0",
  digest: "106225dc61ec24609e6c40a61f787ebc746b5157",
  writes: true,
  resend: "safe",
  requiresNoEviction: true,
  keyPatterns: [
    "<namespace>:{<tenant>:<name>}:permits",
    "<namespace>:{<tenant>:<name>}:permit-owner:<owner>",
  ],
  encode(scope, args) {
    return {
      keys: [
        keys.permits(scope, args.name),
        keys.permitOwner(scope, args.name, args.owner),
      ],
      args: [argument.fence.encode("fence", args.fence)],
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
  fence: optional(types.fence),
};

/** How each field of the reply is decoded, with its bounds. */
const field = {
  outcome: choiceType(["left", "lost"]),
};

/** Source file -> lines of the Lua text below, and the line of that file where they begin. */
const lines: Script<never, unknown>["lines"] = {
  "lua/lib/stored_integer.lua": "7-18:9",
  "lua/limit/leave.lua": "22-23:6 37:46 38-48:46 63-66:57 73-81:61",
  "lua/lib/limit/stored_permit.lua": "51-62:6",
  "lua/lib/now_ms.lua": "69-72:4",
};

/** The exact text that Redis runs. */
const lua = `#!lua flags=allow-oom
-- limit.leave 1.0.0. Generated from lua/limit/leave.lua by moonpath-codegen. DO NOT EDIT.

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

-- From lua/limit/leave.lua:
-- As in limit.enter: how long owners are remembered, and the score of a permit that was left.
local KEPT_MS = 660000
local LEFT = 1000

-- Generated: reads and checks KEYS and ARGV.
if #KEYS ~= 2 or #ARGV ~= 1 then
  return { err = "ARGUMENT limit.leave expected 2 keys and 1 argument" }
end
local arg_fence = tonumber(ARGV[1])
if ARGV[1] ~= "" then
  if not arg_fence or arg_fence < 1 or arg_fence > 9007199254740991 or arg_fence % 1 ~= 0 then
    return { err = "ARGUMENT limit.leave fence: expected a whole number from 1 to 9007199254740991" }
  end
end

--- Gives a permit back if the caller still has it.
do
  local permits, permit_owner, fence = KEYS[1], KEYS[2], arg_fence
  local permit = redis.call("GET", permit_owner)
  local stored_ends = permit and redis.call("ZSCORE", permits, permit)
  local ends_ms = stored_integer(stored_ends or false, "end of a permit's lease", -LEFT)
  if not permit then
    redis.call("SET", permit_owner, "ended", "PX", KEPT_MS)
    return "lost"
  end
  if not ends_ms then
    return "lost"
  end
  -- From lua/lib/limit/stored_permit.lua:
  --- Reads a permit, which is stored as \`<number> <fence>\`.
  local function stored_permit(permit)
    -- The upper bound of the type permit_number.
    local MAX_NUMBER = 999
    -- The upper bound of the type fence. A stored fence leaves room for the next one.
    local MAX_FENCE = 9007199254740991
    local number_text, fence_text = string.match(permit, "^(%d+) (%d+)$")
    local number, fence = tonumber(number_text), tonumber(fence_text)
    if not number or number > MAX_NUMBER or fence >= MAX_FENCE - 1 then
      error({ err = "CORRUPT permit" })
    end
    return number, fence
  end
  local number, stored_fence = stored_permit(permit)
  if fence and fence ~= stored_fence then
    return "lost"
  end
  -- From lua/lib/now_ms.lua:
  --- Returns Redis's clock, in milliseconds since 1970-01-01 UTC.
  local function now_ms()
    local clock = redis.call("TIME")
    return tonumber(clock[1]) * 1000 + math.floor(tonumber(clock[2]) / 1000)
  end
  local now = now_ms()
  -- After a long lease, the TTL is shorter now.
  redis.call("SET", permit_owner, "ended", "PX", KEPT_MS)
  redis.call("ZADD", permits, number - LEFT, permit)
  if now < ends_ms then
    return "left"
  end
  return "lost"
end
`;
