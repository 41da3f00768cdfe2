// stock.label 1.0.0. Generated from lua/stock/label.lua by moonpath-codegen. DO NOT EDIT.
import { choiceType, readFields, type Script } from "moonpath/client";
import * as keys from "../keys.js";
import * as types from "../types.js";

/** Arguments of `stock.label`. */
export interface LabelArgs {
  /** id, 1 to 64 bytes; part of the key */
  readonly product: string;
}

/** Reply of `stock.label`. */
export type LabelReply =
  | {
      readonly outcome: "known";
      /** payload, 0 to 1024 bytes */
      readonly text: string;
    }
  | {
      readonly outcome: "unknown";
    };

const field = {
  outcome: choiceType(["known", "unknown"]),
  text: types.payload,
};

/**
 * Reads a product's label.
 *
 * @see lua/stock/label.lua
 */
export const label: Script<LabelArgs, LabelReply> = {
  name: "stock.label",
  version: "1.0.0",
  digest: "0097ca4a2ca478702c052e7bb9152887b1426972",
  writes: false,
  resend: "safe",
  keyPatterns: [
    "<namespace>:{<tenant>:<product>}:label",
  ],
  encode(scope, args) {
    return {
      keys: [keys.label(scope, args.product)],
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
          text: field.text.decode("text", fields[1]),
        };
      case "unknown":
        return {
          outcome,
        };
    }
  },
  lines: {
    "lua/stock/label.lua": { 4: 18, 5: 19, 6: 20, 7: 21, 9: 23 },
  },
  lua: `#!lua flags=no-writes
-- stock.label 1.0.0. Generated from lua/stock/label.lua by moonpath-codegen. DO NOT EDIT.

local function label(of)
	local text = redis.call("GET", of)
	if not text then
		return "unknown"
	end
	return "known", text
end

local function edge_absent(value)
	if value == nil then
		return false
	end
	return value
end
if # KEYS ~= 1 or # ARGV ~= 0 then
	return redis.error_reply("ARGUMENT stock.label expected 1 key and 0 arguments")
end
local reply_outcome, reply_text = label(KEYS[1])
return {
	reply_outcome,
	edge_absent(reply_text)
}
`,
};
