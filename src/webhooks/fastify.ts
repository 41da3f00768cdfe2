import { Readable } from "node:stream";
import type { FastifyPluginAsync } from "fastify";
import type { WebhookReceiver } from "./receiver.js";

/** The options of `webhookFastify`. */
export interface WebhookFastifyOptions {
  /** The path of the route. */
  readonly path: string;
  /** What `createWebhookReceiver` returns. */
  readonly receive: WebhookReceiver;
}

/**
 * A route of Fastify that receives webhooks. Its body is not parsed, because the signature covers the bytes.
 *
 * ```ts
 * await app.register(webhookFastify, { path: "/webhooks/supplier", receive });
 * ```
 */
export const webhookFastify: FastifyPluginAsync<WebhookFastifyOptions> = async (app, { path, receive }) => {
  // Of this plugin alone: Fastify gives each plugin its own parsers.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("*", (_request, _payload, done) => done(null));
  app.post(path, async (request, reply) => {
    const headers = new Headers();
    for (const [name, value] of Object.entries(request.headers)) {
      if (typeof value === "string") headers.set(name, value);
    }
    const body = Readable.toWeb(request.raw);
    const init = { method: "POST", headers, body, duplex: "half" } as const;
    const response = await receive(new Request(`http://localhost${path}`, init));
    for (const [name, value] of response.headers) reply.header(name, value);
    const text = await response.text();
    return reply.code(response.status).send(text === "" ? undefined : text);
  });
};
