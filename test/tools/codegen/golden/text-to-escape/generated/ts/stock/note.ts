// stock.note 1.0.0. Generated from lua/stock/note.lua by moonpath-codegen. DO NOT EDIT.
import { type CallOptions, choiceType, readFields, type Script } from "moonpath/client";
import * as keys from "../keys.js";
import * as types from "../types.js";

/** Arguments of `stock.note`. */
export interface StockNoteArgs {
  /** Part of the key. 1 to 64 bytes. */
  readonly product: string;
  /** `types.id` or optional(id) | both. 0 to 1,024 bytes. */
  readonly text: string;
}

/** Reply of `stock.note`: `outcome` says what happened. */
export type StockNoteReply =
  | {
      /** `noted` */
      readonly outcome: "noted";
      /** Of ${text} | `text`. Units, 0 to 1,000,000. */
      readonly bytes: number;
    }
  | {
      /** `refused`: it holds a ` or a ${ *\/. */
      readonly outcome: "refused";
    };

/** The function of `stock.note`. A tenant's `stock` has it. */
export interface StockNoteOperation {
  /**
   * Notes `${text}` of a product, *\/ and all: <b>bold</b>, one|other, `a|b`, C:\new.
   *
   * The rest says optional( and types. and choiceType(; a ``` too, and ∑ Zürich 東京.
   *
   * Outcomes:
   * - `noted`
   * - `refused`: it holds a ` or a ${ *\/.
   *
   * Units: `bytes` in units.
   *
   * Cost: O(1) | O(N), `N` the <bytes>.
   *
   * Retry: safe. The same text | is set again.
   *
   * Lua source: `lua/stock/note.lua`, version 1.0.0.
   *
   * @throws `ARGUMENT`, `OUT_OF_MEMORY`: nothing was written.
   * @throws `OUTCOME_UNKNOWN`: no answer came; it may have run.
   * @throws what every call can, such as `UNAVAILABLE` and `ABORTED`.
   *
   * @example
   * ```ts
   * // A text | of <any> kind, ${x} and `y` and \n.
   * const reply = await acme.stock.note({ product: "product-1", text: "a\\b | c" });
   * // reply: { outcome: "noted", bytes: 10 }
   * ```
   */
  note(args: StockNoteArgs, options?: CallOptions): Promise<StockNoteReply>;
}

/** The script `stock.note`, as a client loads and calls it. */
export const stockNote: Script<StockNoteArgs, StockNoteReply> = {
  name: "stock.note",
  version: "1.0.0",
  digest: "261245fe116444283f3d31eeab2baf12d6044a7a",
  writes: true,
  resend: "safe",
  keyPatterns: [
    "<namespace>:{<tenant>:<product>}:label",
  ],
  encode(scope, args) {
    return {
      keys: [keys.label(scope, args.product)],
      args: [argument.text.encode("text", args.text)],
    };
  },
  decode(reply) {
    const fields = readFields(reply, 2);
    const outcome = field.outcome.decode("outcome", fields[0]);
    switch (outcome) {
      case "noted":
        return {
          outcome,
          bytes: field.bytes.decode("bytes", fields[1]),
        };
      case "refused":
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
  text: types.payload,
};

/** How each field of the reply is decoded, with its bounds. */
const field = {
  outcome: choiceType(["noted", "refused"]),
  bytes: types.units,
};

/** Source file -> lines of the Lua text below, and the line of that file where they begin. */
const lines: Script<never, unknown>["lines"] = {
  "lua/stock/note.lua": "15:24 16-20:24 21:28 22-26:30",
};

/** The exact text that Redis runs. */
const lua = `#!lua
-- stock.note 1.0.0. Generated from lua/stock/note.lua by moonpath-codegen. DO NOT EDIT.

-- Generated: reads and checks KEYS and ARGV.
if #KEYS ~= 1 or #ARGV ~= 1 then
  return { err = "ARGUMENT stock.note expected 1 key and 1 argument" }
end
local arg_text = ARGV[1]
if #arg_text > 1024 then
  return { err = "ARGUMENT stock.note text: expected 0 to 1024 bytes" }
end

-- From lua/stock/note.lua:
--- Notes \`\${text}\` of a product, */ and all: <b>bold</b>, one|other, \`a|b\`, C:\\new.
do
  local label, text = KEYS[1], arg_text
  if
    string.find(text, "\`", 1, true)
    or string.find(text, "\${", 1, true)
    or string.find(text, [[\\\${]], 1, true)
  then
    return "refused"
  end
  redis.call("SET", label, "Z\\195\\188rich \\\\ " .. text)
  return { "noted", #text + 3 }
end
`;
