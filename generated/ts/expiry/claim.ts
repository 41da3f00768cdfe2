// expiry.claim 1.0.0. Generated from lua/expiry/claim.lua by moonpath-codegen. DO NOT EDIT.
import { type CallOptions, choiceType, listType, optional, readFields, type Script } from "moonpath/client";
import * as keys from "../keys.js";
import * as types from "../types.js";

/** Arguments of `expiry.claim`. */
export interface ExpiryClaimArgs {
  /** Part of the key. 1 to 240 bytes. */
  readonly queue: string;
  /** Part of the key. 1 to 3 bytes. */
  readonly queueShard: string;
  /** Part of the key. 1 to 256 bytes. */
  readonly claim: string;
  /** The maximum number of items. Items, 1 to 100. */
  readonly limit: number;
  /** How long the worker has the items. Milliseconds, 1 to 31,622,400,000. */
  readonly leaseMs: number;
  /**
   * The shard is also due when a dead item is older, so that the worker discards it. Milliseconds,
   * 1 to 31,622,400,000.
   */
  readonly deadMaxAgeMs?: number | undefined;
}

/** Reply of `expiry.claim`: `outcome` says what happened. */
export type ExpiryClaimReply =
  | {
      /** `claimed`: the worker has the items. */
      readonly outcome: "claimed";
      /** The claimed items. At most 1,000 elements. */
      readonly items: readonly types.ClaimedItem[];
      /**
       * When the worker loses them unless it acknowledges or renews. Milliseconds since 1970-01-01
       * UTC, 0 to 8,640,000,000,000,000.
       */
      readonly leaseEndsMs: number;
      /**
       * The earliest instant at which the shard is due again; absent when a claimed reply is
       * repeated, or the shard is empty. Milliseconds since 1970-01-01 UTC, 0 to
       * 8,640,000,000,000,000. It may be absent.
       */
      readonly nextDueMs: number | undefined;
      /**
       * From now until nextDueMs, by Redis's clock; 0: more is due. Milliseconds, 0 to
       * 8,640,000,000,000,000. It may be absent.
       */
      readonly waitMs: number | undefined;
    }
  | {
      /** `idle`: nothing is due. */
      readonly outcome: "idle";
      /**
       * The earliest instant at which the shard is due again; absent when a claimed reply is
       * repeated, or the shard is empty. Milliseconds since 1970-01-01 UTC, 0 to
       * 8,640,000,000,000,000. It may be absent.
       */
      readonly nextDueMs: number | undefined;
      /**
       * From now until nextDueMs, by Redis's clock; 0: more is due. Milliseconds, 0 to
       * 8,640,000,000,000,000. It may be absent.
       */
      readonly waitMs: number | undefined;
    }
  | {
      /** `ended`: a claim of this name was made before, and its lease has ended. */
      readonly outcome: "ended";
    };

