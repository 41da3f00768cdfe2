// views.viewers 1.0.0. Generated from lua/views/viewers.lua by moonpath-codegen. DO NOT EDIT.
import { readFields, type Script } from "moonpath/client";
import * as keys from "../keys.js";
import * as types from "../types.js";

/** Arguments of `views.viewers`. */
export interface ViewersArgs {
  /** id, 1 to 256 bytes; part of the key */
  readonly product: string;
  /** id, 1 to 256 bytes; part of the key */
  readonly period: string;
}

/** Reply of `views.viewers`. */
export interface ViewersReply {
  /** things, 0 to 9000000000000000 */
  readonly viewers: number;
}

const field = {
  viewers: types.estimate,
};

/**
 * Tells about how many different people viewed a product in a period.
 *
 * The estimate of a HyperLogLog, with an error of about 1 %; small numbers are exact in practice.
 *
 * @see lua/views/viewers.lua
 */
export const viewers: Script<ViewersArgs, ViewersReply> = {
  name: "views.viewers",
  version: "1.0.0",
  digest: "f22d3569928a6b8812ad331a419498500b77034e",
  writes: true,
  resend: "safe",
  keyPatterns: [
    "<namespace>:{<tenant>:<product>}:viewers:<period>",
  ],
  encode(scope, args) {
    return {
      keys: [keys.viewers(scope, args.product, args.period)],
      args: [],
    };
  },
  decode(reply) {
    const fields = readFields(reply, 1);
    return {
      viewers: field.viewers.decode("viewers", fields[0]),
    };
  },
  lines: {
    "lua/views/viewers.lua": { 4: 22, 5: 23 },
  },
  lua: `#!lua flags=allow-oom
-- views.viewers 1.0.0. Generated from lua/views/viewers.lua by moonpath-codegen. DO NOT EDIT.

local function viewers(seen)
	return redis.call("PFCOUNT", seen)
end

if # KEYS ~= 1 or # ARGV ~= 0 then
	return redis.error_reply("ARGUMENT views.viewers expected 1 key and 0 arguments")
end
local reply_viewers = viewers(KEYS[1])
return {
	reply_viewers
}
`,
};
