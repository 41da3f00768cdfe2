import { once } from "node:events";
import { createServer, request } from "node:http";
import { buffer } from "node:stream/consumers";
import { fastify } from "fastify";
import sharp from "sharp";
import { describe, expect, test } from "vitest";
import { createImages, imageTag } from "../../src/images/index.js";
import { redisFromUrl } from "../../src/testing/index.js";
import { openMoonpath, openTwo } from "../support/cache/kit.js";
import { afterTest } from "../support/cleanup.js";
import { BLUE, codeOf, imageOf, middleOf, openImages, PATIENT, plain } from "../support/images/kit.js";
import { startOwn } from "../support/own-server.js";

const URL_300 = "/images/products/lamp.png?width=300&height=300";
const red = () => plain(400, 400).png().toBuffer();
const blue = () => plain(400, 400, BLUE).png().toBuffer();

describe("the cache of images", () => {
  test("lets one of all processes make an image", async () => {
    const [one, other] = await openTwo();
    const originals = { "products/lamp.png": await red() };
    const endpoints = [await openImages(originals, {}, one), await openImages(originals, {}, other)];
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, index) => endpoints[index % 2]?.get(URL_300)),
    );
    expect(new Set(answers.map((answer) => answer?.headers["etag"])).size).toBe(1);
    expect(answers.every((answer) => answer?.status === 200)).toBe(true);
    const reads = endpoints.reduce(
      (sum, endpoint) => sum + (endpoint.reads.get("products/lamp.png") ?? 0),
      0,
    );
    expect(reads).toBe(1);
    // Each size and each format is an entry of its own.
    await endpoints[0]?.get(URL_300, { accept: "image/webp" });
    await endpoints[1]?.get(URL_300.replaceAll("300", "150"));
    expect(
      (endpoints[0]?.reads.get("products/lamp.png") ?? 0) +
        (endpoints[1]?.reads.get("products/lamp.png") ?? 0),
    ).toBe(3);
  });

  test("forgets all variants of one image by its tag", async () => {
    const [one, other] = await openTwo();
    const originals = { "products/lamp.png": await red(), "products/desk.png": await red() };
    const here = await openImages(originals, {}, one);
    const there = await openImages(originals, {}, other);
    const desk = URL_300.replace("lamp", "desk");
    await Promise.all([here.get(URL_300), here.get(URL_300, { accept: "image/webp" }), here.get(desk)]);
    originals["products/lamp.png"] = await blue();
    expect((await middleOf(imageOf(await there.get(URL_300)))).b).toBeLessThan(20);
    expect(await here.images.invalidate("products/lamp.png")).toBe("done");
    for (const accept of ["*/*", "image/webp"]) {
      expect((await middleOf(imageOf(await there.get(URL_300, { accept })))).b).toBeGreaterThan(235);
    }
    await there.get(desk);
    expect(there.reads.get("products/desk.png")).toBeUndefined();
  });

  test("keeps images of two prefixes and tenants apart", async () => {
    const moonpath = await openMoonpath();
    const shop = await openImages({ "a.png": await red() }, { prefix: "/a/" }, moonpath);
    const blog = await openImages({ "a.png": await blue() }, { prefix: "/b/" }, moonpath);
    const beta = await openImages({ "a.png": await blue() }, { prefix: "/a/", tenant: "beta" }, moonpath);
    const query = "a.png?width=300&height=300";
    expect((await middleOf(imageOf(await shop.get(`/a/${query}`)))).b).toBeLessThan(20);
    expect((await middleOf(imageOf(await blog.get(`/b/${query}`)))).b).toBeGreaterThan(235);
    expect((await middleOf(imageOf(await beta.get(`/a/${query}`)))).b).toBeGreaterThan(235);
  });

  test("stores no refusal, and an image that comes later is found at once", async () => {
    const originals: Record<string, Uint8Array> = { "products/lamp.png": Buffer.from("no image") };
    const { get } = await openImages(originals);
    expect((await get(URL_300)).status).toBe(422);
    delete originals["products/lamp.png"];
    expect((await get(URL_300)).status).toBe(404);
    originals["products/lamp.png"] = await red();
    expect((await get(URL_300)).status).toBe(200);
  });

  test("takes paths that are longer than a tag", async () => {
    const path = `products/${"ä".repeat(70)}.png`;
    const { get, images, reads } = await openImages({ [path]: await red() });
    const url = `/images/${encodeURIComponent(path).replaceAll("%2F", "/")}?width=300&height=300`;
    expect(url.length).toBeLessThan(520);
    expect((await get(url)).status).toBe(200);
    await get(url);
    expect(reads.get(path)).toBe(1);
    await images.invalidate(path);
    await get(url);
    expect(reads.get(path)).toBe(2);
  });

  test("is not needed: without Redis, images are made for each request", async () => {
    const server = await startOwn();
    const client = redisFromUrl(server.url, { retryStrategy: () => 100 });
    client.on("error", () => undefined);
    afterTest(() => client.disconnect());
    const moonpath = await openMoonpath({}, client);
    const { get, reads } = await openImages(
      { "products/lamp.png": await red() },
      { cacheTimeoutMs: 250 },
      moonpath,
    );
    await server.kill();
    const answers = [await get(URL_300), await get(URL_300)];
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    expect(reads.get("products/lamp.png")).toBe(2);
  });
});

