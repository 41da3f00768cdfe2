import { Readable } from "node:stream";
import { describe, expect, test } from "vitest";
import { createHttpCache } from "../../../src/http-cache/index.js";
import {
  adapters,
  EVERYTHING,
  eachAdapter,
  get,
  origin,
  ownCache,
  ownClient,
  proxied,
} from "../../support/http-cache/site.js";
import { deferred, eventually } from "../../support/wait.js";

const UNSHARED: readonly (readonly [string, Readonly<Record<string, string>>])[] = [
  ["Set-Cookie", { "set-cookie": "session=1" }],
  ["private", { "cache-control": "private, max-age=60" }],
  ["no-store", { "cache-control": "no-store" }],
  ["Vary: *", { "cache-control": "max-age=60", vary: "*" }],
];

describe.each(eachAdapter)("%s", (_name, start) => {
  test.each(UNSHARED)(
    "a response with %s reaches one caller; the others go on in parallel",
    async (_, headers) => {
      const WAITERS = 8;
      const first = deferred("the test lets the first request answer");
      const allIn = deferred("all waiting requests are in the handler at once", 40_000);
      let inside = 0;
      const site = await start(ownCache(), async () => {
        const run = ++inside;
        if (run === 1) await first.promise;
        else {
          if (run === 1 + WAITERS) allIn.resolve();
          await allIn.promise;
        }
        return { headers, body: `answer ${run}` };
      });
      const one = get(`${site.url}/page`);
      await eventually("the first request is in the handler", () => expect(inside).toBe(1));
      const others = Array.from({ length: WAITERS }, () => get(`${site.url}/page`));
      // They wait for the first one.
      await new Promise((resolve) => setTimeout(resolve, 200));
      expect(inside).toBe(1);
      first.resolve();
      const answers = await Promise.all([one, ...others]);
      expect(new Set(answers.map(({ text }) => text)).size).toBe(1 + WAITERS);
    },
  );

  test("with Vary, a waiter whose fields differ is not served the response", async () => {
    const first = deferred("the test lets the first request answer");
    let runs = 0;
    const site = await start(ownCache(), async ({ headers }) => {
      if (++runs === 1) await first.promise;
      return { headers: { vary: "accept-language" }, body: String(headers["accept-language"]) };
    });
    const languages = ["en", "de", "fr", "en", "de"];
    const answers = languages.map((language) =>
      get(`${site.url}/page`, { headers: { "accept-language": language } }),
    );
    await eventually("one is in the handler", () => expect(runs).toBe(1));
    first.resolve();
    expect((await Promise.all(answers)).map(({ text }) => text)).toEqual(languages);
  });

  test("requests that go on in parallel stay within maxForwards", async () => {
    let inside = 0;
    let most = 0;
    const site = await start(ownCache({ maxForwards: 3 }), async () => {
      most = Math.max(most, ++inside);
      await new Promise((resolve) => setTimeout(resolve, 20));
      inside--;
      return { headers: { "set-cookie": "session=1" }, body: "mine" };
    });
    const answers = await Promise.all(Array.from({ length: 20 }, () => get(`${site.url}/page`)));
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
    expect(most).toBe(3);
  });

  test("the client that triggered a fill hangs up: the others get its response", async () => {
    const body = deferred<string>("the test lets the handler answer");
    let runs = 0;
    const site = await start(ownCache(), async () => {
      runs++;
      return { body: await body.promise };
    });
    const client = new AbortController();
    const gone = get(`${site.url}/page`, { signal: client.signal }).catch(() => "gone");
    await eventually("the fill has begun", () => expect(runs).toBe(1));
    const other = get(`${site.url}/page`);
    client.abort();
    expect(await gone).toBe("gone");
    await new Promise((resolve) => setTimeout(resolve, 100));
    body.resolve("a lamp");
    expect((await other).text).toBe("a lamp");
    expect(runs).toBe(1);
  });

  test("the client hangs up in mid-body: the others get the whole body", async () => {
    const rest = deferred("the test lets the handler go on");
    let runs = 0;
    const site = await start(ownCache(), () => {
      runs++;
      async function* parts() {
        yield Buffer.alloc(100_000, "a");
        yield Buffer.alloc(100_000, "b");
        await rest.promise;
        yield Buffer.alloc(100_000, "c");
      }
      return { body: Readable.from(parts(), { objectMode: false }) };
    });
    const client = new AbortController();
    const gone = get(`${site.url}/page`, { signal: client.signal }).catch(() => "gone");
    await eventually("the fill has begun", () => expect(runs).toBe(1));
    const other = get(`${site.url}/page`);
    await new Promise((resolve) => setTimeout(resolve, 100));
    client.abort();
    expect(await gone).toBe("gone");
    await new Promise((resolve) => setTimeout(resolve, 100));
    rest.resolve();
    expect((await other).bytes.length).toBe(300_000);
    expect(runs).toBe(1);
  });

  test("an origin that stops in mid-body: nothing is stored, and the reader learns of it", async () => {
    let runs = 0;
    const site = await start(ownCache(), () => {
      async function* parts() {
        yield Buffer.alloc(50_000, "a");
        if (runs++ < 2) throw new Error("the database is gone");
        yield Buffer.alloc(50_000, "b");
      }
      return { body: Readable.from(parts(), { objectMode: false }) };
    });
    for (let times = 0; times < 2; times++)
      await expect(get(`${site.url}/page`)).rejects.toMatchObject({ code: "ECONNRESET" });
    expect((await get(`${site.url}/page`)).bytes.length).toBe(100_000);
    expect((await get(`${site.url}/page`)).cache).toContain("hit");
  });
});

test.each([adapters.node, adapters.fastify])(
  "a body that is not as long as its Content-Length is not stored",
  async (start) => {
    let runs = 0;
    const site = await start(ownCache(), () => {
      runs++;
      return { headers: { "content-length": "50" }, body: Readable.from(["short"]) };
    });
    for (let times = 0; times < 2; times++)
      await get(`${site.url}/page`, { signal: AbortSignal.timeout(1_000) }).catch(() => undefined);
    expect(runs).toBe(2);
  },
);

test("two processes: the waiters of another process are not served a response that is not stored", async () => {
  const namespace = { namespace: ownClient().namespace };
  const first = deferred("the test lets the first request answer");
  let runs = 0;
  const { url } = await origin(async () => {
    const run = ++runs;
    if (run === 1) await first.promise;
    return { headers: { "set-cookie": `session=${run}` }, body: `answer ${run}` };
  });
  const sites = await Promise.all(
    [1, 2].map(() => proxied(createHttpCache(ownClient(namespace), EVERYTHING), url)),
  );
  const [one, other] = sites.map((site) => site.url);
  const host = { headers: { host: "shop.example" } };
  const mine = get(`${one}/page`, host);
  await eventually("the fill has begun", () => expect(runs).toBe(1));
  const waiting = [1, 2, 3].map(() => get(`${other}/page`, host));
  await new Promise((resolve) => setTimeout(resolve, 200));
  first.resolve();
  const texts = (await Promise.all([mine, ...waiting])).map(({ text }) => text);
  expect(new Set(texts).size).toBe(4);
});
