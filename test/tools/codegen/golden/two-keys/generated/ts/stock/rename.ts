// stock.rename 1.0.0. Generated from lua/stock/rename.lua by moonpath-codegen. DO NOT EDIT.
import { type CallOptions, readFields, type Script } from "moonpath/client";
import * as keys from "../keys.js";
import * as types from "../types.js";

/** Arguments of `stock.rename`. */
export interface StockRenameArgs {
  /** Part of the key. 1 to 64 bytes. */
  readonly product: string;
  /** Text that is stored and given back as it came. 0 to 1,024 bytes. */
  readonly text: string;
}

/** Reply of `stock.rename`. */
export interface StockRenameReply {
  /**
   * An instant, by Redis's clock. Milliseconds since 1970-01-01 UTC, 0 to 8,640,000,000,000,000.
   */
  readonly changedMs: number;
}

/** The function of `stock.rename`. A tenant's `stock` has it. */
export interface StockRenameOperation {
  /**
   * Gives a product another label, and notes when.
   *
   * Reply:
   * - `changedMs`: An instant, by Redis's clock. Milliseconds since 1970-01-01 UTC, 0 to
   *   8,640,000,000,000,000.
   *
   * Units: `changedMs` in milliseconds since 1970-01-01 UTC.
   *
   * Cost: O(log N), N the changes.
   *
   * Retry: safe. The same label is set again.
   *
   * Lua source: `lua/stock/rename.lua`, version 1.0.0.
   *
   * @throws `ARGUMENT`, `WRONG_TYPE`, `OUT_OF_MEMORY`: nothing was written.
   * @throws `OUTCOME_UNKNOWN`: no answer came; it may have run.
   * @throws what every call can, such as `UNAVAILABLE` and `ABORTED`.
   *
   * @example
   * ```ts
   * // A new label.
   * const reply = await acme.stock.rename({ product: "product-1", text: "a lamp" });
   * // reply: { changedMs: … }
   * ```
   */
  rename(args: StockRenameArgs, options?: CallOptions): Promise<StockRenameReply>;
}

/** The script `stock.rename`, as a client loads and calls it. */
export const stockRename: Script<StockRenameArgs, StockRenameReply> = {
  name: "stock.rename",
  version: "1.0.0",
  digest: "7a675de9da1b89c77f2e0d71f1c09c1a9194c2a1",
  writes: true,
  resend: "safe",
  keyPatterns: [
    "<namespace>:{<tenant>:<product>}:label",
    "<namespace>:{<tenant>:<product>}:changes",
  ],
  encode(scope, args) {
    return {
      keys: [
        keys.label(scope, args.product),
        keys.changes(scope, args.product),
      ],
      args: [argument.text.encode("text", args.text)],
    };
  },
  decode(reply) {
    const fields = readFields(reply, 1);
    return {
      changedMs: field.changedMs.decode("changedMs", fields[0]),
    };
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
  text: types.payload,
};

/** How each field of the reply is decoded, with its bounds. */
const field = {
  changedMs: types.epochMs,
};

/** Source file -> lines of the Lua text below, and the line of that file where they begin. */
const lines: Script<never, unknown>["lines"] = {
  "lua/lib/now_ms.lua": "6-9:4",
  "lua/stock/rename.lua": "22:25 23-29:25",
};

/** The exact text that Redis runs. */
const lua = `#!lua
-- stock.rename 1.0.0. Generated from lua/stock/rename.lua by moonpath-codegen. DO NOT EDIT.

-- From lua/lib/now_ms.lua:
--- Redis's clock, in milliseconds since 1970-01-01 UTC.
local function now_ms()
  local clock = redis.call("TIME")
  return tonumber(clock[1]) * 1000 + math.floor(tonumber(clock[2]) / 1000)
end

-- Generated: reads and checks KEYS and ARGV.
if #KEYS ~= 2 or #ARGV ~= 1 then
  return { err = "ARGUMENT stock.rename expected 2 keys and 1 argument" }
end
local arg_text = ARGV[1]
if #arg_text > 1024 then
  return { err = "ARGUMENT stock.rename text: expected 0 to 1024 bytes" }
end

-- From lua/stock/rename.lua:
--- Gives a product another label, and notes when.
do
  local label, changes, text = KEYS[1], KEYS[2], arg_text
  local now = now_ms()
  redis.call("ZCARD", changes)
  redis.call("SET", label, text)
  redis.call("ZADD", changes, now, "label")
  return now
end
`;
