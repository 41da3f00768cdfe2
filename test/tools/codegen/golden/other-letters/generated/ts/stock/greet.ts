// stock.greet 1.0.0. Generated from lua/stock/greet.lua by moonpath-codegen. DO NOT EDIT.
import { choiceType, readFields, type Script } from "moonpath/client";
import * as keys from "../keys.js";

/** Arguments of `stock.greet`. */
export interface GreetArgs {
  /** id, 1 to 64 bytes; part of the key */
  readonly product: string;
}

/** Reply of `stock.greet`. */
export type GreetReply =
  | {
      readonly outcome: "greeted";
    };

const field = {
  outcome: choiceType(["greeted"]),
};

/**
 * Greets in letters of other languages: ä, 挨, 🙂.
 *
 * @see lua/stock/greet.lua
 */
export const greet: Script<GreetArgs, GreetReply> = {
  name: "stock.greet",
  version: "1.0.0",
  digest: "4c602004e2c946397feab0e2b5ebd550c15dc0aa",
  writes: true,
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
    const fields = readFields(reply, 1);
    const outcome = field.outcome.decode("outcome", fields[0]);
    return { outcome };
  },
  lines: {
    "lua/stock/greet.lua": { 4: 2, 5: 21, 6: 22, 7: 23 },
  },
  lua: `#!lua
-- stock.greet 1.0.0. Generated from lua/stock/greet.lua by moonpath-codegen. DO NOT EDIT.

local GREETING = "Grüße, 挨拶, 🙂"
local function greet(label)
	redis.call("SET", label, GREETING)
	return "greeted"
end

if # KEYS ~= 1 or # ARGV ~= 0 then
	return redis.error_reply("ARGUMENT stock.greet expected 1 key and 0 arguments")
end
local reply_outcome = greet(KEYS[1])
return {
	reply_outcome
}
`,
};
