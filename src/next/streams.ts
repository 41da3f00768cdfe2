import { pause } from "../core/wait.js";

/** A new stream over stored bytes. */
export function streamOf(bytes: Uint8Array): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start(controller) {
      // Its reader may transfer the chunk.
      controller.enqueue(Uint8Array.from(bytes));
      controller.close();
    },
  });
}

/**
 * All bytes of a stream; undefined if they are too many, or come too slowly. Then the rest is cancelled.
 *
 * @throws what the stream fails with
 */
export async function bytesOf(
  stream: ReadableStream<Uint8Array>,
  maxBytes: number,
  timeoutMs: number,
): Promise<Uint8Array | undefined> {
  const reader = stream.getReader();
  const stopped = new AbortController();
  const late = pause(timeoutMs, stopped.signal).then(() => undefined);
  const parts: Uint8Array[] = [];
  let size = 0;
  try {
    for (;;) {
      const read = await Promise.race([reader.read(), late]);
      if (read?.done) return Buffer.concat(parts);
      if (!read || size + read.value.length > maxBytes) break;
      parts.push(read.value);
      size += read.value.length;
    }
    reader.cancel().catch(() => undefined);
    return undefined;
  } finally {
    stopped.abort();
  }
}
