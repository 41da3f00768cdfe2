// expiry.dead_letter 1.0.0. Generated from lua/expiry/dead_letter.lua by moonpath-codegen. DO NOT EDIT.
import { type CallOptions, choiceType, listType, readFields, type Script } from "moonpath/client";
import * as keys from "../keys.js";
import * as types from "../types.js";

/** Arguments of `expiry.dead_letter`. */
export interface ExpiryDeadLetterArgs {
  /** Part of the key. 1 to 240 bytes. */
  readonly queue: string;
  /** Part of the key. 1 to 3 bytes. */
  readonly queueShard: string;
  /** Part of the key. 1 to 256 bytes. */
  readonly claim: string;
  /**
   * The script ignores an item that the claim does not hold. At most 100 elements; each 1 to 256
   * bytes.
   */
  readonly items: readonly string[];
  /** Why the worker cannot process them. 1 to 1,000 bytes. */
  readonly reason: string;
}

/** Reply of `expiry.dead_letter`: `outcome` says what happened. */
export type ExpiryDeadLetterReply =
  | {
      /** `dead_lettered`: the claim no longer has the items. */
      readonly outcome: "dead_lettered";
      /**
       * The items that are due again instead; a second run names none. At most 1,000 elements; each
       * 1 to 256 bytes.
       */
      readonly again: readonly string[];
    }
  | {
      /** `lost`: the lease has ended, and nothing is changed. */
      readonly outcome: "lost";
    };

/** The function of `expiry.dead_letter`. A tenant's `scripts.expiry` has it. */
export interface ExpiryDeadLetterOperation {
  /**
   * Moves items that a worker cannot process to the dead items, and stores the reason. They stay
   * there until they are redriven, discarded, tracked or cancelled.
   *
   * An item that was tracked while it was claimed does not become dead. It begins a new life, as a
   * dead item that is tracked does: it is due at the time that track has stored, with no attempts.
   *
   * Outcomes:
   * - `dead_lettered`: the claim no longer has the items.
   * - `lost`: the lease has ended, and nothing is changed.
   *
   * Cost: O(I log N), I the items of the claim, N the claimed and the dead items.
   *
   * Retry: safe. In a second run the claim no longer holds the items, so it changes nothing; after
   * the lease it is "lost".
   *
   * Lua source: `lua/expiry/dead_letter.lua`, version 1.0.0.
   *
   * @throws `ARGUMENT`, `CORRUPT`, `WRONG_TYPE`, `EVICTION`: nothing was written.
   * @throws `OUTCOME_UNKNOWN`: no answer came; it may have run.
   * @throws what every call can, such as `UNAVAILABLE` and `ABORTED`.
   *
   * @example
   * ```ts
   * // An item becomes dead.
   * const reply = await acme.scripts.expiry.deadLetter({
   *   queue: "queue-1",
   *   queueShard: "0",
   *   claim: "run-1",
   *   items: ["offer-1"],
   *   reason: "no such offer",
   * });
   * // reply: { outcome: "dead_lettered", again: [] }
   * ```
   */
  deadLetter(args: ExpiryDeadLetterArgs, options?: CallOptions): Promise<ExpiryDeadLetterReply>;
}

