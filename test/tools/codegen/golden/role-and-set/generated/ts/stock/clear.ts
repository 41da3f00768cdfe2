// stock.clear 1.0.0. Generated from lua/stock/clear.lua by moonpath-codegen. DO NOT EDIT.
import { choiceType, readFields, type Script } from "moonpath/client";
import * as keys from "../keys.js";

/** Arguments of `stock.clear`. */
export interface ClearArgs {
  /** id, 1 to 64 bytes; part of the key */
  readonly product: string;
}

/** Reply of `stock.clear`. */
export type ClearReply =
  | {
      readonly outcome: "cleared";
    };

const field = {
  outcome: choiceType(["cleared"]),
};

/**
 * Forgets the changes of a product's stock, in the background.
 *
 * @see lua/stock/clear.lua
 */
export const clear: Script<ClearArgs, ClearReply> = {
  name: "stock.clear",
  version: "1.0.0",
  digest: "6802c4e8918ebbc05b980c9221726b12cb114254",
  writes: true,
  resend: "safe",
  keyPatterns: [
    "<namespace>:{<tenant>:<product>}:changes",
  ],
  encode(scope, args) {
    return {
      keys: [keys.changes(scope, args.product)],
      args: [],
    };
  },
  decode(reply) {
    const fields = readFields(reply, 1);
    const outcome = field.outcome.decode("outcome", fields[0]);
    return { outcome };
  },
  lines: {
    "lua/stock/clear.lua": { 4: 16, 5: 17, 6: 18 },
  },
  lua: `#!lua flags=allow-oom
-- stock.clear 1.0.0. Generated from lua/stock/clear.lua by moonpath-codegen. DO NOT EDIT.

local function clear(changes)
	redis.call("DEL", changes)
	return "cleared"
end

if # KEYS ~= 1 or # ARGV ~= 0 then
	return redis.error_reply("ARGUMENT stock.clear expected 1 key and 0 arguments")
end
local reply_outcome = clear(KEYS[1])
return {
	reply_outcome
}
`,
};
