import { once } from "node:events";
import { createServer, type IncomingHttpHeaders, type ServerResponse } from "node:http";
import { text } from "node:stream/consumers";
import { afterTest } from "../cleanup.js";

/** A request that the API of a CDN has received. */
export interface ApiRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/**
 * What the API answers. `silent`: it accepts the request and answers nothing. `reset`: it closes the
 * connection.
 */
export type ApiAnswer =
  | { readonly status: number; readonly body: object; readonly headers?: Readonly<Record<string, string>> }
  | "silent"
  | "reset";

/** A local server with the documented shape of a CDN's API. */
export interface StandIn {
  readonly url: string;
  readonly requests: readonly ApiRequest[];
}

/** The documented form of a request: undefined, or what is wrong with it. */
type Check = (request: ApiRequest) => string | undefined;

const FASTLY: Check = ({ method, path, headers, body }) => {
  if (method !== "POST") return "the method is POST";
  if (headers["fastly-key"] !== "fastly-secret-token") return "the token is missing";
  if (/^\/service\/SU1Z0isx\/purge_all$/.test(path)) {
    return headers["fastly-soft-purge"] === undefined ? undefined : "purge_all is never soft";
  }
  if (path.startsWith("/purge/www.shop.example/")) return undefined;
  if (path !== "/service/SU1Z0isx/purge") return `no path ${path}`;
  const keys = String(headers["surrogate-key"] ?? "").split(" ");
  if (keys.length > 256) return "more than 256 keys";
  if (keys.some((key) => key === "" || Buffer.byteLength(key) > 1_024)) return "a key is empty or too long";
  return body === "" ? undefined : "keys are in the header or in the body";
};

const CLOUDFLARE: Check = ({ method, path, headers, body }) => {
  if (method !== "POST" || path !== "/client/v4/zones/023e105f/purge_cache") return `no ${method} ${path}`;
  if (headers.authorization !== "Bearer cloudflare-secret-token") return "the token is missing";
  if (headers["content-type"] !== "application/json") return "the body is JSON";
  const content: unknown = JSON.parse(body);
  if (typeof content !== "object" || content === null) return "the body is an object";
  const [[name, value] = [], ...others] = Object.entries(content);
  if (others.length > 0) return "one kind of purge a request";
  if (name === "purge_everything") return value === true ? undefined : "it is true";
  if (name !== "tags" && name !== "files") return "tags, files or purge_everything";
  if (!Array.isArray(value) || value.length === 0 || value.length > 100) return "1 to 100 of them";
  const areTags = value.every((one) => typeof one === "string" && /^[\x21-\x2b\x2d-\x7e]{1,1024}$/.test(one));
  return name === "files" || areTags ? undefined : "a tag is not as documented";
};

/** Fastly's API. It answers with the given answers first, and then as documented. */
export function fastlyApi(...first: readonly ApiAnswer[]): Promise<StandIn> {
  return standIn(FASTLY, first, { "product:lamp": "108-1391560174-974124" }, (detail) => ({
    status: 400,
    body: { msg: "Bad Request", detail },
  }));
}

/** Cloudflare's API. */
export async function cloudflareApi(...first: readonly ApiAnswer[]): Promise<StandIn> {
  const api = await standIn(
    CLOUDFLARE,
    first,
    { success: true, errors: [], result: { id: "1" } },
    (message) => ({
      status: 400,
      body: { success: false, errors: [{ code: 1012, message }], result: null },
    }),
  );
  return { ...api, url: `${api.url}/client/v4` };
}

async function standIn(
  check: Check,
  first: readonly ApiAnswer[],
  success: object,
  refusal: (detail: string) => ApiAnswer,
): Promise<StandIn> {
  const requests: ApiRequest[] = [];
  const server = createServer({ maxHeaderSize: 32_768 }, async (request, response) => {
    const { method = "", url: path = "", headers } = request;
    const received = { method, path, headers, body: await text(request) };
    const answer = first[requests.length];
    requests.push(received);
    const problem = check(received);
    send(response, answer ?? (problem === undefined ? { status: 200, body: success } : refusal(problem)));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  afterTest(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  return { url: `http://127.0.0.1:${port}`, requests };
}

function send(response: ServerResponse, answer: ApiAnswer): void {
  if (answer === "silent") return;
  if (answer === "reset") {
    response.destroy();
    return;
  }
  response.writeHead(answer.status, { "content-type": "application/json", ...answer.headers });
  response.end(JSON.stringify(answer.body));
}
