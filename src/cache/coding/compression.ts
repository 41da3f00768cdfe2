import * as zlib from "node:zlib";
import { ArgumentError } from "../../core/errors.js";

/** How values are compressed: not at all, by zlib, or by zstd, which Node has from 22.15 on. */
export type Compression = "none" | "zlib" | "zstd";

/** A compressed value could be any size. Above this, it is not read. */
const MAX_EXPANDED_BYTES = 67_108_864;

interface Compressor {
  /** Its character in the header of an entry. */
  readonly id: string;
  compress(bytes: Uint8Array): Uint8Array;
  expand(bytes: Uint8Array): Buffer;
}

const zlibCompressor: Compressor = {
  id: "z",
  compress: (bytes) => zlib.deflateSync(bytes),
  expand: (bytes) => zlib.inflateSync(bytes, { maxOutputLength: MAX_EXPANDED_BYTES }),
};

/** The compressors of this runtime, by their names. */
const compressors: ReadonlyMap<string, Compressor> = new Map(
  [["zlib", zlibCompressor] as const, ["zstd", zstdCompressor()] as const].flatMap(([name, one]) =>
    one ? [[name, one] as const] : [],
  ),
);

const byId: ReadonlyMap<string, Compressor> = new Map([...compressors.values()].map((one) => [one.id, one]));

/** The character of values that are not compressed. */
export const UNCOMPRESSED = "-";

/** @throws ArgumentError if this runtime lacks it */
export function checkedCompression(compression: unknown): Compression {
  if (compression === "none") return compression;
  if (compression !== "zlib" && compression !== "zstd")
    throw new ArgumentError("compression", "none, zlib or zstd");
  if (!compressors.has(compression))
    throw new ArgumentError("compression", "zlib or none: this runtime has no zstd");
  return compression;
}

/** The bytes to store, and the character for the header. What does not become smaller stays as it is. */
export function compressed(
  bytes: Uint8Array,
  compression: Compression,
  minBytes: number,
): { readonly id: string; readonly bytes: Uint8Array } {
  const compressor = bytes.length < minBytes ? undefined : compressors.get(compression);
  const smaller = compressor?.compress(bytes);
  return compressor && smaller && smaller.length < bytes.length
    ? { id: compressor.id, bytes: smaller }
    : { id: UNCOMPRESSED, bytes };
}

/**
 * The bytes as the codec made them; undefined if this runtime lacks the compression.
 *
 * @throws Error if the bytes are damaged, or too many
 */
export function expanded(id: string, bytes: Buffer): Buffer | undefined {
  return id === UNCOMPRESSED ? bytes : byId.get(id)?.expand(bytes);
}

/** Undefined if this runtime lacks it. The types of Node 20 do not know it. */
function zstdCompressor(): Compressor | undefined {
  const compress: unknown = Reflect.get(zlib, "zstdCompressSync");
  const expand: unknown = Reflect.get(zlib, "zstdDecompressSync");
  if (typeof compress !== "function" || typeof expand !== "function") return undefined;
  return {
    id: "s",
    compress: (bytes) => buffer(compress(bytes)),
    expand: (bytes) => buffer(expand(bytes, { maxOutputLength: MAX_EXPANDED_BYTES })),
  };
}

function buffer(value: unknown): Buffer {
  if (Buffer.isBuffer(value)) return value;
  throw new TypeError("zstd has returned no bytes");
}
