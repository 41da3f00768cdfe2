import { Readable } from "node:stream";
import { expect, test } from "vitest";
import type { Replay } from "../../src/http/index.js";
import { freshKey, optional, post, required, server } from "../support/http.js";

test.each([
  { name: "JSON", body: { a: 1 }, type: "application/json; charset=utf-8" },
  { name: "text", body: "done", type: "text/plain; charset=utf-8" },
  { name: "bytes", body: Buffer.from([0, 255, 128, 10]), type: "application/octet-stream" },
])(
  "an answer of $name is replayed with the same status, type, kept headers and body",
  async ({ body, type }) => {
    let runs = 0;
    const app = await server((routes) => {
      routes.post("/orders", required, async (_request, reply) =>
        reply.code(201).header("location", `/orders/${++runs}`).header("set-cookie", "a=b").send(body),
      );
    });
    const key = freshKey();
    const first = await post(app, key);
    const second = await post(app, key);
    expect({ runs, type: first.headers["content-type"] }).toEqual({ runs: 1, type });
    expect(first.headers["idempotency-replayed"]).toBeUndefined();
    expect(second.headers["idempotency-replayed"]).toBe("true");
    expect(second.headers["set-cookie"]).toBeUndefined();
    for (const name of ["content-type", "content-length", "location"])
      expect(second.headers[name]).toBe(first.headers[name]);
    expect([second.statusCode, second.rawPayload]).toEqual([first.statusCode, first.rawPayload]);
  },
);

test("an answer without a body is replayed without one", async () => {
  const app = await server((routes) => {
    routes.post("/orders", required, async (_request, reply) => reply.code(204).send());
  });
  const key = freshKey();
  const [first, second] = [await post(app, key), await post(app, key)];
  expect([first.statusCode, second.statusCode, second.body]).toEqual([204, 204, ""]);
  expect(second.headers["idempotency-replayed"]).toBe("true");
});

test("an error below 500 is stored, and the handler's error page is replayed", async () => {
  let runs = 0;
  const app = await server((routes) => {
    routes.post("/orders", required, async () => {
      runs++;
      throw Object.assign(new Error("sold out"), { statusCode: 410 });
    });
  });
  const key = freshKey();
  const [first, second] = [await post(app, key), await post(app, key)];
  expect([runs, second.statusCode, second.body]).toEqual([1, 410, first.body]);
});

test("an error of 500 or above is not stored, and the next request runs at once", async () => {
  let runs = 0;
  const app = await server((routes) => {
    routes.post("/orders", required, async () => {
      if (++runs === 1) throw new Error("no database");
      return { runs };
    });
  });
  const key = freshKey();
  expect((await post(app, key)).statusCode).toBe(500);
  expect((await post(app, key)).json()).toEqual({ runs: 2 });
  expect((await post(app, key)).json()).toEqual({ runs: 2 });
});

test("a failure of unknown outcome blocks the request until its lease ends", async () => {
  const app = await server(
    (routes) => {
      routes.post("/orders", required, async () => Promise.reject(new Error("timed out")));
    },
    { onFailure: "unknown" },
  );
  const key = freshKey();
  expect((await post(app, key)).statusCode).toBe(500);
  expect((await post(app, key)).statusCode).toBe(409);
});

test.each([
  ["a stream", () => Readable.from(["a", "b"])],
  ["an answer that is too large", () => "x".repeat(300_000)],
])("%s is sent, and its request does not run again", async (_, body) => {
  let runs = 0;
  const app = await server((routes) => {
    routes.post("/orders", required, async (_request, reply) => {
      runs++;
      return reply.send(body());
    });
  });
  const key = freshKey();
  const first = await post(app, key);
  const second = await post(app, key);
  expect([first.statusCode, second.statusCode, runs]).toEqual([200, 409, 1]);
  expect(second.json()).toMatchObject({ code: "REPLY_NOT_KEPT", firstStatus: 200 });
});

test("an optional route without a key runs each time, and has no `request.idempotency`", async () => {
  const seen: unknown[] = [];
  const app = await server((routes) => {
    routes.post("/orders", optional, async (request) => {
      seen.push(request.idempotency?.fence);
      return seen.length;
    });
    routes.post("/plain", async () => seen.push("plain"));
  });
  await post(app, undefined);
  await post(app, freshKey());
  expect(seen).toEqual([undefined, expect.any(Number)]);
  const key = freshKey();
  await post(app, key, { url: "/plain" });
  await post(app, key, { url: "/plain" });
  expect(seen.slice(2)).toEqual(["plain", "plain"]);
});

test("each kept cookie keeps its own field", async () => {
  const cookies = ["a=1; Expires=Wed, 09 Jun 2027 10:18:14 GMT", "b=2"];
  const app = await server(
    (routes) => {
      routes.post("/orders", required, async (_request, reply) =>
        reply.header("set-cookie", cookies).header("link", ["</a>", "</b>"]).send("ok"),
      );
    },
    { headers: ["Set-Cookie", "link"] },
  );
  const key = freshKey();
  await post(app, key);
  const { headers } = await post(app, key);
  expect([headers["idempotency-replayed"], headers["set-cookie"], headers["link"]]).toEqual([
    "true",
    cookies,
    "</a>, </b>",
  ]);
});

test("onReplay hears of each replay by its route, and no reply fails with it", async () => {
  const heard: Replay[] = [];
  const onReplay = (replay: Replay) => {
    heard.push(replay);
    if (heard.length === 1) throw new Error("no");
    return Promise.reject(new Error("no"));
  };
  const app = await server(
    (routes) => {
      routes.post("/shops/:shop/orders", required, async (_request, reply) => reply.code(201).send("ok"));
      routes.post("/films", required, async (_request, reply) => reply.send(Readable.from(["a"])));
    },
    { onReplay },
  );
  const [key, other] = [freshKey(), freshKey()];
  for (const replayed of [undefined, "true", "true"]) {
    const { headers } = await post(app, key, { url: "/shops/7/orders" });
    expect(headers["idempotency-replayed"]).toBe(replayed);
  }
  for (const status of [200, 409]) {
    expect((await post(app, other, { url: "/films" })).statusCode).toBe(status);
  }
  const replay = { method: "POST", route: "/shops/:shop/orders", status: 201 };
  expect(heard).toEqual([replay, replay, { method: "POST", route: "/films", status: 200 }]);
});
