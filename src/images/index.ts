/** `moonpath/images`: an endpoint that resizes images and caches the results. */
export {
  createImages,
  type ImageAnswer,
  type ImageRequest,
  type Images,
  type ImagesClient,
} from "./endpoint.js";
export type { ImagesOptions } from "./options.js";
export { imageTag } from "./paths.js";
export { type ImageUrlOptions, imageUrl } from "./signature.js";
export { folderSource, type ImageSource, type ImageSourceContext } from "./source.js";
export type { ImageErrorCode, ImageFit, ImageFormat, ImageVariant } from "./types.js";