/** The script `expiry.dead_letter`, as a client loads and calls it. */
export const expiryDeadLetter: Script<ExpiryDeadLetterArgs, ExpiryDeadLetterReply> = {
  name: "expiry.dead_letter",
  version: "1.0.0",
  digest: "65aebdb1b512fb7ec2ac2bd8ee0a38ab1c0969c1",
  writes: true,
  resend: "safe",
  requiresNoEviction: true,
  keyPatterns: [
    "<namespace>:{<tenant>:<queue>:<queue_shard>}:due",
    "<namespace>:{<tenant>:<queue>:<queue_shard>}:processing",
    "<namespace>:{<tenant>:<queue>:<queue_shard>}:attempts",
    "<namespace>:{<tenant>:<queue>:<queue_shard>}:dead",
    "<namespace>:{<tenant>:<queue>:<queue_shard>}:dead-reason",
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
        keys.deadReason(scope, args.queue, args.queueShard),
        keys.slotQueue(scope, args.queue, args.queueShard),
        keys.claim(scope, args.queue, args.queueShard, args.claim),
      ],
      args: [
        ...argument.items.encode("items", args.items),
        argument.reason.encode("reason", args.reason),
      ],
    };
  },
  decode(reply) {
    const fields = readFields(reply, 2);
    const outcome = field.outcome.decode("outcome", fields[0]);
    switch (outcome) {
      case "dead_lettered":
        return {
          outcome,
          again: field.again.decode("again", fields[1]),
        };
      case "lost":
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
  items: listType(types.id, 100),
  reason: types.note,
};

/** How each field of the reply is decoded, with its bounds. */
const field = {
  outcome: choiceType(["dead_lettered", "lost"]),
  again: listType(types.id, 1000),
};

/** Source file -> lines of the Lua text below, and the line of that file where they begin. */
const lines: Script<never, unknown>["lines"] = {
  "lua/lib/stored_integer.lua": "7-18:9",
  "lua/lib/expiry/held_items.lua": "22-47:14",
  "lua/lib/now_ms.lua": "51-54:4",
  "lua/expiry/dead_letter.lua": "90:61 91:61 92-106:61 157-159:76 206-223:79 233-237:97",
  "lua/lib/expiry/attempts_text.lua": "109-115:7",
  "lua/lib/expiry/stored_attempts.lua": "118-133:11",
  "lua/lib/expiry/tracked_again.lua": "136-156:13",
  "lua/lib/expiry/earlier_due.lua": "162-172:16",
  "lua/lib/slot_member.lua": "176-178:6",
  "lua/lib/expiry/make_due.lua": "182-187:15 199-205:21",
  "lua/lib/expiry/note_due.lua": "190-198:12",
  "lua/lib/expiry/keep_items.lua": "226-232:5",
};

/** The exact text that Redis runs. */
const lua = `#!lua flags=allow-oom
-- expiry.dead_letter 1.0.0. Generated from lua/expiry/dead_letter.lua by moonpath-codegen. DO NOT EDIT.

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

-- From lua/lib/expiry/held_items.lua:
--- Selects those of the given items that a claim holds.
local function held_items(claim_key, processing, items, now)
  -- The end of the lease, then at most 100 items.
  local claim = redis.call("LRANGE", claim_key, "0", "100")
  local lease_ends = stored_integer(claim[1] or false, "end of a claim's lease")
  if not lease_ends or lease_ends < now then
    return nil, {}
  end

  local is_given = {}
  -- at most 100 items
  for _, item in ipairs(items) do
    is_given[item] = true
  end
  -- at most 101 values
  local leases = redis.call("ZMSCORE", processing, unpack(claim))
  local held, others = {}, {}
  -- at most 101 values
  for position, item in ipairs(claim) do
    if position > 1 and not is_given[item] then
      others[#others + 1] = item
    elseif position > 1 and tonumber(leases[position]) == lease_ends then
      held[#held + 1] = item
    end
  end
  return held, others
end

-- From lua/lib/now_ms.lua:
--- Returns Redis's clock, in milliseconds since 1970-01-01 UTC.
local function now_ms()
  local clock = redis.call("TIME")
  return tonumber(clock[1]) * 1000 + math.floor(tonumber(clock[2]) / 1000)
end

-- Generated: reads and checks KEYS and ARGV.
if #KEYS ~= 7 or #ARGV < 2 then
  return { err = "ARGUMENT expiry.dead_letter expected 7 keys and at least 2 arguments" }
end
local wrapper_position
local arg_items = {}
do
  local wrapper_count = tonumber(ARGV[1])
  if not wrapper_count or wrapper_count < 0 or wrapper_count > 100 or wrapper_count % 1 ~= 0 then
    return { err = "ARGUMENT expiry.dead_letter items: expected a whole number from 0 to 100" }
  end
  if #ARGV ~= 2 + wrapper_count then
    return { err = "ARGUMENT expiry.dead_letter expected as many arguments as its lists say" }
  end
  for index = 1, wrapper_count do
    local element = ARGV[1 + index]
    if element == "" or #element > 256 then
      return { err = "ARGUMENT expiry.dead_letter items: expected 1 to 256 bytes" }
    end
    if string.find(element, "[%c{}]") then
      return { err = "ARGUMENT expiry.dead_letter items: expected no control characters and no braces" }
    end
    arg_items[index] = element
  end
  wrapper_position = 1 + wrapper_count
end
local arg_reason = ARGV[wrapper_position + 1]
if arg_reason == "" or #arg_reason > 1000 then
  return { err = "ARGUMENT expiry.dead_letter reason: expected 1 to 1000 bytes" }
end

-- From lua/expiry/dead_letter.lua:
--- Moves items that a worker cannot process to the dead items, and stores the reason. They stay
--- there until they are redriven, discarded, tracked or cancelled.
do
  local due, processing, attempts, dead, reasons, slot_queue, claim_key, items, reason =
    KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5], KEYS[6], KEYS[7], arg_items, arg_reason
  local now = now_ms()
  local held, others = held_items(claim_key, processing, items, now)
  if not held then
    return "lost"
  end
  -- Type checks only: WRONGTYPE must come before the first write, because Redis does not roll back.
  redis.call("ZCARD", dead)
  redis.call("HLEN", reasons)
  if #held == 0 then
    return { "dead_lettered", {} }
  end

  -- at most 100 items
  local texts = redis.call("HMGET", attempts, unpack(held))
  -- From lua/lib/expiry/attempts_text.lua:
  --- The text of an item in \`attempts\`, as stored_attempts reads it.
  local function attempts_text(count, again_ms, since_ms)
    local since = since_ms and string.format(" since %d", since_ms) or ""
    if again_ms then
      return string.format("%d again %d%s", count, again_ms, since)
    end
    return string.format("%d%s", count, since)
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
  -- From lua/lib/expiry/tracked_again.lua:
  --- Sorts items whose claim ends: those that were tracked while they were claimed begin a new life.
  local function tracked_again(items, texts)
    -- The upper bound of the type epoch_ms.
    local MAX_TIME = 8640000000000000
    local ended, again, instants, begun = {}, {}, {}, {}
    local first_ms = MAX_TIME
    -- at most 100 items
    for position, item in ipairs(items) do
      local _, again_ms, since_ms = stored_attempts(texts[position])
      if again_ms then
        again[#again + 1] = item
        instants[#instants + 1] = string.format("%d", again_ms)
        instants[#instants + 1] = item
        begun[#begun + 1] = item
        begun[#begun + 1] = attempts_text(0, nil, since_ms)
        first_ms = math.min(first_ms, again_ms)
      else
        ended[#ended + 1] = item
      end
    end
    return ended, again, instants, begun, first_ms
  end
  local ended, again, instants, begun, first_ms = tracked_again(held, texts)
  if #again > 0 then
    redis.call("ZCARD", due)
    -- From lua/lib/expiry/earlier_due.lua:
    --- Computes the time that a shard must get in the index of its slot, because an item will be due.
    local function earlier_due(slot_queue, member, due, processing, due_ms)
      local known = redis.call("ZSCORE", slot_queue, member)
      if known then
        return tonumber(known) > due_ms and due_ms or nil
      end
      local first = redis.call("ZRANGE", due, "0", "0", "WITHSCORES")
      local leased = redis.call("ZRANGE", processing, "0", "0", "WITHSCORES")
      local first_ms = stored_integer(first[2] or false, "due") or due_ms
      local ends_ms = stored_integer(leased[2] or false, "processing") or due_ms
      return math.min(due_ms, first_ms, ends_ms)
    end
    -- From lua/lib/slot_member.lua:
    --- The name of a key's owner in the indexes of its slot: the text of the key's hash tag, such as
    --- \`acme:lamp\`.
    local function slot_member(key)
      return string.match(key, "{(.*)}") or ""
    end
    -- From lua/lib/expiry/make_due.lua:
    --- Makes claimed items due, and the shard in the index of its slot. The caller has proved the types of
    --- \`due\` and \`attempts\`, and removes the items from \`processing\`.
    local function make_due(due, processing, attempts, slot_queue, instants, texts, first_ms)
      local member = slot_member(due)
      local earlier_ms = earlier_due(slot_queue, member, due, processing, first_ms)
      -- at most 200 values
      redis.call("ZADD", due, unpack(instants))
      if earlier_ms then
        -- From lua/lib/expiry/note_due.lua:
        --- Writes into the index of the slot that a shard is due at a time, as earlier_due computed it.
        local function note_due(slot_queue, member, earlier_ms)
          -- The clock of a worker may be so far ahead of Redis's clock, or behind it.
          local CLOCK_ERROR_MS = 1000
          local earlier_text = string.format("%d", earlier_ms)
          redis.call("ZADD", slot_queue, earlier_text, member)
          if redis.call("ZCOUNT", slot_queue, now_ms() + CLOCK_ERROR_MS, earlier_ms - 1) == 0 then
            redis.call("PUBLISH", slot_queue, earlier_text)
          end
        end
        note_due(slot_queue, member, earlier_ms)
      end
      if #texts > 0 then
        -- at most 200 values
        redis.call("HSET", attempts, unpack(texts))
      end
    end
    make_due(due, processing, attempts, slot_queue, instants, begun, first_ms)
  end
  local dead_since = string.format("%d", now)
  local times, whys = {}, {}
  -- at most 100 items
  for position, item in ipairs(ended) do
    times[2 * position - 1] = dead_since
    times[2 * position] = item
    whys[2 * position - 1] = item
    whys[2 * position] = reason
  end
  if #ended > 0 then
    -- moonpath-allow order/write-before-check: each time is that of Redis's clock
    -- at most 200 values
    redis.call("ZADD", dead, unpack(times))
    -- at most 200 values
    redis.call("HSET", reasons, unpack(whys))
  end
  -- From lua/lib/expiry/keep_items.lua:
  --- Removes all items from a claim except those that it keeps. The end of its lease stays.
  local function keep_items(claim_key, others)
    redis.call("LTRIM", claim_key, "0", "0")
    if #others > 0 then
      -- at most 100 items
      redis.call("RPUSH", claim_key, unpack(others))
    end
  end
  keep_items(claim_key, others)
  -- at most 100 items
  redis.call("ZREM", processing, unpack(held))
  return { "dead_lettered", again }
end
`;
