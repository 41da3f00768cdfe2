/** The formats of answers. JPEG is progressive. */
export type ImageFormat = "avif" | "webp" | "jpeg";

/**
 * How an image fits into a width and a height. `cover`: it fills both, and is cropped. `contain`: it is
 * whole, with a margin. `inside`: it is whole, without a margin.
 */
export type ImageFit = "cover" | "contain" | "inside";

/** What a URL asks for. At least one of width and height, in pixels. */
export interface ImageVariant {
  readonly width?: number | undefined;
  readonly height?: number | undefined;
  /** Default `cover`. */
  readonly fit?: ImageFit | undefined;
  /** Default `auto`: the best one that the browser accepts. */
  readonly format?: ImageFormat | "auto" | undefined;
}

/** Why an image is not sent. The body of the answer has it as `code`. */
export type ImageErrorCode =
  | "IMAGE_BAD_REQUEST"
  | "IMAGE_SIZE_NOT_ALLOWED"
  | "IMAGE_SIGNATURE"
  | "IMAGE_NOT_FOUND"
  | "IMAGE_METHOD"
  | "IMAGE_UNSUPPORTED"
  | "IMAGE_TOO_LARGE"
  | "IMAGE_BROKEN"
  | "IMAGE_BUSY"
  | "IMAGE_FAILED";

/** The status of each code. */
export const imageStatuses: Readonly<Record<ImageErrorCode, number>> = {
  IMAGE_BAD_REQUEST: 400,
  IMAGE_SIZE_NOT_ALLOWED: 400,
  IMAGE_SIGNATURE: 403,
  IMAGE_NOT_FOUND: 404,
  IMAGE_METHOD: 405,
  IMAGE_UNSUPPORTED: 422,
  IMAGE_TOO_LARGE: 422,
  IMAGE_BROKEN: 422,
  IMAGE_BUSY: 503,
  IMAGE_FAILED: 500,
};

/** Ends the work for an answer. `detail` is shown to the client, so it names no file and no setting. */
export class ImageRefusal extends Error {
  override readonly name = "ImageRefusal";

  constructor(
    readonly code: ImageErrorCode,
    readonly detail: string,
    cause?: Error,
  ) {
    super(`${code}: ${detail}`, cause ? { cause } : undefined);
  }
}
