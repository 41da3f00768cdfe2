import { Readable } from "node:stream";
import fc from "fast-check";
import { expect, test } from "vitest";
import { type BodyEnd, KeptBody } from "../../../src/http-cache/store/body.js";
import { deferred, within } from "../../support/wait.js";

async function* partsOf(parts: readonly Uint8Array[], delays: readonly boolean[] = []) {
  for (const [at, part] of parts.entries()) {
    if (delays[at]) await new Promise((resolve) => setImmediate(resolve));
    yield part;
  }
}

test("hands out exactly the source's bytes in order, and keeps them up to the limit", async () => {
  const part = fc.uint8Array({ maxLength: 40 });
  const delays = fc.array(fc.boolean(), { maxLength: 12 });
  await fc.assert(
    fc.asyncProperty(
      fc.array(part, { maxLength: 12 }),
      fc.nat(300),
      delays,
      delays,
      fc.option(fc.nat(12)),
      async (parts, maxBytes, slow, slowReader, abandonAt) => {
        const all = Buffer.concat(parts);
        const ends: BodyEnd[] = [];
        let isSettled = false;
        let isLastBefore = false;
        const body = new KeptBody(partsOf(parts, slow), maxBytes, async (end) => {
          ends.push(end);
          await new Promise((resolve) => setImmediate(resolve));
          isSettled = true;
        });
        const keeping = body.keep();
        const got: Uint8Array[] = [];
        let read = 0;
        for await (const one of body.read()) {
          if (slowReader[got.length]) await new Promise((resolve) => setImmediate(resolve));
          if (got.length === abandonAt) body.abandon();
          got.push(one);
          read += one.length;
          if (read === all.length && all.length > 0 && !isSettled) isLastBefore = true;
        }
        await keeping;
        expect(Buffer.concat(got)).toEqual(all);
        const [end] = ends;
        if (abandonAt === null) {
          expect(ends.length).toBe(1);
          expect(isLastBefore).toBe(false);
          expect(end?.kind).toBe(all.length <= maxBytes ? "whole" : "too_large");
        }
        if (end?.kind === "whole") expect(Buffer.from(end.bytes)).toEqual(all);
      },
    ),
    { numRuns: 300 },
  );
});

test("the source fails: the reader gets what came, and then the error", async () => {
  async function* failing() {
    yield Buffer.from("a");
    yield Buffer.from("b");
    throw new Error("the origin is gone");
  }
  const ends: string[] = [];
  const body = new KeptBody(failing(), 100, async ({ kind }) => {
    ends.push(kind);
  });
  const keeping = body.keep();
  let text = "";
  await expect(
    (async () => {
      for await (const part of body.read()) text += Buffer.from(part).toString();
    })(),
  ).rejects.toThrow("the origin is gone");
  await keeping;
  expect([text, ends]).toEqual(["ab", ["failed"]]);
});

test("a reader that leaves does not end the keeping of a small body, and ends the source of a large one", async () => {
  for (const [maxBytes, kind] of [
    [1_000, "whole"],
    [10, "too_large"],
  ] as const) {
    const ended = deferred<string>("the body has ended");
    const source = Readable.from(partsOf(Array.from({ length: 50 }, () => Buffer.alloc(10, "a"))), {
      objectMode: false,
    });
    const body = new KeptBody(source, maxBytes, async (end) => ended.resolve(end.kind));
    const keeping = body.keep();
    await body.read().return?.();
    await keeping;
    expect(await ended.promise).toBe(kind);
    expect(source.destroyed).toBe(true);
    expect(source.readableEnded).toBe(kind === "whole");
  }
});

test("an abandoned body that never ends: its reader gets the last part, and a reader that leaves ends the source", async () => {
  const source = new Readable({ read: () => undefined });
  const body = new KeptBody(source, 1_000, () => Promise.reject(new Error("settle must not be called")));
  const keeping = body.keep();
  const reader = body.read();
  source.push("one");
  const first = reader.next();
  await new Promise((resolve) => setImmediate(resolve));
  body.abandon();
  expect(Buffer.from((await within("the last part", first)).value ?? []).toString()).toBe("one");
  source.push("two");
  expect(Buffer.from((await within("the next part", reader.next())).value ?? []).toString()).toBe("two");
  const next = reader.next();
  await reader.return?.();
  await within("the reading ends", keeping);
  expect(source.destroyed).toBe(true);
  next.catch(() => undefined);
});
