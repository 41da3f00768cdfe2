import type { Duplex } from "node:stream";
import type { FastifyInstance, FastifyReply } from "fastify";
import { MoonpathError } from "../../../src/index.js";
import { BooksError } from "../books/errors.js";

/** A request that cannot be served for a reason that the shop knows. */
export class ShopError extends Error {
  override readonly name = "ShopError";

  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

/** The product has no stock record. */
export function unknownProduct(): ShopError {
  return new ShopError(404, "UNKNOWN_PRODUCT", "there is no such product");
}

/** Every error answers with `{ code, message }` and the status that fits it. */
export function answerErrors(shop: FastifyInstance): void {
  shop.setNotFoundHandler((_request, reply) =>
    reply.code(404).send({ code: "NOT_FOUND", message: "there is no such page" }),
  );
  shop.setErrorHandler((error, _request, reply) => {
    const { status, code, message } = describe(error);
    return reply.code(status).send({ code, message });
  });
}

function describe(error: unknown): { status: number; code: string; message: string } {
  if (error instanceof MoonpathError || error instanceof ShopError) {
    return { status: error.status, code: error.code, message: error.message };
  }
  if (error instanceof BooksError) {
    return { status: 503, code: "BOOKS_UNAVAILABLE", message: error.message };
  }
  if (error instanceof Error) {
    if ("validation" in error) return { status: 400, code: "BAD_REQUEST", message: error.message };
    const status = "statusCode" in error && typeof error.statusCode === "number" ? error.statusCode : 500;
    if (status < 500) return { status, code: "BAD_REQUEST", message: error.message };
  }
  return { status: 500, code: "INTERNAL", message: "something went wrong in the shop" };
}

/** Answers a request whose address leads to no route: it cannot be decoded, or a part of it is too long. */
export function answerUnreadable(error: Error, _request: unknown, reply: FastifyReply): void {
  const status = "statusCode" in error && error.statusCode === 414 ? 414 : 400;
  const message = `the request's address ${status === 414 ? "is too long" : "cannot be read"}`;
  const body = JSON.stringify({ code: "BAD_REQUEST", message });
  const head = { "content-type": "application/json", "content-length": Buffer.byteLength(body) };
  reply.raw.writeHead(status, head).end(body);
}

const GARBAGE: Readonly<Record<string, readonly [status: string, message: string]>> = {
  HPE_HEADER_OVERFLOW: ["431 Request Header Fields Too Large", "the request's head is too long"],
  ERR_HTTP_REQUEST_TIMEOUT: ["408 Request Timeout", "the request took too long to arrive"],
};

/** Answers what is no HTTP, or too long for it, in the same form, and hangs up. */
export function answerGarbage(error: Error & { readonly code?: string }, socket: Duplex): void {
  if (error.code === "ECONNRESET" || !socket.writable) {
    socket.destroy();
    return;
  }
  const [status, message] = GARBAGE[error.code ?? ""] ?? ["400 Bad Request", "this is no HTTP request"];
  const body = JSON.stringify({ code: "BAD_REQUEST", message });
  const head = `content-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\nconnection: close`;
  socket.end(`HTTP/1.1 ${status}\r\n${head}\r\n\r\n${body}`);
}
