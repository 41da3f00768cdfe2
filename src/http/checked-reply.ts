import { validateHeaderName, validateHeaderValue } from "node:http";
import { CorruptError } from "../core/errors.js";
import type { StoredReply } from "./stored-reply.js";

/**
 * Checks a reply that Redis returned, before anything of it is sent. A later version may store what
 * this one does not know, and other programs can write to Redis.
 *
 * @throws CorruptError, which holds no part of the reply
 */
export function checkedStoredReply(reply: unknown): StoredReply {
  if (isStoredReply(reply)) return reply;
  throw new CorruptError("the stored reply has a form that this version of the plugin does not know");
}

function isStoredReply(reply: unknown): reply is StoredReply {
  return (
    isObject(reply) && isFinalStatus(reply["status"]) && areHeaders(reply["headers"]) && isBody(reply["body"])
  );
}

/** Fastify sends no status above 599, and a client waits for another one after those below 200. */
export function isFinalStatus(status: unknown): boolean {
  return typeof status === "number" && Number.isInteger(status) && status >= 200 && status <= 599;
}

function areHeaders(headers: unknown): boolean {
  return isObject(headers) && Object.entries(headers).every(([name, value]) => isHeader(name, value));
}

function isHeader(name: string, value: unknown): boolean {
  const values: readonly unknown[] = Array.isArray(value) ? value : [value];
  try {
    validateHeaderName(name);
    return values.every((one) => typeof one === "string" && isHeaderValue(name, one));
  } catch {
    return false;
  }
}

/** @throws an error of Node for a character that no header may have */
function isHeaderValue(name: string, value: string): true {
  validateHeaderValue(name, value);
  return true;
}

function isBody(body: unknown): boolean {
  if (!isObject(body)) return false;
  switch (body["kind"]) {
    case "none":
    case "not-kept":
      return true;
    case "text":
      return typeof body["text"] === "string";
    case "bytes":
      return typeof body["base64"] === "string";
    default:
      return false;
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
