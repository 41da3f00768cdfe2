import sharp from "sharp";
import { describe, expect, test } from "vitest";
import { DecodeSlots } from "../../src/images/decode-slots.js";
import { ImageRefusal } from "../../src/images/types.js";
import { unhandledRejections } from "../support/cache/kit.js";
import { codeOf, imageOf, noise, openImages, plain, pngBomb } from "../support/images/kit.js";
import { deferred, eventually } from "../support/wait.js";

const SIZE = "?width=300&height=300";

describe("limits", () => {
  test("refuse a small file that decodes to gigapixels", async () => {
    const bomb = await pngBomb(60_000, 60_000);
    expect(bomb.byteLength).toBeLessThan(1_000);
    const { get } = await openImages({ bomb });
    const answer = await get(`/images/bomb${SIZE}`);
    expect([answer.status, codeOf(answer)]).toEqual([422, "IMAGE_TOO_LARGE"]);
  });

  test.each(["png", "jpeg", "webp", "gif", "avif"] as const)("on pixels hold for %s", async (format) => {
    const original = await plain(101, 100).toFormat(format).toBuffer();
    const tight = await openImages({ a: original }, { maxInputPixels: 10_099 });
    expect(codeOf(await tight.get(`/images/a${SIZE}`))).toBe("IMAGE_TOO_LARGE");
    const loose = await openImages({ a: original }, { maxInputPixels: 10_100 });
    expect((await loose.get(`/images/a${SIZE}`)).status).toBe(200);
  });

  test("on bytes hold for originals and for results", async () => {
    const original = await noise(300, 300).png().toBuffer();
    const input = await openImages({ a: original }, { maxInputBytes: original.byteLength - 1 });
    expect(codeOf(await input.get(`/images/a${SIZE}`))).toBe("IMAGE_TOO_LARGE");
    const output = await openImages({ a: original }, { maxOutputBytes: 1_000 });
    const answer = await output.get(`/images/a${SIZE}`);
    expect([answer.status, codeOf(answer)]).toEqual([422, "IMAGE_TOO_LARGE"]);
  });

  test("hold for the open edge of a very long image", async () => {
    const { get } = await openImages(
      { a: await plain(200, 9_000).png().toBuffer() },
      { sizes: [{ width: 100 }], maxEdge: 500 },
    );
    const image = imageOf(await get("/images/a?width=100&format=webp"));
    // It is whole: 500 of 9,000 and 11 of 200.
    expect(await sharp(image).metadata()).toMatchObject({ width: 11, height: 500 });
  });

  test.each([
    "0",
    "-1",
    "1e2",
    "300.5",
    "2561",
    "99999999999999999999",
    "300px",
    "",
    "%20300",
    "0x12c",
    "NaN",
    "３００",
  ])("refuse the width %s", async (width) => {
    const { get, reads } = await openImages({ a: await plain(9, 9).png().toBuffer() });
    const answer = await get(`/images/a?width=${width}&height=300`);
    expect([answer.status, codeOf(answer)]).toEqual([400, "IMAGE_BAD_REQUEST"]);
    expect(reads.size).toBe(0);
  });

  test.each([
    ["", "IMAGE_BAD_REQUEST"],
    ["?", "IMAGE_BAD_REQUEST"],
    ["?fit=cover", "IMAGE_BAD_REQUEST"],
    [`${SIZE}&fit=fill`, "IMAGE_BAD_REQUEST"],
    [`${SIZE}&fit=constructor`, "IMAGE_BAD_REQUEST"],
    [`${SIZE}&format=svg`, "IMAGE_BAD_REQUEST"],
    [`${SIZE}&quality=100`, "IMAGE_BAD_REQUEST"],
    [`${SIZE}&width=300`, "IMAGE_BAD_REQUEST"],
    [`${SIZE}&v=2`, "IMAGE_BAD_REQUEST"],
    ["?width=301&height=300", "IMAGE_SIZE_NOT_ALLOWED"],
    ["?width=300", "IMAGE_SIZE_NOT_ALLOWED"],
  ])("refuse the query %s", async (query, code) => {
    const { get, reads } = await openImages({ a: await plain(9, 9).png().toBuffer() });
    const answer = await get(`/images/a${query}`);
    expect([answer.status, codeOf(answer)]).toEqual([400, code]);
    expect(answer.headers["cache-control"]).toBe("private, no-store");
    expect(reads.size).toBe(0);
  });

  test("allow quality=auto and format=auto, as URLs of a CDN have them", async () => {
    const { get } = await openImages({ a: await plain(9, 9).png().toBuffer() });
    expect((await get(`/images/a${SIZE}&format=auto&quality=auto`)).status).toBe(200);
  });

  test.each([
    { name: "truncated", cut: (image: Buffer) => image.subarray(0, image.byteLength / 2) },
    {
      name: "overwritten",
      cut: (image: Buffer) => Buffer.concat([image.subarray(0, 30), Buffer.alloc(5_000, 7)]),
    },
  ])("refuse a $name image", async ({ cut }) => {
    const { get } = await openImages({ a: cut(await noise(200, 200).jpeg().toBuffer()) });
    const answer = await get(`/images/a${SIZE}`);
    expect([answer.status, codeOf(answer)]).toEqual([422, "IMAGE_BROKEN"]);
  });
});

