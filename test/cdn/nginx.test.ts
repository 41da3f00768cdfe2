import { setTimeout as sleep } from "node:timers/promises";
import { type FastifyInstance, fastify } from "fastify";
import sharp from "sharp";
import { describe, expect } from "vitest";
import { createCdn } from "../../src/cdn/index.js";
import { type Nginx, startNginx, testWithNginx } from "../support/cdn/nginx.js";
import { afterTest } from "../support/cleanup.js";
import { openImages, plain } from "../support/images/kit.js";
import { deferred, eventually } from "../support/wait.js";

const testBehindNginx = await testWithNginx();
const PRODUCT = "/api/v1/products/lamp";

/** A shop behind nginx. Each product's answer has a number that rises with each call of the handler. */
interface ShopBehindNginx {
  readonly nginx: Nginx;
  calls(path: string): number;
  /** The next calls wait for the promise. */
  holdBack(until: Promise<unknown>): void;
}

/** Both are stopped after the test. */
async function startBehindNginx(app: FastifyInstance): Promise<Nginx> {
  afterTest(() => app.close());
  await app.listen({ host: "127.0.0.1", port: 0 });
  const address = app.server.address();
  return startNginx(typeof address === "object" && address !== null ? address.port : 0);
}

async function openShop(times: {
  readonly freshMs: number;
  readonly staleMs?: number;
}): Promise<ShopBehindNginx> {
  const cdn = createCdn({ routes: [{ path: "/api/v1/products/:product", query: ["currency"], ...times }] });
  const calls = new Map<string, number>();
  let hold: Promise<unknown> = Promise.resolve();
  const app = fastify();
  app.addHook("onSend", async (request, reply) => {
    const [path = ""] = request.url.split("?");
    const personal = request.headers.authorization !== undefined || reply.hasHeader("set-cookie");
    reply.headers(cdn.headersFor(path, { status: reply.statusCode, tags: ["product:lamp"], personal }));
  });
  app.get("/*", async (request, reply) => {
    const number = (calls.get(request.url) ?? 0) + 1;
    calls.set(request.url, number);
    await hold;
    if (request.url.endsWith("broken")) return reply.code(500).send("broken");
    return `${request.url} ${number}`;
  });
  const nginx = await startBehindNginx(app);
  return {
    nginx,
    calls: (path) => calls.get(path) ?? 0,
    holdBack: (until) => {
      hold = until;
    },
  };
}

