import { createHash } from "node:crypto";
import type { Compared } from "../decide.js";

/** `application/json`, and types such as `application/problem+json`. */
const JSON_TYPE = /^application\/(?:[\w.+-]+\+)?json\s*(?:;|$)/i;
const FORM_TYPE = /^(?:multipart\/|application\/x-www-form-urlencoded)/i;

/** The content that a repeated request must have: method, path, query and body. */
export function comparedContent(method: string, path: string, query: string, body: unknown): Compared {
  const names = new Map<string, string[]>();
  for (const [name, value] of new URLSearchParams(query)) {
    names.set(name, [...(names.get(name) ?? []), value]);
  }
  return { kind: "content", content: [method, path, Object.fromEntries(names), body] };
}

/** A body to be compared: JSON by its values, so that the order of its keys does not matter. */
export function bodyContent(bytes: Uint8Array, contentType: string | null | undefined): unknown {
  if (bytes.length === 0) return null;
  if (JSON_TYPE.test(contentType ?? "")) {
    try {
      const parsed: unknown = JSON.parse(Buffer.from(bytes).toString("utf8"));
      return [parsed];
    } catch {
      // The handler refuses it, or reads it in its own way.
    }
  }
  return { sha256: createHash("sha256").update(bytes).digest("hex") };
}

/** Whether it is a form. A parsed form may keep its files elsewhere, and has another form in each read. */
export function isForm(contentType: string | null | undefined): boolean {
  return FORM_TYPE.test(contentType ?? "");
}
