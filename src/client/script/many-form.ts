import { ReplyError } from "../../core/errors.js";
import type { EncodedCall, ManyForm, ScriptForm } from "./script.js";

/** The facts of a script that has a many form. */
export interface HasManyForm extends ScriptForm {
  readonly many: ManyForm;
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
  const args: string[] = [];
  for (const call of calls) {
    for (const key of call.keys) keys.push(key);
    if (many.hasArgumentCounts) args.push(String(call.args.length));
    for (const arg of call.args) args.push(arg);
  }
  return { keys, args };
}

/**
 * The reply of the many form by call: what the single form would reply, or an error of Redis.
 *
 * @throws ReplyError if it is no list with an element for each call
 */
export function repliesOf(script: ScriptForm, reply: unknown, count: number): readonly unknown[] {
  if (Array.isArray(reply) && reply.length === count) return reply;
  throw new ReplyError("reply", `a list of ${count} replies`, { script });
}
