import type { Model, ReplyField, ScriptModel, TypeRef } from "../model/model.js";
import { choicesIn, isBytesType, keyFieldsOf, keyNamed, typeNamed } from "../model/resolve.js";

/** A contract as the lock file keeps it: what callers rely on, in words that a diff shows well. */
export interface LockedContract {
  readonly keys: readonly string[];
  readonly args: readonly string[];
  readonly replies: readonly string[];
  /** Whether the client may send a call again on its own: `safe`, `safe within remember_ms`, `never`. */
  readonly resend: string;
  /** When memory is full: `runs`, where @oom says so; `as its commands` otherwise. */
  readonly oom: "runs" | "as its commands";
  /** The limit of its many form; absent: it has none. */
  readonly many?: number;
}

/** What callers rely on in one script. */
export function contractOf(model: Pick<Model, "types" | "keys">, script: ScriptModel): LockedContract {
  return {
    keys: script.keys.map((param) => {
      const key = keyNamed(model, param.key);
      const form = key.form === undefined ? "" : ` form ${key.form.number}`;
      return `${param.access} ${key.holds} ${key.pattern}${form}`;
    }),
    args: [
      ...keyFieldsOf(model, script).map(
        (field) =>
          `${field.name}${field.generated ? "?" : ""}: ${describeType(model, { kind: "named", name: field.type })}`,
      ),
      ...script.args.map((arg) => `${arg.name}${arg.optional ? "?" : ""}: ${describeType(model, arg.type)}`),
    ],
    replies: script.replies.map(
      (reply) =>
        `${reply.name}${reply.sometimes ? "?" : ""}: ${describeType(model, reply.type)}${condition(reply)}`,
    ),
    resend: spellResend(script.resend),
    oom: script.oom === undefined ? "as its commands" : "runs",
    ...(script.many === undefined ? {} : { many: script.many }),
  };
}

function spellResend({ mode, within }: ScriptModel["resend"]): string {
  return within === undefined ? mode : `${mode} within ${within}`;
}

function condition(reply: ReplyField): string {
  return reply.when === undefined ? "" : ` when ${reply.when.join("|")}`;
}

/** A type down to its bounds, so that moving a bound in types.lua changes the contracts that use it. */
function describeType(model: Pick<Model, "types">, type: TypeRef): string {
  if (type.kind === "list") {
    const bound = type.max === undefined ? "" : `at most ${type.max} of `;
    return `list of ${bound}${describeType(model, { kind: "named", name: type.element })}`;
  }
  const choices = choicesIn(model, type);
  if (choices !== undefined || type.kind === "choice") return (choices ?? []).join("|");
  const named = typeNamed(model, type.name);
  switch (named.kind) {
    case "integer":
      return `integer ${named.min}..${named.max}`;
    case "text":
      return isBytesType(named)
        ? `${named.minBytes}..${named.maxBytes} raw bytes`
        : `text of ${named.minBytes}..${named.maxBytes} bytes, ${named.charset}`;
    case "flag":
      return "flag";
    case "record":
      return `{${named.fields.map((field) => `${field.name}: ${describeType(model, { kind: "named", name: field.type })}`).join("; ")}}`;
    case "choice":
      return named.values.join("|");
  }
}

/** Whether callers of one contract can go on under the other: nothing they give or get has changed. */
export function compare(older: LockedContract, newer: LockedContract): "same" | "compatible" | "breaking" {
  const same = JSON.stringify(older) === JSON.stringify(newer);
  if (same) return "same";
  const addedArgs = added(older.args, newer.args);
  const addedReplies = added(older.replies, newer.replies);
  if (addedArgs === undefined || addedReplies === undefined) return "breaking";
  if (older.keys.join("\n") !== newer.keys.join("\n")) return "breaking";
  const kept = older.resend === newer.resend || older.resend === "never" || newer.resend === "safe";
  if (!kept) return "breaking";
  if (older.oom === "runs" && newer.oom !== "runs") return "breaking";
  // Each client divides its calls by the limit that it was generated with.
  if (older.many !== undefined && newer.many === undefined) return "breaking";
  const optional = addedArgs.every((arg) => /^[a-z0-9_]+\?:/.test(arg));
  return optional ? "compatible" : "breaking";
}

/** What stands behind the older entries, if those stand unchanged at the front. */
function added(older: readonly string[], newer: readonly string[]): readonly string[] | undefined {
  return older.every((entry, index) => newer[index] === entry) ? newer.slice(older.length) : undefined;
}
