import { createHash } from "node:crypto";

const USUAL = /^[A-Za-z0-9_.:~\-/?=&]{1,120}$/;

/** A name that fits in a key: the text itself, or its hash. A text with other characters never is one. */
export function shortName(text: string): string {
  return USUAL.test(text) ? text : createHash("sha256").update(text).digest("base64url");
}
