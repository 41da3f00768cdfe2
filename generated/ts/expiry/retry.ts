// expiry.retry 1.0.0. Generated from lua/expiry/retry.lua by moonpath-codegen. DO NOT EDIT.
import { type CallOptions, choiceType, listType, optional, readFields, type Script } from "moonpath/client";
import * as keys from "../keys.js";
import * as types from "../types.js";

/** Arguments of `expiry.retry`. */
export interface ExpiryRetryArgs {
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
  /** From now until the items are due again. Milliseconds, 1 to 31,622,400,000. */
  readonly delayMs: number;
  /** The worker did not try the items: this claim is not an attempt. */
  readonly untried?: boolean | undefined;
}

/** Reply of `expiry.retry`: `outcome` says what happened. */
export type ExpiryRetryReply =
  | {
      /**
       * - `returned`: the items are due again after the delay.
       * - `lost`: the lease has ended, and nothing is changed.
       */
      readonly outcome: "returned" | "lost";
    };

/** The function of `expiry.retry`. A tenant's `scripts.expiry` has it. */
export interface ExpiryRetryOperation {
  /**
   * Makes items that a worker could not process due again after a delay.
   *
   * The claim counts as an attempt, unless the worker did not try the items.
   *
   * An item that was tracked while it was claimed is due at the time that track has stored, if that
   * is later. It keeps its attempts, so an item that always fails becomes dead.
   *
   * Outcomes:
   * - `returned`: the items are due again after the delay.
   * - `lost`: the lease has ended, and nothing is changed.
   *
   * Units: `delayMs` in milliseconds.
   *
   * Cost: O(I log N), I the items of the claim, N the tracked items.
   *
   * Retry: safe. In a second run the claim no longer holds the items; it is "returned" again until
   * the lease ends, and "lost" after that.
   *
   * Lua source: `lua/expiry/retry.lua`, version 1.0.0.
   *
   * @throws `ARGUMENT`, `CORRUPT`, `WRONG_TYPE`, `EVICTION`: nothing was written.
   * @throws `OUTCOME_UNKNOWN`: no answer came; it may have run.
   * @throws what every call can, such as `UNAVAILABLE` and `ABORTED`.
   *
   * @example
   * ```ts
   * // An item is due again in a minute, and the claim was an attempt.
   * const reply = await acme.scripts.expiry.retry({
   *   queue: "queue-1",
   *   queueShard: "0",
   *   claim: "run-1",
   *   items: ["offer-1"],
   *   delayMs: 60_000,
   * });
   * // reply: { outcome: "returned" }
   * ```
   */
  retry(args: ExpiryRetryArgs, options?: CallOptions): Promise<ExpiryRetryReply>;
}