describe("the time of a request", () => {
  test("ends a decoder that is too slow, with 503", async () => {
    const rejections = unhandledRejections();
    const original = await noise(2_500, 2_500).png().toBuffer();
    const sizes = [{ width: 2_500, height: 2_500 }];
    const { get } = await openImages({ a: original }, { sizes, timeoutMs: 5, maxOutputBytes: 4_000_000 });
    const answer = await get("/images/a?width=2500&height=2500&format=avif");
    expect([answer.status, codeOf(answer)]).toEqual([503, "IMAGE_BUSY"]);
    expect(answer.headers).toMatchObject({ "retry-after": "1", "cache-control": "private, no-store" });
    expect(rejections).toEqual([]);
  });

  test("ends a source that does not answer, and the next image has its slot", async () => {
    const original = await plain(9, 9).png().toBuffer();
    const { get } = await openImages(
      {},
      {
        timeoutMs: 3_000,
        maxConcurrent: 1,
        source: (path) => (path === "never" ? new Promise(() => {}) : Promise.resolve(original)),
      },
    );
    expect((await get(`/images/never${SIZE}`)).status).toBe(503);
    expect((await get(`/images/a${SIZE}`)).status).toBe(200);
  });

  test("refuses more images at once than may wait", async () => {
    const original = await plain(9, 9).png().toBuffer();
    const answered = deferred<Uint8Array>("the source answers");
    let begun = 0;
    const { get } = await openImages(
      {},
      {
        maxConcurrent: 1,
        maxWaiting: 1,
        source: () => {
          begun++;
          return answered.promise;
        },
      },
    );
    const first = get(`/images/a${SIZE}`);
    await eventually("the first one reads its source", () => expect(begun).toBe(1));
    const others = [get(`/images/b${SIZE}`), get(`/images/c${SIZE}`)];
    const refused = await Promise.race(others);
    expect([refused.status, codeOf(refused)]).toEqual([503, "IMAGE_BUSY"]);
    expect(begun).toBe(1);
    answered.resolve(original);
    const answers = await Promise.all([first, ...others]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 200, 503]);
  });
});

describe("the slots of decoders", () => {
  test("never run more than so many, and keep that of a decoder that was given up", async () => {
    const slots = new DecodeSlots(2, 10);
    const ends = Array.from({ length: 4 }, (_, index) => deferred(`decoder ${index} ends`));
    const started: number[] = [];
    const callers = ends.map(() => new AbortController());
    const runs = ends.map((answered, index) =>
      slots
        .run(async () => {
          started.push(index);
          await answered.promise;
          return index;
        }, callers[index]?.signal ?? AbortSignal.abort())
        .catch((error: unknown) => error),
    );
    await eventually("two have begun", () => expect(started).toEqual([0, 1]));
    callers[0]?.abort();
    expect(await runs[0]).toBeInstanceOf(ImageRefusal);
    // One that waits is given up, too: it takes no slot later.
    callers[2]?.abort();
    expect(await runs[2]).toBeInstanceOf(ImageRefusal);
    expect(started).toEqual([0, 1]);
    ends[0]?.resolve();
    await eventually("the next one begins", () => expect(started).toEqual([0, 1, 3]));
    ends[1]?.resolve();
    ends[3]?.resolve();
    expect(await Promise.all([runs[1], runs[3]])).toEqual([1, 3]);
    // All slots are free again.
    const both = deferred("both run");
    let running = 0;
    const again = [0, 1].map(() =>
      slots.run(async () => {
        if (++running === 2) both.resolve();
        await both.promise;
      }, new AbortController().signal),
    );
    await Promise.all(again);
  });
});
