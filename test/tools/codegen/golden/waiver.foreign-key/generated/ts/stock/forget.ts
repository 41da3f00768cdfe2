// stock.forget 1.0.0. Generated from lua/stock/forget.lua by moonpath-codegen. DO NOT EDIT.
import { choiceType, readFields, type Script } from "moonpath/client";
import * as keys from "../keys.js";

/** Arguments of `stock.forget`. */
export interface ForgetArgs {
  /** id, 1 to 64 bytes; part of the key */
  readonly product: string;
}

/** Reply of `stock.forget`. */
export type ForgetReply =
  | {
      readonly outcome: "forgotten";
    };

const field = {
  outcome: choiceType(["forgotten"]),
};

/**
 * Forgets what a shop says of a product, and the shop's own list.
 *
 * @see lua/stock/forget.lua
 */
export const forget: Script<ForgetArgs, ForgetReply> = {
  name: "stock.forget",
  version: "1.0.0",
  digest: "a93afbc147b00564cb23c668eece69ec4b108dac",
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
    "lua/stock/forget.lua": { 4: 16, 5: 17, 6: 19, 7: 20 },
  },
  lua: `#!lua flags=allow-oom
-- stock.forget 1.0.0. Generated from lua/stock/forget.lua by moonpath-codegen. DO NOT EDIT.

local function forget(label)
	redis.call("DEL", label)
	redis.call("DEL", "golden:labels")
	return "forgotten"
end

if # KEYS ~= 1 or # ARGV ~= 0 then
	return redis.error_reply("ARGUMENT stock.forget expected 1 key and 0 arguments")
end
local reply_outcome = forget(KEYS[1])
return {
	reply_outcome
}
`,
};
