import { createHmac, timingSafeEqual } from "node:crypto";
import { ArgumentError } from "../core/errors.js";
import { imageDefaults as defaults } from "./defaults.js";
import { isImagePath } from "./paths.js";
import type { ImageVariant } from "./types.js";

const MIN_SECRET_LENGTH = 16;

/** Options of `imageUrl`. All may be left out. */
export interface ImageUrlOptions {
  /** Comes before the path, such as `https://cdn.shop.example/images/`. Default `/images/`. */
  readonly baseUrl?: string | undefined;
  /** Signs the URL, so that the endpoint accepts any size. At least 16 characters. */
  readonly secret?: string | undefined;
  /** Milliseconds since 1970 after which the signed URL is refused. Default: it has no end. */
  readonly expiresAt?: number | undefined;
}

/**
 * The URL of an image in one size.
 *
 * ```ts
 * imageUrl("products/lamp.jpg", { width: 300, height: 300 });
 * // "/images/products/lamp.jpg?width=300&height=300&fit=cover"
 * ```
 *
 * @throws ArgumentError for a path that the endpoint refuses, or a short secret
 */
export function imageUrl(path: string, variant: ImageVariant, options: ImageUrlOptions = {}): string {
  if (!isImagePath(path)) throw new ArgumentError("path", "the path of an image below the folder");
  const { width, height, fit = "cover", format = "auto" } = variant;
  const { baseUrl = defaults.prefix.value, secret, expiresAt } = options;
  const query = new URLSearchParams();
  if (width !== undefined) query.set("width", String(width));
  if (height !== undefined) query.set("height", String(height));
  query.set("fit", fit);
  if (format !== "auto") query.set("format", format);
  if (secret !== undefined) {
    const expires = expiresAt === undefined ? "" : String(Math.ceil(expiresAt / 1_000));
    if (expires !== "") query.set("expires", expires);
    query.set("signature", signatureOf(checkedSecret(secret), path, { ...variant, fit, format }, expires));
  }
  return `${baseUrl.replace(/\/*$/, "/")}${path.split("/").map(encodeURIComponent).join("/")}?${query}`;
}

/** @throws ArgumentError, without the secret */
export function checkedSecret(secret: string): string {
  if (typeof secret === "string" && secret.length >= MIN_SECRET_LENGTH) return secret;
  throw new ArgumentError("secret", `a text of at least ${MIN_SECRET_LENGTH} characters`);
}

function signatureOf(secret: string, path: string, variant: ImageVariant, expires: string): string {
  const { width = 0, height = 0, fit = "cover", format = "auto" } = variant;
  // A path has no line break, so two requests never have the same text.
  const text = ["moonpath-image-1", path, `${width}x${height}`, fit, format, expires].join("\n");
  return createHmac("sha256", secret).update(text).digest("base64url");
}

/** Whether one of the secrets has made the signature. The time does not tell how much of it is right. */
export function isSigned(
  secrets: readonly string[],
  path: string,
  variant: ImageVariant,
  expires: string,
  signature: string,
): boolean {
  const given = Buffer.from(signature);
  let isRight = false;
  for (const secret of secrets) {
    const wanted = Buffer.from(signatureOf(secret, path, variant, expires));
    if (given.length === wanted.length && timingSafeEqual(given, wanted)) isRight = true;
  }
  return isRight;
}
