// delete.keys 1.0.0. Generated from lua/delete/keys.lua by moonpath-codegen. DO NOT EDIT.
import { type CallOptions, choiceType, readFields, type Script } from "moonpath/client";
import * as keys from "../keys.js";
import * as types from "../types.js";

/** Arguments of `delete.keys`. */
export interface DeleteKeysArgs {
  /** Part of the key. 1 to 64 bytes. */
  readonly product: string;
}

/** Reply of `delete.keys`: `outcome` says what happened. */
export type DeleteKeysReply =
  | {
      /** `known` */
      readonly outcome: "known";
      /** Over all shelves. Units, 0 to 1,000,000. */
      readonly total: number;
    }
  | {
      /** `unknown` */
      readonly outcome: "unknown";
    };

/** The function of `delete.keys`. A tenant's `delete` has it. */
export interface DeleteKeysOperation {
  /**
   * Reads how many units of a product there are.
   *
   * Outcomes:
   * - `known`
   * - `unknown`
   *
   * Units: `total` in units.
   *
   * Cost: O(1).
   *
   * Retry: safe. It only reads.
   *
   * Lua source: `lua/delete/keys.lua`, version 1.0.0.
   *
   * @throws `ARGUMENT`, `CORRUPT`, `WRONG_TYPE`: nothing was written.
   * @throws `DEADLINE`: no answer came in time.
   * @throws what every call can, such as `UNAVAILABLE` and `ABORTED`.
   *
   * @example
   * ```ts
   * // A product that is known.
   * const reply = await acme.delete.keys({ product: "product-1" });
   * // reply: { outcome: "known", total: 5 }
   * ```
   */
  keys(args: DeleteKeysArgs, options?: CallOptions): Promise<DeleteKeysReply>;
}

/** The script `delete.keys`, as a client loads and calls it. */
export const deleteKeys: Script<DeleteKeysArgs, DeleteKeysReply> = {
  name: "delete.keys",
  version: "1.0.0",
  digest: "5c5d9db86d889bcb8e06c9ddda9acfe766feea9f",
  writes: false,
  resend: "safe",
  keyPatterns: [
    "<namespace>:{<tenant>:<product>}:stock",
  ],
  encode(scope, args) {
    return {
      keys: [keys.stock(scope, args.product)],
      args: [],
    };
  },
  decode(reply) {
    const fields = readFields(reply, 2);
    const outcome = field.outcome.decode("outcome", fields[0]);
    switch (outcome) {
      case "known":
        return {
          outcome,
          total: field.total.decode("total", fields[1]),
        };
      case "unknown":
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

/** How each field of the reply is decoded, with its bounds. */
const field = {
  outcome: choiceType(["known", "unknown"]),
  total: types.units,
};

/** Source file -> lines of the Lua text below, and the line of that file where they begin. */
const lines: Script<never, unknown>["lines"] = {
  "lua/lib/stored_units.lua": "6-11:8 17-20:14",
  "lua/lib/corrupt.lua": "14-16:4",
  "lua/delete/keys.lua": "29:20 30-36:20",
};

/** The exact text that Redis runs. */
const lua = `#!lua flags=no-writes
-- delete.keys 1.0.0. Generated from lua/delete/keys.lua by moonpath-codegen. DO NOT EDIT.

-- From lua/lib/stored_units.lua:
--- Reads units that a script stored earlier; anything else stops the script.
local function stored_units(value, what)
  if not value then
    return nil
  end
  local number = string.find(value, "^%d+$") and tonumber(value)
  if not number or number > 1000000 then
    -- From lua/lib/corrupt.lua:
    --- Stops the script before it writes: what is stored is not what the keyspace says.
    local function corrupt(what)
      error({ err = "CORRUPT " .. what })
    end
    corrupt(what)
  end
  return number
end

-- Generated: reads and checks KEYS and ARGV.
if #KEYS ~= 1 or #ARGV ~= 0 then
  return { err = "ARGUMENT delete.keys expected 1 key and 0 arguments" }
end

-- From lua/delete/keys.lua:
--- Reads how many units of a product there are.
do
  local stock = KEYS[1]
  local total = stored_units(redis.call("HGET", stock, "total"), "total")
  if not total then
    return "unknown"
  end
  return { "known", total }
end
`;
