import { crc32 } from "node:zlib";
import sharp, { type Sharp } from "sharp";
import {
  createImages,
  type ImageAnswer,
  type Images,
  type ImagesOptions,
} from "../../../src/images/index.js";
import type { Moonpath } from "../../../src/index.js";
import { openMoonpath } from "../cache/kit.js";
import { afterTest } from "../cleanup.js";

/** The colours of test images. */
export const RED = { r: 255, g: 0, b: 0 };
export const BLUE = { r: 0, g: 0, b: 255 };

/** A picture of one colour. */
export function plain(width: number, height: number, background: object = RED): Sharp {
  return sharp({ create: { width, height, channels: 3, background } });
}

/** A picture that no encoder makes small. */
export function noise(width: number, height: number): Sharp {
  return sharp({
    create: {
      width,
      height,
      channels: 3,
      background: RED,
      noise: { type: "gaussian", mean: 128, sigma: 60 },
    },
  });
}

/** A PNG of a few hundred bytes whose header says that it has so many pixels. */
export async function pngBomb(width: number, height: number): Promise<Buffer> {
  const png = await plain(8, 8).png().toBuffer();
  // The signature has 8 bytes. IHDR follows: its length, its name at 12, width, height, and its CRC at 29.
  png.writeUInt32BE(width, 16);
  png.writeUInt32BE(height, 20);
  png.writeUInt32BE(crc32(png.subarray(12, 29)), 29);
  return png;
}

/** The colour in the middle of a picture. */
export async function middleOf(image: Uint8Array): Promise<{ r: number; g: number; b: number }> {
  const { data, info } = await sharp(image).removeAlpha().raw().toBuffer({ resolveWithObject: true });
  const at = (Math.floor(info.height / 2) * info.width + Math.floor(info.width / 2)) * info.channels;
  return { r: data[at] ?? -1, g: data[at + 1] ?? -1, b: data[at + 2] ?? -1 };
}

/** An endpoint over originals in memory, and how often each one was read. */
export interface EndpointUnderTest {
  readonly images: Images;
  readonly reads: Map<string, number>;
  /** Sends a GET request. */
  get(url: string, headers?: Readonly<Record<string, string>>): Promise<ImageAnswer>;
}

/** Options that a busy machine does not break. */
export const PATIENT = { cacheTimeoutMs: 10_000, timeoutMs: 60_000 };

/** Makes an endpoint, by default of a client of its own. It is closed after the test. */
export async function openImages(
  originals: Readonly<Record<string, Uint8Array>>,
  options: Partial<ImagesOptions> = {},
  moonpath?: Moonpath,
): Promise<EndpointUnderTest> {
  const reads = new Map<string, number>();
  const source = async (path: string) => {
    reads.set(path, (reads.get(path) ?? 0) + 1);
    return originals[path];
  };
  const images = createImages(moonpath ?? (await openMoonpath()), { source, ...PATIENT, ...options });
  afterTest(() => images.close());
  return { images, reads, get: (url, headers = {}) => images.answer({ method: "GET", url, headers }) };
}

/** The code in the body of a refusal. */
export function codeOf({ body }: ImageAnswer): unknown {
  const parsed: unknown = JSON.parse(Buffer.from(body ?? "{}").toString());
  return typeof parsed === "object" && parsed !== null ? Reflect.get(parsed, "code") : undefined;
}

/** The image of an answer. */
export function imageOf({ status, body }: ImageAnswer): Uint8Array {
  if (status !== 200 || body === undefined) throw new Error(`the status is ${status}`);
  return body;
}
