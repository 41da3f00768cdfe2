import { isSigned } from "./signature.js";
import { type ImageFit, type ImageFormat, ImageRefusal, type ImageVariant } from "./types.js";

/** What a URL asks for, checked. The format is `auto` if `Accept` decides. */
export interface CheckedVariant {
  readonly width: number | undefined;
  readonly height: number | undefined;
  readonly fit: ImageFit;
  readonly format: ImageFormat | "auto";
}

/** Which variants are allowed. */
export interface VariantRules {
  readonly sizes: readonly Pick<ImageVariant, "width" | "height">[];
  readonly secrets: readonly string[];
  readonly maxEdge: number;
}

const NAMES: readonly string[] = ["width", "height", "fit", "format", "quality", "expires", "signature"];
const FITS: Readonly<Record<string, ImageFit>> = {
  cover: "cover",
  crop: "cover",
  contain: "contain",
  inside: "inside",
};
const FORMATS: Readonly<Record<string, ImageFormat | "auto">> = {
  auto: "auto",
  avif: "avif",
  webp: "webp",
  jpeg: "jpeg",
};

/** @throws ImageRefusal unless the query asks for an allowed or signed variant */
export function variantOf(path: string, query: URLSearchParams, rules: VariantRules): CheckedVariant {
  const names = [...query.keys()];
  const unknown = names.some((name) => !NAMES.includes(name)) || new Set(names).size < names.length;
  if (unknown) throw badRequest(`the query has each of ${NAMES.join(", ")} at most once, and no other name`);
  const width = edgeOf(query.get("width"), rules.maxEdge, "width");
  const height = edgeOf(query.get("height"), rules.maxEdge, "height");
  if (width === undefined && height === undefined) throw badRequest("width or height is missing");
  const fit = ownValue(FITS, query.get("fit") ?? "cover");
  const format = ownValue(FORMATS, query.get("format") ?? "auto");
  if (fit === undefined) throw badRequest("fit is cover, contain or inside");
  if (format === undefined) throw badRequest("format is auto, avif, webp or jpeg");
  if ((query.get("quality") ?? "auto") !== "auto") throw badRequest("quality is auto");
  const variant = { width, height, fit, format };
  const signature = query.get("signature");
  if (signature !== null) checkSignature(path, variant, query.get("expires") ?? "", signature, rules);
  else if (!rules.sizes.some((size) => size.width === width && size.height === height)) {
    throw new ImageRefusal("IMAGE_SIZE_NOT_ALLOWED", "this size needs a signature");
  }
  return variant;
}

function checkSignature(
  path: string,
  variant: CheckedVariant,
  expires: string,
  signature: string,
  { secrets }: VariantRules,
): void {
  if (!isSigned(secrets, path, variant, expires, signature)) {
    throw new ImageRefusal("IMAGE_SIGNATURE", "the signature is wrong");
  }
  if (expires !== "" && !(Number(expires) * 1_000 > Date.now())) {
    throw new ImageRefusal("IMAGE_SIGNATURE", "the signed URL has expired");
  }
}

function edgeOf(text: string | null, maxEdge: number, name: string): number | undefined {
  if (text === null) return undefined;
  const edge = /^[1-9]\d{0,5}$/.test(text) ? Number(text) : Number.NaN;
  if (edge <= maxEdge) return edge;
  throw badRequest(`${name} is a whole number from 1 to ${maxEdge}`);
}

function ownValue<Value>(values: Readonly<Record<string, Value>>, name: string): Value | undefined {
  return Object.hasOwn(values, name) ? values[name] : undefined;
}

function badRequest(detail: string): ImageRefusal {
  return new ImageRefusal("IMAGE_BAD_REQUEST", detail);
}
