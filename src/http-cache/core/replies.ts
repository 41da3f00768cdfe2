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

interface LastReply {
  readonly second: number;
  readonly ttl: number;
  readonly reply: Reply;
}

/** Whether a request has nothing by which it could get less than the whole response. */
function wantsWhole({ method, fields }: RequestHead): boolean {
  return method === "GET" && !LESS.some((name) => fields.has(name));
}

const LESS = ["range", "if-none-match", "if-modified-since"];

/** Makes the replies to clients. Each says what the cache has done. */
export class Replies {
  readonly #name: string;
  readonly #xCache: boolean;
  /** The last reply with all of a response, to a GET without conditions. */
  readonly #last = new WeakMap<StoredResponse, LastReply>();

  /** @param name the name of the cache in `Cache-Status` @param xCache `X-Cache` is added: HIT or MISS */
  constructor(name: string, xCache: boolean) {
    this.#name = name;
    this.#xCache = xCache;
  }

  /** A stored response that needs no origin. */
  hit(request: RequestHead, aged: Aged): Reply {
    const { response, ageMs } = aged;
    const status: CacheStatus = { kind: "hit", ttlMs: response.lifetimeMs - ageMs };
    if (!wantsWhole(request)) return this.served(request, aged, status);
    // Within a second, all such replies are the same.
    const second = Math.floor(ageMs / 1_000);
    const ttl = Math.floor(status.ttlMs / 1_000);
    const last = this.#last.get(response);
    if (last?.second === second && last.ttl === ttl) return last.reply;
    const reply = this.served(request, aged, status);
    this.#last.set(response, { second, ttl, reply });
    return reply;
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
    return status.kind === "hit" ? { ...reply, fields } : { ...reply, fields, forwarded: status.reason };
  }
}
