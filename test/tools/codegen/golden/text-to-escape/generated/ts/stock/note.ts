// stock.note 1.0.0. Generated from lua/stock/note.lua by moonpath-codegen. DO NOT EDIT.
import { choiceType, readFields, type Script } from "moonpath/client";
import * as keys from "../keys.js";
import * as types from "../types.js";

/** Arguments of `stock.note`. */
export interface NoteArgs {
  /** id, 1 to 64 bytes; part of the key */
  readonly product: string;
  /** payload, 0 to 1024 bytes; `types.id` or optional(id) | both */
  readonly text: string;
}

/**
 * Reply of `stock.note`.
 *
 * refused: it holds a ` or a ${ *\/.
 */
export type NoteReply =
  | {
      readonly outcome: "noted";
      /** units, 0 to 1000000; of ${text} | `text` */
      readonly bytes: number;
    }
  | {
      readonly outcome: "refused";
    };

const argument = {
  text: types.payload,
};

const field = {
  outcome: choiceType(["noted", "refused"]),
  bytes: types.units,
};

/**
 * Notes `${text}` of a product, *\/ and all: <b>bold</b>, one|other, `a|b`, C:\new.
 *
 * The rest says optional( and types. and choiceType(; a ``` too, and ∑ Zürich 東京.
 *
 * @see lua/stock/note.lua
 */
export const note: Script<NoteArgs, NoteReply> = {
  name: "stock.note",
  version: "1.0.0",
  digest: "bbc68f2bb4f4d4d60cccd90215c1847b18911f73",
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
  lines: {
    "lua/stock/note.lua": { 4: 24, 5: 26, 6: 30, 8: 32, 9: 33 },
  },
  lua: `#!lua
-- stock.note 1.0.0. Generated from lua/stock/note.lua by moonpath-codegen. DO NOT EDIT.

local function note(label, text)
	if string.find(text, "\`", 1, true) or string.find(text, "\${", 1, true) or string.find(text, [[\\\${]], 1, true) then
		return "refused"
	end
	redis.call("SET", label, "Z\\195\\188rich \\\\ " .. text)
	return "noted", # text + 3
end

local function edge_refuse(argument, expected)
	error({
		err = "ARGUMENT stock.note " .. argument .. ": expected " .. expected
	})
end
local function edge_text(argument, text, least, greatest, forbidden, expected)
	if # text < least or # text > greatest then
		edge_refuse(argument, string.format("%.0f to %.0f bytes", least, greatest))
	end
	if forbidden and string.find(text, forbidden) then
		edge_refuse(argument, expected)
	end
	return text
end
local function edge_absent(value)
	if value == nil then
		return false
	end
	return value
end
if # KEYS ~= 1 or # ARGV ~= 1 then
	return redis.error_reply("ARGUMENT stock.note expected 1 key and 1 argument")
end
local given_text = edge_text("text", ARGV[1], 0, 1024)
local reply_outcome, reply_bytes = note(KEYS[1], given_text)
return {
	reply_outcome,
	edge_absent(reply_bytes)
}
`,
};
