import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { onTestFinished } from "vitest";

/** The URL of a server that listens, and is closed after the test. */
export async function listening(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  if (typeof address !== "object" || address === null) throw new Error("no address");
  return `http://127.0.0.1:${address.port}`;
}

/** A server of a fetch handler, as the hosts of Hono and Next have it: 500 for an error. */
export function fetchServer(handler: (request: Request) => Response | Promise<Response>): Promise<string> {
  return listening(
    createServer((message, reply) => {
      answer(message, reply, handler).catch(() => reply.destroy());
    }),
  );
}

async function answer(
  message: IncomingMessage,
  reply: ServerResponse,
  handler: (request: Request) => Response | Promise<Response>,
): Promise<void> {
  let response: Response;
  try {
    response = await handler(requestOf(message));
  } catch {
    response = new Response("failed", { status: 500 });
  }
  const { status, headers, body } = response;
  reply.statusCode = status;
  for (const [name, value] of headers) reply.appendHeader(name, value);
  reply.removeHeader("transfer-encoding");
  if (body === null) reply.end();
  else {
    reply.flushHeaders();
    // The body is read to its end, as a host does that has sent all of it to a client that is gone.
    await pipeline(Readable.fromWeb(body), reply);
  }
}

/** The request as hosts on Node make it: the body is the message's stream. */
function requestOf(message: IncomingMessage): Request {
  const { method = "GET", url = "/", rawHeaders } = message;
  const headers = new Headers();
  for (let index = 0; index < rawHeaders.length; index += 2) {
    headers.append(rawHeaders[index] ?? "", rawHeaders[index + 1] ?? "");
  }
  const target = `http://shop${url}`;
  if (method === "GET" || method === "HEAD") return new Request(target, { method, headers });
  const body = Readable.toWeb(message);
  return new Request(target, Object.assign({ method, headers, duplex: "half" as const }, { body }));
}
