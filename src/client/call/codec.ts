import { ArgumentError, ReplyError } from "../../core/errors.js";
import { isMoonpathError, readFrom } from "../../core/read-from.js";
import type { CallBytes } from "../script/call-bytes.js";
import { reasonOf } from "../script/reply-reason.js";
import { clientKeyError, isClientKey } from "../script/reserved.js";
import type { EncodedArgument, EncodedCall, Scope, Script, ScriptFacts } from "../script/script.js";

/**
 * The call's KEYS and ARGV. Bytes are copies, because the call may be sent later, and the caller may
 * change its array when it has the promise.
 *
 * @throws ArgumentError that names the script
 */
export function encode<Args, Reply>(script: Script<Args, Reply>, scope: Scope, args: Args): EncodedCall {
  try {
    // A caller in plain JavaScript may pass no arguments.
    if (typeof args !== "object" || args === null) throw new ArgumentError("args", "an object");
    const call = script.encode(scope, args);
    if (call.keys.some(isClientKey)) throw clientKeyError();
    return script.takesBytes ? { keys: call.keys, args: call.args.map(copied) } : call;
  } catch (error) {
    throw encodingError(script, error);
  }
}

function copied(arg: EncodedArgument): EncodedArgument {
  return typeof arg === "string" ? arg : Buffer.from(arg);
}

/**
 * Writes the call as bytes, which hold copies of the arguments. If it throws, nothing was written.
 *
 * @throws ArgumentError that names the script
 */
export function write<Args, Reply>(
  script: Script<Args, Reply>,
  bytes: CallBytes,
  scope: Scope,
  args: Args,
): void {
  bytes.begin();
  try {
    if (typeof args !== "object" || args === null) throw new ArgumentError("args", "an object");
    const { many } = script;
    if (many?.write === undefined) {
      bytes.encoded(script.encode(scope, args), many?.hasArgumentCounts === true);
    } else many.write(bytes, scope, args);
  } catch (error) {
    bytes.undo();
    throw encodingError(script, error);
  }
}

function encodingError(script: ScriptFacts, error: unknown): ArgumentError {
  if (isMoonpathError(error) && error instanceof ArgumentError) return error.of(script);
  // A getter or a proxy of the caller threw this error. Its message may contain a value.
  return new ArgumentError("args", "an object that can be read", { script });
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

/** A script as far as its replies are decoded. */
interface Decoder<Reply> extends ScriptFacts {
  readonly repliesBytes?: true | undefined;
  decode(reply: unknown): Reply;
}

/** @throws ReplyError that names the script */
export function decode<Reply>(script: Decoder<Reply>, reply: unknown): Reply {
  try {
    return script.decode(reply);
  } catch (error) {
    const reason = reasonOf(reply, script.repliesBytes);
    if (isMoonpathError(error) && error instanceof ReplyError) throw error.of(script, reason);
    throw new ReplyError("reply", "what the script's decoder can read", { script, reason });
  }
}
