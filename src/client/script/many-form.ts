import { ReplyError } from "../../core/errors.js";
import { unpackedRows } from "./packed.js";
import { reasonOfMany } from "./reply-reason.js";
import type { EncodedArgument, EncodedCall, ManyForm, ScriptForm } from "./script.js";

/** The facts of a script that has a many form. */
export interface HasManyForm extends ScriptForm {
  readonly many: ManyForm;
}

export function hasManyForm(script: ScriptForm): script is HasManyForm {
  return "many" in script && script.many !== undefined;
}

const forms = new WeakMap<HasManyForm, ScriptForm>();

/** The many form of a script as the client sends it. */
export function manyFormOf(script: HasManyForm): ScriptForm {
  let form = forms.get(script);
  if (form === undefined) {
    const { many, name, version, writes, resend, requiresNoEviction, keyPatterns } = script;
    form = {
      name,
      version,
      digest: many.digest,
      writes,
      resend,
      ...(requiresNoEviction === undefined ? {} : { requiresNoEviction }),
      keyPatterns,
      isMany: true,
      get lines() {
        return many.lines;
      },
      get lua() {
        return many.lua;
      },
    };
    forms.set(script, form);
  }
  return form;
}

/** One call of the many form that makes all these calls. Their keys must be in one slot. */
export function joinedCalls({ many }: HasManyForm, calls: readonly EncodedCall[]): EncodedCall {
  const keys: string[] = [];
  const args: EncodedArgument[] = [];
  for (const call of calls) {
    for (const key of call.keys) keys.push(key);
    if (many.hasArgumentCounts) args.push(String(call.args.length));
    for (const arg of call.args) args.push(arg);
  }
  return { keys, args };
}

/**
 * The reply of the many form by call: the values that the single form would reply, or an error of
 * Redis. The form replies with a list: first the values of all calls as MessagePack, then the errors
 * of the calls that failed. If the script replies with bytes, its strings are parts of `reply`.
 *
 * @throws ReplyError if there is no reply or error for each call
 */
export function repliesOf(script: HasManyForm, reply: unknown, count: number): readonly unknown[] {
  const parts: readonly unknown[] = Array.isArray(reply) ? reply : [];
  const [packed] = parts;
  const rows = Buffer.isBuffer(packed) ? rowsOf(packed, script) : undefined;
  let errors = 0;
  const replies = rows?.map((row) => row ?? parts[++errors]);
  if (replies?.length === count && errors === parts.length - 1) return replies;
  throw new ReplyError("reply", `${count} replies or errors`, { script, reason: reasonOfMany(reply) });
}

function rowsOf(
  packed: Buffer,
  { many, repliesBytes }: HasManyForm,
): readonly (readonly unknown[] | undefined)[] | undefined {
  try {
    return unpackedRows(packed, many.width, repliesBytes);
  } catch {
    return undefined;
  }
}
