import { randomUUID } from "node:crypto";
import type { FastifyInstance } from "fastify";
import { errorTable, MoonpathError } from "moonpath";
import { BooksError } from "../../books/errors.js";

/** A request that cannot be served, for a reason that the shop knows. */
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

/** The id was used before with another payload. */
export function otherPayload(): ShopError {
  return new ShopError(422, "PAYLOAD_MISMATCH", "the same id was used before with other content");
}

/**
 * The reply to every error is `{ code, message }` with a fitting status. From 500 up it also has an
 * `id`, and the log has the error under the same id. After `ending` aborts, nothing is logged,
 * because closing interrupts the requests in flight.
 */
export function replyWithErrors(shop: FastifyInstance, ending: AbortSignal): void {
  shop.setNotFoundHandler((_request, reply) =>
    reply.code(404).send({ code: "NOT_FOUND", message: "there is no such page" }),
  );
  shop.setErrorHandler((error, request, reply) => {
    const { status, code, message } = publicFacts(error);
    if (status < 500) return reply.code(status).send({ code, message });
    // The id is random, because clients may choose a request's own id.
    const id = randomUUID();
    if (!ending.aborted) request.log.error({ id, code, err: error }, message);
    return reply.code(status).send({ code, message, id });
  });
}

/** PostgreSQL's class 22, data exception, such as a number out of range. */
function isRefusedValue(cause: unknown): boolean {
  return cause instanceof Error && "code" in cause && String(cause.code).startsWith("22");
}

/** The errors that Fastify itself raises, by status. */
const REFUSALS: Readonly<Record<number, string>> = {
  413: "the request's body is too long",
  415: "the request's body has another media type than application/json",
};

/**
 * The public part of an error. Only messages of a `ShopError` and of the shop's own schemas are
 * public.
 */
function publicFacts(error: unknown): { status: number; code: string; message: string } {
  if (error instanceof ShopError) return error;
  if (error instanceof MoonpathError) {
    return { status: error.status, code: error.code, message: errorTable[error.code].meaning };
  }
  if (error instanceof BooksError) {
    if (isRefusedValue(error.cause))
      return { status: 400, code: "BAD_REQUEST", message: "a value of the request cannot be stored" };
    return {
      status: 503,
      code: "BOOKS_UNAVAILABLE",
      message: "the database cannot be reached at the moment",
    };
  }
  if (error instanceof Error) {
    if ("code" in error && error.code === "FST_ERR_VALIDATION")
      return { status: 400, code: "BAD_REQUEST", message: error.message };
    const status = "statusCode" in error ? Number(error.statusCode) : 500;
    if (status >= 400 && status < 500) {
      return { status, code: "BAD_REQUEST", message: REFUSALS[status] ?? "the request cannot be read" };
    }
  }
  return { status: 500, code: "INTERNAL", message: "the shop failed" };
}
