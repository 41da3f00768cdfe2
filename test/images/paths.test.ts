import { execFileSync } from "node:child_process";
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, describe, expect, test } from "vitest";
import { folderSource, type ImageSource, imageUrl } from "../../src/images/index.js";
import { afterTest } from "../support/cleanup.js";
import { codeOf, imageOf, middleOf, openImages, plain } from "../support/images/kit.js";

const SIZE = "?width=300&height=300";
const SECRET = "a secret of the shop";

let folder = "";
beforeEach(async () => {
  const base = await mkdtemp(join(tmpdir(), "moonpath-images-"));
  afterTest(() => rm(base, { recursive: true, force: true }));
  folder = join(base, "images");
  await mkdir(join(folder, "products"), { recursive: true });
  const image = await plain(30, 30).png().toBuffer();
  await writeFile(join(folder, "products/red lamp.png"), image);
  await writeFile(join(base, "outside.png"), image);
  await writeFile(join(folder, ".hidden.png"), image);
});

describe("a folder of images", () => {
  test("is read below the prefix", async () => {
    const { get } = await openImages({}, { source: folderSource(folder), prefix: "/img/" });
    expect((await get(`/img/products/red%20lamp.png${SIZE}`)).status).toBe(200);
    expect((await get(`/images/products/red%20lamp.png${SIZE}`)).status).toBe(404);
    const missing = await get(`/img/products/blue.png${SIZE}`);
    expect([missing.status, codeOf(missing)]).toEqual([404, "IMAGE_NOT_FOUND"]);
  });

  test.each([
    "../outside.png",
    "..%2foutside.png",
    "%2e%2e/outside.png",
    "%252e%252e/outside.png",
    "products/../../outside.png",
    "products/..\\..\\outside.png",
    "products%5c..%5c..%5coutside.png",
    "/etc/passwd",
    "./products/red%20lamp.png",
    "products//red%20lamp.png",
    "products/",
    "",
    ".hidden.png",
    "a%00.png",
    "a%0a.png",
    "%ff.png",
    "%",
    "a".repeat(501),
  ])("is not left by the path %s", async (path) => {
    let reads = 0;
    const read = folderSource(folder);
    const source: ImageSource = (...args) => {
      reads++;
      return read(...args);
    };
    const { get } = await openImages({}, { source });
    const answer = await get(`/images/${path}${SIZE}`);
    expect([answer.status, codeOf(answer)]).toEqual([400, "IMAGE_BAD_REQUEST"]);
    expect(reads).toBe(0);
  });

  test("is not left by its source, whatever it is asked for", async () => {
    const read = folderSource(folder);
    const context = { maxBytes: 1_000_000, signal: new AbortController().signal };
    await symlink("../outside.png", join(folder, "link.png"));
    await symlink("..", join(folder, "up"));
    execFileSync("mkfifo", [join(folder, "pipe")]);
    for (const path of [
      "../outside.png",
      "link.png",
      "up/outside.png",
      "products",
      "pipe",
      "a/b",
      "a".repeat(400),
    ]) {
      expect([path, await read(path, context)]).toEqual([path, undefined]);
    }
    await symlink("products/red lamp.png", join(folder, "inside.png"));
    expect((await read("inside.png", context))?.byteLength).toBeGreaterThan(50);
  });
});

describe("a signed URL", () => {
  const options = () => ({ source: folderSource(folder), secrets: [SECRET], sizes: [] });

  test("may ask for any size up to the limits", async () => {
    const { get } = await openImages({}, options());
    for (const variant of [
      { width: 17 },
      { width: 20, height: 10, fit: "contain" },
      { height: 9, format: "webp" },
    ] as const) {
      const url = imageUrl("products/red lamp.png", variant, { secret: SECRET });
      expect((await get(url)).status).toBe(200);
    }
    const large = imageUrl("products/red lamp.png", { width: 2_561 }, { secret: SECRET });
    expect(codeOf(await get(large))).toBe("IMAGE_BAD_REQUEST");
  });

  test("is refused if anything of it has changed", async () => {
    const { get } = await openImages({}, options());
    const expiresAt = Date.now() + 3_600_000;
    const url = imageUrl("products/red lamp.png", { width: 20, height: 10 }, { secret: SECRET, expiresAt });
    expect((await get(url)).status).toBe(200);
    for (const changed of [
      url.replace("width=20", "width=21"),
      url.replace("height=10", "height=11"),
      url.replace("&height=10", ""),
      url.replace("fit=cover", "fit=inside"),
      url.replace("red%20lamp", "red%20lamp2"),
      url.replace(/expires=\d+/, "expires=9999999999"),
      url.replace(/&expires=\d+/, ""),
      `${url}x`,
      url.replace(/signature=.*/, "signature="),
      url.replace(/signature=.*/, "signature=%00"),
      `${url}&format=avif`,
    ]) {
      const answer = await get(changed);
      expect([changed, answer.status, codeOf(answer)]).toEqual([changed, 403, "IMAGE_SIGNATURE"]);
    }
    expect((await get(url.replace(/&signature=.*/, ""))).status).toBe(400);
  });

  test("ends at its time", async () => {
    const { get } = await openImages({}, options());
    const url = imageUrl(
      "products/red lamp.png",
      { width: 20 },
      { secret: SECRET, expiresAt: Date.now() - 1_500 },
    );
    const answer = await get(url);
    expect([answer.status, codeOf(answer)]).toEqual([403, "IMAGE_SIGNATURE"]);
  });

  test("is accepted with each of the secrets, and with no other", async () => {
    const { get } = await openImages({}, { ...options(), secrets: ["the secret of tomorrow", SECRET] });
    const signedWith = (secret: string) => imageUrl("products/red lamp.png", { width: 20 }, { secret });
    expect((await get(signedWith(SECRET))).status).toBe(200);
    expect((await get(signedWith("the secret of tomorrow"))).status).toBe(200);
    expect((await get(signedWith("the secret of others"))).status).toBe(403);
    const without = await openImages({}, { ...options(), secrets: [] });
    expect((await without.get(signedWith(SECRET))).status).toBe(403);
  });

  test("is made for valid paths and long secrets only", () => {
    expect(() => imageUrl("../a.png", { width: 1 })).toThrow("argument path: ");
    expect(() => imageUrl("a.png", { width: 1 }, { secret: "short secret" })).toThrow(
      /^argument secret: (?!.*short secret)/,
    );
    expect(imageUrl("a,b c.png", { width: 1 }, { baseUrl: "https://cdn.shop.example" })).toBe(
      "https://cdn.shop.example/a%2Cb%20c.png?width=1&fit=cover",
    );
  });
});

test("URLs without a signature have the allowed sizes", async () => {
  const { get } = await openImages({ "a.png": await plain(9, 9).png().toBuffer() });
  const answer = await get(imageUrl("a.png", { width: 300, height: 300 }));
  expect((await middleOf(imageOf(answer))).r).toBeGreaterThan(240);
});
