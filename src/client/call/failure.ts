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
import type { EncodedCall, Script } from "../script/script.js";
import { redacted } from "./redact.js";

/**
 * The command was not sent. Waiting cannot help where the connection was `ended`, the client `closed`, or the connection is
 * `unfit` for commands.
 */
export class NotSentError extends Error {
  constructor(
    message: string,
    readonly permanentReason?: "ended" | "closed" | "unfit",
  ) {
    super(message);
  }
}

/** The command was sent and its answer will not come. */
export class ReplyLostError extends Error {}

/** Whether Redis itself answered with this error, as opposed to something in the connection. */
export function isServerError(error: unknown): error is Error {
  return error instanceof Error && error.name === "ReplyError";
}

/**
 * The first word of an error of Redis. Before 7.0 an error inside a script stands at its end, after
 * `@user_script:<line>: -`.
 */
export function codeOf(error: Error): string {
  if (forbiddenInScript.test(error.message)) return "NOPERM";
  const inScript = /@user_script: ?\d+: -?([A-Z]+) /.exec(error.message);
  return inScript?.[1] ?? /^[A-Z]+/.exec(error.message)?.[0] ?? "";
}

/** What Redis and Valkey say, with the code ERR, when a command inside a script is not allowed to the user. */
const forbiddenInScript = /^ERR (ACL failure in script|The user executing the script can't)/;

/** Whether the error comes out of a running script rather than from in front of it. */
export function isRaisedByScript(error: Error): boolean {
  return error.message.includes("user_script:");
}

/** Whether Redis does not know the script: its own words, which a script's `redis.error_reply` would have to copy. */
export function isUnknownScript(error: Error): boolean {
  return error.message.startsWith("NOSCRIPT No matching script");
}

/** Errors by which Redis refuses to run anything, for now: nothing was written and trying again may help. */
const transientCodes = new Set([
  "READONLY",
  "LOADING",
  "BUSY",
  "TRYAGAIN",
  "CLUSTERDOWN",
  "MASTERDOWN",
  "NOREPLICAS",
  "MISCONF",
]);

/** Whether Redis refused the call for a reason that passes. */
export function isTransient(error: unknown): boolean {
  return isServerError(error) && transientCodes.has(codeOf(error));
}

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
  LOADING: UnavailableError,
  BUSY: UnavailableError,
  TRYAGAIN: UnavailableError,
  CLUSTERDOWN: UnavailableError,
  MASTERDOWN: UnavailableError,
  NOREPLICAS: UnavailableError,
  MISCONF: UnavailableError,
};

/** The typed error for what Redis answered, with the Lua line that raised it and without any value. */
export function typedError(
  script: Script<never, unknown> | undefined,
  call: EncodedCall,
  error: Error,
): MoonpathError {
  const argument = /^(?:ERR )?(?:user_script:\d+: )?ARGUMENT \S+ (?:([^:]+): )?(.*)$/s.exec(
    withoutLocation(error.message),
  );
  const source = script && sourceOf(script, error.message);
  const patterns = script?.keyPatterns ?? [];
  if (argument?.[2] !== undefined) {
    const [, name = "args"] = argument;
    const known = argumentNames.test(name) ? camelCase(name) : redactedMessage(name, call, patterns);
    return new ArgumentError(printable(known, MAX_NAME_LENGTH), redactedMessage(argument[2], call, patterns), {
      script,
      source,
    });
  }
  const Class = classByCode[codeOf(error)] ?? ScriptError;
  return new Class(redactedMessage(withoutLocation(error.message), call, patterns), {
    script,
    source,
    cause: safeCause(error, call, patterns),
  });
}

/** The longest name of an argument, or of an error's class, that is repeated. */
const MAX_NAME_LENGTH = 200;

/** Names as scripts write them: `starts_at_ms, ends_at_ms`, `items[]`, `sale.units`. */
const argumentNames = /^[\w.[\]]+(?:, [\w.[\]]+)*$/;

/** Lua's `starts_at_ms` is `startsAtMs` to the caller. */
function camelCase(name: string): string {
  return name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

/**
 * The Lua line that raised the error. The body of the message comes first, since a CORRUPT error names its
 * caller's line there; then the suffix that Redis appends.
 */
function sourceOf(script: Script<never, unknown>, message: string): string | undefined {
  const line = /user_script: ?(\d{1,9})/.exec(message)?.[1];
  if (line === undefined) return undefined;
  for (const [file, lines] of Object.entries(script.lines)) {
    const mapped = lines[Number(line)];
    if (mapped !== undefined) return `${file}:${mapped}`;
  }
  return `generated/lua/${script.name.replace(".", "/")}.lua:${line}`;
}

/** The message without digest and generated line, which `source` tells better. */
function withoutLocation(message: string): string {
  return message
    .replace(/ script: [0-9a-f]{40}, on @user_script:\d+\.?$/, "")
    .replace(/(?: at)? user_script:\d+:? *$/, "")
    .replace(/user_script:\d+: /, "");
}

/** The message with a mark for everything that the caller sent: keys, their fields, and arguments. Short and printable. */
function redactedMessage(message: string, { keys, args }: EncodedCall, patterns: readonly string[]): string {
  if (serverTexts.has(message)) return message;
  const literals = new Set(patterns.flatMap(partsOf));
  const fields = keys.flatMap(partsOf).filter((part) => !literals.has(part));
  const told = message.replace(/, with args beginning with: .*$/s, "");
  return printable(redacted(told, [...keys, ...args, ...fields]));
}

/** What Redis itself says; no caller's word is in it, even where one looks the same. */
const serverTexts: ReadonlySet<string> = new Set([
  "WRONGTYPE Operation against a key holding the wrong kind of value",
  "OOM command not allowed when used memory > 'maxmemory'.",
  "READONLY You can't write against a read only replica.",
]);

function partsOf(key: string): string[] {
  return key.split(/[:{}]/);
}

/** A copy of the error with name and message only: ioredis hangs the command with its arguments on the original. */
export function safeCause(error: Error, call: EncodedCall, patterns: readonly string[]): Error {
  const cause = new Error(redactedMessage(error.message, call, patterns));
  cause.name = printable(error.name, MAX_NAME_LENGTH);
  return cause;
}
