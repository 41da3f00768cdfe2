// views.visit 1.0.0. Generated from lua/views/visit.lua by moonpath-codegen. DO NOT EDIT.
import { type CallOptions, choiceType, listType, readFields, type Script } from "moonpath/client";
import * as keys from "../keys.js";
import * as types from "../types.js";

/** Arguments of `views.visit`. */
export interface ViewsVisitArgs {
  /** Part of the key. 1 to 256 bytes. */
  readonly product: string;
  /** Part of the key. 1 to 256 bytes. */
  readonly period: string;
  /** The people who viewed the product. At most 250 elements; each 1 to 256 bytes. */
  readonly viewers: readonly string[];
  /**
   * The end of the time for which the viewers are stored. Milliseconds since 1970-01-01 UTC, 0 to
   * 8,640,000,000,000,000.
   */
  readonly keepUntilMs: number;
}

/** Reply of `views.visit`: `outcome` says what happened. */
export type ViewsVisitReply =
  | {
      /**
       * - `noted`: the viewers are stored.
       * - `over`: keepUntilMs has passed, and nothing is stored.
       */
      readonly outcome: "noted" | "over";
    };

/** The function of `views.visit`. A tenant's `views` has it. */
export interface ViewsVisitOperation {
  /**
   * Notes the viewers of a product in a period, such as a day. Each viewer counts once.
   *
   * All calls for a period should name the same end, such as 30 days after the day. Of different
   * ends, the latest one counts.
   *
   * A damaged HyperLogLog is an error INVALIDOBJ, and nothing is written. The repair is to delete
   * the key, which loses the viewers of the period.
   *
   * Outcomes:
   * - `noted`: the viewers are stored.
   * - `over`: keepUntilMs has passed, and nothing is stored.
   *
   * Units: `keepUntilMs` in milliseconds since 1970-01-01 UTC.
   *
   * Cost: O(V), V the given viewers.
   *
   * Retry: safe. For ever, because a viewer counts once, keepUntilMs is an instant, and a call
   * after it stores nothing.
   *
   * Lua source: `lua/views/visit.lua`, version 1.0.0.
   *
   * @throws `ARGUMENT`, `CORRUPT`, `WRONG_TYPE`, `OUT_OF_MEMORY`: nothing was written.
   * @throws `OUTCOME_UNKNOWN`: no answer came; it may have run.
   * @throws what every call can, such as `UNAVAILABLE` and `ABORTED`.
   *
   * @example
   * ```ts
   * // Two people view a product.
   * const reply = await acme.views.visit({
   *   product: "product-1",
   *   period: "2026-11-27",
   *   viewers: ["ada", "bob"],
   *   keepUntilMs: Date.now() + 60_000,
   * });
   * // reply: { outcome: "noted" }
   * ```
   */
  visit(args: ViewsVisitArgs, options?: CallOptions): Promise<ViewsVisitReply>;
}

/** The script `views.visit`, as a client loads and calls it. */
export const viewsVisit: Script<ViewsVisitArgs, ViewsVisitReply> = {
  name: "views.visit",
  version: "1.0.0",
  digest: "db4b40aa5e9de509dc2f9334276827b7a3d07816",
  writes: true,
  resend: "safe",
  keyPatterns: [
    "<namespace>:{<tenant>:<product>}:viewers:<period>",
  ],
  encode(scope, args) {
    return {
      keys: [keys.viewers(scope, args.product, args.period)],
      args: [
        ...argument.viewers.encode("viewers", args.viewers),
        argument.keepUntilMs.encode("keepUntilMs", args.keepUntilMs),
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
  viewers: listType(types.id, 250),
  keepUntilMs: types.epochMs,
};

/** How each field of the reply is decoded, with its bounds. */
const field = {
  outcome: choiceType(["noted", "over"]),
};

/** Source file -> lines of the Lua text below, and the line of that file where they begin. */
const lines: Script<never, unknown>["lines"] = {
  "lua/lib/now_ms.lua": "6-9:4",
  "lua/views/visit.lua": "13:4 50:49 51:49 52-73:49",
};

/** The exact text that Redis runs. */
const lua = `#!lua
-- views.visit 1.0.0. Generated from lua/views/visit.lua by moonpath-codegen. DO NOT EDIT.

-- From lua/lib/now_ms.lua:
--- Returns Redis's clock, in milliseconds since 1970-01-01 UTC.
local function now_ms()
  local clock = redis.call("TIME")
  return tonumber(clock[1]) * 1000 + math.floor(tonumber(clock[2]) / 1000)
end

-- From lua/views/visit.lua:
-- The byte at offset 4 of a HyperLogLog in the sparse encoding, which is at most 3,000 bytes long.
local SPARSE = "\\1"

-- Generated: reads and checks KEYS and ARGV.
if #KEYS ~= 1 or #ARGV < 2 then
  return { err = "ARGUMENT views.visit expected 1 key and at least 2 arguments" }
end
local wrapper_position
local arg_viewers = {}
do
  local wrapper_count = tonumber(ARGV[1])
  if not wrapper_count or wrapper_count < 0 or wrapper_count > 250 or wrapper_count % 1 ~= 0 then
    return { err = "ARGUMENT views.visit viewers: expected a whole number from 0 to 250" }
  end
  if #ARGV ~= 2 + wrapper_count then
    return { err = "ARGUMENT views.visit expected as many arguments as its lists say" }
  end
  for index = 1, wrapper_count do
    local element = ARGV[1 + index]
    if element == "" or #element > 256 then
      return { err = "ARGUMENT views.visit viewers: expected 1 to 256 bytes" }
    end
    if string.find(element, "[%c{}]") then
      return { err = "ARGUMENT views.visit viewers: expected no control characters and no braces" }
    end
    arg_viewers[index] = element
  end
  wrapper_position = 1 + wrapper_count
end
local arg_keep_until_ms_digits = ARGV[wrapper_position + 1]
local arg_keep_until_ms = (
  arg_keep_until_ms_digits == "0" or string.find(arg_keep_until_ms_digits, "^[1-9]%d*$")
) and tonumber(arg_keep_until_ms_digits)
if not arg_keep_until_ms or arg_keep_until_ms > 8640000000000000 then
  return { err = "ARGUMENT views.visit keep_until_ms: expected a whole number from 0 to 8640000000000000" }
end

--- Notes the viewers of a product in a period, such as a day. Each viewer counts once.
do
  local viewers_key, viewers, keep_until_ms, keep_until_ms_digits =
    KEYS[1], arg_viewers, arg_keep_until_ms, arg_keep_until_ms_digits
  if keep_until_ms <= now_ms() then
    return "over"
  end
  if #viewers == 0 then
    return "noted"
  end
  local stored_until = redis.call("PEXPIRETIME", viewers_key)
  -- PFADD may find damage at one viewer after it has stored another. Only the sparse encoding can be
  -- damaged so. PFCOUNT of two keys reads all of the value and writes nothing.
  if #viewers > 1 and redis.call("GETRANGE", viewers_key, "4", "4") == SPARSE then
    redis.call("PFCOUNT", viewers_key, viewers_key)
  end
  -- at most 250 viewers
  -- moonpath-allow order/write-before-check: PFCOUNT of two keys writes nothing
  redis.call("PFADD", viewers_key, unpack(viewers))
  -- It is negative if the key is new or has no end.
  if stored_until < keep_until_ms then
    redis.call("PEXPIREAT", viewers_key, keep_until_ms_digits)
  end
  return "noted"
end
`;
