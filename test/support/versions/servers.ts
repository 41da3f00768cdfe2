import { once } from "node:events";
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from "node:http";
import express from "express";
import Fastify from "fastify";
import { Hono } from "hono";
import { entityTags } from "../../../src/http/index.js";
import {
  type EntityTagRule,
  type Exchange,
  entityTagsOfNode,
  exchangeOfNode,
  type Versions,
  withEntityTags,
} from "../../../src/versions/index.js";
import { afterTest } from "../cleanup.js";

/** What the handlers of all servers do. */
export interface Subject {
  readonly versions: Versions;
  /** The rule of a request to `/<name>`. */
  rule(name: string, header: (name: string) => string | undefined): EntityTagRule | undefined;
  /** The reply of the handler. */
  handle(method: string, name: string, body: string, exchange: Exchange | undefined): Promise<Reply>;
}

export interface Reply {
  readonly status: number;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export type Fetch = (path: string, init?: RequestInit) => Promise<Response>;

/** Requests without this header are refused by a hook or middleware before the tags. */
export const ACCOUNT = "x-account";

async function listening(listener: RequestListener): Promise<Fetch> {
  const server = createServer(listener);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  afterTest(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("a port has an address");
  return (path, init) => fetch(`http://127.0.0.1:${address.port}${path}`, init);
}

const nameOf = (url: string | undefined) => (url ?? "/").slice(1).split("?")[0] ?? "";
const single =
  ({ headers }: IncomingMessage) =>
  (name: string) => {
    const value = headers[name];
    return Array.isArray(value) ? value.join(", ") : value;
  };

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of request) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString();
}

async function answerNode(subject: Subject, request: IncomingMessage, response: ServerResponse) {
  const { method = "GET", url } = request;
  const body = await bodyOf(request);
  const reply = await subject.handle(method, nameOf(url), body, exchangeOfNode(request));
  response.writeHead(reply.status, { ...reply.headers });
  response.end(reply.body);
}

const tagsOf = ({ versions, rule }: Subject) =>
  entityTagsOfNode({ versions, rule: (request) => rule(nameOf(request.url), single(request)) });

export const servers: Readonly<Record<string, (subject: Subject) => Promise<Fetch>>> = {
  "node:http": (subject) => {
    const tags = tagsOf(subject);
    return listening((request, response) => {
      if (request.headers[ACCOUNT] === undefined) {
        response.writeHead(401).end();
        return;
      }
      tags(request, response, (error) => {
        if (error !== undefined) response.writeHead(500).end(String(error));
        else answerNode(subject, request, response).catch(() => response.destroy());
      });
    });
  },
  Express: (subject) => {
    const app = express();
    app.use((request, response, next) => {
      if (request.headers[ACCOUNT] === undefined) response.status(401).end();
      else next();
    });
    app.use(tagsOf(subject));
    app.use(async (request, response) => {
      const body = await bodyOf(request);
      const reply = await subject.handle(request.method, nameOf(request.url), body, exchangeOfNode(request));
      response
        .status(reply.status)
        .set({ ...reply.headers })
        .send(reply.body);
    });
    return listening(app);
  },
  async Fastify(subject) {
    const app = Fastify();
    await app.register(entityTags, { versions: subject.versions });
    app.addHook("onRequest", async ({ headers }, reply) => {
      if (headers[ACCOUNT] === undefined) return reply.code(401).send();
      return undefined;
    });
    app.addContentTypeParser("*", { parseAs: "string" }, (_request, body, done) => done(null, body));
    app.route<{ Params: { name: string }; Body: string }>({
      method: ["GET", "PUT", "POST", "DELETE"],
      url: "/:name",
      config: { entityTags: (request) => subject.rule(nameOf(request.url), single(request.raw)) },
      async handler(request, reply) {
        const { method, params, body, entityTags: exchange } = request;
        const found = await subject.handle(method, params.name, body ?? "", exchange);
        return reply
          .code(found.status)
          .headers({ ...found.headers })
          .send(found.body);
      },
    });
    await app.listen({ host: "127.0.0.1", port: 0 });
    afterTest(() => app.close());
    return (path, init) => fetch(new URL(path, app.listeningOrigin), init);
  },
  async Hono(subject) {
    const app = new Hono();
    const exchanges = new WeakMap<Request, Exchange>();
    app.use(async (context, next) => {
      if (context.req.header(ACCOUNT) === undefined) return context.body(null, 401);
      return next();
    });
    app.use(async (context, next) => {
      const { raw } = context.req;
      const rule = subject.rule(nameOf(context.req.path), (name) => context.req.header(name));
      if (rule === undefined) return next();
      context.res = await withEntityTags(subject.versions, rule, raw, async (exchange) => {
        exchanges.set(raw, exchange);
        await next();
        return context.res;
      });
      return undefined;
    });
    app.all("/:name", async (context) => {
      const { raw, method } = context.req;
      const body = await context.req.text();
      const reply = await subject.handle(method, context.req.param("name"), body, exchanges.get(raw));
      return new Response(reply.status === 204 ? null : reply.body, {
        status: reply.status,
        headers: { ...reply.headers },
      });
    });
    return async (path, init) => app.request(path, init);
  },
};