/** The script `expiry.retry`, as a client loads and calls it. */
export const expiryRetry: Script<ExpiryRetryArgs, ExpiryRetryReply> = {
  name: "expiry.retry",
  version: "1.0.0",
  digest: "d821359d0288bcf9a78602068d241744c2c92fca",
  writes: true,
  resend: "safe",
  requiresNoEviction: true,
  keyPatterns: [
    "<namespace>:{<tenant>:<queue>:<queue_shard>}:due",
    "<namespace>:{<tenant>:<queue>:<queue_shard>}:processing",
    "<namespace>:{<tenant>:<queue>:<queue_shard>}:attempts",
    "<namespace>:{<slot of tenant, queue, queue_shard>}:slot-queue:<queue>",
    "<namespace>:{<tenant>:<queue>:<queue_shard>}:claim:<claim>",
  ],
  encode(scope, args) {
    return {
      keys: [
        keys.due(scope, args.queue, args.queueShard),
        keys.processing(scope, args.queue, args.queueShard),
        keys.attempts(scope, args.queue, args.queueShard),
        keys.slotQueue(scope, args.queue, args.queueShard),
        keys.claim(scope, args.queue, args.queueShard, args.claim),
      ],
      args: [
        ...argument.items.encode("items", args.items),
        argument.delayMs.encode("delayMs", args.delayMs),
        argument.untried.encode("untried", args.untried),
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
  items: listType(types.id, 100),
  delayMs: types.ms,
  untried: optional(types.flag),
};

/** How each field of the reply is decoded, with its bounds. */
const field = {
  outcome: choiceType(["returned", "lost"]),
};

/** Source file -> lines of the Lua text below, and the line of that file where they begin. */
const lines: Script<never, unknown>["lines"] = {
  "lua/lib/stored_integer.lua": "7-18:9",
  "lua/lib/expiry/held_items.lua": "22-47:14",
  "lua/lib/now_ms.lua": "51-54:4",
  "lua/expiry/retry.lua": "58:9 101:70 102:70 103-120:70 149-160:89 207:101 217-221:102",
  "lua/lib/expiry/attempts_text.lua": "123-129:7",
  "lua/lib/expiry/stored_attempts.lua": "132-147:11",
  "lua/lib/expiry/earlier_due.lua": "163-173:16",
  "lua/lib/slot_member.lua": "177-179:6",
  "lua/lib/expiry/make_due.lua": "183-188:15 200-206:21",
  "lua/lib/expiry/note_due.lua": "191-199:12",
  "lua/lib/expiry/keep_items.lua": "210-216:5",
};

/** The exact text that Redis runs. */
const lua = `#!lua flags=allow-oom
-- expiry.retry 1.0.0. Generated from lua/expiry/retry.lua by moonpath-codegen. DO NOT EDIT.

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

-- From lua/expiry/retry.lua:
-- The upper bound of the type epoch_ms.
local MAX_TIME = 8640000000000000

-- Generated: reads and checks KEYS and ARGV.
if #KEYS ~= 5 or #ARGV < 3 then
  return { err = "ARGUMENT expiry.retry expected 5 keys and at least 3 arguments" }
end
local wrapper_position
local arg_items = {}
do
  local wrapper_count = tonumber(ARGV[1])
  if not wrapper_count or wrapper_count < 0 or wrapper_count > 100 or wrapper_count % 1 ~= 0 then
    return { err = "ARGUMENT expiry.retry items: expected a whole number from 0 to 100" }
  end
  if #ARGV ~= 3 + wrapper_count then
    return { err = "ARGUMENT expiry.retry expected as many arguments as its lists say" }
  end
  for index = 1, wrapper_count do
    local element = ARGV[1 + index]
    if element == "" or #element > 256 then
      return { err = "ARGUMENT expiry.retry items: expected 1 to 256 bytes" }
    end
    if string.find(element, "[%c{}]") then
      return { err = "ARGUMENT expiry.retry items: expected no control characters and no braces" }
    end
    arg_items[index] = element
  end
  wrapper_position = 1 + wrapper_count
end
local arg_delay_ms = tonumber(ARGV[wrapper_position + 1])
if not arg_delay_ms or arg_delay_ms < 1 or arg_delay_ms > 31622400000 or arg_delay_ms % 1 ~= 0 then
  return { err = "ARGUMENT expiry.retry delay_ms: expected a whole number from 1 to 31622400000" }
end
local arg_untried = ARGV[wrapper_position + 2]
if arg_untried == "" then
  arg_untried = nil
else
  if arg_untried ~= "1" and arg_untried ~= "0" then
    return { err = "ARGUMENT expiry.retry untried: expected 1 or 0" }
  end
  arg_untried = arg_untried == "1"
end

--- Makes items that a worker could not process due again after a delay.
do
  local due, processing, attempts, slot_queue, claim_key, items, delay_ms, untried =
    KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5], arg_items, arg_delay_ms, arg_untried
  local now = now_ms()
  local held, others = held_items(claim_key, processing, items, now)
  if not held then
    return "lost"
  end
  -- Type check only: WRONGTYPE must come before the first write, because Redis does not roll back.
  redis.call("ZCARD", due)
  if #held == 0 then
    return "returned"
  end

  -- at most 100 items
  local texts = redis.call("HMGET", attempts, unpack(held))
  local due_ms = now + delay_ms
  local due_text = string.format("%d", due_ms)
  local first_ms = MAX_TIME
  local instants, changed = {}, {}
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
  -- at most 100 items
  for position, item in ipairs(held) do
    local stored, again_ms, since_ms = stored_attempts(texts[position])
    local count = math.max(stored or 0, 1) - (untried and 1 or 0)
    if again_ms or count ~= (stored or 0) then
      changed[#changed + 1] = item
      changed[#changed + 1] = attempts_text(count, nil, since_ms)
    end
    local later_ms = math.max(due_ms, again_ms or 0)
    first_ms = math.min(first_ms, later_ms)
    instants[2 * position - 1] = later_ms == due_ms and due_text or string.format("%d", later_ms)
    instants[2 * position] = item
  end
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
  make_due(due, processing, attempts, slot_queue, instants, changed, first_ms)
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
  return "returned"
end
`;
