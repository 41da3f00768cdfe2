import type { ImageFormat } from "./types.js";

/** The best format first: it decides between equal qualities. */
const FORMATS: readonly ImageFormat[] = ["avif", "webp", "jpeg"];

/** Longer headers are cut. Those of browsers have less than 150 characters. */
const MAX_LENGTH = 1_000;

/**
 * The format for a header `Accept`. AVIF and WebP must be named: a wildcard also comes from programs that
 * read neither. JPEG is the answer to anything else, because RFC 9110 allows to ignore the header.
 */
export function acceptedFormat(accept: string | undefined): ImageFormat {
  const qualities = qualitiesOf(accept ?? "");
  const wildcard = qualities.get("image/*") ?? qualities.get("*/*") ?? 0;
  const qualityOf = (format: ImageFormat) =>
    qualities.get(`image/${format}`) ?? (format === "jpeg" ? (qualities.get("image/jpg") ?? wildcard) : 0);
  let best: ImageFormat = "jpeg";
  let bestQuality = 0;
  for (const format of FORMATS) {
    const quality = qualityOf(format);
    if (quality > bestQuality) {
      best = format;
      bestQuality = quality;
    }
  }
  return best;
}

function qualitiesOf(accept: string): Map<string, number> {
  const qualities = new Map<string, number>();
  for (const member of accept.slice(0, MAX_LENGTH).toLowerCase().split(",")) {
    const [type = "", ...parameters] = member.split(";").map((part) => part.trim());
    const weight = parameters.find((parameter) => parameter.startsWith("q="));
    const quality = weight === undefined ? 1 : qualityValue(weight.slice(2));
    if (quality !== undefined) qualities.set(type, quality);
  }
  return qualities;
}

/** The weight of RFC 9110, 12.4.2; undefined if it is none. */
function qualityValue(text: string): number | undefined {
  return /^(0(\.\d{0,3})?|1(\.0{0,3})?)$/.test(text) ? Number(text) : undefined;
}
