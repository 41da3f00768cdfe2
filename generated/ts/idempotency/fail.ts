// idempotency.fail 1.0.0. Generated from lua/idempotency/fail.lua by moonpath-codegen. DO NOT EDIT.
import { type CallOptions, choiceType, optional, readFields, type Script } from "moonpath/client";
import * as keys from "../keys.js";
import * as types from "../types.js";

/** Arguments of `idempotency.fail`. */
export interface IdempotencyFailArgs {
  /** Part of the key. 1 to 256 bytes. */
  readonly request: string;
  /** Part of the key. 1 to 256 bytes. */
  readonly owner: string;
  /**
   * As begin returned it; absent if no answer of begin had the outcome run. 1 to
   * 9,007,199,254,740,991.
   */
  readonly fence?: number | undefined;
}

/** Reply of `idempotency.fail`: `outcome` says what happened. */
export type IdempotencyFailReply =
  | {
      /**
       * - `released`: any other runner may run the request.
       * - `lost`: the caller does not run the request, or it is done, and the caller cannot begin
       *   it any more.
       */
      readonly outcome: "released" | "lost";
    };

/** The function of `idempotency.fail`. A tenant's `scripts.idempotency` has it. */
export interface IdempotencyFailOperation {
  /**
   * Ends a request without a reply: any other runner may run it at once.
   *
   * Use it only for a request that had no effect. The fence stays stored, because the next one must
   * be higher. Afterwards the owner cannot begin the request any more. So the call also ends an
   * attempt of which the caller got no answer, or which it gives up: then it has no fence.
   *
   * Outcomes:
   * - `released`: any other runner may run the request.
   * - `lost`: the caller does not run the request, or it is done, and the caller cannot begin it
   *   any more.
   *
   * Cost: O(1).
   *
   * Retry: safe. A second run finds no owner and changes nothing.
   *
   * Lua source: `lua/idempotency/fail.lua`, version 1.0.0.
   *
   * @throws `ARGUMENT`, `CORRUPT`, `WRONG_TYPE`, `EVICTION`: nothing was written.
   * @throws `OUTCOME_UNKNOWN`: no answer came; it may have run.
   * @throws what every call can, such as `UNAVAILABLE` and `ABORTED`.
   *
   * @example
   * ```ts
   * // A runner ends its request without a reply.
   * const reply = await acme.scripts.idempotency.fail({
   *   request: "request-1",
   *   owner: "worker-1",
   *   fence: 7,
   * });
   * // reply: { outcome: "released" }
   * ```
   */
  fail(args: IdempotencyFailArgs, options?: CallOptions): Promise<IdempotencyFailReply>;
}

/** The script `idempotency.fail`, as a client loads and calls it. */
export const idempotencyFail: Script<IdempotencyFailArgs, IdempotencyFailReply> = {
  name: "idempotency.fail",
  version: "1.0.0",
  digest: "1e0646d8960f4b49378b29e9d88b95929cee8f1b",
  writes: true,
  resend: "safe",
  requiresNoEviction: true,
  keyPatterns: [
    "<namespace>:{<tenant>:<request>}:request",
    "<namespace>:{<tenant>:<request>}:request-owner:<owner>",
  ],
  encode(scope, args) {
    return {
      keys: [
        keys.request(scope, args.request),
        keys.requestOwner(scope, args.request, args.owner),
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
  outcome: choiceType(["released", "lost"]),
};

/** Source file -> lines of the Lua text below, and the line of that file where they begin. */
const lines: Script<never, unknown>["lines"] = {
  "lua/lib/owner_of.lua": "6-9:6",
  "lua/lib/stored_integer.lua": "14-25:9",
  "lua/idempotency/fail.lua": "29:5 43:43 44-58:43",
};

/** The exact text that Redis runs. */
const lua = `#!lua flags=allow-oom
-- idempotency.fail 1.0.0. Generated from lua/idempotency/fail.lua by moonpath-codegen. DO NOT EDIT.

-- From lua/lib/owner_of.lua:
--- Returns the owner that a key \`<key>-owner:<owner>\` names.
local function owner_of(key, owner_key)
  -- "-owner:" has 7 bytes.
  return string.sub(owner_key, #key + 8)
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

-- From lua/idempotency/fail.lua:
-- As in idempotency.begin: how long an owner is remembered.
local REMEMBERED_MS = 660000

-- Generated: reads and checks KEYS and ARGV.
if #KEYS ~= 2 or #ARGV ~= 1 then
  return { err = "ARGUMENT idempotency.fail expected 2 keys and 1 argument" }
end
local arg_fence = tonumber(ARGV[1])
if ARGV[1] ~= "" then
  if not arg_fence or arg_fence < 1 or arg_fence > 9007199254740991 or arg_fence % 1 ~= 0 then
    return { err = "ARGUMENT idempotency.fail fence: expected a whole number from 1 to 9007199254740991" }
  end
end

--- Ends a request without a reply: any other runner may run it at once.
do
  local request, request_owner, fence = KEYS[1], KEYS[2], arg_fence
  local stored = redis.call("HMGET", request, "state", "owner", "fence")
  local stored_fence = stored_integer(stored[3], "fence")
  if stored[2] ~= owner_of(request, request_owner) then
    redis.call("SET", request_owner, "ended", "NX", "GET", "PX", REMEMBERED_MS)
    return "lost"
  end
  if stored[1] ~= "running" or (fence and fence ~= stored_fence) then
    return "lost"
  end
  -- First, because GET refuses a key of another type. After a long lease, the TTL is shorter now.
  redis.call("SET", request_owner, "ended", "GET", "PX", REMEMBERED_MS)
  redis.call("HDEL", request, "state", "owner", "payload_hash", "lease_ends_ms")
  return "released"
end
`;
