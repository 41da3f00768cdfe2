import sharp from "sharp";
import { describe, expect, test } from "vitest";
import { acceptedFormat } from "../../src/images/accept.js";
import { BLUE, codeOf, imageOf, middleOf, openImages, plain, RED } from "../support/images/kit.js";

const SIZE = "?width=300&height=300";
const CHROME = "image/avif,image/webp,image/apng,image/svg+xml,image/*,*/*;q=0.8";

describe("the header Accept", () => {
  test.each([
    [CHROME, "avif"],
    ["image/webp,image/*;q=0.8", "webp"],
    ["image/avif;q=0.5, image/webp;q=0.9", "webp"],
    ["image/avif;q=0, image/webp", "webp"],
    ["image/avif;q=0.1, image/jpeg", "jpeg"],
    ["IMAGE/AVIF", "avif"],
    ["image/webp ; q=1.000", "webp"],
    ["*/*", "jpeg"],
    ["image/*", "jpeg"],
    [undefined, "jpeg"],
    ["", "jpeg"],
    ["text/html", "jpeg"],
    ["*/*;q=0", "jpeg"],
    ["image/avif;q=2", "jpeg"],
    ["image/avif;q=-1", "jpeg"],
    ["image/avif;q=NaN", "jpeg"],
    ["image/avif;q=1e0", "jpeg"],
    [",,;;q=,=", "jpeg"],
    ["__proto__, constructor", "jpeg"],
    [`${"a,".repeat(600)}image/avif`, "jpeg"],
  ])("%s leads to %s", (accept, format) => {
    expect(acceptedFormat(accept)).toBe(format);
  });
});

