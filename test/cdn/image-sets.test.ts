import { describe, expect, test } from "vitest";
import { imageSets, responsiveImage } from "../../src/cdn/index.js";

const urlOf = ({ width, height }: { readonly width: number; readonly height: number }) =>
  `/images/lamp.jpg?width=${width}&height=${height}`;

describe("responsive images", () => {
  test("have the four sizes of a shop", () => {
    const sizesOf = (set: keyof typeof imageSets) =>
      imageSets[set].sizes.map(({ width, height }) => `${width}x${height}`).join(" ");
    expect(sizesOf("thumbnail")).toBe("150x150 300x300");
    expect(sizesOf("productGrid")).toBe("300x300 600x600 1200x1200");
    expect(sizesOf("productDetail")).toBe("800x800 1600x1600");
    expect(sizesOf("heroBanner")).toBe("1920x600 2560x800");
  });

  test("let the browser choose", () => {
    expect(responsiveImage(imageSets.heroBanner, urlOf)).toEqual({
      src: "/images/lamp.jpg?width=1920&height=600",
      srcset: "/images/lamp.jpg?width=1920&height=600 1920w, /images/lamp.jpg?width=2560&height=800 2560w",
      sizes: "100vw",
      width: 1_920,
      height: 600,
    });
  });

  test("encode a comma at an end of a URL, and refuse white space", () => {
    const set = { sizes: [{ width: 1, height: 1 }], display: "1px" };
    expect(responsiveImage(set, () => ",a,b,").srcset).toBe("%2Ca,b%2C 1w");
    expect(() => responsiveImage(set, () => "/a b.jpg")).toThrow("argument urlOf: ");
    expect(() => responsiveImage(set, () => "")).toThrow("argument urlOf: ");
  });

  test("need at least one size, and each width once", () => {
    const size = { width: 1, height: 1 };
    expect(() => responsiveImage({ sizes: [], display: "1px" }, urlOf)).toThrow("argument set.sizes: ");
    expect(() => responsiveImage({ sizes: [size, size], display: "1px" }, urlOf)).toThrow(
      "argument set.sizes: ",
    );
  });
});
