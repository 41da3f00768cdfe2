// stock.note 1.0.0. Generated from lua/stock/note.lua by moonpath-codegen. DO NOT EDIT.
import { type CallOptions, choiceType, readFields, type Script } from "moonpath/client";
import * as keys from "../keys.js";
import * as types from "../types.js";

/** Arguments of `stock.note`. */
export interface StockNoteArgs {
  /** Part of the key. 1 to 64 bytes. */
  readonly product: string;
  /** Text that is stored and given back as it came. 0 to 1,024 bytes. */
  readonly text: string;
}

/** Reply of `stock.note`: `outcome` says what happened. */
export type StockNoteReply =
  | {
      /** `noted` */
      readonly outcome: "noted";
      /** Things on a shelf. Units, 0 to 1,000,000. */
      readonly length: number;
    };

/** The function of `stock.note`. A tenant's `stock` has it. */
export interface StockNoteOperation {
  /**
   * Breaks several checks, each with a reason.
   *
   * Outcomes:
   * - `noted`
   *
   * Units: `length` in units.
   *
   * Cost: O(1).
   *
   * Retry: safe. The same text is set again.
   *
   * Lua source: `lua/stock/note.lua`, version 1.0.0.
   *
   * @throws `ARGUMENT`, `WRONG_TYPE`, `OUT_OF_MEMORY`: nothing was written.
   * @throws `OUTCOME_UNKNOWN`: no answer came; it may have run.
   * @throws what every call can, such as `UNAVAILABLE` and `ABORTED`.
   *
   * @example
   * ```ts
   * // A text is noted.
   * const reply = await acme.stock.note({ product: "product-1", text: "lamp" });
   * // reply: { outcome: "noted", length: 4 }
   * ```
   */
  note(args: StockNoteArgs, options?: CallOptions): Promise<StockNoteReply>;
}

/** The script `stock.note`, as a client loads and calls it. */
export const stockNote: Script<StockNoteArgs, StockNoteReply> = {
  name: "stock.note",
  version: "1.0.0",
  digest: "e2174975cf409c4c8c7af7a8bd58699b5bea9ae2",
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
    const fields = readFields(reply, 2);
    const outcome = field.outcome.decode("outcome", fields[0]);
    return { outcome, length: field.length.decode("length", fields[1]) };
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
  outcome: choiceType(["noted"]),
  length: types.units,
};

/** Source file -> lines of the Lua text below, and the line of that file where they begin. */
const lines: Script<never, unknown>["lines"] = {
  "lua/stock/note.lua": "15:20 16-30:20",
};

/** The exact text that Redis runs. */
const lua = `#!lua
-- stock.note 1.0.0. Generated from lua/stock/note.lua by moonpath-codegen. DO NOT EDIT.

-- Generated: reads and checks KEYS and ARGV.
if #KEYS ~= 2 or #ARGV ~= 1 then
  return { err = "ARGUMENT stock.note expected 2 keys and 1 argument" }
end
local arg_text = ARGV[1]
if #arg_text > 1024 then
  return { err = "ARGUMENT stock.note text: expected 0 to 1024 bytes" }
end

-- From lua/stock/note.lua:
--- Breaks several checks, each with a reason.
do
  local label, changes, text = KEYS[1], KEYS[2], arg_text
  -- moonpath-allow keys/access: readers of the label come later
  redis.call("SET", label, text)
  local length = redis.call("STRLEN", label)
  -- moonpath-allow order/write-before-check: a change that is lost is counted again
  redis.call("ZADD", changes, length, "length")
  -- moonpath-allow commands/channel: everybody listens here
  redis.call("PUBLISH", "golden:news", text)
  -- moonpath-allow bounds/loop: it ends with the text
  for _ in string.gmatch(text, ".") do
    length = math.max(length, 0)
  end
  -- moonpath-allow reply/float: halves of a double are whole
  return { "noted", length * 2 * 0.5 }
end
`;
