import { expect, test } from "vitest";
import { freshKey, held, optional, post, required, server } from "../support/http.js";

const answered = () =>
  server((app) => {
    app.post("/orders", required, async () => "ran");
    app.post("/notes", optional, async () => "ran");
  });

test("a request without a required key gets 400 as a problem document", async () => {
  const answer = await post(await answered(), undefined);
  expect(answer.statusCode).toBe(400);
  expect(answer.headers["content-type"]).toBe("application/problem+json");
  expect(answer.json()).toEqual({
    type: "about:blank",
    title: "Bad Request",
    status: 400,
    code: "KEY_MISSING",
    detail: "this request needs an Idempotency-Key header",
  });
});

test.each(["/orders", "/notes"])(
  "a request with a malformed key gets 400 on %s, whether the key is required or not",
  async (url) => {
    const answer = await post(await answered(), "two words", { url });
    expect([answer.statusCode, answer.headers["content-type"]]).toEqual([400, "application/problem+json"]);
    expect(answer.json()).toEqual({
      type: "about:blank",
      title: "Bad Request",
      status: 400,
      code: "KEY_MALFORMED",
      detail:
        "the Idempotency-Key header must be one key of 1 to 255 printable ASCII characters, in quotes if it has spaces or commas",
    });
  },
);

test("a quoted and a bare header hold the same key", async () => {
  const app = await answered();
  const key = freshKey();
  await post(app, key);
  expect((await post(app, key.slice(1, -1))).headers["idempotency-replayed"]).toBe("true");
});

test("a request with the same key and another body gets 422, during the run and afterwards", async () => {
  const { app, started, finish, count } = await held();
  const key = freshKey();
  const first = post(app, key, { payload: { lamp: 1, oil: 2 } });
  await started;
  const other = () => post(app, key, { payload: { lamp: 2, oil: 2 } });
  const during = await other();
  finish("done");
  await first;
  const after = await other();
  for (const { statusCode, headers, body } of [during, after]) {
    expect([statusCode, headers["content-type"]]).toEqual([422, "application/problem+json"]);
    expect(JSON.parse(body)).toMatchObject({ title: "Unprocessable Entity", code: "PAYLOAD_MISMATCH" });
  }
  const sameMeaning = await post(app, key, { payload: { oil: 2, lamp: 1 } });
  expect([sameMeaning.body, count.runs]).toEqual(["done", 1]);
});

test.each([
  ["method", { method: "PATCH", url: "/shops/1/orders?slow=1" }],
  ["route", { url: "/shops/1/returns?slow=1" }],
  ["parameters", { url: "/shops/2/orders?slow=1" }],
  ["query", { url: "/shops/1/orders?slow=2" }],
  ["body", { payload: "lamp", headers: { "content-type": "text/plain" } }],
] as const)("a request with the same key and another %s gets 422", async (_, change) => {
  const app = await server((routes) => {
    for (const url of ["/shops/:shop/orders", "/shops/:shop/returns"]) {
      routes.post(url, required, async () => "ran");
      routes.patch(url, required, async () => "ran");
    }
  });
  const key = freshKey();
  const asked = { url: "/shops/1/orders?slow=1" };
  expect((await post(app, key, asked)).statusCode).toBe(200);
  expect((await post(app, key, { ...asked, ...change })).statusCode).toBe(422);
});

test("two bodies of bytes are compared by their content", async () => {
  const app = await server((routes) => {
    routes.addContentTypeParser(
      "image/png",
      { parseAs: "buffer" },
      async (_request: unknown, body: Buffer) => body,
    );
    routes.post("/orders", required, async () => "ran");
  });
  const key = freshKey();
  const send = (payload: Buffer) => post(app, key, { payload, headers: { "content-type": "image/png" } });
  const statuses = [await send(Buffer.of(1)), await send(Buffer.of(1)), await send(Buffer.of(2))];
  expect(statuses.map(({ statusCode }) => statusCode)).toEqual([200, 200, 422]);
});

test("a body that is not read before the handler gets 415, unless `content` describes it", async () => {
  const routes = (app: Awaited<ReturnType<typeof server>>) => {
    app.addContentTypeParser("video/mp4", (_request, body, done) => done(null, body));
    app.post("/orders", required, async ({ body }) => {
      if (body instanceof Object && "resume" in body && typeof body.resume === "function") body.resume();
      return "ran";
    });
  };
  const video = { payload: "film", headers: { "content-type": "video/mp4", "x-digest": "f00d" } };
  const refused = await post(await server(routes), freshKey(), video);
  expect([refused.statusCode, refused.json().code]).toEqual([415, "BODY_UNREAD"]);
  const app = await server(routes, { content: ({ headers }) => headers["x-digest"] ?? null });
  const key = freshKey();
  const bodies = [await post(app, key, video), await post(app, key, video)];
  expect(bodies.map(({ body }) => body)).toEqual(["ran", "ran"]);
  const other = { ...video, headers: { ...video.headers, "x-digest": "beef" } };
  expect((await post(app, key, other)).statusCode).toBe(422);
});
