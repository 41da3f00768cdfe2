import { checkedSignal } from "../core/abort-signal.js";
import { checkedInteger } from "../core/checks.js";
import { ArgumentError } from "../core/errors.js";
import { type OptionNames, refuseUnknownOptions } from "../core/known-options.js";
import { MAX_TIMER_MS } from "../core/limits.js";
import { readFrom } from "../core/read-from.js";
import type { ResolvedSyncOptions } from "./options.js";
import type { ReplySchema, SyncCallOptions, SyncJsonOptions, SyncSendOptions } from "./types.js";

/** A checked call: what each attempt sends, and the limits of all of them. */
export interface SyncRequest {
  readonly url: URL;
  readonly type: string;
  readonly method: string;
  readonly headers: Headers;
  readonly body: string | undefined;
  readonly signal: AbortSignal | undefined;
  readonly deadlineMs: number;
  /** Whether it changes something at the service. */
  readonly isWrite: boolean;
  /** Whether the service knows a second attempt as the same write. */
  readonly hasKey: boolean;
}

const callNames: OptionNames<SyncCallOptions> = {
  type: true,
  method: true,
  headers: true,
  signal: true,
  deadlineMs: true,
  idempotencyKey: true,
};
const sendNames: OptionNames<SyncSendOptions> = { ...callNames, body: true };
const jsonNames: OptionNames<SyncJsonOptions<unknown>> = { ...sendNames, schema: true };

const METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"];
const READING = ["GET", "HEAD"];
/** A token for `Idempotency-Key` that needs no quotes, as most services read it. */
const KEY = /^[\x21\x23-\x2b\x2d-\x7e]{1,255}$/;

/** @throws ArgumentError that names the argument, and shows no value */
export function jsonRequest<Output>(
  url: string | URL,
  options: SyncJsonOptions<Output>,
  defaults: ResolvedSyncOptions,
): { readonly request: SyncRequest; readonly schema: ReplySchema<Output> } {
  return readFrom("options", () => {
    if (typeof options !== "object" || options === null)
      throw new ArgumentError("options", "an object with a schema, such as { schema: z.unknown() }");
    refuseUnknownOptions(options, jsonNames);
    const { schema, body: content } = options;
    if (typeof schema?.["~standard"]?.validate !== "function")
      throw new ArgumentError("schema", "a schema with the Standard Schema interface, such as one of zod");
    const body = content === undefined ? undefined : jsonOf(content);
    const request = requestOf(url, options, body, defaults);
    if (!request.headers.has("accept")) request.headers.set("accept", "application/json");
    return { request, schema };
  });
}

/** @throws ArgumentError that names the argument, and shows no value */
export function sendRequest(
  url: string | URL,
  options: SyncSendOptions,
  defaults: ResolvedSyncOptions,
): SyncRequest {
  return readFrom("options", () => {
    refuseUnknownOptions(options, sendNames);
    const { body } = options;
    if (body !== undefined && typeof body !== "string") throw new ArgumentError("body", "text");
    return requestOf(url, options, body, defaults);
  });
}

function requestOf(
  url: string | URL,
  options: SyncCallOptions,
  body: string | undefined,
  defaults: ResolvedSyncOptions,
): SyncRequest {
  const { type = defaults.types[0] ?? "", idempotencyKey, signal } = options;
  const { method = body === undefined ? "GET" : "POST", deadlineMs = defaults.deadlineMs } = options;
  if (!defaults.types.includes(type)) throw new ArgumentError("type", "one of types of createSync");
  if (!METHODS.includes(method)) throw new ArgumentError("method", METHODS.join(", "));
  const isWrite = !READING.includes(method);
  if (!isWrite && body !== undefined) throw new ArgumentError("body", `none for ${method}`);
  const headers = headersOf(options.headers);
  if (body !== undefined && !headers.has("content-type")) headers.set("content-type", "application/json");
  if (idempotencyKey !== undefined) {
    if (!isWrite || typeof idempotencyKey !== "string" || !KEY.test(idempotencyKey))
      throw new ArgumentError("idempotencyKey", "1 to 255 printable characters of ASCII, for a write");
    headers.set("idempotency-key", idempotencyKey);
  }
  return {
    url: checkedUrl(url),
    type,
    method,
    headers,
    body,
    signal: checkedSignal(signal),
    deadlineMs: checkedInteger("deadlineMs", deadlineMs, 1, MAX_TIMER_MS),
    isWrite,
    hasKey: headers.has("idempotency-key"),
  };
}

/** The errors of fetch would show the URL and values of fields. */
function checkedUrl(url: string | URL): URL {
  const text = String(url);
  const parsed = URL.canParse(text) ? new URL(text) : undefined;
  if (parsed === undefined || !/^https?:$/.test(parsed.protocol))
    throw new ArgumentError("url", "a URL that begins with https: or http:");
  if (parsed.username !== "" || parsed.password !== "")
    throw new ArgumentError("url", "one without a user and a password; use the field authorization");
  return parsed;
}

function headersOf(fields: SyncCallOptions["headers"]): Headers {
  try {
    return new Headers({ ...fields });
  } catch {
    throw new ArgumentError("headers", "names and values that HTTP allows");
  }
}

function jsonOf(content: unknown): string {
  let text: string | undefined;
  try {
    text = JSON.stringify(content);
  } catch {
    text = undefined;
  }
  if (text === undefined) throw new ArgumentError("body", "a value that JSON can hold");
  return text;
}
