import { ArgumentError, CorruptError, RecordedError } from "../core/errors.js";

/** A reply as it is stored: `{"ok":…}`, or `{"error":{"name":…,"message":…}}`. */
export type RecordedReply = string;

/** @throws ArgumentError for a result that JSON cannot hold */
export function writeReply(reply: unknown): RecordedReply {
  const text = jsonOf({ ok: reply ?? null });
  // JSON leaves out what it cannot hold.
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

/** An error as a reply. Its texts are shortened, so that it can be stored in any case. */
export function writeError(error: unknown): RecordedReply {
  const { name, message } = error instanceof Error ? error : { name: "Error", message: "" };
  return JSON.stringify({ error: { name: shortened(name), message: shortened(message) } });
}

/** JSON makes at most six bytes of a unit of text, and a reply is at most 1 MiB. */
const MAX_TEXT_LENGTH = 10_000;

/** Code may set an error's fields to anything. */
function shortened(text: unknown): string {
  return typeof text === "string" ? text.slice(0, MAX_TEXT_LENGTH) : "";
}

/**
 * What was stored, for everybody who asks.
 *
 * @throws RecordedError where the recorded result is an error
 */
export function readReply<Reply>(text: RecordedReply): Reply {
  const stored: {
    readonly ok?: Reply;
    readonly error?: { readonly name?: unknown; readonly message?: unknown };
  } = parse(text);
  if (stored.error !== undefined) {
    throw new RecordedError(
      `it failed before, and that was recorded: ${stored.error.name}: ${stored.error.message}`,
    );
  }
  if (stored.ok === undefined)
    throw new CorruptError("the stored reply was not written by idempotency.run()");
  return stored.ok;
}

function parse(text: string) {
  try {
    return JSON.parse(text);
  } catch {
    throw new CorruptError("the stored reply was not written by idempotency.run()");
  }
}
