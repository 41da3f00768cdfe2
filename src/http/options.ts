import type { FastifyRequest } from "fastify";
import type { KeyUse, RequestKeyOptions } from "./key-options.js";

/** Options of the plugin. Only `tenant` is required. */
export interface IdempotencyKeyOptions extends RequestKeyOptions<FastifyRequest> {
  /** The use of POST and PATCH routes without `config.idempotency`. Default `off`. */
  readonly unmarked?: KeyUse | undefined;
}
