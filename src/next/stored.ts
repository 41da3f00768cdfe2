import type { Codec } from "../cache/index.js";
import type { CacheControl, NextValue } from "./types.js";
import { type Parts, partsOf, treeOf } from "./value-parts.js";

/** What every entry of Next.js is stored with. */
interface StoredBase {
  /** The reading of the tenant's clock from before it was made. */
  readonly clock: number;
  /** When it was made, by Redis's clock, in epoch milliseconds. */
  readonly madeMs: number;
  /** As Next.js names them. */
  readonly tags: readonly string[];
}

/** A result of `'use cache'`. Durations in seconds. */
export interface StoredResult extends StoredBase {
  readonly kind: "result";
  readonly stale: number;
  readonly expire: number;
  readonly revalidate: number;
  readonly bytes: Uint8Array;
}

/** A page, a response, a fetch or an image. */
export interface StoredPage extends StoredBase {
  readonly kind: "page";
  readonly cacheControl: CacheControl | undefined;
  readonly value: NextValue | null;
}

/** The revalidated paths, and the tags that expire at a time. */
export interface StoredLog {
  readonly kind: "log";
  /** The log has all that came after this reading of the clock. */
  readonly since: number;
  readonly records: readonly LogRecord[];
}

/** `expiresMs` in epoch milliseconds of Redis's clock; 0: at once. */
export type LogRecord = readonly [tag: string, clock: number, expiresMs: number];

/** The pages of a build were registered. */
export interface StoredMark {
  readonly kind: "mark";
}

export type Stored = StoredResult | StoredPage | StoredLog | StoredMark;

type Head = { readonly head: unknown; readonly lengths: readonly number[] };

const LENGTH_BYTES = 4;

/**
 * Codes entries: the length of the head as 4 bytes, the head as JSON, and the parts that JSON would change
 * or make longer: buffers and long texts.
 */
export const storedCodec: Codec<Stored> = {
  id: "n",
  encode(stored) {
    const parts: Parts = [];
    const head = partsOf(stored, parts);
    const text = Buffer.from(JSON.stringify({ head, lengths: parts.map(({ length }) => length) }));
    const length = Buffer.alloc(LENGTH_BYTES);
    length.writeUInt32BE(text.length);
    return Buffer.concat([length, text, ...parts]);
  },
  decode(bytes) {
    const end = LENGTH_BYTES + bytes.readUInt32BE(0);
    const { head, lengths }: Head = JSON.parse(bytes.toString("utf8", LENGTH_BYTES, end));
    let at = end;
    const parts = lengths.map((length) => {
      at += length;
      return Buffer.from(bytes.subarray(at - length, at));
    });
    return storedOf(treeOf(head, parts));
  },
};

function storedOf(tree: unknown): Stored;
function storedOf(tree: unknown): unknown {
  return tree;
}