/** The function of `expiry.claim`. A tenant's `scripts.expiry` has it. */
export interface ExpiryClaimOperation {
  /**
   * Claims due items for a worker, until its lease ends.
   *
   * Items whose lease has ended come first. All items come in the order of the instant at which
   * they were due, or at which the lease of their last worker ended. An item that a worker does not
   * acknowledge before its lease ends is claimed again, with one more attempt.
   *
   * If track was called for an item whose worker has died, the latest call decides. When its time
   * has come, this claim serves it. Otherwise the item is due at that time, with its attempts, and
   * this claim does not take it. So a claimed reply may have no items.
   *
   * The script sets when the shard is due again in the index of its slot, or removes it there.
   * Redis remembers the name of the claim, so the same call never claims twice. Give each claim a
   * new name, such as a UUID. If a later claim had the same name, a late call for the old one would
   * act on the items of the new one.
   *
   * Outcomes:
   * - `claimed`: the worker has the items.
   * - `idle`: nothing is due.
   * - `ended`: a claim of this name was made before, and its lease has ended.
   *
   * Units: `limit` in items; `leaseMs`, `deadMaxAgeMs`, `waitMs` in milliseconds; `leaseEndsMs`,
   * `nextDueMs` in milliseconds since 1970-01-01 UTC.
   *
   * Cost: O(limit * log N), N the tracked items.
   *
   * Retry: safe. Within 10 minutes after the lease, the same claim takes no other items: it returns
   * those that it still holds, or "ended", or "idle" again.
   *
   * Lua source: `lua/expiry/claim.lua`, version 1.0.0.
   *
   * @throws `ARGUMENT`, `CORRUPT`, `WRONG_TYPE`, `EVICTION`: nothing was written.
   * @throws `OUTCOME_UNKNOWN`: no answer came; it may have run.
   * @throws what every call can, such as `UNAVAILABLE` and `ABORTED`.
   *
   * @example
   * ```ts
   * // Due items are claimed, the earliest first.
   * const reply = await acme.scripts.expiry.claim({
   *   queue: "queue-1",
   *   queueShard: "0",
   *   claim: "run-1",
   *   limit: 10,
   *   leaseMs: 30_000,
   * });
   * // reply: {
   * //   outcome: "claimed",
   * //   items: [{ item: "offer-2", attempts: 1 }, { item: "offer-1", attempts: 1 }],
   * //   leaseEndsMs: …,
   * //   nextDueMs: …,
   * //   waitMs: …,
   * // }
   * ```
   */
  claim(args: ExpiryClaimArgs, options?: CallOptions): Promise<ExpiryClaimReply>;
}

