import type { Body } from "../message/message.js";

/** Ends a body that nobody reads, so that its connection is free. */
export function discard(body: Body): void {
  if (body === undefined || body instanceof Uint8Array) return;
  const parts = body[Symbol.asyncIterator]();
  Promise.resolve(parts.return?.()).catch(() => undefined);
}
