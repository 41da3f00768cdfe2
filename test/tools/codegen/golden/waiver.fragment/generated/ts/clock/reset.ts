// clock.reset 1.0.0. Generated from lua/clock/reset.lua by moonpath-codegen. DO NOT EDIT.
import { choiceType, readFields, type Script } from "moonpath/client";

/** Arguments of `clock.reset`. */
export interface ResetArgs {
}

/** Reply of `clock.reset`. */
export type ResetReply =
  | {
      readonly outcome: "forgotten";
    };

const field = {
  outcome: choiceType(["forgotten"]),
};

/**
 * Forgets the shop's own list, and has no key of its own.
 *
 * @see lua/clock/reset.lua
 */
export const reset: Script<ResetArgs, ResetReply> = {
  name: "clock.reset",
  version: "1.0.0",
  digest: "5030088ff9a34baf0bc9eb2b55f1e87c4cc1b25a",
  writes: false,
  resend: "safe",
  keyPatterns: [
  ],
  encode() {
    return {
      keys: [],
      args: [],
    };
  },
  decode(reply) {
    const fields = readFields(reply, 1);
    const outcome = field.outcome.decode("outcome", fields[0]);
    return { outcome };
  },
  lines: {
    "lua/lib/forget_list.lua": { 4: 2, 5: 4 },
    "lua/clock/reset.lua": { 8: 14, 9: 15, 10: 16 },
  },
  lua: `#!lua flags=allow-oom
-- clock.reset 1.0.0. Generated from lua/clock/reset.lua by moonpath-codegen. DO NOT EDIT.

local function forget_list()
	redis.call("DEL", "golden:labels")
end

local function reset()
	forget_list()
	return "forgotten"
end

if # KEYS ~= 0 or # ARGV ~= 0 then
	return redis.error_reply("ARGUMENT clock.reset expected 0 keys and 0 arguments")
end
local reply_outcome = reset()
return {
	reply_outcome
}
`,
};
