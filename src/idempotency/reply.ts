import { ArgumentError, CorruptError, RecordedError } from "../core/errors.js";

/** A reply as it is stored: `{"ok":…}`, or `{"error":{"name":…,"message":…}}`. */
export type RecordedReply = string;

/**
 * A result as a reply to be stored.
 *
 * @throws ArgumentError if JSON cannot hold the result
 */
export function writeReply(reply: unknown): RecordedReply {
  const text = jsonOf({ ok: reply ?? null });
  // JSON leaves out a value that it cannot hold.
  if (text === undefined || text === "{}") throw new ArgumentError("reply", "a result that JSON can hold");
  return text;
}

function jsonOf(value: object): string | undefined {
  try {
    return JSON.stringify(value);
  } catch {
    return undefined;
  }
}

/** An error as a reply to be stored. Its texts are cut, so it always fits. */
export function writeError(error: unknown): RecordedReply {
  const { name, message } = error instanceof Error ? error : { name: "Error", message: "" };
  return JSON.stringify({ error: { name: shortened(name), message: shortened(message) } });
}

/** JSON needs at most six bytes for a unit of text, and a reply has at most 512 KiB. */
const MAX_TEXT_LENGTH = 10_000;

/** Code may set an error's fields to anything. */
function shortened(text: unknown): string {
  return typeof text === "string" ? text.slice(0, MAX_TEXT_LENGTH) : "";
}

/**
 * The result in a stored reply.
 *
 * @throws RecordedError if the recorded result is an error
 * @throws CorruptError if `idempotency.run()` did not write the reply
 */
export function readReply<Reply>(text: RecordedReply): Reply {
  const stored: { readonly ok?: Reply; readonly error?: unknown } | null = parse(text);
  if (stored?.error !== undefined) {
    if (!isRecordedFailure(stored.error)) throw corruptError();
    const { name, message } = stored.error;
    throw new RecordedError(`it failed before, and that was recorded: ${name}: ${message}`);
  }
  if (stored?.ok === undefined) throw corruptError();
  return stored.ok;
}

function isRecordedFailure(error: unknown): error is { readonly name: string; readonly message: string } {
  if (typeof error !== "object" || error === null || !("name" in error) || !("message" in error))
    return false;
  return typeof error.name === "string" && typeof error.message === "string";
}

function parse(text: string) {
  try {
    return JSON.parse(text);
  } catch {
    throw corruptError();
  }
}

function corruptError(): CorruptError {
  return new CorruptError("the stored reply was not written by idempotency.run()");
}
