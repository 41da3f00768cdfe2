import type { Body } from "../message/message.js";
import { KeptBody } from "../store/body.js";

/** A body that was stored at once, or that is stored while the client reads it. */
export type StoredBody =
  | { readonly kind: "whole"; readonly bytes: Uint8Array; readonly isStored: boolean }
  | { readonly kind: "streamed"; readonly body: AsyncIterable<Uint8Array> };

/**
 * Stores a body when it is whole. The client's last bytes wait for that.
 *
 * @param store gets undefined if there is no whole body. It returns undefined if it has not stored it.
 * @param isWhole the client's answer depends on the whole body
 * @param onAbandon gets a function that ends the keeping; call it if the body must not be stored any more
 */
export async function storeBody(
  body: Body,
  maxBytes: number,
  store: (body: Uint8Array | undefined) => Promise<object | undefined>,
  isWhole: boolean,
  onAbandon: (abandon: () => void) => void,
): Promise<StoredBody> {
  if (body === undefined || body instanceof Uint8Array) {
    const bytes = body ?? NO_BYTES;
    return { kind: "whole", bytes, isStored: (await store(bytes)) !== undefined };
  }
  let whole: Uint8Array | undefined;
  let isStored = false;
  const kept = new KeptBody(body, maxBytes, async (end) => {
    whole = end.kind === "whole" ? end.bytes : undefined;
    isStored = (await store(whole)) !== undefined;
  });
  onAbandon(() => kept.abandon());
  const keeping = kept.keep();
  if (isWhole) {
    await keeping;
    if (whole) return { kind: "whole", bytes: whole, isStored };
  }
  return { kind: "streamed", body: kept.read() };
}

const NO_BYTES = new Uint8Array(0);