describe("an image", () => {
  test("is sent as AVIF, WebP or progressive JPEG, and says that Accept decides", async () => {
    const { get } = await openImages({ "lamp.png": await plain(600, 400).png().toBuffer() });
    for (const [accept, type, format] of [
      [CHROME, "image/avif", "heif"],
      ["image/webp", "image/webp", "webp"],
      ["*/*", "image/jpeg", "jpeg"],
    ] as const) {
      const answer = await get(`/images/lamp.png${SIZE}`, { accept });
      expect(answer.headers).toMatchObject({ "content-type": type, vary: "Accept" });
      expect(answer.headers["content-length"]).toBe(String(answer.body?.byteLength));
      const found = await sharp(imageOf(answer)).metadata();
      expect(found).toMatchObject({ format, width: 300, height: 300 });
      expect(found.isProgressive).toBe(format === "jpeg");
      expect((await middleOf(imageOf(answer))).r).toBeGreaterThan(240);
    }
  });

  test("has the format of the URL, if it names one", async () => {
    const { get } = await openImages({ "lamp.png": await plain(600, 400).png().toBuffer() });
    const answer = await get(`/images/lamp.png${SIZE}&format=webp`, { accept: CHROME });
    expect(answer.headers["content-type"]).toBe("image/webp");
  });

  test.each([
    ["width=300&height=300&fit=cover", 300, 300],
    ["width=300&height=300&fit=crop", 300, 300],
    ["width=300&height=300&fit=contain", 300, 300],
    ["width=300&height=300&fit=inside", 300, 150],
    ["width=200", 200, 100],
    ["height=50", 100, 50],
    ["width=1200&height=1200", 800, 400],
  ])("of 800 x 400 is for %s %d x %d", async (query, width, height) => {
    const sizes = [
      { width: 300, height: 300 },
      { width: 200 },
      { height: 50 },
      { width: 1_200, height: 1_200 },
    ];
    const { get } = await openImages({ "a.png": await plain(800, 400).png().toBuffer() }, { sizes });
    expect(await sharp(imageOf(await get(`/images/a.png?${query}`))).metadata()).toMatchObject({
      width,
      height,
    });
  });

  test("is turned by its EXIF orientation, and loses all metadata", async () => {
    const left = await plain(100, 200).png().toBuffer();
    const original = await plain(200, 200, BLUE)
      .composite([{ input: left, left: 0, top: 0 }])
      .jpeg()
      .withMetadata({ orientation: 6 })
      .withExif({ IFD0: { Copyright: "secret photographer" }, IFD3: { GPSLatitude: "51/1 30/1 0/1" } })
      .toBuffer();
    // The left half, which is red, is above after a quarter turn to the right.
    const oriented = await sharp(original).withMetadata({ orientation: 6 }).toBuffer();
    expect((await sharp(oriented).metadata()).orientation).toBe(6);
    const { get } = await openImages({ "a.jpg": oriented });
    for (const format of ["jpeg", "webp", "avif"]) {
      const image = imageOf(await get(`/images/a.jpg?width=150&height=150&format=${format}`));
      const top = await sharp(image).extract({ left: 0, top: 0, width: 150, height: 60 }).toBuffer();
      const bottom = await sharp(image).extract({ left: 0, top: 90, width: 150, height: 60 }).toBuffer();
      expect((await middleOf(top)).r).toBeGreaterThan(200);
      expect((await middleOf(bottom)).b).toBeGreaterThan(200);
      const { exif, icc, xmp, iptc, orientation } = await sharp(image).metadata();
      expect({ exif, icc, xmp, iptc }).toEqual({});
      expect(orientation ?? 1).toBe(1);
      expect(Buffer.from(image).includes("secret photographer")).toBe(false);
    }
  });

  test.each(["gif", "webp"] as const)("of an animated %s is its first picture", async (format) => {
    const frames = [await plain(300, 300).png().toBuffer(), await plain(300, 300, BLUE).png().toBuffer()];
    const animation = await sharp(frames, { join: { animated: true } })
      .toFormat(format)
      .toBuffer();
    expect((await sharp(animation).metadata()).pages).toBe(2);
    const { get } = await openImages({ a: animation });
    for (const accept of ["image/webp", "image/avif", "*/*"]) {
      const image = imageOf(await get(`/images/a${SIZE}`, { accept }));
      const found = await sharp(image).metadata();
      expect(found).toMatchObject({ width: 300, height: 300 });
      expect(found.pages ?? 1).toBe(1);
      expect((await middleOf(image)).b).toBeLessThan(20);
    }
  });

  test("with transparent pixels has a white ground as JPEG, and keeps them as WebP", async () => {
    const clear = await sharp({
      create: { width: 300, height: 300, channels: 4, background: { ...RED, alpha: 0 } },
    })
      .png()
      .toBuffer();
    const { get } = await openImages({ "a.png": clear });
    const jpeg = imageOf(await get(`/images/a.png${SIZE}`));
    expect((await middleOf(jpeg)).g).toBeGreaterThan(240);
    const webp = imageOf(await get(`/images/a.png${SIZE}`, { accept: "image/webp" }));
    expect((await sharp(webp).stats()).isOpaque).toBe(false);
  });

  test.each(["jpeg", "png", "webp", "gif", "avif"] as const)("may be a %s", async (format) => {
    const { get } = await openImages({ a: await plain(300, 300).toFormat(format).toBuffer() });
    expect((await get(`/images/a${SIZE}`)).status).toBe(200);
  });

  const svg =
    '<svg xmlns="http://www.w3.org/2000/svg" width="300" height="300"><rect width="9" height="9"/></svg>';
  test.each([
    { name: "SVG", original: Buffer.from(svg) },
    { name: "SVG after a byte order mark and a comment", original: Buffer.from(`\ufeff<!-- a -->${svg}`) },
    { name: "text", original: Buffer.from("GIF is not this") },
    { name: "nothing", original: Buffer.alloc(0) },
    { name: "PDF", original: Buffer.from("%PDF-1.7\n%") },
  ])("of $name is refused before a decoder reads it", async ({ original }) => {
    const { get } = await openImages({ "a.png": original });
    const answer = await get(`/images/a.png${SIZE}`);
    expect(answer.status).toBe(422);
    expect(codeOf(answer)).toBe("IMAGE_UNSUPPORTED");
  });

  test("of TIFF is refused, although sharp reads it", async () => {
    const { get } = await openImages({ a: await plain(300, 300).tiff().toBuffer() });
    expect(codeOf(await get(`/images/a${SIZE}`))).toBe("IMAGE_UNSUPPORTED");
  });
});