describe("an answer", () => {
  test("has the fields of a day, a tag, and an ETag", async () => {
    const { get } = await openImages({ "products/lamp.png": await red() });
    const { headers } = await get(URL_300);
    expect(headers).toMatchObject({
      "cache-control": "public, max-age=86400",
      "surrogate-key": imageTag("products/lamp.png"),
      "cache-tag": "image:products/lamp.png",
      "x-content-type-options": "nosniff",
      vary: "Accept",
      etag: expect.stringMatching(/^"[\w-]{22}"$/),
    });
  });

  test.each([
    ["the ETag", (etag: string) => etag, 304],
    ["a weak one", (etag: string) => `W/${etag}`, 304],
    ["one of several", (etag: string) => `"a", ${etag} , "b"`, 304],
    ["*", () => "*", 304],
    ["another one", () => '"AAAAAAAAAAAAAAAAAAAAAA"', 200],
    ["the text of it", (etag: string) => etag.replaceAll('"', ""), 200],
  ])("to If-None-Match with %s", async (_, header, status) => {
    const { get } = await openImages({ "products/lamp.png": await red() });
    const { headers } = await get(URL_300);
    const answer = await get(URL_300, { "if-none-match": header(headers["etag"] ?? "") });
    expect(answer.status).toBe(status);
    if (status !== 304) return;
    expect(answer.body).toBeUndefined();
    const { vary, etag, "cache-control": control } = headers;
    expect(answer.headers).toMatchObject({ vary, etag, "cache-control": control });
    expect(answer.headers).not.toHaveProperty("content-length");
  });

  test("to HEAD has the fields of GET and no body; other methods are refused", async () => {
    const { images, get } = await openImages({ "products/lamp.png": await red() });
    const head = await images.answer({ method: "HEAD", url: URL_300, headers: {} });
    expect(head).toEqual({ ...(await get(URL_300)), body: undefined });
    const post = await images.answer({ method: "POST", url: URL_300, headers: {} });
    expect([post.status, post.headers["allow"]]).toEqual([405, "GET, HEAD"]);
  });

  test("to a failing source is 500 and tells nothing of it", async () => {
    const errors: Error[] = [];
    const { get } = await openImages(
      {},
      {
        source: () => Promise.reject(new Error("password of the bucket")),
        onError: (error) => void errors.push(error),
      },
    );
    const answer = await get(URL_300);
    expect([answer.status, codeOf(answer)]).toEqual([500, "IMAGE_FAILED"]);
    expect(Buffer.from(answer.body ?? "").toString()).not.toContain("password");
    expect(errors.map(({ message }) => message)).toEqual(["password of the bucket"]);
  });
});

describe("the endpoint", () => {
  test("serves web-standard requests", async () => {
    const { images } = await openImages({ "products/lamp.png": await red() });
    const response = await images.fetch(
      new Request(`http://shop.example${URL_300}`, { headers: { accept: "image/webp" } }),
    );
    expect(response.headers.get("content-type")).toBe("image/webp");
    expect((await sharp(await response.arrayBuffer()).metadata()).width).toBe(300);
    const etag = response.headers.get("etag") ?? "";
    const again = new Request(`http://shop.example${URL_300}`, {
      headers: { accept: "image/webp", "if-none-match": etag },
    });
    expect((await images.fetch(again)).status).toBe(304);
    expect((await images.fetch(new Request(`http://shop.example${URL_300}`, { method: "PUT" }))).status).toBe(
      405,
    );
  });

  test("serves Fastify", async () => {
    const { images } = await openImages({ "products/lamp.png": await red() });
    const app = fastify();
    afterTest(() => app.close());
    app.get("/images/*", async (request, reply) => {
      const { status, headers, body } = await images.answer(request);
      return reply.code(status).headers(headers).send(body);
    });
    const reply = await app.inject({ url: URL_300, headers: { accept: "image/webp" } });
    expect([reply.statusCode, reply.headers["content-type"]]).toEqual([200, "image/webp"]);
    expect((await sharp(reply.rawPayload).metadata()).width).toBe(300);
    expect((await app.inject({ url: "/images/a.png?width=1" })).json()).toMatchObject({
      code: "IMAGE_SIZE_NOT_ALLOWED",
    });
  });

  test("serves node:http, also a raw path that leaves the folder, and a client that hangs up", async () => {
    const { images, reads } = await openImages({ "products/lamp.png": await red() });
    const server = createServer(images.listener);
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    afterTest(() => {
      server.closeAllConnections();
      server.close();
    });
    const address = server.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    const get = async (path: string) => {
      const sent = request({ host: "127.0.0.1", port, path }).end();
      const [response] = await once(sent, "response");
      return { status: response.statusCode, body: await buffer(response) };
    };
    const hungUp = request({ host: "127.0.0.1", port, path: URL_300 }).end();
    hungUp.on("error", () => undefined);
    await once(hungUp, "finish");
    hungUp.destroy();
    const { status, body } = await get(URL_300);
    expect([status, (await sharp(body).metadata()).width]).toEqual([200, 300]);
    expect(reads.get("products/lamp.png")).toBe(1);
    expect((await get("/images/../../etc/passwd?width=300&height=300")).status).toBe(400);
  });
});

describe("createImages", () => {
  test.each([
    ["source", {}],
    ["prefix", { prefix: "images" }],
    ["sizes", { sizes: [{ width: 9_999 }] }],
    ["secret", { secrets: ["short"] }],
    ["maxOutputBytes", { maxOutputBytes: 5_000_000 }],
    ["maxEdge", { maxEdge: 0 }],
    ["timeoutMs", { timeoutMs: Number.NaN }],
    ["quality.avif", { quality: { avif: 101 } }],
    ["maxPixels", { maxPixels: 1 }],
  ])("refuses the option %s", async (name, options) => {
    const source = name === "source" ? undefined : async () => undefined;
    const moonpath = await openMoonpath();
    const make = () => Reflect.apply(createImages, undefined, [moonpath, { source, ...PATIENT, ...options }]);
    expect(make).toThrow(`argument ${name}: `);
    expect(make).not.toThrow("short");
  });
});