/** The script `expiry.claim`, as a client loads and calls it. */
export const expiryClaim: Script<ExpiryClaimArgs, ExpiryClaimReply> = {
  name: "expiry.claim",
  version: "1.0.0",
  digest: "8cf3d67d654eb873f30c5ccdf756f23a5825e7a0",
  writes: true,
  resend: "safe",
  requiresNoEviction: true,
  keyPatterns: [
    "<namespace>:{<tenant>:<queue>:<queue_shard>}:due",
    "<namespace>:{<tenant>:<queue>:<queue_shard>}:processing",
    "<namespace>:{<tenant>:<queue>:<queue_shard>}:attempts",
    "<namespace>:{<tenant>:<queue>:<queue_shard>}:dead",
    "<namespace>:{<slot of tenant, queue, queue_shard>}:slot-queue:<queue>",
    "<namespace>:{<tenant>:<queue>:<queue_shard>}:claim:<claim>",
  ],
  encode(scope, args) {
    return {
      keys: [
        keys.due(scope, args.queue, args.queueShard),
        keys.processing(scope, args.queue, args.queueShard),
        keys.attempts(scope, args.queue, args.queueShard),
        keys.dead(scope, args.queue, args.queueShard),
        keys.slotQueue(scope, args.queue, args.queueShard),
        keys.claim(scope, args.queue, args.queueShard, args.claim),
      ],
      args: [
        argument.limit.encode("limit", args.limit),
        argument.leaseMs.encode("leaseMs", args.leaseMs),
        argument.deadMaxAgeMs.encode("deadMaxAgeMs", args.deadMaxAgeMs),
      ],
    };
  },
  decode(reply) {
    const fields = readFields(reply, 5);
    const outcome = field.outcome.decode("outcome", fields[0]);
    switch (outcome) {
      case "claimed":
        return {
          outcome,
          items: field.items.decode("items", fields[1]),
          leaseEndsMs: field.leaseEndsMs.decode("leaseEndsMs", fields[2]),
          nextDueMs: field.nextDueMs.decode("nextDueMs", fields[3]),
          waitMs: field.waitMs.decode("waitMs", fields[4]),
        };
      case "idle":
        return {
          outcome,
          nextDueMs: field.nextDueMs.decode("nextDueMs", fields[3]),
          waitMs: field.waitMs.decode("waitMs", fields[4]),
        };
      case "ended":
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
  limit: types.itemLimit,
  leaseMs: types.ms,
  deadMaxAgeMs: optional(types.ms),
};

/** How each field of the reply is decoded, with its bounds. */
const field = {
  outcome: choiceType(["claimed", "idle", "ended"]),
  items: listType(types.claimedItem, 1000),
  leaseEndsMs: types.epochMs,
  nextDueMs: optional(types.epochMs),
  waitMs: optional(types.waitMs),
};

/** Source file -> lines of the Lua text below, and the line of that file where they begin. */
const lines: Script<never, unknown>["lines"] = {
  "lua/lib/expiry/attempts_text.lua": "6-12:7",
  "lua/lib/now_ms.lua": "16-19:4",
  "lua/lib/stored_integer.lua": "24-35:9",
  "lua/lib/expiry/stored_attempts.lua": "39-54:11",
  "lua/expiry/claim.lua":
    "58-117:8 145:174 146:174 147:174 148:174 149:174 150:174 151:174 152:174 153:174 154:174 155:174 " +
    "156-171:174 172-179:189 186-261:197",
  "lua/lib/slot_member.lua": "183-185:6",
};

/** The exact text that Redis runs. */
const lua = `#!lua flags=allow-oom
-- expiry.claim 1.0.0. Generated from lua/expiry/claim.lua by moonpath-codegen. DO NOT EDIT.

-- From lua/lib/expiry/attempts_text.lua:
--- The text of an item in \`attempts\`, as stored_attempts reads it.
local function attempts_text(count, again_ms, since_ms)
  local since = since_ms and string.format(" since %d", since_ms) or ""
  if again_ms then
    return string.format("%d again %d%s", count, again_ms, since)
  end
  return string.format("%d%s", count, since)
end

-- From lua/lib/now_ms.lua:
--- Returns Redis's clock, in milliseconds since 1970-01-01 UTC.
local function now_ms()
  local clock = redis.call("TIME")
  return tonumber(clock[1]) * 1000 + math.floor(tonumber(clock[2]) / 1000)
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

-- From lua/lib/expiry/stored_attempts.lua:
--- Reads the text of an item in \`attempts\`: the number of its claims, and what track noted.
local function stored_attempts(text)
  if not text or not string.find(text, " ", 1, true) then
    return stored_integer(text, "attempts")
  end
  local count, rest = string.match(text, "^(%d+)( .+)$")
  local again = string.match(rest or "", "^ again (%d+)")
  local since = string.match(rest or "", "^ since (%d+)$")
    or string.match(rest or "", "^ again %d+ since (%d+)$")
  local read = (again and " again " .. again or "") .. (since and " since " .. since or "")
  if read ~= rest then
    error({ err = "CORRUPT attempts" })
  end
  return stored_integer(count or false, "attempts"),
    stored_integer(again or false, "attempts"),
    stored_integer(since or false, "attempts")
end

-- From lua/expiry/claim.lua:
-- The horizon of late calls, 600,000 ms, and 60,000 ms for a failover to a server with a faster clock.
local HORIZON_MS = 660000

--- Lists the items that a claim still holds: their lease ends with that of the claim.
local function still_held(processing, attempts, claim, lease_ends)
  local items = {}
  -- at most 101 values
  local leases = redis.call("ZMSCORE", processing, unpack(claim))
  -- at most 101 values
  local counts = redis.call("HMGET", attempts, unpack(claim))
  -- at most 101 values
  for position, item in ipairs(claim) do
    if position > 1 and tonumber(leases[position]) == lease_ends then
      local count = stored_attempts(counts[position])
      items[#items + 1] = item
      items[#items + 1] = math.max(count or 1, 1)
    end
  end
  return items
end

--- Reads when the shard is due again: the earliest time of an item, or end of a lease. With
--- \`max_age_ms\`, a dead item that is too old is due as well. It skips the items of this call.
local function next_due(due, processing, dead, ready, abandoned, max_age_ms)
  local item = redis.call("ZRANGE", due, ready, ready, "WITHSCORES")
  local leased = redis.call("ZRANGE", processing, abandoned, abandoned, "WITHSCORES")
  local next_ms = stored_integer(item[2] or false, "due")
  local ends_ms = stored_integer(leased[2] or false, "processing")
  if ends_ms and (not next_ms or ends_ms < next_ms) then
    next_ms = ends_ms
  end
  if max_age_ms then
    local oldest = redis.call("ZRANGE", dead, "0", "0", "WITHSCORES")
    local since_ms = stored_integer(oldest[2] or false, "instant of a dead item")
    -- An item is too old when its age is more than max_age_ms.
    if since_ms and (not next_ms or since_ms + max_age_ms < next_ms) then
      next_ms = since_ms + max_age_ms + 1
    end
  end
  return next_ms
end

--- Selects the items that a claim takes. It leaves out those whose worker died and for which track has
--- noted a time that has not come. They are due then, with their attempts, as after a retry.
local function takeable(names, counts, abandoned, now)
  local taken, taken_counts, later, later_names, first_ms = {}, {}, {}, {}, nil
  -- at most 100 items
  for position, name in ipairs(names) do
    local count, again_ms, since_ms = stored_attempts(counts[position])
    if position <= abandoned and again_ms and again_ms > now then
      local text = attempts_text(math.max(count or 0, 1), nil, since_ms)
      later[#later + 1] = { name = name, due = string.format("%d", again_ms), text = text }
      later_names[#later_names + 1] = name
      first_ms = math.min(first_ms or again_ms, again_ms)
    else
      taken[#taken + 1] = name
      taken_counts[#taken] = counts[position]
    end
  end
  return taken, taken_counts, later, later_names, first_ms
end

-- Generated: reads and checks KEYS and ARGV.
if #KEYS ~= 6 or #ARGV ~= 3 then
  return { err = "ARGUMENT expiry.claim expected 6 keys and 3 arguments" }
end
local arg_limit_digits = ARGV[1]
local arg_limit = string.find(arg_limit_digits, "^[1-9]%d*$") and tonumber(arg_limit_digits)
if not arg_limit or arg_limit > 100 then
  return { err = "ARGUMENT expiry.claim limit: expected a whole number from 1 to 100" }
end
local arg_lease_ms = tonumber(ARGV[2])
if not arg_lease_ms or arg_lease_ms < 1 or arg_lease_ms > 31622400000 or arg_lease_ms % 1 ~= 0 then
  return { err = "ARGUMENT expiry.claim lease_ms: expected a whole number from 1 to 31622400000" }
end
local arg_dead_max_age_ms = tonumber(ARGV[3])
if ARGV[3] ~= "" then
  if
    not arg_dead_max_age_ms
    or arg_dead_max_age_ms < 1
    or arg_dead_max_age_ms > 31622400000
    or arg_dead_max_age_ms % 1 ~= 0
  then
    return { err = "ARGUMENT expiry.claim dead_max_age_ms: expected a whole number from 1 to 31622400000" }
  end
end

--- Claims due items for a worker, until its lease ends.
do
  local due, processing, attempts, dead, slot_queue, claim_key, limit, lease_ms, dead_max_age_ms, limit_digits =
    KEYS[1],
    KEYS[2],
    KEYS[3],
    KEYS[4],
    KEYS[5],
    KEYS[6],
    arg_limit,
    arg_lease_ms,
    arg_dead_max_age_ms,
    arg_limit_digits
  local now = now_ms()
  local now_text = string.format("%d", now)
  -- The end of the lease, then at most 100 items.
  local known = redis.call("LRANGE", claim_key, "0", "100")
  local known_end = stored_integer(known[1] or false, "end of a claim's lease")
  if known_end and known_end >= now then
    return { "claimed", still_held(processing, attempts, known, known_end) or false, known_end }
  elseif known_end and known_end > 0 then
    return "ended"
  elseif known_end then
    local next_ms = next_due(due, processing, dead, 0, 0, dead_max_age_ms)
    return { "idle", false, false, next_ms or false, next_ms and math.max(next_ms - now, 0) }
  end

  local names =
    redis.call("ZRANGE", processing, "-inf", "(" .. now_text, "BYSCORE", "LIMIT", "0", limit_digits)
  local abandoned = #names
  local ready = redis.call("ZRANGE", due, "-inf", now_text, "BYSCORE", "LIMIT", "0", limit - abandoned)
  -- at most 100 items
  for position, name in ipairs(ready) do
    names[abandoned + position] = name
  end
  local next_ms = next_due(due, processing, dead, #ready, abandoned, dead_max_age_ms)
  -- From lua/lib/slot_member.lua:
  --- The name of a key's owner in the indexes of its slot: the text of the key's hash tag, such as
  --- \`acme:lamp\`.
  local function slot_member(key)
    return string.match(key, "{(.*)}") or ""
  end
  if #names == 0 then
    if next_ms then
      redis.call("ZADD", slot_queue, next_ms, slot_member(due))
    else
      redis.call("ZREM", slot_queue, slot_member(due))
    end
    -- A late copy of this call must claim nothing, because nobody waits for its items.
    redis.call("RPUSH", claim_key, "0")
    redis.call("PEXPIRE", claim_key, HORIZON_MS)
    return { "idle", false, false, next_ms or false, next_ms and math.max(next_ms - now, 0) }
  end

  -- at most 100 items
  local counts = redis.call("HMGET", attempts, unpack(names))
  local later, later_names, later_ms
  if abandoned > 0 then
    names, counts, later, later_names, later_ms = takeable(names, counts, abandoned, now)
    abandoned = abandoned - #later_names
  end
  local lease_ends = now + lease_ms
  local ends_text = string.format("%d", lease_ends)
  -- Without an item, nothing is due when the lease ends.
  local first_ms = later_ms or lease_ends
  if #names > 0 and lease_ends < first_ms then
    first_ms = lease_ends
  end
  if not next_ms or first_ms < next_ms then
    next_ms = first_ms
  end
  local items, leases, raised = {}, {}, {}
  -- at most 100 items
  for position, name in ipairs(names) do
    local stored = counts[position] and stored_attempts(counts[position])
    local before = stored or 0
    if position <= abandoned then
      before = math.max(before, 1)
    end
    items[2 * position - 1] = name
    items[2 * position] = before + 1
    leases[2 * position - 1] = ends_text
    leases[2 * position] = name
    -- The new text has no earlier note of track, because this run serves it.
    if before > 0 or stored then
      raised[#raised + 1] = name
      raised[#raised + 1] = string.format("%d", before + 1)
    end
  end
  -- ZCARD proves the type before the first write.
  redis.call("ZCARD", slot_queue)
  if #leases > 0 then
    -- at most 200 values
    redis.call("ZADD", processing, unpack(leases))
  end
  -- at most 100 items
  for _, item in ipairs(later or {}) do
    redis.call("ZADD", due, item.due, item.name)
    redis.call("HSET", attempts, item.name, item.text)
  end
  redis.call("ZADD", slot_queue, next_ms, slot_member(due))
  if #raised > 0 then
    -- at most 200 values
    redis.call("HSET", attempts, unpack(raised))
  end
  -- at most 100 items
  redis.call("RPUSH", claim_key, ends_text, unpack(names))
  redis.call("PEXPIREAT", claim_key, lease_ends + HORIZON_MS)
  if #ready > 0 then
    -- at most 100 items
    redis.call("ZREM", due, unpack(ready))
  end
  if later_names and #later_names > 0 then
    -- at most 100 items
    redis.call("ZREM", processing, unpack(later_names))
  end
  return { "claimed", items or false, lease_ends or false, next_ms or false, math.max(next_ms - now, 0) }
end
`;
