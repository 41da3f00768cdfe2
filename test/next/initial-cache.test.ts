import { mkdir, mkdtemp, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { afterTest } from "../support/cleanup.js";
import { type Handlers, openIn } from "../support/next/handlers.js";
import { freshNamespace, sharedRedis } from "../support/redis.js";

const PAGE = { kind: "APP_PAGE", isFallback: false };
const HOUR_MS = 3_600_000;

/** A build whose pages were written so long ago: `lamp`, `table`, and a route handler. */
async function buildOf(agoMs = 0): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "moonpath-build-"));
  afterTest(() => rm(folder, { recursive: true, force: true }));
  const at = new Date(Date.now() - agoMs);
  const write = async (name: string, text: string | Uint8Array) => {
    const file = join(folder, name);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
    await utimes(file, at, at);
  };
  const route = { initialRevalidateSeconds: 3_600, initialExpireSeconds: 31_536_000 };
  const routes = {
    "/": { ...route, dataRoute: "/index.rsc" },
    "/lamp": { ...route, dataRoute: "/lamp.rsc" },
    "/body": { ...route, dataRoute: null },
    "/old": { ...route, dataRoute: "/old.json" },
    "/gone": { ...route, dataRoute: "/gone.rsc" },
    "/../../etc/passwd": { ...route, dataRoute: "/x.rsc" },
  };
  await write("BUILD_ID", "b-1\n");
  await write("prerender-manifest.json", JSON.stringify({ version: 4, routes }));
  for (const [name, tag] of [
    ["index", "home"],
    ["lamp", "lamp"],
  ] as const) {
    const headers = { "x-next-cache-tags": `_N_T_/layout,${tag}` };
    const routeCache = { key: `/route-cache/APP_PAGE/hash/$/${name}`, isFallback: false };
    await write(`server/app/${name}.html`, `<p>${name}</p>`);
    await write(`server/app/${name}.rsc`, `rsc ${name}`);
    await write(`server/app/${name}.segments/_tree.segment.rsc`, "tree");
    await write(`server/app/${name}.meta`, JSON.stringify({ headers, routeCache, segmentPaths: ["/_tree"] }));
  }
  await write("server/app/body.body", Buffer.from([0, 255]));
  await write("server/app/body.meta", JSON.stringify({ status: 201, headers: { a: "b" } }));
  await write("server/pages/old.html", "<p>old</p>");
  await write("server/pages/old.json", JSON.stringify({ pageProps: { a: 1 } }));
  return folder;
}

const keyOf = (name: string) => `/route-cache/APP_PAGE/hash/$/${name}`;

const htmlOf = async ({ pages }: Handlers, name: string) =>
  (await pages.get(keyOf(name), PAGE))?.value?.["html"];

/** A page that the fleet has rendered, as under an older build: its tags have tokens then. */
async function render({ pages }: Handlers, key: string, html: string, tags: string) {
  await pages.get(key, PAGE);
  const page = { kind: "APP_PAGE", html, headers: { "x-next-cache-tags": tags } };
  await pages.set(key, page, { ...PAGE, cacheControl: { revalidate: 3_600, expire: 31_536_000 } });
}

