import { ArgumentError } from "../core/errors.js";

/** The size of an image in pixels. */
export interface ImageSize {
  readonly width: number;
  readonly height: number;
}

/** One image in several sizes of the same shape, the smallest first. */
export interface ImageSet {
  readonly sizes: readonly ImageSize[];
  /** How wide the page shows it, as the attribute `sizes`. */
  readonly display: string;
}

/** The image sets of a shop. */
export const imageSets = {
  thumbnail: {
    sizes: [
      { width: 150, height: 150 },
      { width: 300, height: 300 },
    ],
    display: "150px",
  },
  productGrid: {
    sizes: [
      { width: 300, height: 300 },
      { width: 600, height: 600 },
      { width: 1_200, height: 1_200 },
    ],
    display: "(min-width: 1200px) 300px, (min-width: 600px) 33vw, 50vw",
  },
  productDetail: {
    sizes: [
      { width: 800, height: 800 },
      { width: 1_600, height: 1_600 },
    ],
    display: "(min-width: 800px) 800px, 100vw",
  },
  heroBanner: {
    sizes: [
      { width: 1_920, height: 600 },
      { width: 2_560, height: 800 },
    ],
    display: "100vw",
  },
} as const satisfies Readonly<Record<string, ImageSet>>;

/** The attributes of an `img`. Escape them as each attribute of HTML. */
export interface ResponsiveImage {
  readonly src: string;
  readonly srcset: string;
  readonly sizes: string;
  /** Of `src`, so that the page keeps its shape while the image loads. */
  readonly width: number;
  readonly height: number;
}

/**
 * The attributes of an `img` that lets the browser choose one of several sizes.
 *
 * ```ts
 * const thumbnail = responsiveImage(
 *   imageSets.thumbnail,
 *   ({ width, height }) => `/images/lamp.jpg?width=${width}&height=${height}`,
 * );
 * // thumbnail.srcset: /images/lamp.jpg?width=150&height=150 150w, /images/lamp.jpg?width=300&height=300 300w
 * ```
 *
 * @throws ArgumentError for a set without sizes, a width twice, or a URL with white space
 */
export function responsiveImage(set: ImageSet, urlOf: (size: ImageSize) => string): ResponsiveImage {
  const sizes = [...set.sizes].sort((one, other) => one.width - other.width);
  const [first] = sizes;
  if (first === undefined || new Set(sizes.map(({ width }) => width)).size < sizes.length) {
    throw new ArgumentError("set.sizes", "at least one size, and each width once");
  }
  const urls = sizes.map((size) => candidateUrl(urlOf(size)));
  return {
    src: urls[0] ?? "",
    srcset: sizes.map(({ width }, index) => `${urls[index]} ${width}w`).join(", "),
    sizes: set.display,
    ...first,
  };
}

/** A comma at an end of the URL would separate two candidates. */
function candidateUrl(url: string): string {
  if (url === "" || /\s/.test(url))
    throw new ArgumentError("urlOf", "a function that returns URLs without white space");
  return url.replace(/^,|,$/g, "%2C");
}
