import { beforeAll, describe, expect, test } from "vitest";
import { startRedis } from "../../src/testing/index.js";
import { afterFile } from "../support/cleanup.js";
import { type AppProcess, startApp, startOrigin } from "../support/next/processes.js";
import { nextProject } from "../support/next/project.js";
import { freshNamespace } from "../support/redis.js";
import { eventually } from "../support/wait.js";

/** It builds an app twice and compares times, so it runs by itself: `npm run test:next`. */
const project = process.env["NEXT_APP"] === "1" ? await nextProject() : undefined;
const LIMIT_MS = 600_000;

/** How long another process may take to see an invalidation that has returned. */
const SEEN_WITHIN_MS = 50;

describe.skipIf(project === undefined)("an app of Next.js in two processes", { timeout: 300_000 }, () => {
  let folder = "";
  let connections = -1;
  let answersOfBuild = 0;
  let origin: Awaited<ReturnType<typeof startOrigin>>;
  let redis: Awaited<ReturnType<typeof startRedis>>;
  let one: AppProcess;
  let two: AppProcess;
  const namespace = freshNamespace();

  beforeAll(async () => {
    if (!project) return;
    ({ folder } = project);
    origin = await startOrigin();
    redis = await startRedis({ own: true });
    afterFile(() => redis.stop());
    connections = await project.build({ version: "one", dist: ".next", origin: origin.url });
    answersOfBuild = origin.answers();
    one = await startOf(".next");
    two = await startOf(".next", true);
  }, LIMIT_MS);

  const startOf = (dist: string, l1 = false) =>
    startApp(folder, { dist, origin: origin.url, redisUrl: redis.url, namespace, l1 });

  const numberOf = async (app: AppProcess, path: string) => {
    const response = await app.get(path);
    expect(response.status).toBe(200);
    return Number(response.part("number"));
  };

  /** The number that both have, from the entry. */
  const warm = async (path: string) => {
    let number = 0;
    await eventually(
      "both read one entry",
      async () => {
        number = await numberOf(one, path);
        const answers = origin.answers();
        expect([await numberOf(two, path), origin.answers()]).toEqual([number, answers]);
      },
      60_000,
    );
    return number;
  };

  const pauseOf = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

  test("the build opens no connection to Redis", () => expect(connections).toBe(0));

  test("the first request after a deploy is a hit, in each process", async () => {
    expect(one.initial).toEqual({ outcome: "registered", stored: one.initial.stored, left: 0 });
    expect(one.initial.stored).toBeGreaterThanOrEqual(3);
    expect(two.initial).toEqual({ outcome: "done", stored: 0, left: 0 });
    for (const app of [one, two]) {
      const page = await app.get("/page/built");
      expect(page.headers.get("x-nextjs-cache")).toBe("HIT");
      expect(page.part("version")).toBe("one");
    }
    expect(origin.answers()).toBe(answersOfBuild);
  });

  test("buffers and maps of a page are intact", async () => {
    const { bytes, headers } = await two.get("/route");
    expect(headers.get("x-nextjs-cache")).toBe("HIT");
    expect([...bytes.subarray(0, 2)]).toEqual([0, 255]);
    const segment = await two.get("/page/built", {
      rsc: "1",
      "next-router-prefetch": "1",
      "next-router-segment-prefetch": "/_tree",
    });
    expect(segment.headers.get("content-type")).toContain("text/x-component");
    expect(segment.headers.get("x-nextjs-cache")).toBe("HIT");
  });

  test.each([
    ["a page", "/page/shared", "page-shared"],
    ["a page of the build", "/page/built", "page-built"],
    ["a fetch", "/fetched/a", "fetched-a"],
    ["a result of 'use cache'", "/result/a", "result-a"],
  ])("%s: revalidateTag in one process shows in the other", async (_name, path, tag) => {
    const number = await warm(path);
    await one.get(`/revalidate?tag=${tag}`);
    await pauseOf(SEEN_WITHIN_MS);
    const after = await numberOf(two, path);
    expect(after).toBeGreaterThan(number);
    await eventually("both have it", async () => expect(await numberOf(one, path)).toBe(after));
  });

  test.each([
    ["a page", "/page/stale", "page-stale"],
    ["a fetch", "/fetched/stale", "fetched-stale"],
    ["a result of 'use cache'", "/result/stale", "result-stale"],
  ])("%s: with a profile, the old one is served once more", async (_name, path, tag) => {
    const number = await warm(path);
    await one.get(`/revalidate?tag=${tag}&profile=max`);
    await pauseOf(SEEN_WITHIN_MS);
    expect(await numberOf(two, path)).toBe(number);
    await eventually("it is made anew", async () =>
      expect(await numberOf(two, path)).toBeGreaterThan(number),
    );
  });

  test("revalidatePath: the results of the path are made anew, in the other process", async () => {
    const number = await warm("/result/path");
    const fetched = await warm("/fetched/path");
    await one.get("/revalidate?path=/result/path");
    await pauseOf(SEEN_WITHIN_MS);
    expect(await numberOf(two, "/result/path")).toBeGreaterThan(number);
    expect(await numberOf(two, "/fetched/path")).toBe(fetched);
    await one.get("/revalidate?path=/fetched/path");
    await pauseOf(SEEN_WITHIN_MS);
    expect(await numberOf(two, "/fetched/path")).toBeGreaterThan(fetched);
  });

  test("a build with new code reads no entry of the old one", async () => {
    await warm("/page/shared");
    await warm("/result/a");
    expect(await project?.build({ version: "two", dist: ".next-two", origin: origin.url })).toBe(0);
    const next = await startOf(".next-two");
    for (const path of ["/page/built", "/page/shared", "/result/a"])
      expect((await next.get(path)).part("version")).toBe("two");
    for (const path of ["/page/built", "/page/shared", "/result/a"])
      expect((await one.get(path)).part("version")).toBe("one");
    await next.stop();
  });

  test("without Redis, pages are still rendered", async () => {
    await redis.stop();
    const paths = ["/page/built", "/page/away", "/fetched/away", "/result/away", "/route"];
    const asked = [one, two].flatMap((app) => paths.map((path) => app.get(path)));
    for (const { status } of await Promise.all(asked)) expect(status).toBe(200);
  });
});
