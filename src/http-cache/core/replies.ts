import { Fields } from "../message/fields.js";
import type { OriginResponse, Reply, RequestHead } from "../message/message.js";
import type { StoredResponse } from "../store/stored-response.js";
import { type CacheStatus, cacheStatusField } from "./cache-status.js";
import { serve } from "./serve.js";

/** A stored response, and its age at this time. */
export interface Aged {
  readonly response: StoredResponse;
  readonly ageMs: number;
}

/** Makes the replies to clients. Each says what the cache has done. */
export class Replies {
  readonly #name: string;
  readonly #xCache: boolean;

  /** @param name the name of the cache in `Cache-Status` @param xCache `X-Cache` is added: HIT or MISS */
  constructor(name: string, xCache: boolean) {
    this.#name = name;
    this.#xCache = xCache;
  }

  /** A stored response that needs no origin. */
  hit(request: RequestHead, aged: Aged): Reply {
    const { response, ageMs } = aged;
    return this.served(request, aged, { kind: "hit", ttlMs: response.lifetimeMs - ageMs });
  }

  /** A stored response, or the part of it that the request wants. */
  served(request: RequestHead, { response, ageMs }: Aged, status: CacheStatus): Reply {
    return this.#marked(serve(request, response, ageMs), status);
  }

  /** The response of the origin. */
  passed({ status, statusText, fields, body, trailers }: OriginResponse, cacheStatus: CacheStatus): Reply {
    return this.#marked({ status, statusText, fields, body, trailers }, cacheStatus);
  }

  /** The answer to `only-if-cached` if there is no stored response. */
  notCached(): Reply {
    const reply = { status: 504, statusText: "Gateway Timeout", fields: Fields.NONE, body: undefined };
    return this.#marked(reply, { kind: "forward", reason: "request", detail: "ONLY_IF_CACHED" });
  }

  #marked(reply: Reply, status: CacheStatus): Reply {
    const field = cacheStatusField(this.#name, status);
    const fields = this.#xCache
      ? reply.fields.with(field, ["X-Cache", status.kind === "hit" ? "HIT" : "MISS"])
      : reply.fields.with(field);
    return { ...reply, fields };
  }
}
