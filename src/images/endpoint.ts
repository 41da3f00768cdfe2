import type { IncomingMessage, ServerResponse } from "node:http";
import {
  bytesCodec,
  type InvalidationOutcome,
  type MakeCache,
  type TenantInvalidations,
} from "../cache/index.js";
import { createCdn } from "../cdn/index.js";
import { ArgumentError, LoadTimeoutError, OverloadedError } from "../core/errors.js";
import { asError, notify } from "../core/notify.js";
import { acceptedFormat } from "./accept.js";
import { DecodeSlots, endedBy } from "./decode-slots.js";
import { type ImagesOptions, type ResolvedOptions, resolveOptions } from "./options.js";
import { imagePathOf, imageTag } from "./paths.js";
import { render } from "./render.js";
import { tooLarge } from "./source.js";
import { entryBytes, matchesEtag, readImage, storedImage } from "./stored-image.js";
import { type ImageFormat, ImageRefusal, imageStatuses } from "./types.js";
import { type CheckedVariant, variantOf } from "./variant.js";

/** A client that makes caches, such as `createMoonpath` or `createCacheClient` returns. */
export interface ImagesClient {
  readonly cache: MakeCache;
  tenant(name: string): { readonly cache: TenantInvalidations };
}

/** A request, as node:http and Fastify have it. */
export interface ImageRequest {
  readonly method?: string | undefined;
  /** The path of the URL and its query. */
  readonly url?: string | undefined;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
}

/** An answer. Without a body for HEAD, and for the status 304. */
export interface ImageAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array | undefined;
}

/** Resizes images for browsers. None of its functions rejects because of a request. */
export interface Images {
  /** For servers with web-standard requests, such as Hono. */
  fetch(request: Request): Promise<Response>;
  /** For Fastify and others: `reply.code(status).headers(headers).send(body)`. */
  answer(request: ImageRequest): Promise<ImageAnswer>;
  /** For node:http: `createServer(images.listener)`. */
  readonly listener: (request: IncomingMessage, response: ServerResponse) => void;
  /** Forgets all variants of an image. Purge its tag, `imageTag(path)`, at the CDN afterwards. */
  invalidate(path: string): Promise<InvalidationOutcome>;
  /** Waits for images that are being resized, at most `graceMs` milliseconds. Default 10,000. */
  close(options?: { readonly graceMs?: number | undefined }): Promise<{ readonly running: number }>;
}

const PATTERN = "image:<prefix>:<path>:<variant>";

/** More than the endpoint lets wait. */
const MAX_LOADS = 100_000;

/** The cache gives a load more time, so that its own limit never comes first. */
const MARGIN_MS = 1_000;

/**
 * Makes an endpoint that resizes images. It sends AVIF, WebP or progressive JPEG by the header `Accept`.
 * Each result is kept in the cache, and of all processes one makes it. It needs the package `sharp`.
 *
 * ```ts
 * const images = createImages(moonpath, { source: folderSource("/srv/images") });
 * const answer = await images.fetch(new Request("http://shop.example/images/lamp.jpg?width=300&height=300"));
 * ```
 *
 * @throws ArgumentError that names the option
 */