describe("nginx", () => {
  testBehindNginx("keeps an answer for its s-maxage, although max-age is 0 for browsers", async () => {
    const { nginx, calls } = await openShop({ freshMs: 3_600_000, staleMs: 60_000 });
    const first = await nginx.get(PRODUCT);
    expect(first).toMatchObject({ status: 200, cache: "MISS", body: `${PRODUCT} 1` });
    expect(first.headers["cache-control"]).toBe(
      "public, max-age=0, s-maxage=3600, stale-while-revalidate=60",
    );
    for (let times = 0; times < 5; times++) {
      expect(await nginx.get(PRODUCT)).toMatchObject({ cache: "HIT", body: `${PRODUCT} 1` });
    }
    expect(calls(PRODUCT)).toBe(1);
  });

  testBehindNginx("fetches an answer anew after its s-maxage", async () => {
    const { nginx } = await openShop({ freshMs: 1_000 });
    await nginx.get(PRODUCT);
    await eventually("the answer expires", async () => {
      expect((await nginx.get(PRODUCT)).cache).toBe("EXPIRED");
    });
  });

  testBehindNginx("serves the old answer while it fetches the new one", async () => {
    const { nginx, calls, holdBack } = await openShop({ freshMs: 1_000, staleMs: 3_600_000 });
    const returns = deferred("the test lets the handler return");
    expect((await nginx.get(PRODUCT)).body).toBe(`${PRODUCT} 1`);
    holdBack(returns.promise);
    // The handler does not return. So each of these answers is the stored one.
    await eventually("the answer is stale", async () => {
      const answer = await nginx.get(PRODUCT);
      expect(answer.body).toBe(`${PRODUCT} 1`);
      expect(answer.cache).toBe("STALE");
    });
    expect(await nginx.get(PRODUCT)).toMatchObject({ cache: "UPDATING", body: `${PRODUCT} 1` });
    await eventually("one request has reached the handler", () => expect(calls(PRODUCT)).toBe(2));
    returns.resolve();
    await eventually("the new answer is stored", async () => {
      expect((await nginx.get(PRODUCT)).body).not.toBe(`${PRODUCT} 1`);
    });
  });

  testBehindNginx("serves no answer that is older than stale-while-revalidate allows", async () => {
    const { nginx } = await openShop({ freshMs: 1_000, staleMs: 1_000 });
    expect((await nginx.get(PRODUCT)).body).toBe(`${PRODUCT} 1`);
    // The time itself is what the test waits for: a request would renew the answer. nginx counts whole
    // seconds.
    await sleep(3_500);
    expect(await nginx.get(PRODUCT)).toMatchObject({ cache: "EXPIRED", body: `${PRODUCT} 2` });
  });

  testBehindNginx("forgets a purged answer at once, and no other one", async () => {
    const { nginx } = await openShop({ freshMs: 3_600_000, staleMs: 3_600_000 });
    const other = "/api/v1/products/desk";
    await Promise.all([nginx.get(PRODUCT), nginx.get(other)]);
    expect(await nginx.purge(PRODUCT, { localAddress: "127.0.0.2" })).toBe(403);
    expect((await nginx.get(PRODUCT)).cache).toBe("HIT");
    expect(await nginx.purge(PRODUCT)).toBe(200);
    expect(await nginx.get(PRODUCT)).toMatchObject({ cache: "MISS", body: `${PRODUCT} 2` });
    expect(await nginx.get(other)).toMatchObject({ cache: "HIT", body: `${other} 1` });
    expect(await nginx.purge("/api/v1/products/never-seen")).toBe(404);
  });

  testBehindNginx("stores nothing that no route names, no failure, and nothing personal", async () => {
    const { nginx, calls } = await openShop({ freshMs: 3_600_000 });
    const authorization = { authorization: "Bearer visitor" };
    for (let times = 1; times <= 2; times++) {
      expect((await nginx.get("/account/x.css")).cache).toBe("MISS");
      expect((await nginx.get(`${PRODUCT}%2f..%2faccount`)).cache).toBe("MISS");
      expect((await nginx.get("/api/v1/products/broken")).cache).toBe("MISS");
      expect((await nginx.get(PRODUCT, { headers: authorization })).cache).toBe("MISS");
      expect(calls(PRODUCT)).toBe(times);
    }
  });

  testBehindNginx("keeps each format of an image, and purges one that the URL names", async () => {
    const originals = { "lamp.png": await plain(300, 300).png().toBuffer() };
    const { images, reads } = await openImages(originals);
    const app = fastify();
    app.get("/images/*", async (request, reply) => {
      const { status, headers, body } = await images.answer(request);
      return reply.code(status).headers(headers).send(body);
    });
    const nginx = await startBehindNginx(app);
    const path = "/images/lamp.png?width=300&height=300";
    for (const cache of ["MISS", "HIT"]) {
      const webp = await nginx.get(path, { headers: { accept: "image/webp" } });
      expect([webp.cache, webp.headers["content-type"]]).toEqual([cache, "image/webp"]);
      const jpeg = await nginx.get(path);
      expect([jpeg.cache, jpeg.headers["content-type"]]).toEqual([cache, "image/jpeg"]);
    }
    expect(reads.get("lamp.png")).toBe(2);
    const named = `${path}&format=webp`;
    await nginx.get(named);
    originals["lamp.png"] = await sharp(originals["lamp.png"]).negate().png().toBuffer();
    expect(await images.invalidate("lamp.png")).toBe("done");
    expect(await nginx.purge(named)).toBe(200);
    expect((await nginx.get(named)).cache).toBe("MISS");
    // The entry of Redis for WebP was read once more, and that for JPEG not yet.
    expect(reads.get("lamp.png")).toBe(3);
    // The purge module forgets one of the formats that Accept has chosen. So URLs name the format.
    expect(await nginx.purge(path)).toBe(200);
    const kept = [await nginx.get(path, { headers: { accept: "image/webp" } }), await nginx.get(path)];
    expect(kept.map(({ cache }) => cache).sort()).toEqual(["HIT", "MISS"]);
  });
});
