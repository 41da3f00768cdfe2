import {
  ArgumentError,
  CorruptError,
  type MoonpathError,
  NoPermissionError,
  OutOfMemoryError,
  ReadOnlyError,
  ScriptError,
  UnavailableError,
  WrongTypeError,
} from "../../core/errors.js";
import { printable } from "../../core/printable.js";
import type { EncodedCall, ScriptForm } from "../script/script.js";
import { sourceLine } from "../script/source-line.js";
import { codeOf, raisingForm } from "./failure.js";
import { redacted, textsIn } from "./redact.js";

type ErrorClass = new (...args: ConstructorParameters<typeof ScriptError>) => MoonpathError;

const classByCode: Readonly<Record<string, ErrorClass>> = {
  WRONGTYPE: WrongTypeError,
  CORRUPT: CorruptError,
  // A damaged HyperLogLog.
  INVALIDOBJ: CorruptError,
  OOM: OutOfMemoryError,
  READONLY: ReadOnlyError,
  NOPERM: NoPermissionError,
  NOAUTH: NoPermissionError,
  WRONGPASS: NoPermissionError,
  LOADING: UnavailableError,
  BUSY: UnavailableError,
  TRYAGAIN: UnavailableError,
  CLUSTERDOWN: UnavailableError,
  MASTERDOWN: UnavailableError,
  NOREPLICAS: UnavailableError,
  MISCONF: UnavailableError,
};

/**
 * The typed error for an error of Redis, with the Lua line that raised it and without any value.
 */
export function typedError(script: ScriptForm | undefined, call: EncodedCall, error: Error): MoonpathError {
  const argument = argumentMessage.exec(withoutLocation(error.message));
  const form = raisingForm(error) ?? script;
  const source = form && sourceOf(form, error.message);
  const patterns = script?.keyPatterns ?? [];
  if (argument?.[2] !== undefined) {
    const [, name = "args"] = argument;
    const shown = argumentNames.test(name) ? camelCase(name) : redactedMessage(name, call, patterns);
    return new ArgumentError(
      printable(shown, MAX_NAME_LENGTH),
      redactedMessage(argument[2], call, patterns),
      {
        script,
        source,
      },
    );
  }
  const Class = classByCode[codeOf(error)] ?? ScriptError;
  return new Class(redactedMessage(withoutLocation(error.message), call, patterns), {
    script,
    source,
    cause: safeCause(error, call, patterns),
  });
}

/**
 * `ARGUMENT stock.reserve units: …` of a script, and `ARGUMENT limits: …` of a module that several
 * scripts use. The name of the argument may be absent.
 */
const argumentMessage = /^(?:ERR )?(?:user_script:\d+: )?ARGUMENT (?:\w+\.\w+ )?(?:([^:]+): )?(.*)$/s;

/** The longest name of an argument or of an error's class, in UTF-16 units. */
const MAX_NAME_LENGTH = 200;

/** Names as scripts write them: `starts_at_ms, ends_at_ms`, `items[]`, `sale.units`. */
const argumentNames = /^[\w.[\]]+(?:, [\w.[\]]+)*$/;

/** Converts a Lua name such as `starts_at_ms` to the caller's `startsAtMs`. */
function camelCase(name: string): string {
  return name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

/**
 * The Lua line that raised the error. The first line number of the message counts: a CORRUPT error
 * names its caller's line there, before the suffix that Redis appends.
 */
function sourceOf(script: ScriptForm, message: string): string | undefined {
  const line = /user_script: ?(\d{1,9})/.exec(message)?.[1];
  if (line === undefined) return undefined;
  const source = sourceLine(script.lines, Number(line));
  return (
    source ?? `generated/lua/${script.name.replace(".", "/")}${script.isMany ? ".many" : ""}.lua:${line}`
  );
}

/**
 * The message without the digest and the generated line, because `source` names the original line.
 */
function withoutLocation(message: string): string {
  return message
    .replace(/ script: [0-9a-f]{40}, on @user_script:\d+\.?$/, "")
    .replace(/(?: at)? user_script:\d+:? *$/, "")
    .replace(/user_script:\d+: /, "");
}

/**
 * The message, short and printable, with an ellipsis for each key, key field and argument of the
 * call.
 */
export function redactedMessage(
  message: string,
  { keys, args }: EncodedCall,
  patterns: readonly string[],
): string {
  if (serverTexts.has(message)) return message;
  const literals = new Set(patterns.flatMap(partsOf));
  const fields = keys.flatMap(partsOf).filter((part) => !literals.has(part));
  const withoutArgs = message.replace(/, with args beginning with: .*$/s, "");
  return printable(redacted(withoutArgs, [...keys, ...args.flatMap(textsIn), ...fields]));
}

/** Fixed texts of Redis. They contain no value of the caller, even if a value occurs in them. */
const serverTexts: ReadonlySet<string> = new Set([
  "WRONGTYPE Operation against a key holding the wrong kind of value",
  "OOM command not allowed when used memory > 'maxmemory'.",
  "READONLY You can't write against a read only replica.",
]);

function partsOf(key: string): string[] {
  return key.split(/[:{}]/);
}

/**
 * A copy of the error with name and message only. The original of ioredis has the command with its
 * arguments.
 */
export function safeCause(error: Error, call: EncodedCall, patterns: readonly string[]): Error {
  const cause = new Error(redactedMessage(error.message, call, patterns));
  cause.name = printable(error.name, MAX_NAME_LENGTH);
  return cause;
}