export function createImages(client: ImagesClient, options: ImagesOptions): Images {
  const resolved = resolveOptions(options);
  if (typeof client?.cache !== "function" || typeof client.tenant !== "function") {
    throw new ArgumentError("client", "a client with caches, such as createMoonpath returns");
  }
  const { prefix, tenant, onError, freshMs, browserMs, render: rules } = resolved;
  const cache = client.cache({
    pattern: PATTERN,
    freshMs,
    codec: bytesCodec(),
    cacheTimeoutMs: resolved.cacheTimeoutMs,
    maxBytes: entryBytes(rules.maxOutputBytes),
    // The slots of decoders count, and refuse at once what would wait too long.
    maxLoads: MAX_LOADS,
    loadTimeoutMs: rules.timeoutMs + MARGIN_MS,
    tags: ({ path }) => [imageTag(String(path))],
    onError: (error) => {
      if (!(error instanceof ImageRefusal)) notify(onError, error);
    },
  });
  const entries = cache.tenant(tenant);
  const slots = new DecodeSlots(resolved.maxConcurrent, resolved.maxWaiting);
  const cdn = createCdn({
    routes: [{ path: `${prefix}*`, freshMs: browserMs, browser: "fresh", headers: ["Accept"] }],
  });

  const answer = async (request: ImageRequest): Promise<ImageAnswer> => {
    const { method = "GET", headers } = request;
    try {
      if (method !== "GET" && method !== "HEAD") {
        throw new ImageRefusal("IMAGE_METHOD", "the method is GET or HEAD");
      }
      const [encodedPath = "", query = ""] = (request.url ?? "").split(/\?(.*)/s);
      if (!encodedPath.startsWith(prefix)) throw notFound();
      const path = imagePathOf(encodedPath.slice(prefix.length));
      const variant = variantOf(path, new URLSearchParams(query), resolved.variants);
      const format = variant.format === "auto" ? acceptedFormat(headerOf(headers, "accept")) : variant.format;
      const stored = await entries.getOrLoad(
        { prefix, path, variant: nameOf(variant, format, rules.quality[format]) },
        { load: () => load(path, variant, format, resolved, slots) },
      );
      if (stored === undefined) throw notFound();
      const { etag, image } = readImage(stored);
      const cached = { ...cdn.headersFor(encodedPath, { tags: [imageTag(path)] }), etag };
      if (matchesEtag(headerOf(headers, "if-none-match"), etag)) {
        return { status: 304, headers: cached, body: undefined };
      }
      const content = {
        "content-type": `image/${format}`,
        "content-length": String(image.byteLength),
        "x-content-type-options": "nosniff",
      };
      return { status: 200, headers: { ...cached, ...content }, body: method === "HEAD" ? undefined : image };
    } catch (thrown) {
      return refused(thrown, method, (error) => notify(onError, error));
    }
  };

  return {
    answer,
    async fetch(request) {
      const { pathname, search } = new URL(request.url);
      const headers = Object.fromEntries(request.headers);
      const {
        status,
        headers: fields,
        body,
      } = await answer({ method: request.method, url: pathname + search, headers });
      return new Response(body ?? null, { status, headers: fields });
    },
    listener(request, response) {
      answer(request)
        .then(({ status, headers, body }) => {
          response.writeHead(status, headers);
          response.end(body);
        })
        .catch(() => response.destroy());
    },
    invalidate: (path) => client.tenant(tenant).cache.invalidateTags([imageTag(path)]),
    close: (of) => cache.close(of),
  };
}

async function load(
  path: string,
  variant: CheckedVariant,
  format: ImageFormat,
  { source, maxInputBytes, render: rules }: ResolvedOptions,
  slots: DecodeSlots,
): Promise<Uint8Array | undefined> {
  const timeout = new AbortController();
  const timer = setTimeout(() => timeout.abort(), rules.timeoutMs);
  const { signal } = timeout;
  try {
    return await slots.run(async () => {
      // A source that does not end keeps no slot.
      const original = await endedBy(source(path, { maxBytes: maxInputBytes, signal }), signal);
      if (original === undefined) return undefined;
      if (original.byteLength > maxInputBytes) throw tooLarge();
      return storedImage(await render(original, variant, format, rules));
    }, signal);
  } finally {
    clearTimeout(timer);
  }
}

function nameOf({ width, height, fit }: CheckedVariant, format: ImageFormat, quality: number): string {
  return `${width ?? "-"}x${height ?? "-"}-${fit}-${format}${quality}`;
}

function headerOf(headers: ImageRequest["headers"], name: string): string | undefined {
  const value = headers[name];
  return value === undefined || typeof value === "string" ? value : value.join(", ");
}

function notFound(): ImageRefusal {
  return new ImageRefusal("IMAGE_NOT_FOUND", "there is no such image");
}

/** The answer to a request that gets no image. It tells nothing about the server. */
function refused(thrown: unknown, method: string, report: (error: Error) => void): ImageAnswer {
  const { code, detail } = refusalOf(thrown, report);
  const status = imageStatuses[code];
  const body = Buffer.from(JSON.stringify({ code, detail }));
  const headers = {
    "content-type": "application/json",
    "content-length": String(body.byteLength),
    "cache-control": "private, no-store",
    ...(status === 503 ? { "retry-after": "1" } : {}),
    ...(status === 405 ? { allow: "GET, HEAD" } : {}),
  };
  return { status, headers, body: method === "HEAD" ? undefined : body };
}

function refusalOf(thrown: unknown, report: (error: Error) => void): ImageRefusal {
  if (thrown instanceof ImageRefusal) return thrown;
  if (thrown instanceof LoadTimeoutError || thrown instanceof OverloadedError) {
    return new ImageRefusal("IMAGE_BUSY", "the image was not ready in time");
  }
  report(asError(thrown));
  return new ImageRefusal("IMAGE_FAILED", "the image could not be made");
}
