import { once } from "node:events";
import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from "node:http";
import { text } from "node:stream/consumers";
import { afterTest } from "../cleanup.js";

/** A request that a service has received. */
export interface ServiceRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** `silent`: it answers nothing. `reset`: it closes the connection. `half`: the same within the body. */
export type ServiceAnswer =
  | {
      readonly status: number;
      readonly body?: string;
      readonly headers?: Readonly<Record<string, string>>;
    }
  | "silent"
  | "reset"
  | "half";

/** A local service of HTTP. */
export interface Service {
  readonly url: string;
  readonly requests: readonly ServiceRequest[];
}

export const OK: ServiceAnswer = { status: 200, body: '{"lamp":5}' };

/**
 * Starts a service for one test.
 *
 * @param answerOf the answer to the request with this number, from 0
 */
export async function startService(
  answerOf: (number: number, request: ServiceRequest) => ServiceAnswer,
): Promise<Service> {
  const requests: ServiceRequest[] = [];
  const server = createServer(async (request, response) => {
    const { method = "", url: path = "", headers } = request;
    const received = { method, path, headers, body: await text(request) };
    requests.push(received);
    send(response, answerOf(requests.length - 1, received));
  });
  return { url: await listen(server), requests };
}

/** A service that answers with these answers first, and with OK afterwards. */
export function serviceOf(...first: readonly ServiceAnswer[]): Promise<Service> {
  return startService((number) => first[number] ?? OK);
}

/** The URL of a port at which nothing listens. */
export async function closedUrl(): Promise<string> {
  const server = createServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const url = urlOf(server);
  server.close();
  await once(server, "close");
  return url;
}

async function listen(server: Server): Promise<string> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  afterTest(() => {
    server.closeAllConnections();
    server.close();
  });
  return urlOf(server);
}

function urlOf(server: Server): string {
  const address = server.address();
  return `http://127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}`;
}

function send(response: ServerResponse, answer: ServiceAnswer): void {
  if (answer === "silent") return;
  if (answer === "reset") {
    response.destroy();
    return;
  }
  if (answer === "half") {
    response.writeHead(200, { "content-type": "application/json", "content-length": "100" });
    response.write('{"lamp":', () => response.destroy());
    return;
  }
  response.writeHead(answer.status, { "content-type": "application/json", ...answer.headers });
  response.end(answer.body);
}
