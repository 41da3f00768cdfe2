// idempotency.mark 1.0.0. Generated from lua/idempotency/mark.lua by moonpath-codegen. DO NOT EDIT.
import { choiceType, newOperation, readFields, type Script } from "moonpath/client";
import * as keys from "../keys.js";
import * as types from "../types.js";

/** Arguments of `idempotency.mark`. */
export interface MarkArgs {
  /** id, 1 to 256 bytes; part of the key */
  readonly event: string;
  /** operation, 1 to 128 bytes; this attempt to mark; sent again after a lost reply, it gets the same answer */
  readonly operation?: string | undefined;
  /** milliseconds, 1000 to 31622400000; how long the event counts as seen */
  readonly rememberMs: number;
}

/** Reply of `idempotency.mark`. */
export type MarkReply =
  | {
      readonly outcome: "first" | "repeated";
    };

const argument = {
  operation: types.operation,
  rememberMs: types.rememberMs,
};

const field = {
  outcome: choiceType(["first", "repeated"]),
};

/**
 * Marks an event as seen and says whether this was the first time.
 *
 * @see lua/idempotency/mark.lua
 */
export const mark: Script<MarkArgs, MarkReply> = {
  name: "idempotency.mark",
  version: "1.0.0",
  digest: "80301eb503c76024421b7c56120db35878f86ac1",
  writes: true,
  resend: "safe",
  durable: true,
  resendWithinMs: (args) => args.rememberMs,
  keyPatterns: [
    "<namespace>:{<tenant>:<event>}:mark",
  ],
  encode(scope, args) {
    const operation = args.operation ?? newOperation();
    return {
      keys: [keys.mark(scope, args.event)],
      args: [
        argument.operation.encode("operation", operation),
        argument.rememberMs.encode("rememberMs", args.rememberMs),
      ],
    };
  },
  decode(reply) {
    const fields = readFields(reply, 1);
    const outcome = field.outcome.decode("outcome", fields[0]);
    return { outcome };
  },
  lines: {
    "lua/idempotency/mark.lua": { 4: 22, 5: 23, 6: 24, 7: 25, 9: 27, 10: 28, 12: 30, 13: 31 },
  },
  lua: `#!lua
-- idempotency.mark 1.0.0. Generated from lua/idempotency/mark.lua by moonpath-codegen. DO NOT EDIT.

local function mark(seen, operation, remember_ms)
	local marked_by = redis.call("GET", seen)
	if marked_by == operation then
		return "first"
	end
	if marked_by then
		return "repeated"
	end
	redis.call("SET", seen, operation, "PX", remember_ms)
	return "first"
end

local function edge_refuse(argument, expected)
	error({
		err = "ARGUMENT idempotency.mark " .. argument .. ": expected " .. expected
	})
end
local function edge_integer(argument, text, least, greatest)
	local number = # text <= 17 and (text == "0" or string.find(text, "^-?[1-9]%d*$")) and tonumber(text)
	if not number or number < least or number > greatest then
		edge_refuse(argument, string.format("a whole number from %.0f to %.0f", least, greatest))
	end
	return number
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
if # KEYS ~= 1 or # ARGV ~= 2 then
	return redis.error_reply("ARGUMENT idempotency.mark expected 1 key and 2 arguments")
end
local given_operation = edge_text("operation", ARGV[1], 1, 128, "[%c{}]", "no control characters and no braces")
local given_remember_ms = edge_integer("remember_ms", ARGV[2], 1000, 31622400000)
local reply_outcome = mark(KEYS[1], given_operation, given_remember_ms)
return {
	reply_outcome
}
`,
};
