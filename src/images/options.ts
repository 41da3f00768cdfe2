import { type ImageSet, type ImageSize, imageSets } from "../cdn/index.js";
import { checkedInteger } from "../core/checks.js";
import { ArgumentError } from "../core/errors.js";
import { type OptionNames, refuseUnknownOptions } from "../core/known-options.js";
import { MAX_DURATION_MS } from "../core/limits.js";
import type { OnError } from "../core/notify.js";
import { readFrom } from "../core/read-from.js";
import { SHARED_TENANT } from "../core/shared-tenant.js";
import { imageDefaults as defaults } from "./defaults.js";
import { checkedSecret } from "./signature.js";
import type { ImageSource } from "./source.js";
import type { ImageFormat, ImageVariant } from "./types.js";

/** The options of `createImages`. Only `source` is required. */
export interface ImagesOptions {
  /** Reads the originals, such as `folderSource("/srv/images")`. */
  readonly source: ImageSource;
  /** The paths of the endpoint begin with it. Default `/images/`. */
  readonly prefix?: string | undefined;
  /** The sizes that need no signature. Default: those of `imageSets`. */
  readonly sizes?: readonly Pick<ImageVariant, "width" | "height">[] | undefined;
  /** Signed URLs may ask for other sizes. `imageUrl` signs with one of these; to change it, list both. */
  readonly secrets?: readonly string[] | undefined;
  /** The tenant of the cached images. Default: one for all. */
  readonly tenant?: string | undefined;
  /** Milliseconds for which a resized image is kept in Redis. Default 604,800,000. */
  readonly freshMs?: number | undefined;
  /** Milliseconds for which a browser keeps it. No purge reaches a browser. Default 86,400,000. */
  readonly browserMs?: number | undefined;
  /** Milliseconds that Redis may take for one image. Default 250. */
  readonly cacheTimeoutMs?: number | undefined;
  /** The most bytes of an original. Default 20,000,000. */
  readonly maxInputBytes?: number | undefined;
  /** The most pixels of an original. Default 50,000,000. */
  readonly maxInputPixels?: number | undefined;
  /** The most bytes of a resized image, at most 4,194,000. Default 2,000,000. */
  readonly maxOutputBytes?: number | undefined;
  /** The largest width and height of a resized image, at most 16,383. Default 2,560. */
  readonly maxEdge?: number | undefined;
  /** Milliseconds for reading and resizing one image, and for the wait before it. Default 10,000. */
  readonly timeoutMs?: number | undefined;
  /** The most images that this process resizes at once. Default 2. */
  readonly maxConcurrent?: number | undefined;
  /** The most images that wait for that. More are refused with 503. Default 32. */
  readonly maxWaiting?: number | undefined;
  /** 1 to 100 for each format. Default: AVIF 50, WebP 78, JPEG 80. */
  readonly quality?: Readonly<Partial<Record<ImageFormat, number>>> | undefined;
  /** Receives errors of the source and of the cache. */
  readonly onError?: OnError | undefined;
}

const imagesOptions: OptionNames<ImagesOptions> = {
  source: true,
  prefix: true,
  sizes: true,
  secrets: true,
  tenant: true,
  freshMs: true,
  browserMs: true,
  cacheTimeoutMs: true,
  maxInputBytes: true,
  maxInputPixels: true,
  maxOutputBytes: true,
  maxEdge: true,
  timeoutMs: true,
  maxConcurrent: true,
  maxWaiting: true,
  quality: true,
  onError: true,
};

const setSizes: readonly ImageSize[] = Object.values<ImageSet>(imageSets).flatMap(({ sizes }) => sizes);

/** The largest whole number of each option. WebP has at most 16,383 pixels on an edge. */
const LIMITS = {
  maxInputBytes: 1_000_000_000,
  maxInputPixels: 268_402_689,
  // The cache's limit for an entry is 4,194,304 bytes, with the digest of the image.
  maxOutputBytes: 4_194_000,
  maxEdge: 16_383,
  timeoutMs: 600_000,
  maxConcurrent: 64,
  maxWaiting: 10_000,
  freshMs: MAX_DURATION_MS,
  browserMs: MAX_DURATION_MS,
} as const;

/** @throws ArgumentError that names the option */
export function resolveOptions(options: ImagesOptions) {
  return readFrom("options", () => {
    refuseUnknownOptions(options, imagesOptions);
    const { source, prefix = defaults.prefix.value, sizes = setSizes, secrets = [], onError } = options;
    if (typeof source !== "function")
      throw new ArgumentError("source", "a function, such as folderSource returns");
    if (!/^\/([\w.~-]+\/)*$/.test(prefix))
      throw new ArgumentError("prefix", "a path that begins and ends with /");
    const number = (name: keyof typeof LIMITS) =>
      checkedInteger(name, options[name] ?? defaults[name].value, 1, LIMITS[name]);
    const maxEdge = number("maxEdge");
    for (const { width = 1, height = 1 } of sizes) {
      checkedInteger("sizes", width, 1, maxEdge);
      checkedInteger("sizes", height, 1, maxEdge);
    }
    const quality = (format: ImageFormat, otherwise: number) =>
      checkedInteger(`quality.${format}`, options.quality?.[format] ?? otherwise, 1, 100);
    return {
      source,
      prefix,
      tenant: options.tenant ?? SHARED_TENANT,
      onError,
      cacheTimeoutMs: options.cacheTimeoutMs,
      freshMs: number("freshMs"),
      browserMs: number("browserMs"),
      maxInputBytes: number("maxInputBytes"),
      maxConcurrent: number("maxConcurrent"),
      maxWaiting: number("maxWaiting"),
      variants: { sizes, secrets: secrets.map(checkedSecret), maxEdge },
      render: {
        maxInputPixels: number("maxInputPixels"),
        maxOutputBytes: number("maxOutputBytes"),
        maxEdge,
        timeoutMs: number("timeoutMs"),
        quality: {
          avif: quality("avif", defaults.avifQuality.value),
          webp: quality("webp", defaults.webpQuality.value),
          jpeg: quality("jpeg", defaults.jpegQuality.value),
        },
      },
    };
  });
}

/** The options with their defaults. */
export type ResolvedOptions = ReturnType<typeof resolveOptions>;