test("the pages of a build are stored once, as Next.js reads them", async () => {
  const distDir = await buildOf();
  const namespace = freshNamespace();
  const options = { distDir, buildId: undefined };
  const [one, other] = [openIn(namespace, options), openIn(namespace, options)];
  const results = await Promise.all([one, other].map(({ next }) => next.registerInitialCache()));
  expect(results.map(({ outcome }) => outcome).sort()).toEqual(["done", "registered"]);
  expect(Math.max(...results.map(({ stored }) => stored))).toBe(4);
  expect(await other.pages.get(keyOf("lamp"), PAGE)).toMatchObject({
    cacheControl: { revalidate: 3_600, expire: 31_536_000 },
    value: {
      kind: "APP_PAGE",
      html: "<p>lamp</p>",
      rscData: Buffer.from("rsc lamp"),
      segmentData: new Map([["/_tree", Buffer.from("tree")]]),
    },
  });
  expect((await one.pages.get("/body", { kind: "APP_ROUTE" }))?.value).toEqual({
    kind: "APP_ROUTE",
    body: Buffer.from([0, 255]),
    status: 201,
    headers: { a: "b" },
  });
  expect((await one.pages.get("/old", { kind: "PAGES" }))?.value).toMatchObject({
    kind: "PAGES",
    pageData: { pageProps: { a: 1 } },
  });
  expect(await openIn(namespace, options).next.registerInitialCache()).toMatchObject({ outcome: "done" });
  await one.pages.revalidateTag("lamp");
  expect(await htmlOf(other, "lamp")).toBeUndefined();
});

test("never over an entry", async () => {
  const distDir = await buildOf();
  const one = openIn(freshNamespace(), { distDir, buildId: "b" });
  await render(one, keyOf("lamp"), "newer", "_N_T_/layout,lamp");
  expect(await one.next.registerInitialCache()).toMatchObject({ outcome: "registered" });
  expect(await htmlOf(one, "lamp")).toBe("newer");
});

test("a tag that was purged since the build: its pages are left, and the others are stored", async () => {
  const distDir = await buildOf();
  const namespace = freshNamespace();
  const one = openIn(namespace, { buildId: "before" });
  await render(one, "/x", "x", "_N_T_/layout,lamp,home");
  // What the fleet did an hour before the build began.
  const redis = sharedRedis();
  const before = String((Date.now() - HOUR_MS) * 1_000);
  const tagKey = (tag: string) => `${namespace}:{acme:${tag}}:cache-tag`;
  for (const tag of ["_N_T_/layout", "lamp", "home", "*"]) {
    const [token = ""] = (await redis.get(tagKey(tag)))?.split(" ") ?? [];
    await redis.set(tagKey(tag), `${token} ${before}`);
  }
  await one.moonpath.tenant("acme").cache.invalidateTags(["lamp"]);
  const next = openIn(namespace, { distDir, buildId: "after" });
  // The pages without tags of their own have the tag of all entries, which is older than the build.
  expect(await next.next.registerInitialCache()).toEqual({ outcome: "registered", stored: 3, left: 1 });
  expect(await htmlOf(next, "lamp")).toBeUndefined();
  expect(await htmlOf(next, "index")).toBe("<p>index</p>");
});

test("a purge of a tag that nobody has used yet: a page with a new tag is left", async () => {
  const distDir = await buildOf();
  const one = openIn(freshNamespace(), { distDir, buildId: "b" });
  await one.moonpath.tenant("acme").cache.invalidateTags(["lamp"]);
  await one.next.registerInitialCache();
  expect(await htmlOf(one, "lamp")).toBeUndefined();
  expect(await htmlOf(one, "index")).toBeUndefined();
});

test("a purge while the pages are stored", async () => {
  const distDir = await buildOf();
  const namespace = freshNamespace();
  const [one, other] = [openIn(namespace, { distDir }), openIn(namespace, { distDir })];
  await Promise.all([one.next.registerInitialCache(), other.pages.revalidateTag("lamp")]);
  expect(await htmlOf(other, "lamp")).toBeUndefined();
});

test("a build that is older than the clock of the tenant remembers", async () => {
  const distDir = await buildOf(48 * HOUR_MS);
  const one = openIn(freshNamespace(), { distDir });
  expect(await one.next.registerInitialCache()).toMatchObject({ outcome: "registered", stored: 0 });
});

test("a folder without a build", () => {
  expect(() => openIn(freshNamespace(), { distDir: "/nowhere", buildId: undefined })).toThrow(
    /argument distDir: the folder of a build: \/nowhere\/BUILD_ID cannot be read/,
  );
});
