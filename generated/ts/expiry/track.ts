// expiry.track 1.0.0. Generated from lua/expiry/track.lua by moonpath. DO NOT EDIT.
import { choiceType, readFields, type Script } from "../../../src/client/index.js";
import * as keys from "../keys.js";
import * as types from "../types.js";

/** Arguments of `expiry.track`. */
export interface TrackArgs {
  /** part of the key */
  readonly set: string;
  /** id, 1 to 256 bytes */
  readonly item: string;
  /** milliseconds since 1970-01-01 UTC, 0 to 8640000000000000 */
  readonly dueMs: number;
}

/**
 * Reply of `expiry.track`.
 *
 * claimed: a worker has the item right now, and nothing is changed.
 */
export type TrackReply =
  | {
      readonly outcome: "tracked" | "claimed";
    };

const argument = {
  item: types.id,
  dueMs: types.epochMs,
};

const field = {
  outcome: choiceType(["tracked", "claimed"]),
};

/**
 * Sets the instant at which an item is due, anew if it had one.
 *
 * @see lua/expiry/track.lua
 */
export const track: Script<TrackArgs, TrackReply> = {
  name: "expiry.track",
  version: "1.0.0",
  digest: "2a7b7b518922f14d21ee3cd72c8a65c1a39f1f26",
  writes: true,
  resend: "safe",
  keyPatterns: [
    "<namespace>:{<tenant>:<set>}:due",
    "<namespace>:{<tenant>:<set>}:processing",
  ],
  encode(scope, args) {
    return {
      keys: [
        keys.due(scope, args.set),
        keys.processing(scope, args.set),
      ],
      args: [
        argument.item.encode("item", args.item),
        argument.dueMs.encode("dueMs", args.dueMs),
      ],
    };
  },
  decode(reply) {
    const fields = readFields(reply, 1);
    const outcome = field.outcome.decode("outcome", fields[0]);
    return { outcome };
  },
  lines: {
    "lua/expiry/track.lua": { 4: 29, 5: 30, 6: 31, 8: 33, 9: 34 },
  },
  lua: `#!lua
-- expiry.track 1.0.0. Generated from lua/expiry/track.lua by moonpath. DO NOT EDIT.

local function track(due, processing, item, due_ms)
	if redis.call("ZSCORE", processing, item) then
		return "claimed"
	end
	redis.call("ZADD", due, due_ms, item)
	return "tracked"
end

local function edge_refuse(argument, expected)
	error({
		err = "ARGUMENT expiry.track " .. argument .. ": expected " .. expected
	})
end
local function edge_integer(argument, text, least, greatest)
	local number = # text <= 17 and (text == "0" or string.find(text, "^-?[1-9]%d*$")) and tonumber(text)
	if not number or number < least or number > greatest then
		edge_refuse(argument, string.format("a whole number from %.0f to %.0f", least, greatest))
	end
	return number
end
local function edge_text(argument, text, least, greatest, forbidden)
	if # text < least or # text > greatest then
		edge_refuse(argument, string.format("%.0f to %.0f bytes", least, greatest))
	end
	if forbidden and string.find(text, forbidden) then
		edge_refuse(argument, "no character of " .. forbidden)
	end
	return text
end
if # KEYS ~= 2 or # ARGV ~= 2 then
	return redis.error_reply("ARGUMENT expiry.track expected 2 keys and 2 arguments")
end
local given_item = edge_text("item", ARGV[1], 1, 256, "[%c{}]")
local given_due_ms = edge_integer("due_ms", ARGV[2], 0, 8640000000000000)
local reply_outcome = track(KEYS[1], KEYS[2], given_item, given_due_ms)
return {
	reply_outcome
}
`,
};
