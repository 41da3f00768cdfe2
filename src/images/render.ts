import sharp, { type Sharp } from "sharp";
import { asError } from "../core/notify.js";
import { type ImageFormat, ImageRefusal } from "./types.js";
import type { CheckedVariant } from "./variant.js";

/** The limits and qualities of an endpoint. */
export interface RenderRules {
  readonly maxInputPixels: number;
  readonly maxOutputBytes: number;
  readonly maxEdge: number;
  readonly timeoutMs: number;
  readonly quality: Readonly<Record<ImageFormat, number>>;
}

/** A margin, and what shows through transparent pixels of a JPEG. */
const WHITE = { r: 255, g: 255, b: 255, alpha: 1 };
const TRANSPARENT = { r: 255, g: 255, b: 255, alpha: 0 };

/**
 * Resizes an image, turns it as its EXIF data say, and removes all metadata. Of an animation it takes the
 * first picture.
 *
 * @throws ImageRefusal
 */
export async function render(
  bytes: Uint8Array,
  { width, height, fit }: Pick<CheckedVariant, "width" | "height" | "fit">,
  format: ImageFormat,
  rules: RenderRules,
): Promise<Uint8Array> {
  const expected = formatOf(bytes);
  if (expected === undefined) {
    throw new ImageRefusal("IMAGE_UNSUPPORTED", "the original is no JPEG, PNG, WebP, AVIF or GIF");
  }
  try {
    const image = sharp(bytes, { limitInputPixels: rules.maxInputPixels, failOn: "error", pages: 1 });
    const found = await image.metadata();
    if (found.format !== expected)
      throw new ImageRefusal("IMAGE_UNSUPPORTED", "the original has two formats");
    // With one edge alone, a very long image must still have bounds.
    const isWhole = width === undefined || height === undefined;
    const resized = image
      .timeout({ seconds: Math.min(3_600, Math.ceil(rules.timeoutMs / 1_000)) })
      .autoOrient()
      .resize({
        width: width ?? rules.maxEdge,
        height: height ?? rules.maxEdge,
        fit: isWhole ? "inside" : fit,
        background: format === "jpeg" ? WHITE : TRANSPARENT,
        withoutEnlargement: true,
      });
    const output = await encoded(resized, format, rules.quality[format]).toBuffer();
    if (output.byteLength > rules.maxOutputBytes) {
      throw new ImageRefusal("IMAGE_TOO_LARGE", "the resized image is too large");
    }
    return output;
  } catch (error) {
    throw refusalOf(error);
  }
}

function encoded(image: Sharp, format: ImageFormat, quality: number): Sharp {
  switch (format) {
    case "avif":
      return image.avif({ quality });
    case "webp":
      return image.webp({ quality });
    case "jpeg":
      return image.flatten({ background: WHITE }).jpeg({ quality, progressive: true });
  }
}

/** What libvips says about a limit or a time, and all else as a broken image. */
function refusalOf(error: unknown): ImageRefusal {
  if (error instanceof ImageRefusal) return error;
  const cause = asError(error);
  if (/pixel limit|exceeds.*limit|dimension/i.test(cause.message)) {
    return new ImageRefusal("IMAGE_TOO_LARGE", "the original image has too many pixels", cause);
  }
  if (/timeout/i.test(cause.message)) {
    return new ImageRefusal("IMAGE_BUSY", "the image was not ready in time", cause);
  }
  return new ImageRefusal("IMAGE_BROKEN", "the original image cannot be read", cause);
}

/**
 * The format by the first bytes, as `metadata` of sharp names it. All others are refused before a decoder
 * sees them: SVG may name files and URLs, and rarely used decoders have the most faults.
 */
function formatOf(bytes: Uint8Array): "jpeg" | "png" | "webp" | "gif" | "heif" | undefined {
  const text = (from: number, to: number) => Buffer.from(bytes.subarray(from, to)).toString("latin1");
  if (text(0, 3) === "\xff\xd8\xff") return "jpeg";
  if (text(0, 8) === "\x89PNG\r\n\x1a\n") return "png";
  if (text(0, 4) === "RIFF" && text(8, 12) === "WEBP") return "webp";
  if (/^GIF8[79]a$/.test(text(0, 6))) return "gif";
  if (text(4, 8) === "ftyp" && /^avi[fs]$/.test(text(8, 12))) return "heif";
  return undefined;
}
