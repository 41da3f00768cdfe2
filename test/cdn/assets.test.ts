import { createHash } from "node:crypto";
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, describe, expect, test } from "vitest";
import { createAssets, createCdn, fileRoutes, readAssets } from "../../src/cdn/index.js";
import { afterTest } from "../support/cleanup.js";

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "moonpath-assets-"));
  afterTest(() => rm(folder, { recursive: true, force: true }));
  await mkdir(join(folder, "fonts"));
  await writeFile(join(folder, "app.js"), "export {};");
  await writeFile(join(folder, "fonts/a b.woff2"), Buffer.from([0, 1, 2]));
  await writeFile(join(folder, "LICENSE"), "MIT");
  await writeFile(join(folder, ".env"), "SECRET=1");
});

const hashOf = (content: string | Buffer) => createHash("sha256").update(content).digest("hex").slice(0, 16);

describe("readAssets", () => {
  test("adds a hash of the content to each name", async () => {
    const assets = await readAssets({ folder });
    expect(assets.manifest).toEqual({
      LICENSE: `LICENSE.${hashOf("MIT")}`,
      "app.js": `app.${hashOf("export {};")}.js`,
      "fonts/a b.woff2": `fonts/a b.${hashOf(Buffer.from([0, 1, 2]))}.woff2`,
    });
    expect(assets.url("app.js")).toBe(`/static/app.${hashOf("export {};")}.js`);
    expect(assets.url("fonts/a b.woff2")).toMatch(/^\/static\/fonts\/a%20b\.[0-9a-f]{16}\.woff2$/);
  });

  test("gives new contents a new URL, and the same contents the same one", async () => {
    const before = await readAssets({ folder, baseUrl: "https://cdn.shop.example/static" });
    await writeFile(join(folder, "app.js"), "export { };");
    const after = await readAssets({ folder, baseUrl: "https://cdn.shop.example/static/" });
    expect(after.url("app.js")).not.toBe(before.url("app.js"));
    expect(after.url("LICENSE")).toBe(before.url("LICENSE"));
    expect(after.url("LICENSE")).toMatch(/^https:\/\/cdn\.shop\.example\/static\/LICENSE\./);
  });

  test("makes URLs that browsers keep for a year", async () => {
    const assets = await readAssets({ folder });
    const cdn = createCdn({ routes: fileRoutes });
    for (const name of Object.keys(assets.manifest)) {
      expect(cdn.headersFor(assets.url(name))["cache-control"]).toBe("public, max-age=31536000, immutable");
    }
  });

  test("finds the file of a hashed name, and no other file", async () => {
    const assets = await readAssets({ folder });
    expect(assets.fileOf(assets.manifest["app.js"] ?? "")).toBe(join(folder, "app.js"));
    for (const name of ["app.js", "../app.js", "app.0000000000000000.js", ".env", "__proto__", ""]) {
      expect(assets.fileOf(name)).toBeUndefined();
      expect(assets.nameOf(name)).toBeUndefined();
    }
  });

  test.each(["/etc/hostname", "app.js"])("refuses a symbolic link to %s", async (target) => {
    await symlink(target, join(folder, "fonts/link"));
    await expect(readAssets({ folder })).rejects.toThrow("argument folder: a folder without symbolic links");
  });

  test("refuses too many files", async () => {
    await expect(readAssets({ folder, maxFiles: 2 })).rejects.toThrow("at most 2 files");
    expect(Object.keys((await readAssets({ folder, maxFiles: 3 })).manifest)).toHaveLength(3);
  });

  test("names the nearest file if there is none", async () => {
    const assets = await readAssets({ folder });
    expect(() => assets.url("ap.js")).toThrow("argument name: a file of the folder; the nearest is app.js");
    expect(() => assets.url("../../etc/passwd")).toThrow("argument name: ");
    expect(() => createAssets({}).url("a")).toThrow("there are none");
  });
});

describe("createAssets", () => {
  test("makes the same URLs of a manifest", async () => {
    const { manifest, url } = await readAssets({ folder });
    const assets = createAssets(JSON.parse(JSON.stringify(manifest)));
    for (const name of Object.keys(manifest)) expect(assets.url(name)).toBe(url(name));
  });

  test.each(["../app.js", "a/../b", "/etc/passwd", "a//b", "a\\b", "C:a", "a\0b", "", "."])(
    "refuses the name %j",
    (name) => {
      expect(() => createAssets({ [name]: "a.js" })).toThrow("argument manifest: ");
      expect(() => createAssets({ "a.js": name })).toThrow("argument manifest: ");
    },
  );
});
