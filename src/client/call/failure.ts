import type { ScriptForm } from "../script/script.js";

/** The command was not sent. `permanentReason` is set if a later attempt cannot succeed either. */
export class NotSentError extends Error {
  constructor(
    message: string,
    /**
     * The connection has `ended`, the client was `closed`, or the connection is in a mode that
     * `refuses` commands.
     */
    readonly permanentReason?: "ended" | "closed" | "refuses",
  ) {
    super(message);
  }
}

/** Errors by which ioredis refuses a command before it writes it. */
export const refusedByIoredis = /isn't writeable|subscriber mode|monitoring mode/;

/** The command was sent, and its reply will not come. */
export class ReplyLostError extends Error {}

/**
 * A slot is being moved, and the keys of several calls are on two nodes. Nothing ran. Each call by
 * itself may succeed.
 */
export class SplitError extends Error {}

/** Whether Redis replied with this error. Other errors come from the connection. */
export function isServerError(error: unknown): error is Error {
  return error instanceof Error && error.name === "ReplyError";
}

/**
 * The first word of an error of Redis. For an error inside a script, Redis before 7.0 puts it after
 * `@user_script:<line>: -`.
 */
export function codeOf(error: Error): string {
  if (forbiddenInScript.test(error.message)) return "NOPERM";
  const inScript = /@user_script: ?\d+: -?([A-Z]+) /.exec(error.message);
  return inScript?.[1] ?? /^[A-Z]+/.exec(error.message)?.[0] ?? "";
}

/**
 * The texts of Redis and Valkey, with the code ERR, for a command in a script that the user may not
 * run.
 */
const forbiddenInScript = /^ERR (ACL failure in script|The user executing the script can't)/;

/** The many forms that have raised an error for one of their calls. */
const raisingForms = new WeakMap<Error, ScriptForm>();

/** Notes that a run of this form raised the error for one of its calls. */
export function raisedBy(form: ScriptForm, error: Error): Error {
  raisingForms.set(error, form);
  return error;
}

/** The many form that has raised the error; undefined if it comes from elsewhere. */
export function raisingForm(error: Error): ScriptForm | undefined {
  return raisingForms.get(error);
}

/** Whether a running script raised the error. Other errors come before the script runs. */
export function isRaisedByScript(error: Error): boolean {
  return error.message.includes("user_script:") || raisingForms.has(error);
}

/**
 * Whether Redis does not have the script. A script could raise the same code, but not this text.
 */
export function isUnknownScript(error: Error): boolean {
  return error.message.startsWith("NOSCRIPT No matching script");
}

/**
 * Errors by which Redis refuses to run anything at this time. Nothing was written, and a retry may
 * succeed.
 */
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

/** Whether Redis refused the call for a transient reason. */
export function isTransient(error: unknown): boolean {
  return isServerError(error) && transientCodes.has(codeOf(error));
}
