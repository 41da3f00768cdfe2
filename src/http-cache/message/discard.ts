import { Readable } from "node:stream";
import type { Body } from "./message.js";

/** Ends a body that nobody reads, so that its connection is free. */
export function discard(body: Body): void {
  if (body === undefined || body instanceof Uint8Array) return;
  stop(body, body[Symbol.asyncIterator]());
}

/** Ends a body that is being read. The iterator of a stream would end only after its next part. */
export function stop(body: AsyncIterable<Uint8Array>, parts: AsyncIterator<Uint8Array>): void {
  if (body instanceof Readable) body.destroy();
  else Promise.resolve(parts.return?.()).catch(() => undefined);
}
