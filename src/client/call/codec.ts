import { ArgumentError, ReplyError } from "../../core/errors.js";
import { isMoonpathError, readFrom } from "../../core/read-from.js";
import { reasonOf } from "../script/reply-reason.js";
import { isClientKey, reservedSuffixes } from "../script/reserved.js";
import type { EncodedCall, Scope, Script } from "../script/script.js";

/**
 * The call's KEYS and ARGV.
 *
 * @throws ArgumentError that names the script
 */
export function encode<Args, Reply>(script: Script<Args, Reply>, scope: Scope, args: Args): EncodedCall {
  try {
    // A caller in plain JavaScript may pass no arguments.
    if (typeof args !== "object" || args === null) throw new ArgumentError("args", "an object");
    const call = script.encode(scope, args);
    if (call.keys.some(isClientKey)) {
      throw new ArgumentError("args", `no key that ends in ${reservedSuffixes}: the client writes it itself`);
    }
    return call;
  } catch (error) {
    if (isMoonpathError(error) && error instanceof ArgumentError) throw error.of(script);
    // A getter or a proxy of the caller threw this error. Its message may contain a value.
    throw new ArgumentError("args", "an object that can be read", { script });
  }
}

/**
 * For how many milliseconds a second run is safe; undefined if always. It reads the arguments after
 * `encode`, and a getter may return another value the second time.
 */
export function resendTime<Args>(script: Script<Args, unknown>, args: Args): number | undefined {
  const { resendWithinMs } = script;
  if (!resendWithinMs) return undefined;
  const ms = readFrom("args", () => resendWithinMs(args), { script });
  if (typeof ms === "number" && ms >= 0) return ms;
  throw new ArgumentError("args", "the same values each time that they are read", { script });
}

/** @throws ReplyError that names the script */
export function decode<Args, Reply>(script: Script<Args, Reply>, reply: unknown): Reply {
  try {
    return script.decode(reply);
  } catch (error) {
    const reason = reasonOf(reply);
    if (isMoonpathError(error) && error instanceof ReplyError) throw error.of(script, reason);
    throw new ReplyError("reply", "what the script's decoder can read", { script, reason });
  }
}
